/*
 * A peer's rights are those it had when it connected, as the kernel keeps them for a socket
 * (unix(7), SO_PEERCRED and SO_PEERGROUPS). Called by control.c alone.
 */
#include "control/peer.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* Among the supplementary groups. */
static bool has_group(int fd, gid_t gid)
{
    socklen_t size = 0;
    /* Fails when there are any, and says how much room they take. */
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) == 0 || size == 0)
        return false;
    AUTO_FREE gid_t *groups = mem_alloc(size);
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) < 0)
        return false;
    for (size_t i = 0; i < size / sizeof(*groups); i++) {
        if (groups[i] == gid)
            return true;
    }
    return false;
}

bool peer_may_speak(int fd, const struct control_group *group, uid_t *uid)
{
    struct ucred peer;
    socklen_t size = sizeof(peer);
    *uid = (uid_t)-1;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
        return false;
    *uid = peer.uid;
    if (peer.uid == 0 || peer.uid == geteuid())
        return true;
    return group && (peer.gid == group->gid || has_group(fd, group->gid));
}
