/* See test_drive.h. */
#include "host/test_drive.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memfd.h"
#include "ipc/channel.h"

#define NOBODY      65534
#define PATIENCE_MS 20000

static _Noreturn void give_up(const char *what)
{
    printf("Bail out! %s\n", what);
    exit(1);
}

static const char *in_build_tree(const char *name, char *out, size_t size)
{
    const char *build = getenv("TOCSIN_BUILDDIR");
    snprintf(out, size, "%s/%s", build ? build : ".", name);
    return out;
}

const char *drive_plugin_file(const char *name)
{
    static char path[4096];
    AUTO_FREE char *file = mem_printf(".libs/%s.so", name);
    return in_build_tree(file, path, sizeof(path));
}

const char *drive_program(void)
{
    static char path[4096];
    return in_build_tree("daemon/host/tocsin-host", path, sizeof(path));
}

static _Noreturn void become_host(int channel, bool as_nobody)
{
    if (as_nobody && (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
                      setresuid(NOBODY, NOBODY, NOBODY) < 0))
        _exit(126);
    if (dup2(channel, IPC_FD_CHANNEL) < 0)
        _exit(126);
    if (channel == IPC_FD_CHANNEL)
        fcntl(channel, F_SETFD, 0);
    execl(drive_program(), "tocsin-host", "test", (char *)NULL);
    _exit(127);
}

static void add_line(struct drive *drive, const struct ipc_message *message)
{
    struct buf *lines = &drive->lines;
    buf_puts(lines, ipc_type_name(message->type));
    switch (message->type) {
    case IPC_LOG:
        buf_printf(lines, " %s", message->log.text);
        break;
    case IPC_PROBLEM:
        buf_printf(lines, " %s:%u:%u %s", message->problem.file, message->problem.line,
                   message->problem.column, message->problem.text);
        break;
    case IPC_READY:
        buf_printf(lines, " %s", message->ready.layers);
        if (*message->ready.program_layers)
            buf_printf(lines, "; %s", message->ready.program_layers);
        break;
    case IPC_DESCRIBE:
        buf_printf(lines, " %s", message->describe.json);
        break;
    case IPC_VERSION:
        buf_printf(lines, " %u date=%lld title=%s type=%s charset=%s note=%s",
                   message->version.status, (long long)message->version.date,
                   message->version.title, message->version.media_type, message->version.charset,
                   message->version.note);
        drive->hash = message->version.hash;
        buf_clear(&drive->text);
        buf_puts(&drive->text, message->version.text);
        break;
    case IPC_FINDING:
        buf_printf(lines, " %s \"%s\" severity=%u label=%s mark=%u-%u quote=%s",
                   message->finding.topic, message->finding.summary, message->finding.severity,
                   message->finding.labels.n ? message->finding.labels.packed : "",
                   message->finding.evidence.items[0].mark_start,
                   message->finding.evidence.items[0].mark_end,
                   message->finding.evidence.items[0].quote);
        break;
    case IPC_DETECTED:
        buf_printf(lines, " ok=%u sent=%u dropped=%u %s", message->detected.ok,
                   message->detected.n_findings, message->detected.n_dropped,
                   message->detected.reason);
        break;
    case IPC_PART:
        buf_printf(lines, " depth=%u holds=%u %s: %s", message->part.depth, message->part.holds,
                   message->part.part, message->part.text);
        break;
    case IPC_TOPIC:
        buf_printf(lines, " %s %u %s", message->topic.name, message->topic.severity,
                   message->topic.query);
        break;
    case IPC_OUTCOME:
        buf_printf(lines, " %u delay=%lld reason=%s token=%s%s", message->outcome.result,
                   (long long)message->outcome.delay_ms, message->outcome.reason,
                   message->outcome.tokens.n ? message->outcome.tokens.packed : "",
                   message->outcome.untried ? " untried" : "");
        break;
    case IPC_ASK:
        buf_printf(lines, " %llu %s", (unsigned long long)message->ask.job, message->ask.page);
        drive->asked = message->ask.job;
        break;
    case IPC_ACTION:
        buf_printf(lines, " %s %s", message->action.verb, message->action.alert_id);
        break;
    default:
        break;
    }
    buf_putc(lines, '\n');
}

/* The type that came, IPC_NONE when the host closed the channel. */
static enum ipc_type receive_one(struct drive *drive)
{
    struct pollfd ready = {.fd = drive->channel, .events = POLLIN};
    if (ipc_inbox_empty(&drive->inbox) && poll(&ready, 1, PATIENCE_MS) != 1)
        give_up("the host said nothing for too long");
    struct err err;
    struct ipc_message message;
    int fd;
    enum ipc_status status =
        ipc_inbox_next(&drive->inbox, drive->channel, IPC_TO_DAEMON, &message, &fd, &err);
    if (status == IPC_CLOSED)
        return IPC_NONE;
    if (status != IPC_OK)
        give_up(err.text);
    add_line(drive, &message);
    if (fd >= 0) {
        fd_close(&drive->text_fd);
        drive->text_fd = fd;
    }
    enum ipc_type type = message.type;
    drive->ready |= type == IPC_READY;
    ipc_message_deinit(&message);
    return type;
}

static void bury(struct drive *drive)
{
    if (!drive->dead && waitpid(drive->pid, &drive->status, 0) != drive->pid)
        give_up("waitpid");
    drive->dead = true;
}

bool drive_until(struct drive *drive, enum ipc_type type)
{
    while (!drive->dead) {
        enum ipc_type got = receive_one(drive);
        if (got == IPC_NONE)
            bury(drive);
        else if (got == type)
            return true;
    }
    return false;
}

void drive_send(struct drive *drive, const struct ipc_message *message, int fd)
{
    AUTO_BUF struct buf bytes = {0};
    struct err err;
    if (ipc_encode(message, &bytes, &err) < 0)
        give_up(err.text);
    ipc_send(drive->channel, &bytes, fd, &err); /* a dead host is seen by receiving */
}

static void send_option(struct drive *drive, const char *name, const char *value)
{
    enum ipc_option_kind kind = strcmp(name, "listen") == 0 ? IPC_OPTION_LISTEN
                                : strcmp(name, "out") == 0  ? IPC_OPTION_OUTPUT
                                : *value == '/'             ? IPC_OPTION_PATH
                                                            : IPC_OPTION_PLAIN;
    AUTO_BUF struct buf packed = {0};
    struct ipc_message message = {.type = IPC_OPTION,
                                  .option = {.name = name,
                                             .kind = kind,
                                             .values = ipc_texts_pack(&value, 1, &packed),
                                             .file = "tocsin.yaml",
                                             .line = 5,
                                             .column = 3}};
    drive_send(drive, &message, -1);
}

static void send_command(struct drive *drive, const char *const *command)
{
    AUTO_BUF struct buf packed = {0};
    struct ipc_message message = {.type = IPC_OPTION,
                                  .option = {.name = "command",
                                             .kind = IPC_OPTION_COMMAND,
                                             .is_list = 1,
                                             .values = ipc_texts_pack(command, SIZE_MAX, &packed)}};
    drive_send(drive, &message, -1);
}

static void send_setup(struct drive *drive, const struct drive_setup *setup)
{
    drive_send(drive,
               &(struct ipc_message){.type = IPC_SETUP,
                                     .setup = {.version = IPC_PROTOCOL,
                                               .role = setup->role,
                                               .n_plugins = 1,
                                               .sandbox_off = setup->off}},
               -1);
    drive_send(drive,
               &(struct ipc_message){.type = IPC_PLUGIN,
                                     .plugin = {.instance = "tried",
                                                .plugin = setup->plugin,
                                                .powers = setup->powers,
                                                .memory_bytes = setup->memory_bytes,
                                                .file = drive_plugin_file(setup->plugin)}},
               -1);
    for (const char *const *option = setup->options; option && *option; option += 2)
        send_option(drive, option[0], option[1]);
    if (setup->command)
        send_command(drive, setup->command);
    drive_send(drive, &(struct ipc_message){.type = IPC_START}, -1);
}

void drive_start(struct drive *drive, const struct drive_setup *setup)
{
    *drive = (struct drive){.text_fd = -1, .inbox = {.fd = -1}};
    struct err err;
    int host_end;
    if (ipc_pair(&drive->channel, &host_end, &err) < 0)
        give_up(err.text);
    fflush(stdout);
    drive->pid = fork();
    if (drive->pid == 0)
        become_host(host_end, setup->as_nobody);
    fd_close(&host_end);
    send_setup(drive, setup);
    if (setup->role == IPC_ROLE_PROBE)
        drive_until(drive, IPC_DESCRIBE);
    else
        drive_until(drive, IPC_READY);
}

bool drive_read(struct drive *drive, const char *name, const void *bytes, size_t len,
                const struct hash *known)
{
    char path[] = "/tmp/tocsin-drive-XXXXXX";
    AUTO_FD int fd = mkstemp(path);
    if (fd < 0 || write(fd, bytes, len) != (ssize_t)len)
        give_up("a temporary file");
    unlink(path);
    struct ipc_message message = {.type = IPC_READ,
                                  .read = {.job = 7,
                                           .plugins = 1,
                                           .source = "seeds",
                                           .path = name,
                                           .today = 20260101,
                                           .max_bytes = 1 << 20}};
    if (known)
        message.read.known = *known;
    drive_send(drive, &message, fd);
    return drive_until(drive, IPC_DONE);
}

bool drive_page(struct drive *drive, const char *text)
{
    struct err err;
    AUTO_FD int fd = text ? memfd_from("page", text, strlen(text), &err) : -1;
    if (!drive_until(drive, IPC_ASK))
        return false;
    struct ipc_message page = {.type = IPC_PAGE,
                               .page = {.job = drive->asked, .is_known = text != NULL}};
    drive_send(drive, &page, fd);
    return drive_until(drive, IPC_DONE);
}

static bool deliver_one(struct drive *drive, uint32_t attempt, bool follows)
{
    AUTO_BUF struct buf labels = {0};
    AUTO_BUF struct buf names = {0};
    AUTO_BUF struct buf values = {0};
    const char *const label[] = {"f1"}, *const name[] = {"driver"}, *const value[] = {"Leclerc"};
    struct ipc_message deliver = {
        .type = IPC_DELIVER,
        .deliver = {.job = 9, .attempt = attempt, .count = 2, .total = 5, .follows = follows}};
    drive_send(drive, &deliver, -1);
    struct ipc_message revision = {.type = IPC_REVISION,
                                   .revision = {.alert_id = "abc",
                                                .headline = "Leclerc wants Le Mans",
                                                .severity = 2,
                                                .labels = ipc_texts_pack(label, 1, &labels),
                                                .field_names = ipc_texts_pack(name, 1, &names),
                                                .field_values = ipc_texts_pack(value, 1, &values)}};
    drive_send(drive, &revision, -1);
    revision.revision.headline = "again";
    drive_send(drive, &revision, -1);
    return drive_until(drive, IPC_OUTCOME);
}

bool drive_deliver(struct drive *drive, uint32_t attempt)
{
    return deliver_one(drive, attempt, false);
}

bool drive_deliver_behind(struct drive *drive, uint32_t attempt)
{
    return deliver_one(drive, attempt, true);
}

bool drive_says(const struct drive *drive, const char *text)
{
    return strstr(buf_text(&drive->lines), text) != NULL;
}

void drive_end(struct drive *drive)
{
    if (!drive->dead) {
        drive_send(drive, &(struct ipc_message){.type = IPC_QUIT}, -1);
        while (drive_until(drive, IPC_NONE))
            continue;
    }
    fd_close(&drive->channel);
    fd_close(&drive->text_fd);
    ipc_inbox_deinit(&drive->inbox);
    buf_deinit(&drive->text);
    buf_deinit(&drive->lines);
}
