/* Who is at the other end of a control connection, and whether they may speak; see control.h. */
#ifndef TOCSIN_CONTROL_PEER_H
#define TOCSIN_CONTROL_PEER_H

#include <stdbool.h>

#include "control/control.h"

/* `group` may be NULL. *uid is the peer's, or (uid_t)-1 when it cannot be told. */
bool peer_may_speak(int fd, const struct control_group *group, uid_t *uid);

#endif
