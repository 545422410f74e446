/*
 * The control socket; see control.h. Owns the listening socket and its connections: framing,
 * limits, who may speak, and that every request is answered once, in any order, also after its peer
 * left. What the verbs mean is not known here.
 */
#include "control/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "control/peer.h"

#define MAX_CONNECTIONS   64
#define MAX_REQUEST_BYTES (1024 * 1024)
#define MAX_UNSENT_BYTES  (64 * 1024 * 1024) /* a follower that does not read is cut off */
#define MAX_OPEN_REQUESTS 64                 /* per connection */

struct connection {
    struct list link;
    struct control *control;
    int fd;
    struct loop_io *io;
    struct buf in, out;
    struct list requests; /* open ones */
    unsigned n_requests;
    json_int_t follow_id;
    bool follows;
    bool ended; /* the peer has said all it will */
};

struct control_request {
    struct list link;
    struct connection *connection; /* NULL once the peer is gone */
    json_t *id;
};

struct control {
    struct loop *loop;
    char *path;
    int fd;
    struct loop_io *io;
    const struct control_verb *verbs;
    size_t n_verbs;
    void *arg;
    struct control_group group;
    bool shared; /* with the group */
    struct list connections;
    unsigned n_connections;
};

static void connection_free(struct connection *connection)
{
    list_each_safe (link, &connection->requests) {
        struct control_request *request = LIST_ITEM(link, struct control_request, link);
        list_remove(&request->link);
        request->connection = NULL;
    }
    connection->control->n_connections--;
    list_remove(&connection->link);
    loop_io_free(&connection->io);
    fd_close(&connection->fd);
    buf_deinit(&connection->in);
    buf_deinit(&connection->out);
    free(connection);
}

/* Sends what the peer takes; false when the connection is gone. */
static bool flush(struct connection *connection)
{
    size_t sent = 0;
    while (sent < connection->out.len) {
        ssize_t n = send(connection->fd, connection->out.data + sent, connection->out.len - sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (n < 0) {
            connection_free(connection);
            return false;
        }
        sent += (size_t)n;
    }
    buf_consume(&connection->out, sent);
    if (connection->out.len > MAX_UNSENT_BYTES ||
        (connection->ended && !connection->out.len && !connection->n_requests)) {
        connection_free(connection);
        return false;
    }
    loop_io_mask(connection->io,
                 (connection->ended ? 0 : LOOP_READ) | (connection->out.len ? LOOP_WRITE : 0));
    return true;
}

static int append_json(const char *bytes, size_t len, void *out)
{
    buf_append(out, bytes, len);
    return 0;
}

static bool say(struct connection *connection, const json_t *message)
{
    json_dump_callback(message, append_json, &connection->out, JSON_COMPACT);
    buf_putc(&connection->out, '\n');
    return flush(connection);
}

static void finish(struct control_request *request, json_t *message)
{
    struct connection *connection = request->connection;
    if (connection) {
        json_object_set(message, "id", request->id);
        list_remove(&request->link);
        connection->n_requests--;
        say(connection, message);
    }
    json_decref(message);
    json_decref(request->id);
    free(request);
}

void control_answer(struct control_request *request, json_t *result)
{
    finish(request, json_pack("{s:o}", "result", result));
}

void control_refuse(struct control_request *request, int code, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    /* %s refuses what is no UTF-8, such as a strange file name: then the code must do. */
    json_t *message = json_string(text);
    if (!message)
        message = json_string("(a message that is no UTF-8)");
    finish(request, json_pack("{s:{s:i, s:o}}", "error", "code", code, "message", message));
}

void control_follow(struct control_request *request)
{
    struct connection *connection = request->connection;
    if (connection) {
        connection->follows = true;
        connection->follow_id = json_integer_value(request->id);
    }
    control_answer(request, json_pack("{s:b}", "following", 1));
}

void control_event(struct control *control, const json_t *event)
{
    list_each_safe (link, &control->connections) {
        struct connection *connection = LIST_ITEM(link, struct connection, link);
        if (!connection->follows)
            continue;
        json_t *message = json_pack("{s:I, s:O}", "id", connection->follow_id, "event", event);
        say(connection, message);
        json_decref(message);
    }
}

bool control_is_followed(const struct control *control)
{
    list_each (link, &control->connections) {
        if (LIST_ITEM(link, struct connection, link)->follows)
            return true;
    }
    return false;
}

static const struct control_verb *find_verb(const struct control *control, const char *name)
{
    for (size_t i = 0; i < control->n_verbs; i++) {
        if (strcmp(control->verbs[i].name, name) == 0)
            return &control->verbs[i];
    }
    return NULL;
}

/* One line. The connection may be gone afterwards. */
static void take_line(struct connection *connection, const char *line, size_t len)
{
    struct control *control = connection->control;
    struct control_request *request = NEW(struct control_request);
    list_init(&request->link);
    request->connection = connection;
    list_append(&connection->requests, &request->link);
    connection->n_requests++;

    json_t *message = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
    json_t *id = json_object_get(message, "id");
    request->id = json_is_integer(id) ? json_incref(id) : json_integer(0);
    json_int_t version = json_integer_value(json_object_get(message, "tocsin"));
    const char *verb_name = json_string_value(json_object_get(message, "verb"));
    const struct control_verb *verb = verb_name ? find_verb(control, verb_name) : NULL;
    if (!json_is_object(message) || !verb_name)
        control_refuse(request, EX_USAGE,
                       "a request is one line of JSON with \"tocsin\", \"id\" and \"verb\"");
    else if (version != CONTROL_VERSION)
        control_refuse(request, EX_PROTOCOL,
                       "this daemon speaks version %d of the control protocol", CONTROL_VERSION);
    else if (connection->n_requests > MAX_OPEN_REQUESTS)
        control_refuse(request, EX_TEMPFAIL, "more than %d open requests", MAX_OPEN_REQUESTS);
    else if (!verb)
        control_refuse(request, EX_USAGE, "unknown verb \"%s\"", verb_name);
    else
        verb->handle(control->arg, request, json_object_get(message, "args"));
    json_decref(message);
}

/* Handles whole lines one at a time; each may end the connection, which the list then tells. */
static void take_lines(struct connection *connection)
{
    struct control *control = connection->control;
    char *newline;
    while (connection->in.len &&
           (newline = memchr(connection->in.data, '\n', connection->in.len))) {
        size_t len = (size_t)(newline - connection->in.data);
        AUTO_FREE char *line = mem_strndup(connection->in.data, len);
        buf_consume(&connection->in, len + 1);
        unsigned before = control->n_connections;
        take_line(connection, line, len);
        if (control->n_connections < before)
            return;
    }
    if (connection->in.len > MAX_REQUEST_BYTES) {
        log_warning("control: a request of more than %d bytes was cut off", MAX_REQUEST_BYTES);
        connection_free(connection);
    }
}

static void connection_ready(void *arg, unsigned events)
{
    struct connection *connection = arg;
    if ((events & LOOP_WRITE) && !flush(connection))
        return;
    if (!(events & LOOP_READ))
        return;
    char *to = buf_reserve(&connection->in, 65536);
    ssize_t n = recv(connection->fd, to, 65536, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n < 0) {
        connection_free(connection);
        return;
    }
    if (n == 0) {
        connection->ended = true;
        flush(connection);
        return;
    }
    connection->in.len += (size_t)n;
    take_lines(connection);
}

static void turn_away(int fd, int code, const char *why)
{
    json_t *message =
        json_pack("{s:i, s:{s:i, s:s}}", "id", 0, "error", "code", code, "message", why);
    AUTO_FREE char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    AUTO_FREE char *line = mem_printf("%s\n", text);
    if (send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        log_debug("control: a peer left before it was turned away");
}

static void refuse_peer(const struct control *control, int fd, uid_t uid)
{
    AUTO_FREE char *why =
        control->shared
            ? mem_printf("only the daemon's own user, root and the members of the group \"%s\" may "
                         "ask",
                         control->group.name)
            : mem_strdup("only the daemon's own user and root may ask");
    log_warning("control: user %u was turned away", (unsigned)uid);
    turn_away(fd, EX_NOPERM, why);
}

static void listener_ready(void *arg, unsigned events)
{
    (void)events;
    struct control *control = arg;
    AUTO_FD int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0)
        return;
    uid_t uid;
    if (!peer_may_speak(fd, control->shared ? &control->group : NULL, &uid)) {
        refuse_peer(control, fd, uid);
        return;
    }
    if (control->n_connections >= MAX_CONNECTIONS) {
        turn_away(fd, EX_TEMPFAIL, "too many clients at once");
        return;
    }
    struct connection *connection = NEW(struct connection);
    list_init(&connection->link);
    list_init(&connection->requests);
    connection->control = control;
    connection->fd = fd_take(&fd);
    connection->io =
        loop_io_new(control->loop, connection->fd, LOOP_READ, connection_ready, connection);
    list_append(&control->connections, &connection->link);
    control->n_connections++;
}

static int unix_address(const char *path, struct sockaddr_un *address, struct err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address->sun_path))
        return err_set(err, "%s: the path of a socket has at most %zu bytes", path,
                       sizeof(address->sun_path) - 1);
    memcpy(address->sun_path, path, strlen(path) + 1);
    return 0;
}

/* Takes away the socket of a daemon that is gone; an answering one is an error. */
static int clear_stale(const struct sockaddr_un *address, struct err *err)
{
    AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(err, "socket");
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
        return err_set(err, "%s: a daemon is running already (tocsinctl status)",
                       address->sun_path);
    if (errno != ECONNREFUSED && errno != ENOENT)
        return err_errno(err, "%s", address->sun_path);
    if (unlink(address->sun_path) < 0 && errno != ENOENT)
        return err_errno(err, "%s: removing the socket of a daemon that is gone",
                         address->sun_path);
    return 0;
}

/* Until here nobody else could connect. A socket of the right group stays as it was made: the
 * system service may not change owners (SystemCallFilter=), and needs not. */
static int share(const char *path, const struct control_group *group, struct err *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return err_errno(err, "%s", path);
    if (st.st_gid != group->gid && chown(path, (uid_t)-1, group->gid) < 0)
        return err_errno(err, "%s: giving it to the group \"%s\"", path, group->name);
    if (chmod(path, 0660) < 0)
        return err_errno(err, "%s: chmod 0660", path);
    return 0;
}

static int open_socket(const char *path, const struct control_group *group, int *result,
                       struct err *err)
{
    struct sockaddr_un address;
    if (unix_address(path, &address, err) < 0 || clear_stale(&address, err) < 0)
        return -1;
    AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_errno(err, "socket");
    mode_t before = umask(0177);
    int bound = bind(fd, (const struct sockaddr *)&address, sizeof(address));
    int error = errno;
    umask(before);
    errno = error;
    if (bound < 0)
        return err_errno(err, "%s", path);
    if (group && share(path, group, err) < 0)
        return -1;
    if (listen(fd, 64) < 0)
        return err_errno(err, "%s", path);
    *result = fd_take(&fd);
    return 0;
}

int control_new(struct loop *loop, const char *path, const struct control_group *group,
                const struct control_verb *verbs, size_t n_verbs, void *arg,
                struct control **control, struct err *err)
{
    int fd = -1;
    if (open_socket(path, group, &fd, err) < 0)
        return err_prefix(err, "control socket");
    struct control *c = NEW(struct control);
    *c = (struct control){.loop = loop,
                          .path = mem_strdup(path),
                          .fd = fd,
                          .verbs = verbs,
                          .n_verbs = n_verbs,
                          .arg = arg,
                          .shared = group != NULL};
    if (group)
        c->group = *group;
    list_init(&c->connections);
    c->io = loop_io_new(loop, fd, LOOP_READ, listener_ready, c);
    *control = c;
    return 0;
}

void control_free(struct control **control)
{
    if (!*control)
        return;
    struct control *c = *control;
    list_each_safe (link, &c->connections)
        connection_free(LIST_ITEM(link, struct connection, link));
    loop_io_free(&c->io);
    fd_close(&c->fd);
    if (unlink(c->path) < 0 && errno != ENOENT)
        log_warning("control: %s stays behind: %m", c->path);
    free(c->path);
    free(c);
    *control = NULL;
}

char *control_default_path(bool system)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!system && runtime && *runtime)
        return mem_printf("%s/tocsin/control", runtime);
    if (!system)
        return mem_printf("/tmp/tocsin-%u/control", (unsigned)geteuid());
    return mem_strdup("/run/tocsin/control");
}
