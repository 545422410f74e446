/*
 * A host's reading of what the daemon sends: from SETUP to the last job. Everything of tocsin-host
 * is real but the process around it: messages come from the input (packets.h, each after a byte
 * that says what descriptor is with it), there is no sandbox, and a plugin is one of the tables
 * below, which look at all that they are given. Whatever the host says must be a valid message.
 */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/memfd.h"
#include "base/str.h"
#include "host/charset.h"
#include "host/load.h"
#include "host/porter.h"
#include "host/programs.h"
#include "host/sandbox.h"
#include "host/serve.h"
#include "host/setup.h"
#include "ipc/channel.h"
#include "packets.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct packets packets;

/* ---- the channel ---- */

/* A text as the archive has it, a file with anything in it, one that is none, or nothing. */
static int next_descriptor(void)
{
    static const char text[] = " date 2025-12-14 Ferrari espère. Leclerc à Le Mans.\n",
                      bytes[] = "\xFF\xFE\x80 caf\xE9\0";
    int fd = -1;
    switch (packets_byte(&packets) % 4) {
    case 1:
        return memfd_from("text", text, sizeof(text) - 1, NULL);
    case 2:
        fd = memfd_create("file", MFD_CLOEXEC);
        require(fd >= 0 && write(fd, bytes, sizeof(bytes)) == sizeof(bytes));
        return fd;
    case 3:
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    default:
        return -1;
    }
}

enum ipc_status ipc_receive(int channel, struct buf *message, int *fd, struct err *err)
{
    (void)channel;
    (void)err;
    *fd = -1;
    if (packets_over(&packets))
        return IPC_CLOSED;
    *fd = next_descriptor();
    return packets_next(&packets, IPC_TO_HOST, message) ? IPC_OK : IPC_CLOSED;
}

enum ipc_status ipc_send(int channel, const struct buf *packet, int fd, struct err *err)
{
    struct ipc_message message;
    (void)channel;
    (void)fd;
    for (size_t at = 0; at < packet->len;) {
        ssize_t took =
            ipc_decode(packet->data + at, packet->len - at, IPC_TO_DAEMON, &message, err);
        require(took > 0);
        ipc_message_deinit(&message);
        at += (size_t)took;
    }
    return IPC_OK;
}

/* ---- the process ---- */

void sandbox_enter(struct sandbox *sandbox)
{
    (void)sandbox;
}

void sandbox_shut(struct sandbox *sandbox)
{
    (void)sandbox;
}

bool sandbox_is_outdated(void)
{
    return false;
}

void sandbox_layers(const struct sandbox *sandbox, struct buf *out)
{
    (void)sandbox;
    (void)out;
}

void sandbox_missing(const struct sandbox *sandbox, struct buf *out)
{
    (void)sandbox;
    (void)out;
}

void sandbox_deinit(struct sandbox *sandbox)
{
    (void)sandbox;
}

int programs_open(const struct host *host, struct buf *layers, struct err *err)
{
    (void)host;
    (void)layers;
    (void)err;
    return 0;
}

const struct tocsin_starter *programs_starter(const struct plugin *plugin)
{
    (void)plugin;
    return NULL;
}

int porter_start(const struct host *host, struct err *err)
{
    (void)host;
    (void)err;
    return 0;
}

const struct tocsin_outlets *porter_outlets(const struct plugin *plugin)
{
    (void)plugin;
    return NULL;
}

/* Charsets have a target of their own. */
void charset_open(void) {}

const char *charset_guess(const char *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    return "none";
}

void charset_decode(const char *name, const char *bytes, size_t len, struct buf *out, size_t *n_bad)
{
    (void)name;
    (void)bytes;
    buf_puts(out, "Decoded.");
    *n_bad += len;
}

/* ---- the plugins ---- */

static const struct tocsin_option options[] = {
    {.name = "text", .type = TOCSIN_OPTION_TEXT, .fallback = "x"},
    {.name = "int", .type = TOCSIN_OPTION_INT, .fallback = "1", .min = 1, .max = 9},
    {.name = "bool", .type = TOCSIN_OPTION_BOOL, .fallback = "no"},
    {.name = "duration", .type = TOCSIN_OPTION_DURATION, .fallback = "1s"},
    {.name = "size", .type = TOCSIN_OPTION_SIZE, .fallback = "1K"},
    {.name = "choice", .type = TOCSIN_OPTION_CHOICE, .fallback = "a", .choices = "a|bc"},
    {.name = "paths", .type = TOCSIN_OPTION_PATHS},
    {.name = "listen", .type = TOCSIN_OPTION_LISTEN, .fallback = "127.0.0.1:9464"},
    {0},
};

static int init(struct tocsin_instance *instance, void **state)
{
    *state = instance;
    tocsin_warn(instance, "file", 1, 1, "%s", tocsin_option_text(instance, "text"));
    for (const char *const *path = tocsin_option_list(instance, "paths"); *path; path++)
        tocsin_log(instance, TOCSIN_INFO, "%s", *path);
    return tocsin_option_int(instance, "int") == 9 ? -1 : 0;
}

static void fini(void *state)
{
    require(state != NULL);
}

/* A finding for each word, its evidence from there to the end. */
static int detect(void *state, const struct tocsin_document *document, struct tocsin_report *report)
{
    size_t n, len;
    const struct tocsin_word *words = tocsin_document_words(document, &n);
    tocsin_document_text(document, &len);
    if (!n)
        tocsin_log(state, TOCSIN_ERROR, "no words in %s", tocsin_document_path(document));
    for (size_t i = 0; i < n; i++) {
        struct tocsin_finding *finding =
            tocsin_report_topic(report, tocsin_document_path(document));
        tocsin_finding_summary(finding, "%s", tocsin_document_title(document));
        tocsin_finding_evidence(finding, words[i].start + 1, len);
        tocsin_finding_evidence(finding, words[i].start, words[i].end);
    }
    return n ? 0 : -1;
}

static int explain(void *state, const struct tocsin_document *document, const char *topic,
                   struct tocsin_explain *explain)
{
    (void)state;
    tocsin_explain_topic(explain, topic ? topic : "all", true);
    tocsin_explain_part(explain, 0, false, tocsin_document_title(document), "%s",
                        tocsin_document_source(document));
    return topic ? 0 : -1;
}

static int list_topics(void *state, struct tocsin_topics *topics)
{
    static const char *const labels[] = {"label", NULL};
    (void)state;
    tocsin_topics_add(topics, "name", TOCSIN_HIGH, labels, "query", "file", 1);
    tocsin_topics_detail(topics, "language", "de");
    return 0;
}

static enum tocsin_result notify(void *state, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    (void)state;
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        AUTO_FREE char *json = tocsin_delivery_json(delivery, i);
        require(is_utf8(json, strlen(json)));
        tocsin_outcome_token(outcome, i, tocsin_delivery_revision(delivery, i)->token);
    }
    tocsin_outcome_delay(outcome, tocsin_delivery_attempt(delivery));
    return (enum tocsin_result)(tocsin_delivery_attempt(delivery) % 4);
}

static const char *const key_fields[] = {"driver", NULL}, *const statuses[] = {"wish", NULL};
static const struct tocsin_detector detector = {.size = sizeof(detector),
                                                .init = init,
                                                .detect = detect,
                                                .fini = fini,
                                                .explain = explain,
                                                .topics = list_topics,
                                                .key_fields = key_fields,
                                                .statuses = statuses};
static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier), .init = init, .notify = notify, .fini = fini};
static const struct tocsin_exporter exporter = {
    .size = sizeof(exporter), .init = init, .fini = fini};

#define TABLE(member)                                                                              \
    {                                                                                              \
        TOCSIN_PLUGIN_HEAD, .name = #member, .version = "1", .summary = "for a test",              \
                            .licence = "ISC", .options = options, .member = &(member)              \
    }
static const struct tocsin_plugin tables[] = {TABLE(detector), TABLE(notifier), TABLE(exporter)};

int load_table(struct plugin *plugin, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(tables); i++)
        if (tables[i].name[0] == plugin->name[0])
            plugin->table = &tables[i];
    return plugin->table ? 0 : err_set(err, "%s cannot be loaded", plugin->file);
}

/* ---- the target ---- */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err;
    struct host host = {.channel = -1, .inbox = {.fd = -1}};
    packets_init(&packets, data, size);
    if (setup_run(&host, &err) == SETUP_READY)
        serve(&host, &err);
    host_deinit(&host);
    packets_deinit(&packets);
    return 0;
}
