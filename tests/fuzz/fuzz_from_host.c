/*
 * The daemon's reading of what hosts send: hosts/, detect/ and the listener for metrics as they
 * are, on a clock wound by hand, and a notifier's host besides. The input is a row of deeds, a byte
 * each and what belongs to it: a host says a message (packets.h) or bytes that are none, hangs up
 * or ends, time passes, a document or a question comes. Documents are committed and nothing is
 * stored. Whatever hosts do, every result is one that alert/ may be handed, no question is answered
 * twice, and at the end everything is let go of.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <tocsin/plugin.h>

#include "base/list.h"
#include "base/log.h"
#include "base/memfd.h"
#include "detect/detect.h"
#include "metrics/listener.h"
#include "packets.h"
#include "processes.h"
#include "require.h"
#include "tests/support/fake_loop.h"

#define TURN_MS 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct loop *loop;
static struct detect *detect;
static struct packets packets;
static size_t n_asked; /* and not answered */
static const char *const plugins[] = {"facts", "topics", "notifier", "exporter"};
static char dir[] = "/tmp/tocsin-fuzz-XXXXXX";

/* ---- what the rooms stand on ---- */

/* Answers that the store and the documents room still owe. */
struct owed {
    struct list link;
    void (*stored)(void *arg, const char *error);
    void (*committed)(void *arg, struct document_version *version);
    void *arg;
    struct document_version *version;
};
static struct list all_owed;

static void owe(const struct owed *from)
{
    struct owed *owed = mem_copy(from, sizeof(*from));
    list_init(&owed->link);
    list_append(&all_owed, &owed->link);
}

static bool pay_one(void)
{
    struct list *link = list_pop(&all_owed);
    if (!link)
        return false;
    struct owed *owed = LIST_ITEM(link, struct owed, link);
    if (owed->stored)
        owed->stored(owed->arg, "nothing is stored");
    else
        owed->committed(owed->arg, owed->version);
    free(owed);
    return true;
}

void store_write(struct store *store, store_run_fn *run, store_done_fn *done, void *arg)
{
    (void)store;
    (void)run;
    owe(&(struct owed){.stored = done, .arg = arg});
}

void store_read(struct store *store, store_run_fn *run, store_done_fn *done, void *arg)
{
    store_write(store, run, done, arg);
}

void documents_version(struct documents *documents, struct document_work *work,
                       struct document_version *version, const char *const *detectors,
                       size_t n_detectors,
                       void (*done)(void *arg, struct document_version *version), void *arg)
{
    struct err err;
    struct memfd_map text;
    (void)documents;
    (void)detectors;
    (void)n_detectors;
    if (!version->text) {
        require(memfd_map(version->text_fd, SIZE_MAX, &text, &err) == 0);
        memfd_unmap(&text);
    }
    document_work_free(&work);
    version->document = version->version = 1;
    version->origin = version->text_hash;
    version->is_news = true;
    owe(&(struct owed){.committed = done, .arg = arg, .version = version});
}

void documents_unread(struct documents *documents, struct document_work *work, int ipc_read_status,
                      const char *note)
{
    (void)documents;
    require(ipc_read_status != IPC_READ_OK && note);
    document_work_free(&work);
}

/* ---- whom the rooms tell ---- */

static void check_finding(const struct detect_result *result, const struct detect_finding *finding)
{
    require(finding->topic && finding->summary && finding->n_evidence);
    require(finding->severity >= TOCSIN_LOW && finding->severity <= TOCSIN_URGENT);
    require(!finding->is_fact || result->key_fields.n);
    for (size_t i = 0; i < finding->n_evidence; i++) {
        const struct detect_quote *quote = &finding->evidence[i];
        require(quote->start <= quote->end && quote->mark_start <= quote->mark_end &&
                quote->mark_end <= strlen(quote->quote));
    }
}

static void on_result(void *arg, struct detect_result *result)
{
    (void)arg;
    require(result->document && result->version && result->date && result->title);
    for (size_t i = 0; i < result->n_findings; i++)
        check_finding(result, &result->findings[i]);
    detect_result_free(&result);
}

static void on_trouble(void *arg, const char *subject, const char *text)
{
    (void)arg;
    require(*subject && *text);
}

static void on_trouble_over(void *arg, const char *subject)
{
    (void)arg;
    require(*subject);
}

static void on_ask(void *arg, const char *name, struct listener_ask *ask)
{
    (void)arg;
    listener_answer(ask, *name == 'p' ? "a page" : NULL);
}

static void on_answer(void *arg, json_t *answer, const char *error)
{
    (void)arg;
    require(n_asked-- > 0 && !answer == (error != NULL));
    json_decref(answer);
}

/* ---- a notifier's host ---- */

static struct host *notifier;

static void notifier_ready(void *arg)
{
    (void)arg;
    struct ipc_message delivery = {.type = IPC_DELIVER, .deliver = {.job = 1, .id = "d"}};
    host_send(notifier, &delivery, -1);
}

static int notifier_says(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    (void)arg;
    fd_close(&fd);
    if (message->type == IPC_OUTCOME || message->type == IPC_ACTION)
        return 0;
    return err_set(err, "not for a notifier to say");
}

static void notifier_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)arg;
    require((size_t)end < HOST_N_ENDS && running <= 0 && *why);
    notifier = NULL;
}

static void start_notifier(struct hosts *hosts)
{
    static const struct host_ops ops = {
        .ready = notifier_ready, .message = notifier_says, .ended = notifier_ended};
    static const struct host_plugin plugin = {.instance = "notifier", .plugin = "notifier"};
    static const struct host_spec spec = {.name = "notify-notifier",
                                          .role = HOST_NOTIFIER,
                                          .plugins = &plugin,
                                          .n_plugins = 1,
                                          .deadline_ms = 3000};
    notifier = host_spawn(hosts, &spec, &ops, NULL);
}

/* ---- deeds ---- */

static void turn(void)
{
    while (fake_loop_pump(loop) || pay_one())
        processes_hear(NULL);
    processes_hear(NULL);
}

static int next_descriptor(void)
{
    switch (packets_byte(&packets) % 4) {
    case 1:
        return memfd_from("text", "Leclerc", 7, NULL);
    case 2:
        return memfd_create("open", MFD_CLOEXEC);
    case 3:
        return dup(STDERR_FILENO);
    default:
        return -1;
    }
}

static void say_message(size_t process)
{
    AUTO_BUF struct buf packet = {0};
    AUTO_FD int fd = next_descriptor();
    if (packets_next(&packets, IPC_TO_DAEMON, &packet))
        process_say(process, &packet, fd);
}

static void say_bytes(size_t process)
{
    AUTO_BUF struct buf packet = {0};
    for (unsigned n = packets_byte(&packets); n--;)
        buf_putc(&packet, (char)packets_byte(&packets));
    process_say(process, &packet, -1);
}

static void bring_document(void)
{
    struct document_work *work = NEW(struct document_work);
    work->source = mem_strdup("seeds");
    work->path = mem_strdup("path");
    work->fd = memfd_create("file", MFD_CLOEXEC);
    detect_read(detect, work);
}

static void ask(void)
{
    n_asked += 2;
    int text_fd = memfd_from("text", "Leclerc", 7, NULL);
    detect_explain(detect, NULL, "topic", "seeds", "path", "title", 0, text_fd, on_answer, NULL);
    detect_topics(detect, on_answer, NULL);
}

static void do_deed(void)
{
    enum { MESSAGE, BYTES, HANG_UP, END, TIME, DOCUMENT, ASK, N_DEEDS };
    unsigned deed = packets_byte(&packets) % N_DEEDS;
    if (deed == DOCUMENT) {
        bring_document();
        return;
    }
    if (deed == ASK) {
        ask();
        return;
    }
    uint8_t which = packets_byte(&packets);
    if (deed == TIME)
        fake_loop_advance(loop, which * TURN_MS, NULL, NULL);
    size_t process = which % processes_n();
    if (deed == MESSAGE)
        say_message(process);
    else if (deed == BYTES)
        say_bytes(process);
    else if (deed == HANG_UP)
        process_hang_up(process);
    else if (deed == END)
        process_end(process, packets_byte(&packets) << 8);
}

/* ---- the target ---- */

static void remove_dir(void)
{
    for (size_t i = 0; i < ARRAY_LEN(plugins); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s.so", dir, plugins[i]);
        unlink(path);
    }
    rmdir(dir);
}

/* A plugin's file is only looked for. */
static void make_dir(void)
{
    log_set_level(LOG_LEVEL_ERROR);
    require(mkdtemp(dir) != NULL);
    atexit(remove_dir);
    for (size_t i = 0; i < ARRAY_LEN(plugins); i++) {
        AUTO_FREE char *path = mem_printf("%s/%s.so", dir, plugins[i]);
        FILE *file = fopen(path, "we");
        require(file && fclose(file) == 0);
    }
}

static struct config *configuration(void)
{
    static char facts[] = "facts", topics[] = "topics", metrics[] = "metrics",
                exporter_plugin[] = "exporter", address[] = "127.0.0.1:9464";
    static struct config_plugin detectors[] = {
        {.name = facts, .plugin = facts, .deadline_ms = 3000},
        {.name = topics, .plugin = topics, .deadline_ms = 3000}};
    static struct config_plugin exporter = {
        .name = metrics, .plugin = exporter_plugin, .deadline_ms = 3000};
    static struct config config = {.refs = 1,
                                   .detectors = detectors,
                                   .n_detectors = ARRAY_LEN(detectors),
                                   .exporter = &exporter,
                                   .metrics_listen = address,
                                   .hosts_max = 2};
    return &config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct detect_ops detect_ops = {
        .result = on_result, .trouble = on_trouble, .trouble_over = on_trouble_over};
    static const struct listener_ops listener_ops = {on_trouble, on_trouble_over, on_ask};
    if (strstr(dir, "XXXXXX"))
        make_dir();
    n_asked = 0;
    list_init(&all_owed);
    packets_init(&packets, data, size);
    loop = loop_new();
    struct hosts *hosts = hosts_new(loop, &(struct hosts_paths){"tocsin-host", dir, -1});
    struct listener *listener = listener_new(loop, hosts, &listener_ops, NULL);
    detect = detect_new(loop, hosts, NULL, NULL, &detect_ops, NULL);
    start_notifier(hosts);
    listener_configure(listener, configuration());
    detect_configure(detect, configuration());
    for (turn(); !packets_over(&packets); turn())
        do_deed();
    detect_free(&detect);
    host_abandon(&notifier);
    listener_free(&listener);
    hosts_free(&hosts);
    loop_free(&loop);
    processes_reset();
    packets_deinit(&packets);
    return 0;
}
