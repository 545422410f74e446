/* The rooms in the order in which main.c starts them; see whole.h. */
#include "whole.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "behaving.h"
#include "canary.h"
#include "processes.h"
#include "require.h"
#include "tests/support/fake_loop.h"

#define TURNS_MOST 10000 /* each a second of its time, or more */

struct daemon *whole;

static char *dir;
static char host_program[] = "tocsin-host";
static struct options options;

static const char configuration[] = "folders:\n"
                                    "  docs: {path: docs, settle: 0, first-start: all}\n"
                                    "detectors:\n"
                                    "  topics:\n"
                                    "  facts:\n"
                                    "notifiers:\n"
                                    "  taking:\n"
                                    "  refusing:\n";

static const char *const files[] = {"docs/good", "docs/bad",  "tocsin.yaml", "topics.so",
                                    "facts.so",  "taking.so", "refusing.so"};

/* ---- its places ---- */

char *whole_place(const char *name)
{
    return mem_printf("%s/%s", dir, name);
}

static void remove_file(const char *name)
{
    AUTO_FREE char *path = whole_place(name);
    unlink(path);
}

/* With its copies. */
static void remove_store(void)
{
    DIR *entries = opendir(dir);
    for (const struct dirent *entry; (entry = readdir(entries));)
        if (str_starts(entry->d_name, "tocsin.db"))
            remove_file(entry->d_name);
    closedir(entries);
}

static void remove_dir(void)
{
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        remove_file(files[i]);
    remove_store();
    remove_file("control");
    AUTO_FREE char *docs = whole_place("docs");
    rmdir(docs);
    rmdir(dir);
    free(options.config_file);
    free(dir);
}

/* A plugin's file is only looked for. */
static void make_file(const char *name, const char *text)
{
    AUTO_FREE char *path = whole_place(name);
    AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    require(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
}

static void make_dir(void)
{
    const char *above = getenv("TMPDIR");
    dir = mem_printf("%s/tocsin-fuzz-XXXXXX", above ? above : "/tmp");
    require(mkdtemp(dir) != NULL);
    atexit(remove_dir);
    AUTO_FREE char *docs = whole_place("docs");
    require(mkdir(docs, 0700) == 0);
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        make_file(files[i], strstr(files[i], ".yaml") ? configuration : "");
    options = (struct options){.config_file = whole_place("tocsin.yaml"),
                               .state_dir = dir,
                               .runtime_dir = dir,
                               .host_program = host_program,
                               .plugin_dirs = dir};
}

/* ---- its rooms ---- */

static void configured(void *arg, const char *problems)
{
    (void)arg;
    if (problems)
        log_panic("the configuration of this target is bad: %s", problems);
    detect_resume(whole->detect);
    service_ready(whole);
}

static void start_rooms(struct daemon *d)
{
    struct err err;
    const struct hosts_paths paths = {options.host_program, options.plugin_dirs, -1};
    AUTO_FREE char *socket_path = whole_place("control");
    require(store_open(d->loop, dir, &d->store, &err) == STORE_OPENED_NEW);
    require(control_new(d->loop, socket_path, NULL, daemon_verbs, daemon_n_verbs, d, &d->control,
                        &err) == 0);
    d->hosts = hosts_new(d->loop, &paths);
    require(documents_new(d->loop, d->store, &flow_documents_ops, d, &d->documents, &err) == 0);
    d->keeper = archive_keeper_new(d->loop, d->store);
    d->detect = detect_new(d->loop, d->hosts, d->documents, d->store, &flow_detect_ops, d);
    d->alerts = alerts_new(d->loop, d->store, &flow_alerts_ops, d);
    store_on_fault(d->store, flow_store_fault, d);
    d->deliver = deliver_new(d->loop, d->hosts, d->store, &flow_deliver_ops, d);
    d->listener = listener_new(d->loop, d->hosts, &pages_listener_ops, d);
    d->helper = worker_new(d->loop, "tocsind-helper");
    d->canary = canary_new(d);
    d->service = service_new(d);
}

static void stop_rooms(struct daemon *d)
{
    reload_cancel(d);
    flow_sources_free(d);
    worker_free(&d->helper);
    store_flush(d->store);
    canary_free(&d->canary);
    service_free(&d->service);
    listener_free(&d->listener);
    archive_keeper_free(&d->keeper);
    store_flush(d->store);
    deliver_free(&d->deliver);
    store_flush(d->store);
    alerts_free(&d->alerts);
    detect_free(&d->detect);
    documents_free(&d->documents);
    hosts_free(&d->hosts);
    control_free(&d->control);
    store_free(&d->store);
    config_unref(&d->config);
}

/* ---- its time ---- */

static void hear(void *arg)
{
    (void)arg;
    processes_hear(behave);
}

struct looking {
    bool (*done)(void);
    int n_vain; /* looks that found nothing under way in the threads */
};

static bool is_over(void *arg)
{
    struct looking *looking = arg;
    hear(NULL);
    return looking->done() || (store_backlog(whole->store) == 0 && looking->n_vain++ > 0);
}

bool whole_wait(bool (*done)(void))
{
    for (int i = 0; i < TURNS_MOST && !done(); i++) {
        struct looking looking = {.done = done};
        require(fake_loop_wait(whole->loop, is_over, &looking));
        if (!done())
            whole_pass(1000);
    }
    return done();
}

void whole_pass(int64_t ms)
{
    fake_loop_advance(whole->loop, ms, hear, NULL);
}

static bool is_at_rest(void)
{
    return whole->ready && !whole->reload && documents_counts(whole->documents)->known == 2 &&
           flow_idle(whole);
}

void whole_start(void)
{
    if (!dir)
        make_dir();
    whole = NEW(struct daemon);
    *whole = (struct daemon){.options = &options, .loop = loop_new(), .lock_fd = -1};
    list_init(&whole->sources);
    start_rooms(whole);
    reload_start(whole, configured, whole);
    require(whole_wait(is_at_rest));
}

void whole_stop(void)
{
    stop_rooms(whole);
    loop_free(&whole->loop);
    free(whole);
    whole = NULL;
    processes_reset();
    remove_store();
}
