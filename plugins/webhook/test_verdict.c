/* Every status and every fault to its result; Retry-After in both forms; what people read, and what
 * they must not. */
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define NOW INT64_C(1795796000) /* Fri, 27 Nov 2026 16:13:20 GMT */

static struct target target;

static int set_up(void **state)
{
    (void)state;
    return target_parse("https://hooks.example.com/services/T1/s3cretpath?key=s3cretquery", &target,
                        NULL);
}

static int tear_down(void **state)
{
    (void)state;
    target_deinit(&target);
    return 0;
}

static const char *const secrets[] = {"t0psecret", "abc", NULL};

static struct verdict judge(struct reply *reply)
{
    return verdict_of(reply, &(struct verdict_case){&target, secrets, NOW});
}

static struct verdict judge_status(long status, const char *retry_after, const char *text)
{
    struct reply reply = {.code = CURLE_OK, .status = status};
    reply.retry_after = mem_strdup(retry_after);
    buf_puts(&reply.kept, text);
    struct verdict verdict = judge(&reply);
    free(reply.retry_after);
    buf_deinit(&reply.kept);
    return verdict;
}

static void statuses(void **state)
{
    (void)state;
    static const struct {
        long from, to;
        enum tocsin_result result;
    } rows[] = {
        {200, 299, TOCSIN_OK},    {300, 406, TOCSIN_NEVER}, {407, 408, TOCSIN_LATER},
        {409, 424, TOCSIN_NEVER}, {425, 425, TOCSIN_LATER}, {426, 428, TOCSIN_NEVER},
        {429, 429, TOCSIN_LATER}, {430, 499, TOCSIN_NEVER}, {500, 999, TOCSIN_LATER},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (long status = rows[i].from; status <= rows[i].to; status++) {
            struct verdict verdict = judge_status(status, NULL, "");
            if (verdict.result != rows[i].result)
                fail_msg("%ld gives %d", status, (int)verdict.result);
            assert_int_equal(verdict.reason != NULL, verdict.result != TOCSIN_OK);
            assert_int_equal(verdict.delay_ms, 0);
            free(verdict.reason);
        }
}

/* The status stands once the headers are complete, whatever became of the rest. */
static void a_good_answer_is_good_though_its_rest_was_cut(void **state)
{
    (void)state;
    struct reply reply = {.code = CURLE_PARTIAL_FILE, .status = 200};
    assert_int_equal(judge(&reply).result, TOCSIN_OK);
    reply = (struct reply){.code = CURLE_WRITE_ERROR, .status = 204};
    assert_int_equal(judge(&reply).result, TOCSIN_OK);
}

static void faults_are_for_later(void **state)
{
    (void)state;
    for (int code = 1; code < CURL_LAST; code++) {
        struct reply reply = {.code = (CURLcode)code};
        struct verdict verdict = judge(&reply);
        assert_int_equal(verdict.result, TOCSIN_LATER);
        assert_true(strncmp(verdict.reason, "hooks.example.com: ", 19) == 0);
        free(verdict.reason);
    }
}

static void assert_reason(struct verdict verdict, const char *expected)
{
    assert_string_equal(verdict.reason, expected);
    free(verdict.reason);
}

static void certificates_are_said_how_to_mend(void **state)
{
    (void)state;
    struct reply reply = {.code = CURLE_PEER_FAILED_VERIFICATION, .verify = 20};
    strcpy(reply.error, "SSL certificate problem: unable to get local issuer certificate");
    assert_reason(judge(&reply),
                  "hooks.example.com: SSL certificate problem: unable to get local issuer "
                  "certificate (if it is your own, name its CA in ca-file)");
    reply.verify = 1;
    strcpy(reply.error, "SSL: no alternative certificate subject name matches");
    assert_reason(judge(&reply),
                  "hooks.example.com: SSL: no alternative certificate subject name matches (its "
                  "certificate is for another name than url has)");
    reply.verify = 23;
    strcpy(reply.error, "SSL certificate problem: certificate revoked");
    assert_reason(judge(&reply), "hooks.example.com: SSL certificate problem: certificate revoked");
    reply.verify = 10;
    strcpy(reply.error, "SSL certificate problem: certificate has expired");
    assert_reason(judge(&reply),
                  "hooks.example.com: SSL certificate problem: certificate has expired (its owner "
                  "has to renew it, if this machine's clock is right)");
    reply = (struct reply){.code = CURLE_SSL_CERTPROBLEM, .error = "unable to set private key"};
    assert_reason(judge(&reply), "hooks.example.com: unable to set private key (look at "
                                 "certificate, key and key-passphrase)");
}

static void sentences(void **state)
{
    (void)state;
    assert_reason(judge_status(429, "30", "slow down"),
                  "HTTP 429 from hooks.example.com, again in 30s: “slow down”");
    assert_reason(judge_status(500, NULL, ""), "HTTP 500 from hooks.example.com");
    assert_reason(judge_status(401, "30", "who?"),
                  "HTTP 401 from hooks.example.com (look at token, login or headers): “who?”");
    assert_reason(judge_status(503, NULL,
                               "\x1b[31mred\r\n\tand \xff\xe2\x80\xae"
                               "more\n"),
                  "HTTP 503 from hooks.example.com: “[31mred and more ”");
}

static void a_redirect_says_where_to_and_no_more(void **state)
{
    (void)state;
    struct reply reply = {.status = 302};
    assert_reason(judge(&reply), "HTTP 302 from hooks.example.com, which leads nowhere");
    reply.redirect = mem_strdup("http://other.example:8080/services/s3cretpath?key=s3cretquery");
    assert_reason(judge(&reply),
                  "HTTP 302 from hooks.example.com, a redirect to http://other.example:8080 that "
                  "is not followed: if it is right, put it into url");
    free(reply.redirect);
    reply.redirect = mem_strdup("https://t0psecret.other\xD7.example/");
    assert_reason(judge(&reply),
                  "HTTP 302 from hooks.example.com, a redirect to https://***.other.example "
                  "that is not followed: if it is right, put it into url");
    free(reply.redirect);
    reply.redirect = mem_strdup("ftp://me:s3cret@other.example/");
    assert_reason(judge(&reply), "HTTP 302 from hooks.example.com, which leads nowhere");
    free(reply.redirect);
}

/* What was sent may come back. */
static void secrets_are_hidden(void **state)
{
    (void)state;
    assert_reason(judge_status(400, NULL,
                               "POST /services/T1/s3cretpath?key=s3cretquery by t0psecret, "
                               "t0psecret: abc"),
                  "HTTP 400 from hooks.example.com: “POST ***?*** by ***, ***: abc”");
    struct reply reply = {.code = CURLE_RECV_ERROR, .error = "t0psecret is wrong"};
    assert_reason(judge(&reply), "hooks.example.com: *** is wrong");
}

static void a_long_answer_is_shortened(void **state)
{
    (void)state;
    char text[REPLY_KEPT_BYTES + 1];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct verdict verdict = judge_status(500, NULL, text);
    assert_in_range(strlen(verdict.reason), 150, 250);
    assert_non_null(strstr(verdict.reason, "x…”"));
    free(verdict.reason);
}

static void retry_after(void **state)
{
    (void)state;
    static const struct {
        const char *value;
        int64_t delay_ms;
    } rows[] = {
        {"30", 30000},
        {" 5 ", 5000},
        {"0", 0},
        {"Fri, 27 Nov 2026 16:14:20 GMT", 60000},
        {"Friday, 27-Nov-26 16:14:20 GMT", 60000},
        {"Fri Nov 27 16:14:20 2026", 60000},
        {"Fri, 27 Nov 2026 16:13:20 GMT", 0},
        {"Wed, 21 Oct 2015 07:28:00 GMT", 0},
        {"99999999", VERDICT_MAX_DELAY_MS},
        {"99999999999999999999999999", VERDICT_MAX_DELAY_MS},
        {"Fri, 27 Nov 2036 16:14:20 GMT", VERDICT_MAX_DELAY_MS},
        {"-5", 0},
        {"soon", 0},
        {"", 0},
        {NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (verdict_retry_after_ms(rows[i].value, NOW) != rows[i].delay_ms)
            fail_msg("\"%s\" gives %lld", rows[i].value,
                     (long long)verdict_retry_after_ms(rows[i].value, NOW));
    struct verdict verdict = judge_status(503, "120", "");
    assert_int_equal(verdict.delay_ms, 120000);
    free(verdict.reason);
    verdict = judge_status(404, "120", "");
    assert_int_equal(verdict.delay_ms, 0);
    free(verdict.reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses),
        cmocka_unit_test(a_good_answer_is_good_though_its_rest_was_cut),
        cmocka_unit_test(faults_are_for_later),
        cmocka_unit_test(certificates_are_said_how_to_mend),
        cmocka_unit_test(sentences),
        cmocka_unit_test(a_redirect_says_where_to_and_no_more),
        cmocka_unit_test(secrets_are_hidden),
        cmocka_unit_test(a_long_answer_is_shortened),
        cmocka_unit_test(retry_after),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
