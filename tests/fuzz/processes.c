/* See processes.h. The numbers are above any that the kernel gives. */
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/log.h"
#include "hosts/spawn.h"
#include "ipc/inbox.h"
#include "require.h"

#define FIRST_PID 0x40000000

static struct process {
    int channel; /* -1: closed */
    bool ended, waited_for;
    int status;
} all[PROCESSES_MOST];
static size_t n_all;

/* ---- what the daemon calls ---- */

int spawn_host(const struct spawn *spawn, struct err *err)
{
    if (n_all == PROCESSES_MOST)
        return err_set(err, "too many processes");
    int channel = fcntl(spawn->channel, F_DUPFD_CLOEXEC, 0);
    require(channel >= 0 && fcntl(channel, F_SETFL, O_RDWR | O_NONBLOCK) == 0);
    all[n_all] = (struct process){.channel = channel};
    return FIRST_PID + (int)n_all++;
}

static struct process *find(pid_t pid)
{
    size_t at = (size_t)pid - FIRST_PID;
    return at < n_all && !all[at].waited_for ? &all[at] : NULL;
}

int kill(pid_t pid, int signum)
{
    struct process *process = find(pid < 0 ? -pid : pid);
    require(signum == SIGKILL);
    if (process && !process->ended)
        process_end((size_t)(process - all), SIGKILL);
    return 0;
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    struct process *process = find(pid);
    (void)options;
    if (!process) {
        errno = ECHILD;
        return -1;
    }
    if (!process->ended)
        return 0;
    process->waited_for = true;
    if (status)
        *status = process->status;
    return pid;
}

/* ---- what the target calls ---- */

void processes_reset(void)
{
    for (size_t i = 0; i < n_all; i++)
        process_hang_up(i);
    n_all = 0;
}

size_t processes_n(void)
{
    return n_all;
}

void process_say(size_t process, const struct buf *packet, int fd)
{
    if (all[process].channel >= 0 && packet->len)
        ipc_send(all[process].channel, packet, fd, NULL);
}

void process_hang_up(size_t process)
{
    fd_close(&all[process].channel);
}

void process_end(size_t process, int status)
{
    process_hang_up(process);
    all[process].ended = true;
    all[process].status = status;
}

static void hear(size_t process, process_heard_fn *heard)
{
    static struct ipc_inbox inbox = {.fd = -1}; /* kept: it is as large as a packet may be */
    struct ipc_message message;
    struct err err = {""};
    int fd = -1;
    enum ipc_status status = IPC_OK;
    while (all[process].channel >= 0 &&
           (status = ipc_inbox_next(&inbox, all[process].channel, IPC_TO_HOST, &message, &fd,
                                    &err)) == IPC_OK) {
        fd_close(&fd);
        if (heard)
            heard(process, &message);
        ipc_message_deinit(&message);
    }
    require(status != IPC_ERROR);
    ipc_inbox_clear(&inbox); /* what is left when it ended over the last one */
}

void processes_hear(process_heard_fn *heard)
{
    for (size_t i = 0; i < n_all; i++)
        hear(i, heard);
}
