/* The client of the control socket: finds the daemon, asks one question, waits for its answer. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "control/control.h"
#include "ctl/ctl.h"

/* So that neither a full queue nor a daemon that hangs is waited for longer than somebody wants to.
 */
static int set_patience(int fd, int patience_ms)
{
    const struct timeval wait = {patience_ms / 1000, patience_ms % 1000 * 1000};
    if (!patience_ms)
        return 0;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) < 0)
        return -1;
    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
}

/* A connected socket, or -1 with errno. */
static int dial(const struct ctl *ctl, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || set_patience(fd, ctl->patience_ms) < 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return -1;
    return fd_take(&fd);
}

bool ctl_daemon_answers(const struct ctl *ctl)
{
    AUTO_FREE char *path =
        ctl->socket ? mem_strdup(ctl->socket) : control_default_path(ctl->system);
    AUTO_FD int fd = dial(ctl, path);
    return fd >= 0;
}

char *ctl_socket_group(const char *path)
{
    struct stat st;
    AUTO_FREE char *folder = mem_strdup(path);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    bool shared = (stat(path, &st) == 0 && (st.st_mode & S_IWGRP)) ||
                  (stat(folder, &st) == 0 && (st.st_mode & S_IXGRP));
    if (!shared)
        return NULL;
    const struct group *group = getgrgid(st.st_gid);
    return group ? mem_strdup(group->gr_name) : mem_printf("%u", (unsigned)st.st_gid);
}

/* The caller frees it. */
static char *why_forbidden(const char *path, int error)
{
    AUTO_FREE char *group = ctl_socket_group(path);
    const struct passwd *self = getpwuid(geteuid());
    if (!group)
        return mem_printf("the daemon at %s is another user's (%s)", path, strerror(error));
    return mem_printf("the daemon at %s speaks only to its own user, to root and to the members of "
                      "the group \"%s\": join it with `sudo usermod -aG %s %s`, then log in again",
                      path, group, group, self ? self->pw_name : "USER");
}

/* The user's daemon if there is one, else the system's. */
static FILE *reach_daemon(const struct ctl *ctl, int *status, char **why)
{
    AUTO_FREE char *user = ctl->socket ? mem_strdup(ctl->socket) : control_default_path(false);
    AUTO_FREE char *system = control_default_path(true);
    bool either = !ctl->socket && !ctl->user && !ctl->system;
    const char *path = ctl->system ? system : user;
    AUTO_FD int fd = dial(ctl, path);
    if (fd < 0 && either && errno != EACCES) {
        path = system;
        fd = dial(ctl, path);
    }
    FILE *stream = fd < 0 ? NULL : fdopen(fd, "r");
    if (stream) {
        fd_take(&fd); /* it is the stream's */
        return stream;
    }
    if (errno == EACCES || errno == EPERM) {
        *why = why_forbidden(path, errno);
        *status = EX_NOPERM;
        return NULL;
    }
    *why = mem_printf("no daemon answers at %s%s%s (%s); start one with `systemctl %sstart tocsin`",
                      either ? user : path, either ? " or " : "", either ? system : "",
                      strerror(errno), ctl->system ? "" : "--user ");
    *status = EX_UNAVAILABLE;
    return NULL;
}

static bool send_request(FILE *stream, const char *verb, json_t *args)
{
    json_t *request = json_pack("{s:i, s:i, s:s, s:o}", "tocsin", CONTROL_VERSION, "id", 1, "verb",
                                verb, "args", args ? args : json_object());
    AUTO_FREE char *line = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (!line)
        return false;
    AUTO_FREE char *whole = mem_printf("%s\n", line);
    size_t len = strlen(whole), sent = 0;
    while (sent < len) {
        ssize_t n = send(fileno(stream), whole + sent, len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            /* Whoever turns a client away says why before it closes. */
            return errno == EPIPE || errno == ECONNRESET;
        sent += (size_t)n;
    }
    return true;
}

/* The next message; NULL at the end. */
static json_t *next_message(FILE *stream)
{
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    ssize_t len = getline(&line, &size, stream);
    return len > 0 ? json_loadb(line, (size_t)len, 0, NULL) : NULL;
}

/* What the daemon said no to; its code is the exit status. */
static bool refused(const json_t *message, int *status, char **why)
{
    const json_t *error = json_object_get(message, "error");
    if (!error)
        return false;
    *why = mem_strdup(ctl_text(error, "message"));
    *status = (int)ctl_int(error, "code");
    if (*status <= 0 || *status > 255)
        *status = EX_SOFTWARE;
    return true;
}

static json_t *answer_of(FILE *stream, int *status, char **why)
{
    errno = 0;
    json_t *message = next_message(stream);
    if (!message) {
        bool late = errno == EAGAIN;
        *why = mem_strdup(late ? "the daemon takes too long to answer"
                               : "the daemon ended before it answered");
        *status = late ? EX_TEMPFAIL : EX_UNAVAILABLE;
        return NULL;
    }
    json_t *result = NULL;
    if (!refused(message, status, why))
        result = json_incref(json_object_get(message, "result"));
    json_decref(message);
    return result;
}

json_t *ctl_try(struct ctl *ctl, const char *verb, json_t *args, int *status, char **why)
{
    *status = EX_OK;
    FILE *stream = reach_daemon(ctl, status, why);
    if (!stream) {
        json_decref(args);
        return NULL;
    }
    json_t *result = NULL;
    if (send_request(stream, verb, args)) {
        result = answer_of(stream, status, why);
    } else {
        *why = mem_printf("asking the daemon: %s", strerror(errno));
        *status = EX_IOERR;
    }
    fclose(stream);
    return result;
}

json_t *ctl_ask(struct ctl *ctl, const char *verb, json_t *args, int *status)
{
    AUTO_FREE char *why = NULL;
    json_t *result = ctl_try(ctl, verb, args, status, &why);
    if (why)
        ctl_complain("%s", why);
    return result;
}

static enum ctl_kind kind_of_arg(const struct command *command, int i)
{
    const struct ctl_arg *arg = command->args;
    while (i-- > 0 && !ctl_goes_on(arg))
        arg++;
    return arg->kind;
}

bool ctl_args_are_utf8(const struct ctl *ctl)
{
    for (int i = 0; i < ctl->n_args; i++) {
        json_t *text = json_string(ctl->args[i]);
        json_decref(text);
        if (text || kind_of_arg(ctl->command, i) == CTL_DOCUMENT)
            continue;
        ctl_complain("\"%s\" is no UTF-8", ctl->args[i]);
        return false;
    }
    return true;
}

int ctl_ask_and_show(struct ctl *ctl, const char *verb, json_t *args,
                     void (*show)(const struct ctl *ctl, const json_t *result))
{
    if (!ctl_args_are_utf8(ctl)) {
        json_decref(args);
        return EX_USAGE;
    }
    int status;
    json_t *result = ctl_ask(ctl, verb, args, &status);
    if (result && ctl->json)
        ctl_print_json(result);
    else if (result)
        show(ctl, result);
    json_decref(result);
    return status;
}

int ctl_follow(struct ctl *ctl, bool (*each)(struct ctl *ctl, const json_t *event))
{
    int status = EX_OK;
    AUTO_FREE char *why = NULL;
    FILE *stream = reach_daemon(ctl, &status, &why);
    json_t *began =
        stream && send_request(stream, "follow", NULL) ? answer_of(stream, &status, &why) : NULL;
    bool more = began != NULL;
    json_decref(began);
    while (more) {
        json_t *message = next_message(stream);
        if (!message)
            break;
        const json_t *event = json_object_get(message, "event");
        more = !event || each(ctl, event);
        json_decref(message);
    }
    if (stream)
        fclose(stream);
    if (status == EX_OK && more)
        why = mem_strdup("the daemon ended");
    if (why)
        ctl_complain("%s", why);
    return status;
}
