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

static void send_packet(const struct buf *packet, int fd)
{
    struct err err;
    switch (ipc_send(post_channel, packet, fd, &err)) {
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

void post(const struct ipc_message *message)
{
    AUTO_BUNDLE struct bundle bundle = {0};
    bundle_add(&bundle, message);
    bundle_post(&bundle);
}

bool post_if_it_fits(const struct ipc_message *message)
{
    AUTO_BUNDLE struct bundle bundle = {0};
    if (!bundle_add_if_it_fits(&bundle, message))
        return false;
    bundle_post(&bundle);
    return true;
}

/* ---- bundles ---- */

void bundle_deinit(struct bundle *bundle)
{
    buf_deinit(&bundle->packet);
}

void bundle_post(struct bundle *bundle)
{
    if (!bundle->packet.len)
        return;
    send_packet(&bundle->packet, bundle->has_fd ? bundle->fd : -1);
    buf_clear(&bundle->packet);
    bundle->has_fd = false;
}

/* What is too long for what is left of a packet may fit into one of its own. */
static int add(struct bundle *bundle, const struct ipc_message *message, struct err *err)
{
    if (ipc_encode(message, &bundle->packet, err) == 0)
        return 0;
    if (!bundle->packet.len)
        return -1;
    bundle_post(bundle);
    return ipc_encode(message, &bundle->packet, err);
}

void bundle_add(struct bundle *bundle, const struct ipc_message *message)
{
    struct err err;
    if (add(bundle, message, &err) < 0)
        log_fatal("%s", err.text);
}

bool bundle_add_if_it_fits(struct bundle *bundle, const struct ipc_message *message)
{
    return add(bundle, message, NULL) == 0;
}

void bundle_add_with_fd(struct bundle *bundle, const struct ipc_message *message, int fd)
{
    bundle_add(bundle, message);
    bundle->fd = fd;
    bundle->has_fd = true;
}

/* ---- what is said often ---- */

void post_log(uint32_t plugin, enum tocsin_log_level level, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    post(&(struct ipc_message){.type = IPC_LOG,
                               .log = {.plugin = plugin, .level = level, .text = text}});
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
                                           .text = text}});
}
