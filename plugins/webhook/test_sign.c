/* Signatures: the vector that the libraries of Standard Webhooks share, and keys that are none. */
#include "sign.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define KEY     "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID      "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define PAYLOAD "{\"test\": 2432232314}"

static void assert_signs(const char *secret, const char *id, int64_t at, const char *body,
                         const char *expected)
{
    struct err err;
    struct sign_key key;
    assert_int_equal(sign_key_parse(secret, &key, &err), 0);
    AUTO_FREE char *signature = sign(&key, id, at, body, strlen(body));
    assert_string_equal(signature, expected);
    sign_key_deinit(&key);
}

static void the_shared_vector(void **state)
{
    (void)state;
    assert_signs(KEY, ID, 1614265330, PAYLOAD, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

/* hmac.new(b"plain words", b"id.1.body", "sha256") of Python's. */
static void another_text_is_the_key_as_it_stands(void **state)
{
    (void)state;
    assert_signs("plain words", "id", 1, "body", "v1,lbkVp9w6MZPyxlCQ4yjHxmawkTmO3JF7KcCGWJUB9Sk=");
}

static void base64_with_and_without_padding(void **state)
{
    (void)state;
    static const char *const written[] = {"whsec_YWJjZA==", "whsec_YWJjZA"};
    for (size_t i = 0; i < ARRAY_LEN(written); i++) {
        struct sign_key key;
        assert_int_equal(sign_key_parse(written[i], &key, NULL), 0);
        assert_int_equal(key.len, 4);
        assert_memory_equal(key.bytes, "abcd", 4);
        sign_key_deinit(&key);
    }
}

static void what_is_no_base64_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"whsec_", "whsec_not base64!", "whsec_YWJjZA=x"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct err err;
        struct sign_key key;
        assert_int_equal(sign_key_parse(wrong[i], &key, &err), -1);
        assert_string_equal(err.text, "has no base64 after \"whsec_\"");
        assert_null(key.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shared_vector),
        cmocka_unit_test(another_text_is_the_key_as_it_stands),
        cmocka_unit_test(base64_with_and_without_padding),
        cmocka_unit_test(what_is_no_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
