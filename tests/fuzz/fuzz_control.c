/*
 * What strangers say to the control socket. The input is a row of deeds of a few clients, a byte
 * each and what belongs to it: one says some bytes, says no more, leaves; an event happens; the
 * daemon answers what it has put off. Every line that a client reads is an answer, a refusal or an
 * event, and no client gets more answers than it has asked questions.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/log.h"
#include "control/control.h"
#include "require.h"
#include "tests/support/fake_loop.h"

#define MAX_CLIENTS 3
#define MAX_LATE    64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loop *loop;
static struct control *control;
static char dir[] = "/tmp/tocsin-fuzz-XXXXXX";
static char *path;
static struct control_request *late[MAX_LATE];
static size_t n_late;

static struct client {
    int fd; /* -1: not connected */
    struct buf heard;
    size_t n_asked, n_answered;
} clients[MAX_CLIENTS];

/* ---- the daemon ---- */

static void answer_now(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    control_answer(request, args ? json_deep_copy(args) : json_null());
}

static void refuse(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    const char *why = json_string_value(json_object_get(args, "why"));
    control_refuse(request, EX_DATAERR, "%s\xFF", why ? why : "");
}

static void answer_late(void *arg, struct control_request *request, const json_t *args)
{
    if (n_late == MAX_LATE)
        answer_now(arg, request, args);
    else
        late[n_late++] = request;
}

static void follow(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    (void)args;
    control_follow(request);
}

static const struct control_verb verbs[] = {
    {"now", answer_now}, {"refuse", refuse}, {"late", answer_late}, {"follow", follow}};

static void answer_all(void)
{
    while (n_late)
        control_answer(late[--n_late], json_pack("{s:b}", "late", 1));
}

static void happen(void)
{
    json_t *event = json_pack("{s:s}", "event", "test");
    control_event(control, event);
    json_decref(event);
}

/* ---- the clients ---- */

static void client_connect(struct client *client)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    client->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    client->n_asked = client->n_answered = 0;
    require(client->fd >= 0 &&
            connect(client->fd, (const struct sockaddr *)&address, sizeof(address)) == 0);
}

static void client_leave(struct client *client)
{
    fd_close(&client->fd);
    buf_deinit(&client->heard);
}

static void check_line(struct client *client, const char *line, size_t len)
{
    json_t *said = json_loadb(line, len, 0, NULL);
    const json_t *error = json_object_get(said, "error");
    require(json_is_integer(json_object_get(said, "id")));
    if (!json_object_get(said, "event"))
        client->n_answered++;
    require(client->n_answered <= client->n_asked);
    require(json_object_size(said) == 2);
    require(!error || (json_is_integer(json_object_get(error, "code")) &&
                       json_is_string(json_object_get(error, "message"))));
    json_decref(said);
}

static void client_hear(struct client *client)
{
    char bytes[4096];
    ssize_t n;
    if (client->fd < 0)
        return;
    while ((n = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
        buf_append(&client->heard, bytes, (size_t)n);
    const char *newline;
    while (client->heard.len && (newline = memchr(client->heard.data, '\n', client->heard.len))) {
        size_t len = (size_t)(newline - client->heard.data);
        check_line(client, client->heard.data, len);
        buf_consume(&client->heard, len + 1);
    }
    if (n == 0)
        client_leave(client);
}

static void client_say(struct client *client, const char *bytes, size_t len)
{
    if (client->fd < 0)
        client_connect(client);
    for (size_t i = 0; i < len; i++)
        client->n_asked += bytes[i] == '\n';
    if (len && send(client->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        client_leave(client);
}

/* ---- the target ---- */

static void turn(void)
{
    do
        for (size_t i = 0; i < MAX_CLIENTS; i++)
            client_hear(&clients[i]);
    while (fake_loop_pump(loop));
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        client_hear(&clients[i]);
}

/* The deed of this byte; how many of the bytes behind it belong to it. */
static size_t do_deed(uint8_t byte, const char *bytes, size_t left)
{
    enum { SAY, SAY_NO_MORE, LEAVE, HAPPEN, ANSWER, N_DEEDS };
    struct client *client = &clients[byte / N_DEEDS % MAX_CLIENTS];
    const char *end = memchr(bytes, '\0', left);
    size_t len = end ? (size_t)(end - bytes) : left;
    switch (byte % N_DEEDS) {
    case SAY:
        client_say(client, bytes, len);
        return len + (end != NULL);
    case SAY_NO_MORE:
        if (client->fd >= 0)
            shutdown(client->fd, SHUT_WR);
        return 0;
    case LEAVE:
        client_leave(client);
        return 0;
    case HAPPEN:
        happen();
        return 0;
    default:
        answer_all();
        return 0;
    }
}

static void remove_dir(void)
{
    unlink(path);
    rmdir(dir);
    free(path);
}

static void make_dir(void)
{
    log_set_level(LOG_LEVEL_ERROR);
    require(mkdtemp(dir) != NULL);
    path = mem_printf("%s/control", dir);
    atexit(remove_dir);
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        clients[i].fd = -1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    if (!path)
        make_dir();
    loop = loop_new();
    require(control_new(loop, path, NULL, verbs, ARRAY_LEN(verbs), NULL, &control, &err) == 0);
    for (size_t at = 0; at < size;) {
        uint8_t byte = data[at++];
        at += do_deed(byte, (const char *)data + at, size - at);
        turn();
    }
    answer_all();
    turn();
    for (size_t i = 0; i < MAX_CLIENTS; i++)
        client_leave(&clients[i]);
    control_free(&control);
    loop_free(&loop);
    return 0;
}
