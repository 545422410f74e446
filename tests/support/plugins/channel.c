/*
 * What a plugin can do to the channel of its host, which it finds among its descriptors: words that
 * no host says, and too many of those it does say. Each gives 0 when it got through, else an errno.
 */
#include "channel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "ipc/channel.h"
#include "ipc/messages.h"

#define DESCRIPTORS 64
#define MANY_FDS    4

static int find_channel(void)
{
    struct stat st;
    for (int fd = 0; fd < DESCRIPTORS; fd++)
        if (fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode))
            return fd;
    return -1;
}

static int send_bytes(void *bytes, size_t len, const int *fds, size_t n_fds)
{
    struct iovec part = {bytes, len};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(MANY_FDS * sizeof(int))];
    } control = {0};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if (n_fds) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        struct cmsghdr *rights =
            &control.header; /* as CMSG_FIRSTHDR, which compilers take for NULL */
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
        memcpy(CMSG_DATA(rights), fds, n_fds * sizeof(int));
    }
    return sendmsg(find_channel(), &header, MSG_NOSIGNAL) < 0 ? errno : 0;
}

static int send_message(const struct ipc_message *message)
{
    struct err err;
    AUTO_BUF struct buf packet = {0};
    if (ipc_encode(message, &packet, &err) < 0)
        return EINVAL;
    return ipc_send(find_channel(), &packet, -1, &err) == IPC_OK ? 0 : errno;
}

static int do_garble(void)
{
    char bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 151);
    return send_bytes(bytes, sizeof(bytes), NULL, 0);
}

static int do_huge(void)
{
    size_t len = IPC_MAX_BYTES + 4096;
    char *bytes = calloc(1, len);
    int result = bytes ? send_bytes(bytes, len, NULL, 0) : ENOMEM;
    free(bytes);
    return result;
}

static int do_empty(void)
{
    char nothing = 0;
    return send_bytes(&nothing, 0, NULL, 0);
}

static int do_descriptors(void)
{
    int channel = find_channel();
    const int fds[MANY_FDS] = {channel, channel, channel, channel};
    char byte = 'x';
    return send_bytes(&byte, sizeof(byte), fds, MANY_FDS);
}

static int do_forge(void)
{
    return send_message(&(struct ipc_message){
        .type = IPC_FINDING, .finding = {.job = 1, .plugin = 1000, .topic = "forged"}});
}

static int do_command(void)
{
    return send_message(&(struct ipc_message){.type = IPC_QUIT});
}

/* Until nobody listens any more. */
static int do_flood(void)
{
    const struct ipc_message line = {.type = IPC_LOG, .log = {.level = 1, .text = "flood"}};
    int result;
    do
        result = send_message(&line);
    while (result == 0);
    return result;
}

static int do_hang_up(void)
{
    int channel = find_channel();
    return close(channel) < 0 ? errno : 0;
}

static const struct {
    const char *name;
    int (*run)(void);
} deeds[] = {
    {"garble", do_garble}, {"huge", do_huge},
    {"empty", do_empty},   {"descriptors", do_descriptors},
    {"forge", do_forge},   {"command", do_command},
    {"flood", do_flood},   {"hang-up", do_hang_up},
};

int channel_do(const char *name)
{
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
        if (strcmp(deeds[i].name, name) == 0)
            return deeds[i].run();
    return -1;
}
