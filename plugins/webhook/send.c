/* A handle for each request, the connections for all of them; see send.h. */
#include "send.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"

#define MAX_REDIRECTS 3

struct sender {
    const struct settings *settings;
    CURLSH *share; /* the connections, and what is known of the other side */
    /* The request at hand. */
    CURL *easy;
    struct reply *reply;
    const char *body;
    size_t len, sent;
};

/* ---- what libcurl calls ---- */

static size_t give_body(char *out, size_t size, size_t n, void *arg)
{
    struct sender *sender = arg;
    size_t room = size * n, left = sender->len - sender->sent;
    size_t give = left < room ? left : room;
    memcpy(out, sender->body + sender->sent, give);
    sender->sent += give;
    return give;
}

/* To send it a second time is not libcurl's to decide. */
static int refuse_rewind(void *arg, curl_off_t offset, int origin)
{
    (void)arg;
    (void)offset;
    (void)origin;
    return CURL_SEEKFUNC_FAIL;
}

/* An empty line ends the headers; those of a 1xx are not the answer yet. */
static size_t take_header(char *line, size_t size, size_t n, void *arg)
{
    struct sender *sender = arg;
    long status = 0;
    if (size * n <= 2 && (*line == '\r' || *line == '\n') &&
        curl_easy_getinfo(sender->easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
        status >= 200)
        sender->reply->status = status;
    return size * n;
}

/* Fewer than were given end the transfer. */
static size_t take_response(char *bytes, size_t size, size_t n, void *arg)
{
    struct sender *sender = arg;
    struct reply *reply = sender->reply;
    size_t len = size * n, room = REPLY_KEPT_BYTES - reply->kept.len;
    buf_append(&reply->kept, bytes, len < room ? len : room);
    reply->n_bytes += len;
    return reply->n_bytes > sender->settings->max_response_bytes ? 0 : len;
}

/* ---- the handle ---- */

/* The first option that this libcurl refuses is noted. */
struct options {
    CURL *easy;
    CURLcode code;
};

#define SET(options, option, value)                                                                \
    ((options)->code = (options)->code                                                             \
                           ? (options)->code                                                       \
                           : curl_easy_setopt((options)->easy, CURLOPT_##option, (value)))

static void set_pem(struct options *options, CURLoption option, const char *pem)
{
    struct curl_blob blob = {.data = (void *)(uintptr_t)pem, .len = strlen(pem)};
    blob.flags = CURL_BLOB_COPY;
    if (!options->code)
        options->code = curl_easy_setopt(options->easy, option, &blob);
}

static void set_tls(struct options *options, const struct settings *settings)
{
    SET(options, SSL_VERIFYPEER, 1L);
    SET(options, SSL_VERIFYHOST, 2L);
    SET(options, SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (settings->ca) {
        set_pem(options, CURLOPT_CAINFO_BLOB, settings->ca);
        SET(options, CAPATH, NULL); /* else the system's are trusted, too */
    }
    if (settings->certificate)
        set_pem(options, CURLOPT_SSLCERT_BLOB, settings->certificate);
    if (settings->certificate_key)
        set_pem(options, CURLOPT_SSLKEY_BLOB, settings->certificate_key);
    SET(options, KEYPASSWD, settings->key_passphrase);
}

/* An empty text keeps libcurl from asking the environment. */
static void set_proxy(struct options *options, const struct settings *settings)
{
    SET(options, PROXY, settings->proxy);
    SET(options, NOPROXY, "");
    if (settings->ca && *settings->proxy)
        set_pem(options, CURLOPT_PROXY_CAINFO_BLOB, settings->ca);
    if (settings->proxy_login)
        SET(options, PROXYUSERPWD, settings->proxy_login);
}

static void set_request(struct options *options, struct sender *sender)
{
    SET(options, SHARE, sender->share);
    SET(options, NOSIGNAL, 1L);
    SET(options, QUICK_EXIT, 1L); /* at a time-out, not to wait for a name server */
    SET(options, PROTOCOLS_STR, "http,https");
    SET(options, HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(options, USERAGENT, "tocsin/" PACKAGE_VERSION);
    SET(options, POST, 1L);
    SET(options, READFUNCTION, give_body);
    SET(options, READDATA, sender);
    SET(options, SEEKFUNCTION, refuse_rewind);
    SET(options, WRITEFUNCTION, take_response);
    SET(options, WRITEDATA, sender);
    SET(options, HEADERFUNCTION, take_header);
    SET(options, HEADERDATA, sender);
    SET(options, CONNECTTIMEOUT_MS, sender->settings->connect_timeout_ms);
}

/* Makes the handle of a request. */
static CURLcode open_easy(struct sender *sender)
{
    sender->easy = curl_easy_init();
    if (!sender->easy)
        return CURLE_OUT_OF_MEMORY;
    struct options options = {.easy = sender->easy};
    set_request(&options, sender);
    set_proxy(&options, sender->settings);
    set_tls(&options, sender->settings);
    return options.code;
}

static void close_easy(struct sender *sender)
{
    curl_easy_cleanup(sender->easy);
    sender->easy = NULL;
}

static bool open_share(struct sender *sender)
{
    static const curl_lock_data shared[] = {CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_SSL_SESSION,
                                            CURL_LOCK_DATA_DNS};
    sender->share = curl_share_init();
    for (size_t i = 0; sender->share && i < ARRAY_LEN(shared); i++)
        if (curl_share_setopt(sender->share, CURLSHOPT_SHARE, shared[i]) != CURLSHE_OK)
            return false;
    return sender->share;
}

/* That this libcurl does what is needed is seen at once, not with the first delivery. */
struct sender *sender_new(const struct settings *settings, struct err *err)
{
    struct sender *sender = NEW(struct sender);
    sender->settings = settings;
    CURLcode code = open_share(sender) ? open_easy(sender) : CURLE_FAILED_INIT;
    close_easy(sender);
    if (code) {
        err_set(err, "libcurl %s does not do what is needed: %s",
                curl_version_info(CURLVERSION_NOW)->version, curl_easy_strerror(code));
        sender_free(&sender);
        return NULL;
    }
    return sender;
}

void sender_free(struct sender **sender)
{
    if (!*sender)
        return;
    curl_share_cleanup((*sender)->share);
    free(*sender);
    *sender = NULL;
}

/* ---- a request ---- */

static char *copy_header(CURL *easy, const char *name)
{
    struct curl_header *header;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    return mem_strdup(header->value);
}

static void note_answer(struct sender *sender)
{
    struct reply *reply = sender->reply;
    char *redirect = NULL;
    if (curl_easy_getinfo(sender->easy, CURLINFO_SSL_VERIFYRESULT, &reply->verify) != CURLE_OK)
        reply->verify = 0;
    if (!reply->status)
        return;
    reply->retry_after = copy_header(sender->easy, "Retry-After");
    if (curl_easy_getinfo(sender->easy, CURLINFO_REDIRECT_URL, &redirect) == CURLE_OK)
        reply->redirect = mem_strdup(redirect);
}

static void perform(struct sender *sender, const char *url, int64_t timeout_ms,
                    struct curl_slist *headers)
{
    struct reply *reply = sender->reply;
    sender->sent = 0;
    struct options options = {.code = open_easy(sender)};
    options.easy = sender->easy;
    SET(&options, URL, url);
    SET(&options, TIMEOUT_MS, (long)timeout_ms);
    SET(&options, HTTPHEADER, headers);
    SET(&options, POSTFIELDSIZE_LARGE, (curl_off_t)sender->len);
    SET(&options, ERRORBUFFER, reply->error);
    reply->code = options.code ? options.code : curl_easy_perform(sender->easy);
    note_answer(sender);
    close_easy(sender);
}

/* Whether it leads to another path of the same place, by a status that lets a POST stay one. A 303
 * says that the POST is done and something else is to be read. */
static bool may_follow(const struct sender *sender)
{
    const struct reply *reply = sender->reply;
    struct target to;
    if (!reply->redirect || reply->status == 303 || target_parse(reply->redirect, &to, NULL) < 0)
        return false;
    bool same = target_is_same_place(&sender->settings->target, &to);
    target_deinit(&to);
    return same;
}

void sender_post(struct sender *sender, const char *body, size_t len, struct curl_slist *headers,
                 struct reply *reply)
{
    int64_t left_ms = sender->settings->timeout_ms, end_ms = clock_now_ms() + left_ms;
    *reply = (struct reply){.code = CURLE_OK};
    sender->reply = reply;
    sender->body = body;
    sender->len = len;
    AUTO_FREE char *url = mem_strdup(sender->settings->target.url);
    perform(sender, url, left_ms, headers);
    for (int n = 0; n < MAX_REDIRECTS && may_follow(sender); n++) {
        left_ms = end_ms - clock_now_ms();
        if (left_ms <= 0)
            break;
        free(url);
        url = reply->redirect;
        reply->redirect = NULL;
        reply_deinit(reply);
        perform(sender, url, left_ms, headers);
    }
    sender->reply = NULL;
    sender->body = NULL;
}

void reply_deinit(struct reply *reply)
{
    buf_deinit(&reply->kept);
    mem_free_p(&reply->retry_after);
    mem_free_p(&reply->redirect);
    *reply = (struct reply){.code = CURLE_OK};
}
