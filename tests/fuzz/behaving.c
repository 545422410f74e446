/* One function a message; see behaving.h. */
#include "behaving.h"

#include <signal.h>
#include <string.h>

#include <tocsin/plugin.h>

#include "base/mem.h"
#include "base/str.h"
#include "processes.h"
#include "require.h"

#define MAX_PLUGINS 8

static const char text[] = "Leclerc wants to race at Le Mans.";

/* Of one process. */
struct behaving {
    uint32_t role, n_plugins;
    char instances[MAX_PLUGINS][32], plugins[MAX_PLUGINS][32];
    uint64_t job;
    uint32_t n_revisions; /* that the delivery at hand still brings */
};

static struct behaving all[PROCESSES_MOST];

static void say(size_t process, const struct ipc_message *message)
{
    AUTO_BUF struct buf packet = {0};
    require(ipc_encode(message, &packet, NULL) == 0);
    process_say(process, &packet, -1);
}

/* ---- set-up ---- */

static void begin(size_t process, const struct ipc_setup *setup)
{
    all[process] = (struct behaving){.role = setup->role};
}

static void take_plugin(size_t process, const struct ipc_plugin *plugin)
{
    struct behaving *behaving = &all[process];
    uint32_t i = behaving->n_plugins++;
    require(i < MAX_PLUGINS);
    snprintf(behaving->instances[i], sizeof(behaving->instances[i]), "%s", plugin->instance);
    snprintf(behaving->plugins[i], sizeof(behaving->plugins[i]), "%s", plugin->plugin);
}

static void describe(size_t process)
{
    const char *plugin = all[process].plugins[0];
    bool is_detector = str_equal(plugin, "topics") || str_equal(plugin, "facts");
    AUTO_FREE char *json = mem_printf(
        "{\"name\": \"%s\", \"kind\": \"%s\", \"options\": [], \"powers\": \"none\"%s}", plugin,
        is_detector ? "detector" : "notifier",
        str_equal(plugin, "facts")
            ? ", \"key_fields\": [\"driver\", \"year\"], \"statuses\": [\"interest\", \"result\"],"
              " \"edition_field\": \"year\""
            : "");
    say(process, &(struct ipc_message){.type = IPC_DESCRIBE, .describe.json = json});
    process_end(process, 0);
}

static void start(size_t process)
{
    if (all[process].role == IPC_ROLE_PROBE)
        describe(process);
    else
        say(process, &(struct ipc_message){.type = IPC_READY, .ready.layers = "seccomp"});
}

/* ---- detectors ---- */

static void find(size_t process, uint64_t job, uint32_t plugin)
{
    static const char *const names[] = {"driver", "year"}, *const values[] = {"Leclerc", "2026"};
    static const struct ipc_quote quote = {0, 7, 0, 7, 0, "Leclerc wants to race"};
    bool is_fact = str_equal(all[process].plugins[plugin], "facts");
    AUTO_BUF struct buf packed_names = {0};
    AUTO_BUF struct buf packed_values = {0};
    struct ipc_message finding = {.type = IPC_FINDING,
                                  .finding = {.job = job,
                                              .plugin = plugin,
                                              .is_fact = is_fact,
                                              .topic = is_fact ? "interest" : "race",
                                              .summary = "Leclerc",
                                              .severity = TOCSIN_NORMAL,
                                              .evidence = {1, &quote}}};
    if (is_fact) {
        finding.finding.field_names = ipc_texts_pack(names, ARRAY_LEN(names), &packed_names);
        finding.finding.field_values = ipc_texts_pack(values, ARRAY_LEN(values), &packed_values);
    }
    say(process,
        &(struct ipc_message){.type = IPC_RUNNING, .running = {.job = job, .plugin = plugin}});
    say(process, &finding);
    say(process, &(struct ipc_message){
                     .type = IPC_DETECTED,
                     .detected = {.job = job, .plugin = plugin, .ok = 1, .n_findings = 1}});
}

static void detect(size_t process, uint64_t job, uint64_t plugins)
{
    for (uint32_t i = 0; i < all[process].n_plugins; i++)
        if (plugins >> i & 1)
            find(process, job, i);
    say(process, &(struct ipc_message){.type = IPC_DONE, .done.job = job});
}

static void tell_version(size_t process, uint64_t job, const char *path)
{
    struct ipc_message version = {.type = IPC_VERSION,
                                  .version = {.job = job,
                                              .status = IPC_READ_OK,
                                              .hash = hash_bytes(path, strlen(path)),
                                              .text_hash = hash_bytes(path, strlen(path)),
                                              .size_bytes = (int64_t)strlen(text),
                                              .title = "Le Mans",
                                              .media_type = "text/plain",
                                              .charset = "utf-8",
                                              .text = text}};
    say(process, &version);
}

/* In the first of the plugins that are asked. */
static void crash(size_t process, uint64_t job, uint64_t plugins)
{
    uint32_t plugin = 0;
    while (!(plugins >> plugin & 1))
        plugin++;
    say(process,
        &(struct ipc_message){.type = IPC_RUNNING, .running = {.job = job, .plugin = plugin}});
    process_end(process, SIGSEGV);
}

static void read_file(size_t process, const struct ipc_read *read)
{
    tell_version(process, read->job, read->path);
    if (str_equal(read->path, "bad"))
        crash(process, read->job, read->plugins);
    else
        detect(process, read->job, read->plugins);
}

static void read_text(size_t process, const struct ipc_text *again)
{
    if (str_equal(again->path, "bad"))
        crash(process, again->job, again->plugins);
    else
        detect(process, again->job, again->plugins);
}

static void explain(size_t process, uint64_t job)
{
    say(process,
        &(struct ipc_message){.type = IPC_PART,
                              .part = {.job = job, .is_topic = 1, .holds = 1, .part = "race"}});
    say(process, &(struct ipc_message){.type = IPC_DONE, .done.job = job});
}

static void list_topics(size_t process, uint64_t job)
{
    say(process,
        &(struct ipc_message){
            .type = IPC_TOPIC,
            .topic = {.job = job, .name = "race", .severity = TOCSIN_NORMAL, .query = "race"}});
    say(process, &(struct ipc_message){.type = IPC_DONE, .done.job = job});
}

/* ---- notifiers ---- */

static void answer_delivery(size_t process)
{
    const struct behaving *behaving = &all[process];
    bool refuses = str_equal(behaving->instances[0], "refusing");
    say(process, &(struct ipc_message){.type = IPC_OUTCOME,
                                       .outcome = {.job = behaving->job,
                                                   .result = refuses ? TOCSIN_NEVER : TOCSIN_OK,
                                                   .reason = refuses ? "refused" : ""}});
}

static void take_delivery(size_t process, const struct ipc_deliver *deliver)
{
    all[process].job = deliver->job;
    all[process].n_revisions = deliver->count;
    if (!deliver->count)
        answer_delivery(process);
}

static void take_revision(size_t process)
{
    if (--all[process].n_revisions == 0)
        answer_delivery(process);
}

void behave(size_t process, const struct ipc_message *message)
{
    switch (message->type) {
    case IPC_SETUP:
        begin(process, &message->setup);
        break;
    case IPC_PLUGIN:
        take_plugin(process, &message->plugin);
        break;
    case IPC_START:
        start(process);
        break;
    case IPC_READ:
        read_file(process, &message->read);
        break;
    case IPC_TEXT:
        read_text(process, &message->text);
        break;
    case IPC_EXPLAIN:
        explain(process, message->explain.job);
        break;
    case IPC_TOPICS:
        list_topics(process, message->topics.job);
        break;
    case IPC_DELIVER:
        take_delivery(process, &message->deliver);
        break;
    case IPC_REVISION:
        take_revision(process);
        break;
    case IPC_QUIT:
        process_end(process, 0);
        break;
    default: /* nothing is said to these */
        break;
    }
}
