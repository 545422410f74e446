/*
 * What a receiver of web hooks answers: the input's pieces, cut at NULs, one a connection. Libcurl
 * is the real one; the sockets that it asks for are pairs in this process, whose other ends have
 * said all that they will, so that no input waits for anything. Only the end of a redirect's chain
 * counts; what a person reads of it is text and holds no secret.
 */
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "require.h"
#include "webhook/send.h"
#include "webhook/verdict.h"

#define NOW             INT64_C(1795796000)
#define MAX_CONNECTIONS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const secrets[] = {"t0psecret", NULL};

/* What the other ends have still to say. */
static struct {
    const char *at;
    size_t left;
    int fds[MAX_CONNECTIONS];
    size_t n;
} receiver;

static bool say_next(int fd)
{
    const char *end = receiver.left ? memchr(receiver.at, '\0', receiver.left) : NULL;
    size_t len = end ? (size_t)(end - receiver.at) : receiver.left;
    bool said = !len || send(fd, receiver.at, len, MSG_DONTWAIT) == (ssize_t)len;
    receiver.at += len + (end != NULL);
    receiver.left -= len + (end != NULL);
    return said && shutdown(fd, SHUT_WR) == 0;
}

/* ---- in the place of the C library's, for libcurl ---- */

int socket(int domain, int type, int protocol)
{
    int pair[2];
    (void)domain;
    (void)protocol;
    if (receiver.n == MAX_CONNECTIONS || socketpair(AF_UNIX, type, 0, pair) < 0)
        return -1;
    require(say_next(pair[1]));
    receiver.fds[receiver.n++] = pair[1];
    return pair[0];
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    (void)fd;
    (void)address;
    (void)len;
    return 0;
}

/* ---- the target ---- */

static void check_verdict(const struct reply *reply, const struct settings *settings)
{
    struct verdict_case of = {.target = &settings->target, .secrets = secrets, .now = NOW};
    struct verdict verdict = verdict_of(reply, &of);
    bool good = reply->status >= 200 && reply->status < 300;
    require((verdict.result == TOCSIN_OK) == good && !verdict.reason == good);
    require(verdict.delay_ms >= 0 && verdict.delay_ms <= VERDICT_MAX_DELAY_MS);
    if (verdict.reason) {
        require(is_utf8(verdict.reason, strlen(verdict.reason)));
        require(!strstr(verdict.reason, secrets[0]));
        require(!strstr(verdict.reason, settings->target.path));
        require(!strstr(verdict.reason, settings->target.query));
    }
    free(verdict.reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct settings settings = {.proxy = "",
                                .key_passphrase = "",
                                .connect_timeout_ms = 5000,
                                .timeout_ms = 5000,
                                .max_response_bytes = 2048};
    struct err err;
    struct reply reply;
    require(target_parse("http://127.0.0.1:8080/s3cretpath?s3cretquery", &settings.target, &err) ==
            0);
    receiver.at = (const char *)data;
    receiver.left = size;
    receiver.n = 0;
    struct sender *sender = sender_new(&settings, &err);
    require(sender != NULL);
    sender_post(sender, "{}", 2, NULL, &reply);
    require(reply.kept.len <= REPLY_KEPT_BYTES);
    check_verdict(&reply, &settings);
    reply_deinit(&reply);
    sender_free(&sender);
    while (receiver.n)
        close(receiver.fds[--receiver.n]);
    target_deinit(&settings.target);
    return 0;
}
