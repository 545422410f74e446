/*
 * Stands in for tocsin-host in the tests of hosts/ and detect/: speaks the channel, and behaves
 * well or badly as it is told.
 *
 * Set-up obeys the names of the plugins: "unhappy" has problems, "crashes-early" crashes, "mute"
 * does not describe itself, "facts" reports facts, "prepares" has an index; a plugin option "gate"
 * names a file without which a plugin is unhappy. A builder makes "index" of nothing, adds a + (a *
 * when something was learnt) to the index from before, adds one to the update of it when that
 * begins with "grow", leaves it when that begins with "same", crashes over "poison", gives one that
 * it could change later for "open", and hangs over "hang". A delivery obeys its id. A document
 * obeys its words, VERB or VERB:INSTANCE: crash, together (crash unless alone), hang, fail, lie,
 * find, slow, slower, learn, learn-nothing; and without an instance crash-reading, crash-text (when
 * it is given the text), open-text (which it could change later), unreadable, unchanged.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memfd.h"
#include "base/str.h"
#include "hosts/hosts.h"
#include "ipc/inbox.h"

#define CHANNEL     3
#define MAX_PLUGINS 64
#define MAX_TEXT    (1 << 20)

static struct {
    char instance[64], plugin[64];
    bool shut; /* its gate is not there */
} plugins[MAX_PLUGINS];
static uint32_t n_plugins;
static uint32_t role;
static char before[64], update[64], learnt[64]; /* the index that a builder is given */

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "fake_host: %s\n", what);
    _exit(99);
}

static void say(const struct ipc_message *message, int fd)
{
    struct err err;
    AUTO_BUF struct buf packet = {0};
    if (ipc_encode(message, &packet, &err) < 0 || ipc_send(CHANNEL, &packet, fd, &err) != IPC_OK)
        die("cannot send");
}

static _Noreturn void crash(int signum)
{
    signal(signum, SIG_DFL);
    raise(signum);
    _exit(98);
}

static _Noreturn void hang(void)
{
    for (;;)
        pause();
}

static void lie(void)
{
    struct err err;
    AUTO_BUF struct buf packet = {0};
    buf_puts(&packet, "no message at all");
    ipc_send(CHANNEL, &packet, -1, &err);
    hang();
}

/* ---- set-up ---- */

static void describe(void)
{
    AUTO_FREE char *json = mem_printf(
        "{\"name\": \"%s\", \"kind\": \"detector\", \"options\": []%s}", plugins[0].plugin,
        str_equal(plugins[0].plugin, "facts")
            ? ", \"key_fields\": [\"driver\", \"year\"], \"statuses\": [\"interest\", \"result\"],"
              " \"edition_field\": \"year\""
        : str_equal(plugins[0].plugin, "prepares") ? ", \"prepares\": true"
                                                   : "");
    struct ipc_message message = {.type = IPC_DESCRIBE, .describe.json = json};
    say(&message, -1);
    exit(0);
}

static bool complain(uint32_t i)
{
    struct ipc_message warning = {.type = IPC_PROBLEM,
                                  .problem = {.plugin = i,
                                              .warning = 1,
                                              .file = "topics.yaml",
                                              .line = 3,
                                              .text = "a topic that is never asked for"}};
    struct ipc_message error = {
        .type = IPC_PROBLEM,
        .problem = {
            .plugin = i, .file = "topics.yaml", .line = 14, .column = 5, .text = "an open quote"}};
    if (!plugins[i].shut && !str_equal(plugins[i].plugin, "unhappy"))
        return false;
    say(&warning, -1);
    say(&error, -1);
    return true;
}

static void note_index(const struct ipc_index *index, int fd)
{
    struct err err;
    struct memfd_map map;
    if (memfd_map(fd, sizeof(before) - 1, &map, &err) < 0)
        die(err.text);
    char *const parts[] = {before, update, learnt};
    memcpy(parts[index->part], map.data, map.len);
    memfd_unmap(&map);
}

static void build(void)
{
    struct err err;
    bool grows = str_starts(before, "grow");
    char made[sizeof(before) + 1]; /* not from the heap: exit() frees nothing */
    snprintf(made, sizeof(made), "%s%s", grows ? update : before, learnt[0] ? "*" : "+");
    if (str_starts(before, "poison") || str_starts(learnt, "poison"))
        crash(SIGSEGV);
    if (str_starts(before, "hang"))
        hang();
    bool same = str_starts(before, "same"), open = str_starts(before, "open");
    const char *text = before[0] ? made : "index";
    AUTO_FD int fd = same   ? -1
                     : open ? memfd_create("index", MFD_CLOEXEC)
                            : memfd_from("index", text, strlen(text), &err);
    enum ipc_prepared_what what = same    ? IPC_PREPARED_SAME
                                  : grows ? IPC_PREPARED_UPDATE
                                          : IPC_PREPARED_BASE;
    say(&(struct ipc_message){.type = IPC_PREPARED, .prepared = {.what = what}}, fd);
    exit(0);
}

static void begin(void)
{
    bool unhappy = false;
    for (uint32_t i = 0; i < n_plugins; i++) {
        if (str_equal(plugins[i].plugin, "crashes-early"))
            crash(SIGSEGV);
        unhappy |= complain(i);
    }
    if (unhappy)
        exit(78);
    if (role == HOST_BUILDER)
        build();
    if (role == HOST_PROBE && str_equal(plugins[0].plugin, "mute"))
        exit(0);
    if (role == HOST_PROBE)
        describe();
    struct ipc_message line = {.type = IPC_LOG, .log = {.text = "nobody is here"}};
    if (!n_plugins)
        say(&line, -1);
    struct ipc_message ready = {.type = IPC_READY, .ready.layers = "none"};
    say(&ready, -1);
}

static void note_plugin(const struct ipc_plugin *plugin)
{
    if (n_plugins == MAX_PLUGINS)
        die("too many plugins");
    if (access(plugin->file, R_OK) < 0)
        die("a plugin without a file");
    snprintf(plugins[n_plugins].instance, sizeof(plugins[0].instance), "%s", plugin->instance);
    snprintf(plugins[n_plugins].plugin, sizeof(plugins[0].plugin), "%s", plugin->plugin);
    plugins[n_plugins++].shut = false;
}

static void note_option(const struct ipc_option *option)
{
    const char *value = ipc_texts_next(&option->values, NULL);
    if (str_equal(option->name, "gate") && value)
        plugins[n_plugins - 1].shut = access(value, F_OK) < 0;
}

/* ---- deliveries: the id says what to do ---- */

static void list_descriptors(struct buf *out)
{
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    int64_t fd;
    while ((entry = readdir(dir)))
        if (str_int_parse(entry->d_name, &fd) && fd != dirfd(dir))
            buf_printf(out, "%s ", entry->d_name);
    closedir(dir);
}

static void list_environment(struct buf *out)
{
    for (char **entry = environ; *entry; entry++)
        buf_printf(out, "%.*s ", (int)strcspn(*entry, "="), *entry);
}

static void have_child(struct buf *out)
{
    int pid = fork();
    if (pid == 0)
        hang();
    buf_printf(out, "%d", pid);
}

static void deliver(const struct ipc_deliver *deliver)
{
    AUTO_BUF struct buf reason = {0};
    if (str_equal(deliver->id, "segv"))
        crash(SIGSEGV);
    if (str_equal(deliver->id, "sys"))
        crash(SIGSYS);
    if (str_equal(deliver->id, "exit"))
        exit(3);
    if (str_equal(deliver->id, "hang"))
        hang();
    if (str_equal(deliver->id, "lie"))
        lie();
    if (str_equal(deliver->id, "close")) {
        close(CHANNEL);
        hang();
    }
    if (str_equal(deliver->id, "fds"))
        list_descriptors(&reason);
    if (str_equal(deliver->id, "env"))
        list_environment(&reason);
    if (str_equal(deliver->id, "child"))
        have_child(&reason);
    struct ipc_message outcome = {.type = IPC_OUTCOME,
                                  .outcome = {.job = deliver->job, .reason = buf_text(&reason)}};
    say(&outcome, -1);
    if (str_equal(deliver->id, "twice"))
        say(&outcome, -1);
    if (str_equal(deliver->id, "then-segv"))
        crash(SIGSEGV);
}

/* ---- documents: their words say what to do ---- */

/* Does the text hold VERB:INSTANCE, or VERB alone? */
static bool told(const char *text, const char *verb, const char *instance)
{
    AUTO_FREE char *word = instance ? mem_printf("%s:%s", verb, instance) : mem_strdup(verb);
    return strstr(text, word) != NULL;
}

static void report(uint64_t job, uint32_t i, const char *text)
{
    struct ipc_quote quote = {.start = 0, .end = 4, .mark_start = 0, .mark_end = 4, .quote = text};
    bool fact = str_equal(plugins[i].plugin, "facts");
    struct ipc_message finding = {.type = IPC_FINDING,
                                  .finding = {.job = job,
                                              .plugin = i,
                                              .is_fact = fact,
                                              .topic = fact ? "interest" : "a topic",
                                              .summary = "found it",
                                              .severity = 2,
                                              .score = 0.5,
                                              .labels = {1, "label", 6},
                                              .field_names = {1, "driver", 7},
                                              .field_values = {1, "Leclerc", 8},
                                              .evidence = {1, &quote}}};
    say(&finding, -1);
}

static void learn(uint64_t job, uint32_t i, bool nothing)
{
    struct err err;
    AUTO_FD int fd = nothing ? -1 : memfd_from("learnt", "much", 4, &err);
    struct ipc_message said = {.type = IPC_LEARNT, .learnt = {.job = job, .plugin = i}};
    say(&said, fd);
}

static void detect(uint64_t job, uint64_t mask, uint32_t i, const char *text)
{
    const char *instance = plugins[i].instance;
    struct ipc_message running = {.type = IPC_RUNNING, .running = {.job = job, .plugin = i}};
    say(&running, -1);
    if (told(text, "crash", instance) || (told(text, "together", instance) && mask != 1ull << i))
        crash(SIGSEGV);
    if (told(text, "hang", instance))
        hang();
    if (told(text, "lie", instance))
        lie();
    if (told(text, "slow", instance))
        usleep(20000);
    if (told(text, "slower", instance))
        usleep(300000);
    bool nothing = told(text, "learn-nothing", instance);
    if (nothing || told(text, "learn", instance))
        learn(job, i, nothing);
    bool ok = !told(text, "fail", instance);
    bool found = ok && told(text, "find", instance);
    if (found)
        report(job, i, text);
    struct ipc_message detected = {
        .type = IPC_DETECTED,
        .detected = {
            .job = job, .plugin = i, .ok = ok, .n_findings = found, .reason = ok ? "" : "cannot"}};
    say(&detected, -1);
}

static void detect_all(uint64_t job, uint64_t mask, const char *text)
{
    for (uint32_t i = 0; i < n_plugins; i++)
        if (mask & 1ull << i)
            detect(job, mask, i, text);
    struct ipc_message done = {.type = IPC_DONE, .done.job = job};
    say(&done, -1);
}

static void read_file(const struct ipc_read *job, int fd)
{
    static char text[MAX_TEXT + 1];
    ssize_t n = pread(fd, text, MAX_TEXT, 0);
    if (n < 0)
        die("cannot read");
    text[n] = '\0';
    if (told(text, "crash-reading", NULL))
        crash(SIGSEGV);
    struct ipc_message version = {.type = IPC_VERSION,
                                  .version = {.job = job->job,
                                              .hash = hash_bytes(text, (size_t)n),
                                              .text_hash = hash_bytes(text, (size_t)n),
                                              .size_bytes = n,
                                              .title = "a title",
                                              .media_type = "text/plain",
                                              .charset = "UTF-8",
                                              .note = ""}};
    if (told(text, "unreadable", NULL))
        version.version.status = IPC_READ_UNREADABLE;
    if (told(text, "unchanged", NULL))
        version.version.status = IPC_READ_UNCHANGED;
    struct err err;
    bool ok = version.version.status == IPC_READ_OK;
    bool open = told(text, "open-text", NULL);
    AUTO_FD int text_fd = open ? memfd_create("text", MFD_CLOEXEC)
                          : ok ? memfd_from("text", text, (size_t)n, &err)
                               : -1;
    say(&version, text_fd);
    detect_all(job->job, ok ? job->plugins : 0, text);
}

static void read_text(const struct ipc_text *job, int fd)
{
    struct err err;
    struct memfd_map map;
    if (memfd_map(fd, MAX_TEXT, &map, &err) < 0)
        die(err.text);
    AUTO_FREE char *text = mem_strndup(map.data, map.len);
    memfd_unmap(&map);
    if (told(text, "crash-text", NULL))
        crash(SIGSEGV);
    detect_all(job->job, job->plugins, text);
}

/* ---- questions ---- */

static void explain(const struct ipc_explain *ask)
{
    if (str_equal(ask->topic, "crash"))
        crash(SIGSEGV);
    struct ipc_message heading = {
        .type = IPC_PART,
        .part = {.job = ask->job, .is_topic = 1, .holds = 1, .part = "a topic", .text = ""}};
    struct ipc_message part = {
        .type = IPC_PART,
        .part = {.job = ask->job, .depth = 1, .holds = 0, .part = "word", .text = "not there"}};
    struct ipc_message done = {.type = IPC_DONE, .done.job = ask->job};
    say(&heading, -1);
    say(&part, -1);
    say(&done, -1);
}

static void topics(const struct ipc_topics *ask)
{
    struct ipc_message topic = {.type = IPC_TOPIC,
                                .topic = {.job = ask->job,
                                          .name = "a topic",
                                          .severity = 2,
                                          .labels = {1, "label", 6},
                                          .query = "word",
                                          .file = "topics.yaml",
                                          .line = 3}};
    struct ipc_message done = {.type = IPC_DONE, .done.job = ask->job};
    say(&topic, -1);
    say(&done, -1);
}

static void obey(const struct ipc_message *message, int fd)
{
    if (message->type == IPC_SETUP)
        role = message->setup.role;
    else if (message->type == IPC_PLUGIN)
        note_plugin(&message->plugin);
    else if (message->type == IPC_OPTION)
        note_option(&message->option);
    else if (message->type == IPC_INDEX)
        note_index(&message->index, fd);
    else if (message->type == IPC_START)
        begin();
    else if (message->type == IPC_DELIVER)
        deliver(&message->deliver);
    else if (message->type == IPC_READ)
        read_file(&message->read, fd);
    else if (message->type == IPC_TEXT)
        read_text(&message->text, fd);
    else if (message->type == IPC_EXPLAIN)
        explain(&message->explain);
    else if (message->type == IPC_TOPICS)
        topics(&message->topics);
    else if (message->type == IPC_QUIT)
        exit(0);
}

int main(void)
{
    struct err err;
    static struct ipc_inbox inbox = {.fd = -1};
    for (;;) {
        AUTO_FD int fd = -1;
        struct ipc_message message;
        enum ipc_status status = ipc_inbox_next(&inbox, CHANNEL, IPC_TO_HOST, &message, &fd, &err);
        if (status == IPC_ERROR)
            die(err.text);
        if (status != IPC_OK)
            return 0;
        obey(&message, fd);
        ipc_message_deinit(&message);
    }
}
