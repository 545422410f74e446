/*
 * The probe: what is this plugin? A throw-away host loads it, describes it and ends. Used before a
 * plugin is trusted with a real host, and by tocsinctl plugin. Descriptions are kept for as long as
 * the file is the same; failures are not kept, so that a mended plugin is seen at the next
 * question.
 *
 * A probe that dies is tried once more: it may have been killed for want of memory, and a start or
 * a reload would be refused over it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "hosts/inside.h"

#define PROBE_DEADLINE_MS  10000
#define PROBE_MEMORY_BYTES (256 * 1024 * 1024)

typedef void probe_done_fn(void *arg, const char *plugin, const json_t *description,
                           const char *error);

struct asker {
    struct list link;
    probe_done_fn *done;
    void *arg;
};

struct probe {
    struct list link;
    struct hosts *hosts;
    char *plugin;
    char *file;
    struct stat st; /* of the file, before it was loaded */
    struct host *host;
    struct list askers;
    json_t *description;
    bool is_second; /* the first died */
};

/* What was learnt of a file. */
struct learnt {
    struct stat st;
    json_t *description;
};

static void learnt_free(void *value)
{
    struct learnt *learnt = value;
    json_decref(learnt->description);
    free(learnt);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void probe_learn(struct probe *probe)
{
    struct learnt *learnt = NEW(struct learnt);
    learnt->st = probe->st;
    learnt->description = json_incref(probe->description);
    struct learnt *before = map_set_text(probe->hosts->descriptions, probe->file, learnt);
    if (before)
        learnt_free(before);
}

static void probe_free(struct probe *probe)
{
    struct list *link;
    list_remove(&probe->link);
    while ((link = list_pop(&probe->askers)))
        free(LIST_ITEM(link, struct asker, link));
    json_decref(probe->description);
    free(probe->plugin);
    free(probe->file);
    free(probe);
}

/* Answers may ask again or cancel: each asker is out of the list before it is called. */
static void probe_answer(struct probe *probe, const json_t *description, const char *error)
{
    struct list *link;
    while ((link = list_pop(&probe->askers))) {
        struct asker *asker = LIST_ITEM(link, struct asker, link);
        asker->done(asker->arg, probe->plugin, description, error);
        free(asker);
    }
}

static int check_description(const struct probe *probe, const json_t *description, struct err *err)
{
    const char *name = json_string_value(json_object_get(description, "name"));
    const char *kind = json_string_value(json_object_get(description, "kind"));
    if (!name || !kind)
        return err_set(err, "a description without name or kind");
    if (!str_equal(name, probe->plugin))
        return err_set(err, "the plugin in %s.so calls itself \"%s\"", probe->plugin, name);
    return 0;
}

static int probe_message(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    struct probe *probe = arg;
    fd_close(&fd);
    if (message->type != IPC_DESCRIBE || probe->description)
        return err_set(err, "a probe says DESCRIBE, once");
    json_error_t fault;
    json_t *description = json_loads(message->describe.json, 0, &fault);
    if (!description)
        return err_set(err, "%s", fault.text);
    if (check_description(probe, description, err) < 0) {
        json_decref(description);
        return -1;
    }
    probe->description = description;
    return 0;
}

static void probe_spawn(struct probe *probe);

static void probe_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)running;
    struct probe *probe = arg;
    bool died = end == HOST_CRASHED || end == HOST_UNUSABLE;
    if (died && !probe->is_second) {
        probe->is_second = true;
        json_decref(probe->description);
        probe->description = NULL;
        probe_spawn(probe);
        return;
    }
    list_remove(&probe->link);
    if (end == HOST_ENDED && probe->description) {
        probe_learn(probe);
        probe_answer(probe, probe->description, NULL);
    } else {
        probe_answer(probe, NULL, end == HOST_ENDED ? "it did not describe itself" : why);
    }
    probe_free(probe);
}

static void probe_ask(struct probe *probe, probe_done_fn *done, void *arg)
{
    struct asker *asker = NEW(struct asker);
    *asker = (struct asker){.done = done, .arg = arg};
    list_append(&probe->askers, &asker->link);
}

static void probe_spawn(struct probe *probe)
{
    AUTO_FREE char *name = mem_printf("probe-%s", probe->plugin);
    struct host_plugin one = {
        .instance = probe->plugin, .plugin = probe->plugin, .memory_bytes = PROBE_MEMORY_BYTES};
    struct host_spec spec = {.name = name,
                             .role = HOST_PROBE,
                             .plugins = &one,
                             .n_plugins = 1,
                             .deadline_ms = PROBE_DEADLINE_MS};
    static const struct host_ops ops = {.message = probe_message, .ended = probe_ended};
    probe->host = host_spawn(probe->hosts, &spec, &ops, probe);
}

static struct probe *probe_new(struct hosts *hosts, const char *plugin, const char *file,
                               const struct stat *st)
{
    struct probe *probe = NEW(struct probe);
    probe->hosts = hosts;
    probe->plugin = mem_strdup(plugin);
    probe->file = mem_strdup(file);
    probe->st = *st;
    list_init(&probe->askers);
    list_append(&hosts->probes, &probe->link);
    probe_spawn(probe);
    return probe;
}

static struct probe *probe_running(const struct hosts *hosts, const char *file,
                                   const struct stat *st)
{
    list_each (link, &hosts->probes) {
        struct probe *probe = LIST_ITEM(link, struct probe, link);
        if (str_equal(probe->file, file) && same_file(&probe->st, st))
            return probe;
    }
    return NULL;
}

void hosts_probe(struct hosts *hosts, const char *plugin, probe_done_fn *done, void *arg)
{
    struct err err;
    struct stat st;
    AUTO_FREE char *file = hosts_plugin_file(hosts, plugin, &err);
    if (file && stat(file, &st) < 0) {
        err_errno(&err, "%s", file);
        mem_free_p(&file);
    }
    if (!file) {
        done(arg, plugin, NULL, err.text);
        return;
    }
    const struct learnt *learnt = map_get_text(hosts->descriptions, file);
    if (learnt && same_file(&learnt->st, &st)) {
        json_t *description = json_incref(learnt->description);
        done(arg, plugin, description, NULL);
        json_decref(description);
        return;
    }
    struct probe *probe = probe_running(hosts, file, &st);
    probe_ask(probe ? probe : probe_new(hosts, plugin, file, &st), done, arg);
}

void hosts_probe_cancel(struct hosts *hosts, void *arg)
{
    list_each (at, &hosts->probes) {
        struct probe *probe = LIST_ITEM(at, struct probe, link);
        list_each_safe (link, &probe->askers) {
            struct asker *asker = LIST_ITEM(link, struct asker, link);
            if (asker->arg != arg)
                continue;
            list_remove(link);
            free(asker);
        }
    }
}

void probes_deinit(struct hosts *hosts)
{
    list_each_safe (link, &hosts->probes)
        probe_free(LIST_ITEM(link, struct probe, link));
    map_free(&hosts->descriptions, learnt_free);
}
