/*
 * The rules, as tables; see verdict.h. Whatever may be mended, at the other end or in this
 * configuration, is tried later; never is what the receiver itself has refused.
 */
#include "verdict.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/str.h"

#define EXCERPT_CHARS 160
#define HIDDEN        "***"
#define SECRET_BYTES  4 /* what is shorter may stand anywhere, and hides nothing */

/* ---- statuses ---- */

/* The first row that holds. */
static const struct {
    long from, to;
    enum tocsin_result result;
    const char *mend; /* NULL: nothing that could be said */
} statuses[] = {
    {200, 299, TOCSIN_OK, NULL},
    {401, 401, TOCSIN_NEVER, "look at token, login or headers"},
    {403, 403, TOCSIN_NEVER, "look at token, login or headers"},
    {404, 405, TOCSIN_NEVER, "look at url"},
    {407, 407, TOCSIN_LATER, "the proxy wants proxy-login"},
    {408, 408, TOCSIN_LATER, NULL},
    {410, 410, TOCSIN_NEVER, "the receiver wants no more; look at url"},
    {425, 425, TOCSIN_LATER, NULL},
    {429, 429, TOCSIN_LATER, NULL},
    {300, 499, TOCSIN_NEVER, NULL},
    {500, 999, TOCSIN_LATER, NULL},
};

/* ---- libcurl's codes: all are for later; some can be said more about ---- */

static const struct {
    CURLcode code;
    const char *mend;
} faults[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, "look at proxy"},
    {CURLE_SSL_CERTPROBLEM, "look at certificate, key and key-passphrase"},
    {CURLE_SSL_CACERT_BADFILE, "look at ca-file"},
    {CURLE_SSL_CONNECT_ERROR, "does that port speak TLS, and want a client's certificate?"},
    {CURLE_PROXY, "look at proxy"},
    {CURLE_SEND_FAIL_REWIND, "the connection was cut while the alert was sent"},
};

/* X509_V_ERR_... of OpenSSL (x509_vfy.h). Libcurl compares the names itself, before it asks
 * OpenSSL: the result is then still what it set in advance. */
static const struct {
    long verify;
    const char *mend;
} certificates[] = {
    {1, "its certificate is for another name than url has"},
    {9, "is this machine's clock right?"},
    {10, "its owner has to renew it, if this machine's clock is right"},
    {18, "if it is your own, name it in ca-file"},
    {19, "if it is your own, name its CA in ca-file"},
    {20, "if it is your own, name its CA in ca-file"},
    {21, "if it is your own, name its CA in ca-file"},
};

static const char *mend_of(const struct reply *reply)
{
    for (size_t i = 0; reply->code == CURLE_PEER_FAILED_VERIFICATION && i < ARRAY_LEN(certificates);
         i++)
        if (certificates[i].verify == reply->verify)
            return certificates[i].mend;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++)
        if (faults[i].code == reply->code)
            return faults[i].mend;
    return NULL;
}

/* ---- Retry-After ---- */

int64_t verdict_retry_after_ms(const char *value, int64_t now)
{
    if (!value)
        return 0;
    int64_t seconds = 0;
    value += strspn(value, " \t");
    size_t digits = strspn(value, "0123456789");
    if (digits && !value[digits + strspn(value + digits, " \t")]) {
        seconds = strtoll(value, NULL, 10);
    } else {
        time_t date = curl_getdate(value, NULL);
        seconds = date > now ? date - now : 0;
    }
    return seconds > VERDICT_MAX_DELAY_MS / 1000 ? VERDICT_MAX_DELAY_MS : seconds * 1000;
}

/* ---- sentences ---- */

/* A server may send back what it was sent. */
static char *without(char *text, const char *secret)
{
    size_t len = strlen(secret);
    char *at = len < SECRET_BYTES ? NULL : strstr(text, secret);
    if (!at)
        return text;
    struct buf out = {0};
    const char *from = text;
    for (; at; at = strstr(from, secret)) {
        buf_append(&out, from, (size_t)(at - from));
        buf_puts(&out, HIDDEN);
        from = at + len;
    }
    buf_puts(&out, from);
    free(text);
    return buf_take(&out);
}

static char *cleaned(const char *text, size_t len, const struct verdict_case *of)
{
    char *clean = tocsin_display(text, len);
    for (const char *const *secret = of->secrets; *secret; secret++)
        clean = without(clean, *secret);
    clean = without(clean, of->target->query);
    clean = without(clean, of->target->path);
    char *cut = tocsin_shorten(clean, EXCERPT_CHARS);
    free(clean);
    return cut;
}

static void put_mend(struct buf *out, const char *mend)
{
    if (mend)
        buf_printf(out, " (%s)", mend);
}

static void put_excerpt(struct buf *out, const struct reply *reply, const struct verdict_case *of)
{
    AUTO_FREE char *text = cleaned(buf_text(&reply->kept), reply->kept.len, of);
    if (*text)
        buf_printf(out, ": “%s”", text);
}

static void put_delay(struct buf *out, int64_t delay_ms)
{
    char text[48];
    str_duration_format(delay_ms, text, sizeof(text));
    if (delay_ms)
        buf_printf(out, ", again in %s", text);
}

/* The place a redirect points to, as far as it may be shown. */
static void put_redirect(struct buf *out, const struct reply *reply, const struct verdict_case *of)
{
    struct target to;
    if (!reply->redirect || target_parse(reply->redirect, &to, NULL) < 0) {
        buf_puts(out, ", which leads nowhere");
        return;
    }
    AUTO_FREE char *place = mem_printf("%s://%s", to.scheme, to.where);
    AUTO_FREE char *shown = cleaned(place, strlen(place), of);
    buf_printf(out, ", a redirect to %s that is not followed: if it is right, put it into url",
               shown);
    target_deinit(&to);
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static struct verdict of_status(const struct reply *reply, const struct verdict_case *of)
{
    size_t i = 0;
    while (i < ARRAY_LEN(statuses) - 1 &&
           (reply->status < statuses[i].from || reply->status > statuses[i].to))
        i++;
    struct verdict verdict = {.result = statuses[i].result};
    if (verdict.result == TOCSIN_OK)
        return verdict;
    if (verdict.result == TOCSIN_LATER)
        verdict.delay_ms = verdict_retry_after_ms(reply->retry_after, of->now);
    struct buf out = {0};
    buf_printf(&out, "HTTP %ld from %s", reply->status, of->target->where);
    if (is_redirect(reply->status))
        put_redirect(&out, reply, of);
    put_delay(&out, verdict.delay_ms);
    put_mend(&out, statuses[i].mend);
    put_excerpt(&out, reply, of);
    verdict.reason = buf_take(&out);
    return verdict;
}

static struct verdict of_fault(const struct reply *reply, const struct verdict_case *of)
{
    const char *error = *reply->error ? reply->error : curl_easy_strerror(reply->code);
    AUTO_FREE char *why = cleaned(error, strlen(error), of);
    struct buf out = {0};
    buf_printf(&out, "%s: %s", of->target->where, why);
    put_mend(&out, mend_of(reply));
    return (struct verdict){.result = TOCSIN_LATER, .reason = buf_take(&out)};
}

struct verdict verdict_of(const struct reply *reply, const struct verdict_case *of)
{
    return reply->status ? of_status(reply, of) : of_fault(reply, of);
}
