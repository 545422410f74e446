/* Libcurl's own parser, so that what is checked is what is asked for; see target.h. */
#include "target.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/str.h"

static void url_free(CURLU **url)
{
    curl_url_cleanup(*url);
}

/* A part of a URL, the caller's to free(3); NULL: it has none. */
static char *part(CURLU *url, CURLUPart which, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK)
        return NULL;
    char *copy = mem_strdup(text);
    curl_free(text);
    return copy;
}

static char *part_or_empty(CURLU *url, CURLUPart which)
{
    char *text = part(url, which, 0);
    return text ? text : mem_strdup("");
}

static int check(CURLU *url, const struct target *target, struct err *err)
{
    AUTO_FREE char *user = part(url, CURLUPART_USER, 0);
    AUTO_FREE char *password = part(url, CURLUPART_PASSWORD, 0);
    if (!str_equal(target->scheme, "http") && !str_equal(target->scheme, "https"))
        return err_set(err, "is none of http or https");
    if (!target->host || !*target->host)
        return err_set(err, "names no host");
    if (user || password)
        return err_set(err, "holds a user or password, which is no place for them");
    return 0;
}

int target_parse(const char *text, struct target *target, struct err *err)
{
    *target = (struct target){0};
    CLEANUP(url_free) CURLU *url = curl_url();
    if (!url)
        return err_set(err, "cannot be read: out of memory");
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_BAD_SCHEME)
        return err_set(err, "does not begin with http:// or https://");
    if (code != CURLUE_OK)
        return err_set(err, "is no URL (%s)", curl_url_strerror(code));
    AUTO_FREE char *written_port = part(url, CURLUPART_PORT, 0);
    *target = (struct target){
        .url = mem_strdup(text),
        .scheme = part(url, CURLUPART_SCHEME, 0),
        .host = part(url, CURLUPART_HOST, 0),
        .port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT),
        .path = part_or_empty(url, CURLUPART_PATH),
        .query = part_or_empty(url, CURLUPART_QUERY),
    };
    if (check(url, target, err) < 0) {
        target_deinit(target);
        return -1;
    }
    target->where =
        written_port ? mem_printf("%s:%s", target->host, written_port) : mem_strdup(target->host);
    return 0;
}

void target_deinit(struct target *target)
{
    free(target->url);
    free(target->scheme);
    free(target->host);
    free(target->port);
    free(target->path);
    free(target->query);
    free(target->where);
    *target = (struct target){0};
}

bool target_is_same_place(const struct target *a, const struct target *b)
{
    return strcmp(a->scheme, b->scheme) == 0 && strcasecmp(a->host, b->host) == 0 &&
           strcmp(a->port, b->port) == 0;
}
