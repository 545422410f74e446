/*
 * tocsin-host: the process in which plugins run. Started by tocsind with a channel as descriptor 3
 * and, mostly, the lock of its state directory as 4; arguments are only for those who look at the
 * list of processes.
 *
 * It dies with its parent. Should that have died before the first line of main, the channel is
 * closed and the first message is its end.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "host/post.h"
#include "host/serve.h"
#include "host/setup.h"

static bool is_channel(int fd)
{
    int type = 0;
    socklen_t len = sizeof(type);
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_SEQPACKET;
}

static int run(struct host *host)
{
    struct err err;
    switch (setup_run(host, &err)) {
    case SETUP_READY:
        if (serve(host, &err) == 0)
            return EX_OK;
        break;
    case SETUP_OVER:
        return EX_OK;
    case SETUP_UNUSABLE:
        return IPC_EXIT_UNUSABLE;
    case SETUP_FAILED:
        break;
    }
    log_error("%s", err.text);
    return EX_PROTOCOL;
}

int main(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    log_init("tocsin-host", LOG_LEVEL_INFO);
    if (!is_channel(IPC_FD_CHANNEL)) {
        fputs("tocsin-host is started by tocsind, to run plugins in; it is not run by hand.\n",
              stderr);
        return EX_USAGE;
    }
    /* Neither is for programs that a plugin starts; the lock may not be there. */
    fcntl(IPC_FD_CHANNEL, F_SETFD, FD_CLOEXEC);
    fcntl(IPC_FD_LOCK, F_SETFD, FD_CLOEXEC);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    post_open(IPC_FD_CHANNEL);
    struct host host = {.channel = IPC_FD_CHANNEL, .inbox = {.fd = -1}};
    int status = run(&host);
    host_deinit(&host);
    return status;
}
