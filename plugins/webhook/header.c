/* The rules and the names that are taken; see header.h. */
#include "header.h"

#include <string.h>
#include <strings.h>

#include "base/log.h"

/* What describes the request itself, or is made for each. */
static const char *const own[] = {
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Expect",
    "Host",
    "Idempotency-Key",
    "Proxy-Connection",
    "Trailer",
    "Upgrade",
    "Transfer-Encoding",
    "Proxy-Authorization",
    "User-Agent",
    "Webhook-Id",
    "Webhook-Signature",
    "Webhook-Timestamp",
};

#define NAME_CHARS "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

bool header_is(const char *line, const char *name)
{
    size_t len = strlen(name);
    return strncasecmp(line, name, len) == 0 && line[len] == ':';
}

/* No control character, above all no end of a line. */
static bool is_value(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7F)
            return false;
    return true;
}

int header_check(const char *line, struct err *err)
{
    size_t name_len = strspn(line, NAME_CHARS);
    if (!name_len || line[name_len] != ':')
        return err_set(err, "is no header: write \"Name: value\"");
    for (size_t i = 0; i < ARRAY_LEN(own); i++)
        if (header_is(line, own[i]))
            return err_set(err, "sets %s, which the plugin sets itself", own[i]);
    const char *value = line + name_len + 1;
    if (!value[strspn(value, " \t")])
        return err_set(err, "gives %.*s no value", (int)name_len, line);
    if (!is_value(value))
        return err_set(err, "gives %.*s a value with a control character", (int)name_len, line);
    return 0;
}

void header_add(struct curl_slist **headers, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *line = mem_vprintf(fmt, va);
    va_end(va);
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (!longer)
        log_fatal("out of memory");
    *headers = longer;
}
