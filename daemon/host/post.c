/* Sending, with nothing shared but the channel's number; see post.h. */
#include "host/post.h"

#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/channel.h"

static int post_channel = -1;

void post_open(int channel)
{
    post_channel = channel;
}

void post(const struct ipc_message *message, int fd)
{
    AUTO_BUF struct buf bytes = {0};
    struct err err;
    if (ipc_encode(message, &bytes, &err) < 0)
        log_fatal("%s", err.text);
    switch (ipc_send(post_channel, &bytes, fd, &err)) {
    case IPC_OK:
        return;
    case IPC_CLOSED:
        _exit(EX_OK);
    case IPC_AGAIN:
        log_fatal("the channel to the daemon does not block");
    case IPC_ERROR:
        log_fatal("%s", err.text);
    }
}

bool post_if_it_fits(const struct ipc_message *message)
{
    AUTO_BUF struct buf bytes = {0};
    if (ipc_encode(message, &bytes, NULL) < 0)
        return false;
    post(message, -1);
    return true;
}

void post_log(uint32_t plugin, enum tocsin_log_level level, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    post(&(struct ipc_message){.type = IPC_LOG,
                               .log = {.plugin = plugin, .level = level, .text = text}},
         -1);
}

void post_problem(uint32_t plugin, bool warning, const char *file, int line, int column,
                  const char *text)
{
    post(&(struct ipc_message){.type = IPC_PROBLEM,
                               .problem = {.plugin = plugin,
                                           .warning = warning,
                                           .file = file,
                                           .line = line > 0 ? (uint32_t)line : 0,
                                           .column = column > 0 ? (uint32_t)column : 0,
                                           .text = text}},
         -1);
}
