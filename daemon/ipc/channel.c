/*
 * Packets and their descriptors over a SOCK_SEQPACKET socket; see channel.h.
 *
 * The other end may be hostile: more descriptors than one, a packet cut short or an empty one are
 * its fault, and no descriptor that came with a refused packet stays open.
 */
#include "ipc/channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

/* Room for two of the largest packets under way; the kernel's own limit may grant less. */
#define SOCKET_BYTES ((int)(2 * IPC_MAX_BYTES))
/* More than are allowed, so that strays are seen and closed rather than cut off unseen. */
#define MAX_STRAYS 16

union control {
    struct cmsghdr header; /* for its alignment */
    char bytes[CMSG_SPACE(MAX_STRAYS * sizeof(int))];
};

int ipc_pair(int *daemon_fd, int *host_fd, struct err *err)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return err_errno(err, "making a channel");
    int size = SOCKET_BYTES;
    if (fcntl(pair[0], F_SETFL, O_RDWR | O_NONBLOCK) < 0 ||
        setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0 ||
        setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0) {
        err_errno(err, "setting up a channel");
        fd_close(&pair[0]);
        fd_close(&pair[1]);
        return -1;
    }
    *daemon_fd = pair[0];
    *host_fd = pair[1];
    return 0;
}

static enum ipc_status status_of_errno(const char *what, struct err *err)
{
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return IPC_AGAIN;
    if (errno == EPIPE || errno == ECONNRESET)
        return IPC_CLOSED;
    err_errno(err, "%s", what);
    return IPC_ERROR;
}

static void attach(struct msghdr *header, union control *control, int fd)
{
    memset(control, 0, sizeof(*control));
    header->msg_control = control->bytes;
    header->msg_controllen = CMSG_SPACE(sizeof(int));
    struct cmsghdr *rights = CMSG_FIRSTHDR(header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
}

enum ipc_status ipc_send(int channel, const struct buf *packet, int fd, struct err *err)
{
    if (packet->len == 0 || packet->len > IPC_MAX_BYTES) {
        err_set(err, "a packet of %zu bytes cannot be sent", packet->len);
        return IPC_ERROR;
    }
    struct iovec bytes = {.iov_base = packet->data, .iov_len = packet->len};
    struct msghdr header = {.msg_iov = &bytes, .msg_iovlen = 1};
    union control control;
    if (fd >= 0)
        attach(&header, &control, fd);
    ssize_t sent;
    do
        sent = sendmsg(channel, &header, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? status_of_errno("sending a message", err) : IPC_OK;
}

/* Keeps the first descriptor, closes the others; how many there were. */
static size_t take_descriptors(struct msghdr *header, int *fd)
{
    size_t n = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        size_t held = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < held; i++, n++) {
            int got;
            memcpy(&got, CMSG_DATA(part) + i * sizeof(int), sizeof(got));
            if (n == 0)
                *fd = got;
            else
                fd_close(&got);
        }
    }
    return n;
}

static const char *fault_of(const struct msghdr *header, size_t n_fds)
{
    if (header->msg_flags & MSG_TRUNC)
        return "a packet longer than any message";
    if (n_fds > 1 || header->msg_flags & MSG_CTRUNC)
        return "a packet with more than one descriptor";
    return NULL;
}

/* An empty packet looks like the end, which comes once and for all, and after everything else. */
static bool has_ended(int channel)
{
    struct pollfd end = {.fd = channel, .events = POLLRDHUP};
    char byte;
    return poll(&end, 1, 0) != 0 &&
           recv(channel, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) <= 0;
}

enum ipc_status ipc_receive(int channel, struct buf *packet, int *fd, struct err *err)
{
    *fd = -1;
    buf_clear(packet);
    struct iovec bytes = {.iov_base = buf_reserve(packet, IPC_MAX_BYTES), .iov_len = IPC_MAX_BYTES};
    union control control;
    struct msghdr header = {.msg_iov = &bytes,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof(control.bytes)};
    ssize_t got;
    bool was_reset = false, again = true;
    while (again) {
        header.msg_controllen = sizeof(control.bytes);
        got = recvmsg(channel, &header, MSG_CMSG_CLOEXEC);
        /* Of an end that died over something unread that comes first, once; then what it sent. */
        bool is_reset = got < 0 && errno == ECONNRESET && !was_reset;
        was_reset |= is_reset;
        again = is_reset || (got < 0 && errno == EINTR);
    }
    if (got < 0)
        return status_of_errno("receiving a message", err);
    size_t n_fds = take_descriptors(&header, fd);
    const char *fault = fault_of(&header, n_fds);
    if (!fault && got == 0 && !has_ended(channel))
        fault = "an empty packet";
    if (fault || got == 0)
        fd_close(fd);
    if (fault) {
        err_set(err, "%s", fault);
        return IPC_ERROR;
    }
    if (got == 0)
        return IPC_CLOSED;
    packet->len = (size_t)got;
    packet->data[packet->len] = '\0';
    return IPC_OK;
}
