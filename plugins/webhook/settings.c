/* The table, and one function an aspect; see settings.h. */
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "base/buf.h"
#include "base/str.h"
#include "header.h"

#define PEM_MAX_BYTES ((size_t)4 * 1024 * 1024) /* the system's own list has a twentieth */
#define SECOND        INT64_C(1000)

const struct tocsin_option settings_table[] = {
    {.name = "url",
     .type = TOCSIN_OPTION_TEXT,
     .help = "where alerts are posted to: http or https, without a user or password in it"},
    {.name = "url-file",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file that holds the URL, in place of url, when the URL is a secret itself"},
    {.name = "secret",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with the key by which requests are signed, as Standard Webhooks has it: "
             "whsec_ and base64, or any other text"},
    {.name = "token",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with a bearer token for the receiver"},
    {.name = "login",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with USER:PASSWORD for the receiver (basic authentication)"},
    {.name = "headers",
     .type = TOCSIN_OPTION_TEXTS,
     .help = "further headers, each written \"Name: value\""},
    {.name = "headers-file",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with further headers that are secret, one a line"},
    {.name = "ca-file",
     .type = TOCSIN_OPTION_PATH,
     .help = "certificates (PEM) to trust in place of the system's"},
    {.name = "certificate",
     .type = TOCSIN_OPTION_PATH,
     .help = "a client's certificate (PEM), with those that link it to its CA"},
    {.name = "key",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with the key of certificate (PEM), unless that holds it, too"},
    {.name = "key-passphrase",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with what unlocks key"},
    {.name = "proxy",
     .type = TOCSIN_OPTION_TEXT,
     .help = "the proxy to go through: http://, https:// or socks5h://HOST:PORT"},
    {.name = "proxy-login",
     .type = TOCSIN_OPTION_SECRET,
     .help = "a file with USER:PASSWORD for the proxy"},
    {.name = "connect-timeout",
     .type = TOCSIN_OPTION_DURATION,
     .fallback = "5s",
     .min = 100,
     .max = 60 * SECOND,
     .help = "how long a connection may take, with the look-up of its name"},
    {.name = "timeout",
     .type = TOCSIN_OPTION_DURATION,
     .fallback = "15s",
     .min = 100,
     .max = 600 * SECOND,
     .help = "how long one attempt may take; less than the notifier's deadline"},
    {.name = "max-response",
     .type = TOCSIN_OPTION_SIZE,
     .fallback = "64K",
     .min = 0,
     .max = 16 * 1024 * 1024,
     .help = "of a longer response, the rest is not read"},
    {.name = "external-url",
     .type = TOCSIN_OPTION_TEXT,
     .fallback = "",
     .help = "externalURL in what is posted: where people find more"},
    {.name = NULL},
};

static int fail(struct tocsin_instance *instance, const char *option, const struct err *err)
{
    return tocsin_fail(instance, NULL, 0, 0, "option \"%s\" %s", option, err->text);
}

/* "" for what was not given. */
static const char *text_of(struct tocsin_instance *instance, const char *option)
{
    const char *text = tocsin_option_text(instance, option);
    return text ? text : "";
}

static void keep_secret(struct settings *settings, const char *text)
{
    settings->secrets = mem_grow(settings->secrets, &settings->secrets_cap, settings->n_secrets + 2,
                                 sizeof(settings->secrets[0]));
    settings->secrets[settings->n_secrets++] = mem_strdup(text);
    settings->secrets[settings->n_secrets] = NULL;
}

/* ---- where to ---- */

static int read_target(struct tocsin_instance *instance, struct settings *settings)
{
    struct err err;
    const char *url = tocsin_option_text(instance, "url");
    const char *from_file = tocsin_option_text(instance, "url-file");
    if (!url == !from_file)
        return tocsin_fail(instance, NULL, 0, 0,
                           "one of the options \"url\" and \"url-file\" is "
                           "needed, and not both");
    if (target_parse(url ? url : from_file, &settings->target, &err) < 0)
        return fail(instance, url ? "url" : "url-file", &err);
    return 0;
}

static int read_proxy(struct tocsin_instance *instance, struct settings *settings)
{
    settings->proxy = text_of(instance, "proxy");
    settings->proxy_login = tocsin_option_text(instance, "proxy-login");
    if (settings->proxy_login)
        keep_secret(settings, settings->proxy_login);
    if (!*settings->proxy || str_starts(settings->proxy, "http://") ||
        str_starts(settings->proxy, "https://") || str_starts(settings->proxy, "socks5h://")) {
        if (!strchr(settings->proxy, '@'))
            return 0;
        return tocsin_fail(instance, NULL, 0, 0,
                           "option \"proxy\" holds a user or password: "
                           "write them into a file for proxy-login");
    }
    return tocsin_fail(instance, NULL, 0, 0,
                       "option \"proxy\" begins with none of http://, "
                       "https:// and socks5h://");
}

/* ---- headers ---- */

static int take_header(struct tocsin_instance *instance, struct settings *settings,
                       const char *option, const char *line)
{
    struct err err;
    if (header_check(line, &err) < 0)
        return fail(instance, option, &err);
    if (header_is(line, "Authorization") &&
        (tocsin_option_text(instance, "token") || tocsin_option_text(instance, "login")))
        return tocsin_fail(instance, NULL, 0, 0,
                           "option \"%s\" sets Authorization, and so does token or login", option);
    header_add(&settings->headers, "%s", line);
    return 0;
}

static int read_headers(struct tocsin_instance *instance, struct settings *settings)
{
    int result = 0;
    for (const char *const *line = tocsin_option_list(instance, "headers"); *line; line++)
        result |= take_header(instance, settings, "headers", *line);
    return result;
}

static int read_secret_headers(struct tocsin_instance *instance, struct settings *settings)
{
    int result = 0;
    for (const char *at = text_of(instance, "headers-file"); *at;) {
        size_t len = strcspn(at, "\r\n");
        AUTO_FREE char *line = mem_strndup(at, len);
        if (len && take_header(instance, settings, "headers-file", line) < 0)
            result = -1;
        else if (len)
            keep_secret(settings, strchr(line, ':') + 1 + strspn(strchr(line, ':') + 1, " \t"));
        at += len + (at[len] != '\0');
    }
    return result;
}

static int read_login(struct tocsin_instance *instance, struct settings *settings)
{
    const char *login = tocsin_option_text(instance, "login");
    const char *token = tocsin_option_text(instance, "token");
    if (login && token)
        return tocsin_fail(instance, NULL, 0, 0,
                           "one of the options \"token\" and \"login\" can "
                           "be used, not both");
    if (!login && !token)
        return 0;
    AUTO_FREE char *line = NULL;
    if (token) {
        line = mem_printf("Authorization: Bearer %s", token);
        keep_secret(settings, token);
    } else {
        size_t size = sodium_base64_ENCODED_LEN(strlen(login), sodium_base64_VARIANT_ORIGINAL);
        AUTO_FREE char *base64 = mem_alloc(size);
        sodium_bin2base64(base64, size, (const unsigned char *)login, strlen(login),
                          sodium_base64_VARIANT_ORIGINAL);
        line = mem_printf("Authorization: Basic %s", base64);
        keep_secret(settings, base64);
        keep_secret(settings, login);
    }
    struct err err;
    if (header_check(line, &err) < 0)
        return fail(instance, token ? "token" : "login", &err);
    header_add(&settings->headers, "%s", line);
    return 0;
}

static int read_key(struct tocsin_instance *instance, struct settings *settings)
{
    struct err err;
    const char *secret = tocsin_option_text(instance, "secret");
    if (!secret)
        return 0;
    if (sign_key_parse(secret, &settings->key, &err) < 0)
        return fail(instance, "secret", &err);
    if (settings->key.len < SIGN_MIN_BYTES)
        tocsin_warn(instance, NULL, 0, 0,
                    "option \"secret\" is a key of %zu bytes; Standard Webhooks wants %d or more",
                    settings->key.len, SIGN_MIN_BYTES);
    return 0;
}

/* ---- TLS ---- */

static int read_whole(const char *path, struct buf *out, struct err *err)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "cannot be read");
    for (;;) {
        char piece[4096];
        ssize_t n = read(fd, piece, sizeof(piece));
        if (n < 0 && errno != EINTR)
            return err_errno(err, "cannot be read");
        if (n == 0)
            return 0;
        buf_append(out, piece, n > 0 ? (size_t)n : 0);
        if (out->len > PEM_MAX_BYTES)
            return err_set(err, "is too large for a list of certificates");
    }
}

/* What is no certificate at all is better said now than at the first alert. */
static int read_pem(struct tocsin_instance *instance, const char *option, char **pem)
{
    struct err err;
    const char *path = tocsin_option_text(instance, option);
    AUTO_BUF struct buf bytes = {0};
    if (!path)
        return 0;
    int result = read_whole(path, &bytes, &err);
    if (result == 0 && !strstr(buf_text(&bytes), "-----BEGIN CERTIFICATE-----"))
        result = err_set(&err, "holds no certificate in PEM");
    if (result < 0)
        return tocsin_fail(instance, path, 0, 0, "option \"%s\": the file %s", option, err.text);
    *pem = buf_take(&bytes);
    return 0;
}

static int read_tls(struct tocsin_instance *instance, struct settings *settings)
{
    settings->certificate_key = tocsin_option_text(instance, "key");
    /* Without one, OpenSSL would ask for it at the terminal. */
    settings->key_passphrase = text_of(instance, "key-passphrase");
    int result = read_pem(instance, "ca-file", &settings->ca);
    result |= read_pem(instance, "certificate", &settings->certificate);
    if (settings->certificate_key && !tocsin_option_text(instance, "certificate"))
        result |= tocsin_fail(instance, NULL, 0, 0,
                              "option \"key\" is given without its "
                              "\"certificate\"");
    return result;
}

int settings_read(struct tocsin_instance *instance, struct settings *settings)
{
    static int (*const aspects[])(struct tocsin_instance *, struct settings *) = {
        read_target, read_proxy, read_headers, read_secret_headers, read_login, read_key, read_tls,
    };
    *settings = (struct settings){
        .secrets = NEW_N(char *, 1),
        .secrets_cap = 1,
        .receiver = tocsin_instance_name(instance),
        .external_url = text_of(instance, "external-url"),
        .connect_timeout_ms = (long)tocsin_option_int(instance, "connect-timeout"),
        .timeout_ms = (long)tocsin_option_int(instance, "timeout"),
        .max_response_bytes = (size_t)tocsin_option_int(instance, "max-response"),
    };
    int result = 0;
    for (size_t i = 0; i < ARRAY_LEN(aspects); i++)
        result |= aspects[i](instance, settings);
    return result;
}

void settings_deinit(struct settings *settings)
{
    target_deinit(&settings->target);
    sign_key_deinit(&settings->key);
    curl_slist_free_all(settings->headers);
    free(settings->ca);
    free(settings->certificate);
    for (size_t i = 0; i < settings->n_secrets; i++)
        free(settings->secrets[i]);
    free(settings->secrets);
    *settings = (struct settings){0};
}
