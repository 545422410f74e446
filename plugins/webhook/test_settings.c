/* Options: what they come to, and that all which is wrong is said at once, without the secrets. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "lib/objects.h"
#include "unit.h"

#define MAX_OPTIONS 32

/* An instance with the options of a case; numbers that were not given are their defaults. */
struct given {
    struct tocsin_value values[MAX_OPTIONS];
    struct tocsin_instance instance;
    struct buf said;
};

static void keep_problem(void *arg, bool warning, const char *file, int line, int column,
                         const char *text)
{
    (void)line;
    (void)column;
    buf_printf(arg, "%s%s%s\n", warning ? "warning: " : "", file ? "FILE: " : "", text);
}

static struct tocsin_value *value_of(struct given *given, const char *name)
{
    for (size_t i = 0; settings_table[i].name; i++)
        if (strcmp(settings_table[i].name, name) == 0)
            return &given->values[i];
    fail_msg("there is no option %s", name);
    return NULL;
}

static void give(struct given *given, const char *name, const char *text)
{
    value_of(given, name)->text = text;
}

static void set_up(struct given *given)
{
    *given = (struct given){.instance = {.name = "hook",
                                         .options = settings_table,
                                         .values = given->values,
                                         .problem = keep_problem}};
    given->instance.arg = &given->said;
    value_of(given, "connect-timeout")->number = 5000;
    value_of(given, "timeout")->number = 15000;
    value_of(given, "max-response")->number = 65536;
    give(given, "external-url", "");
}

static bool has_header(const struct settings *settings, const char *line)
{
    for (const struct curl_slist *at = settings->headers; at; at = at->next)
        if (strcmp(at->data, line) == 0)
            return true;
    return false;
}

static bool has_secret(const struct settings *settings, const char *text)
{
    for (char **secret = settings->secrets; *secret; secret++)
        if (strcmp(*secret, text) == 0)
            return true;
    return false;
}

static void little_is_enough(void **state)
{
    (void)state;
    struct given given;
    struct settings settings;
    set_up(&given);
    give(&given, "url", "https://example.com/hook");
    assert_int_equal(settings_read(&given.instance, &settings), 0);
    assert_string_equal(settings.target.where, "example.com");
    assert_string_equal(settings.receiver, "hook");
    assert_int_equal(settings.timeout_ms, 15000);
    assert_int_equal(settings.connect_timeout_ms, 5000);
    assert_int_equal(settings.max_response_bytes, 65536);
    assert_string_equal(settings.proxy, "");
    assert_null(settings.key.bytes);
    assert_null(settings.headers);
    assert_null(settings.secrets[0]);
    assert_int_equal(given.said.len, 0);
    settings_deinit(&settings);
}

static void what_authorises_becomes_headers_and_is_kept_secret(void **state)
{
    (void)state;
    static const char *const headers[] = {"X-Team: ops", NULL};
    struct given given;
    struct settings settings;
    set_up(&given);
    give(&given, "url-file", "https://example.com/hook");
    give(&given, "login", "me:t0psecret");
    give(&given, "headers-file", "X-Api-Key:  k3y\r\n\nX-Other: 0ther");
    give(&given, "proxy", "http://proxy.example:3128");
    give(&given, "proxy-login", "p:w0rd");
    value_of(&given, "headers")->list = headers;
    assert_int_equal(settings_read(&given.instance, &settings), 0);
    assert_true(has_header(&settings, "Authorization: Basic bWU6dDBwc2VjcmV0"));
    assert_true(has_header(&settings, "X-Team: ops"));
    assert_true(has_header(&settings, "X-Api-Key:  k3y"));
    assert_true(has_header(&settings, "X-Other: 0ther"));
    assert_true(has_secret(&settings, "bWU6dDBwc2VjcmV0"));
    assert_true(has_secret(&settings, "me:t0psecret"));
    assert_true(has_secret(&settings, "k3y"));
    assert_true(has_secret(&settings, "0ther"));
    assert_true(has_secret(&settings, "p:w0rd"));
    assert_false(has_secret(&settings, "ops"));
    settings_deinit(&settings);
    give(&given, "login", NULL);
    give(&given, "token", "t0ken");
    assert_int_equal(settings_read(&given.instance, &settings), 0);
    assert_true(has_header(&settings, "Authorization: Bearer t0ken"));
    assert_true(has_secret(&settings, "t0ken"));
    settings_deinit(&settings);
}

/* Options as "name=value", NULL-terminated, and what is said of them. */
static void assert_refused(const char *const *options, const char *said)
{
    struct given given;
    struct settings settings;
    set_up(&given);
    for (; *options; options++) {
        const char *equals = strchr(*options, '=');
        AUTO_FREE char *name = mem_strndup(*options, (size_t)(equals - *options));
        give(&given, name, equals + 1);
    }
    assert_int_equal(settings_read(&given.instance, &settings), -1);
    assert_string_equal(buf_text(&given.said), said);
    settings_deinit(&settings);
    buf_deinit(&given.said);
}

#define REFUSED(said, ...) assert_refused((const char *const[]){__VA_ARGS__, NULL}, (said))
#define URL                "url=https://example.com/"

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    REFUSED("one of the options \"url\" and \"url-file\" is needed, and not both\n", "token=x");
    REFUSED("one of the options \"url\" and \"url-file\" is needed, and not both\n", URL,
            "url-file=https://example.com/");
    REFUSED("option \"url\" is none of http or https\n", "url=ftp://example.com/");
    REFUSED("option \"url-file\" does not begin with http:// or https://\n",
            "url-file=example.com");
    REFUSED("one of the options \"token\" and \"login\" can be used, not both\n", URL, "token=x",
            "login=me:y");
    REFUSED("option \"token\" gives Authorization a value with a control character\n", URL,
            "token=a\nb");
    REFUSED("option \"headers-file\" sets Authorization, and so does token or login\n", URL,
            "token=x", "headers-file=Authorization: Key hush");
    REFUSED("option \"headers-file\" is no header: write \"Name: value\"\n", URL,
            "headers-file=X-Good: 1\nhush");
    REFUSED("option \"secret\" has no base64 after \"whsec_\"\n", URL, "secret=whsec_hush!");
    REFUSED("option \"proxy\" begins with none of http://, https:// and socks5h://\n", URL,
            "proxy=proxy.example:3128");
    REFUSED("option \"proxy\" holds a user or password: write them into a file for proxy-login\n",
            URL, "proxy=http://me:hush@proxy.example");
    REFUSED("option \"key\" is given without its \"certificate\"\n", URL, "key=hush");
    REFUSED("FILE: option \"ca-file\": the file cannot be read: No such file or directory\n", URL,
            "ca-file=/nonexistent/ca.pem");
    REFUSED("FILE: option \"certificate\": the file holds no certificate in PEM\n", URL,
            "certificate=/dev/null");
    REFUSED("option \"url\" is none of http or https\n"
            "option \"key\" is given without its \"certificate\"\n",
            "url=ftp://example.com/", "key=hush");
}

static void a_short_key_is_warned_of(void **state)
{
    (void)state;
    struct given given;
    struct settings settings;
    set_up(&given);
    give(&given, "url", "https://example.com/");
    give(&given, "secret", "short");
    assert_int_equal(settings_read(&given.instance, &settings), 0);
    assert_string_equal(
        buf_text(&given.said),
        "warning: option \"secret\" is a key of 5 bytes; Standard Webhooks wants 24 or more\n");
    assert_int_equal(settings.key.len, 5);
    settings_deinit(&settings);
    buf_deinit(&given.said);
}

static void certificates_are_read_once(void **state)
{
    (void)state;
    char path[] = "/tmp/tocsin-webhook-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    const char *pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    size_t n_written = 0;
    /* Longer than one read. */
    for (int i = 0; i < 500; i++) {
        ssize_t n = write(fd, pem, strlen(pem));
        assert_int_equal(n, strlen(pem));
        n_written += (size_t)n;
    }
    close(fd);
    struct given given;
    struct settings settings;
    set_up(&given);
    give(&given, "url", "https://example.com/");
    give(&given, "ca-file", path);
    assert_int_equal(settings_read(&given.instance, &settings), 0);
    unlink(path);
    assert_int_equal(strlen(settings.ca), n_written);
    assert_memory_equal(settings.ca, pem, strlen(pem));
    settings_deinit(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_is_enough),
        cmocka_unit_test(what_authorises_becomes_headers_and_is_kept_secret),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(a_short_key_is_warned_of),
        cmocka_unit_test(certificates_are_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
