/*
 * The control socket: versioned JSON lines between tocsinctl and the daemon.
 *
 * Request:  {"tocsin": 1, "id": N, "verb": "alert list", "args": {...}}
 * Answer:   {"id": N, "result": ...} or {"id": N, "error": {"code": EX_*, "message": "..."}}
 * Stream (follow): {"id": N, "event": {...}} until the peer closes.
 *
 * This room owns socket, framing, limits and peer credentials (same uid, root, or a member of the
 * group that the socket is shared with; else refused with 77). The verbs are a table; what they do,
 * the programs' wiring supplies.
 */
#ifndef TOCSIN_CONTROL_CONTROL_H
#define TOCSIN_CONTROL_CONTROL_H

#include <stdbool.h>
#include <sys/types.h>

#include <jansson.h>

#include "base/err.h"
#include "base/loop.h"

#define CONTROL_VERSION 1

struct control;
struct control_request; /* one question; answered exactly once, any time later */

struct control_verb {
    const char *name;
    void (*handle)(void *arg, struct control_request *request, const json_t *args);
};

/* Whose members may speak to the daemon, besides its own user and root. */
struct control_group {
    gid_t gid;
    const char *name; /* for messages; lives as long as the socket */
};

/* Makes the socket (mode 0600, or 0660 and the group's; the directory around it is the caller's)
 * and listens. A socket on which somebody answers is an error: a daemon is running. `group` NULL:
 * nobody else may speak. */
int control_new(struct loop *loop, const char *path, const struct control_group *group,
                const struct control_verb *verbs, size_t n_verbs, void *arg,
                struct control **control, struct err *err);
void control_free(struct control **control);

/* Steals the result's reference. */
void control_answer(struct control_request *request, json_t *result);
void control_refuse(struct control_request *request, int code, const char *fmt, ...) PRINTF(3, 4);
/* Keeps the connection open and sends it every event from now on. */
void control_follow(struct control_request *request);
void control_event(struct control *control, const json_t *event); /* borrowed */
/* Does anybody follow? */
bool control_is_followed(const struct control *control);

/* The default path: $XDG_RUNTIME_DIR/tocsin/control (without it /tmp/tocsin-UID/control), or
 * /run/tocsin/control for the system. The caller frees it. */
char *control_default_path(bool system);

#endif
