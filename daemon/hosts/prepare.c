/* Builders and the indexes they made; see prepare.h. */
#include "hosts/prepare.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "base/str.h"
#include "hosts/index_file.h"
#include "hosts/inside.h"
#include "hosts/spec.h"

/* A builder has everything to read; nobody waits for it but what is new. */
#define LEAST_MS 120000

/* The last index of a detector. */
struct kept {
    struct hash slice;
    int fd;
};

struct prepare {
    struct list link;
    struct hosts *hosts;
    struct host_spec spec; /* of the builder */
    struct hash slice;
    struct index_file file; /* on disk; path NULL: indexes are not kept there */
    struct prepare_ops ops;
    void *arg;
    int before;    /* the index from before, -1 none */
    int made;      /* by this builder, -1 none */
    bool answered; /* the builder said PREPARED */
    bool said_why; /* or what is wrong */
    struct host *host;
    struct err fault; /* of the file */
    bool reading;     /* the file, on the worker's thread */
    bool cancelled;   /* meanwhile: freed when that is over */
};

void hosts_keep_indexes(struct hosts *hosts, struct worker *worker, const char *dir)
{
    hosts->index_worker = worker;
    free(hosts->index_dir);
    hosts->index_dir = mem_strdup(dir);
}

static void kept_free(void *value)
{
    struct kept *kept = value;
    fd_close(&kept->fd);
    free(kept);
}

static void prepare_free(struct prepare *prepare)
{
    spec_deinit(&prepare->spec);
    index_file_deinit(&prepare->file);
    fd_close(&prepare->before);
    fd_close(&prepare->made);
    free(prepare);
}

static const char *instance_of(const struct prepare *prepare)
{
    return prepare->spec.plugins[0].instance;
}

/* ---- step 4: the answer ---- */

struct writing {
    struct index_file file;
    int fd;
    struct err err;
    int result;
};

static void write_file(void *arg)
{
    struct writing *writing = arg;
    writing->result = index_file_write(&writing->file, writing->fd, &writing->err);
}

static void written(void *arg)
{
    struct writing *writing = arg;
    if (writing->result < 0)
        log_warning("%s: its index is not kept, and will be built anew at the next start: %s",
                    writing->file.instance, writing->err.text);
    index_file_deinit(&writing->file);
    fd_close(&writing->fd);
    free(writing);
}

static void save(struct prepare *prepare, int fd)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (!prepare->file.path || own < 0)
        return;
    struct writing *writing = NEW(struct writing);
    *writing = (struct writing){.file = prepare->file, .fd = own};
    prepare->file = (struct index_file){0};
    worker_submit(prepare->hosts->index_worker, write_file, written, writing);
}

static void succeed(struct prepare *prepare)
{
    if (prepare->made >= 0)
        save(prepare, prepare->made);
    struct kept *kept = NEW(struct kept);
    kept->slice = prepare->slice;
    kept->fd = fd_take(prepare->made >= 0 ? &prepare->made : &prepare->before);
    struct kept *old = map_set_text(prepare->hosts->indexes, instance_of(prepare), kept);
    if (old)
        kept_free(old);
    list_remove(&prepare->link); /* the answer may lead to hosts_prepare_cancel */
    prepare->ops.done(prepare->arg, kept->fd, NULL);
    prepare_free(prepare);
}

/* ---- step 3: the builder ---- */

static void start_builder(struct prepare *prepare);

static int on_message(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    struct prepare *prepare = arg;
    AUTO_FD int index = fd;
    if (message->type != IPC_PREPARED || prepare->answered)
        return err_set(err, "a builder says PREPARED, once");
    if (message->prepared.is_new ? index < 0 : index >= 0 || prepare->before < 0)
        return err_set(err, "an index that is not there");
    if (index >= 0 && memfd_check(index, IPC_MAX_INDEX_BYTES, NULL, err) < 0)
        return -1;
    prepare->answered = true;
    prepare->made = fd_take(&index);
    return 0;
}

static void on_problem(void *arg, const struct ipc_problem *problem)
{
    struct prepare *prepare = arg;
    prepare->said_why |= !problem->warning;
    if (prepare->ops.problem)
        prepare->ops.problem(prepare->arg, problem);
}

static void on_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)running;
    struct prepare *prepare = arg;
    prepare->host = NULL;
    if (end == HOST_ENDED && prepare->answered) {
        succeed(prepare);
        return;
    }
    if (prepare->before >= 0 && !prepare->said_why) {
        log_warning("%s: %s; it is built again from nothing", instance_of(prepare), why);
        fd_close(&prepare->before);
        fd_close(&prepare->made);
        prepare->answered = false;
        start_builder(prepare);
        return;
    }
    list_remove(&prepare->link);
    prepare->ops.done(prepare->arg, -1, end == HOST_ENDED ? "it prepared nothing" : why);
    prepare_free(prepare);
}

static void start_builder(struct prepare *prepare)
{
    static const struct host_ops ops = {
        .message = on_message, .problem = on_problem, .ended = on_ended};
    struct host_plugin plugin = prepare->spec.plugins[0];
    struct host_spec spec = prepare->spec;
    plugin.index_fd = prepare->before >= 0 ? &prepare->before : NULL;
    spec.plugins = &plugin;
    prepare->host = host_spawn(prepare->hosts, &spec, &ops, prepare);
}

/* ---- step 2: the index from before ---- */

static void read_file(void *arg)
{
    struct prepare *prepare = arg;
    prepare->before = index_file_read(&prepare->file, &prepare->fault);
}

static void was_read(void *arg)
{
    struct prepare *prepare = arg;
    prepare->reading = false;
    if (prepare->cancelled) {
        prepare_free(prepare);
        return;
    }
    if (prepare->before < 0 && prepare->fault.text[0])
        log_warning("%s: its index is built anew: %s", instance_of(prepare), prepare->fault.text);
    start_builder(prepare);
}

static void find_before(struct prepare *prepare, const struct kept *kept)
{
    struct hosts *hosts = prepare->hosts;
    struct err err;
    AUTO_FREE char *plugin = hosts_plugin_file(hosts, prepare->spec.plugins[0].plugin, &err);
    if (hosts->index_dir && plugin)
        index_file_init(&prepare->file, hosts->index_dir, instance_of(prepare), plugin);
    prepare->before = kept ? fcntl(kept->fd, F_DUPFD_CLOEXEC, 0) : -1;
    prepare->reading = prepare->before < 0 && prepare->file.path;
    if (prepare->reading)
        worker_submit(hosts->index_worker, read_file, was_read, prepare);
    else
        start_builder(prepare);
}

/* ---- step 1: the question ---- */

static struct prepare *prepare_new(struct hosts *hosts, const struct host_plugin *plugin,
                                   int64_t memory_bytes)
{
    struct prepare *prepare = NEW(struct prepare);
    AUTO_FREE char *name = mem_printf("build-%s", plugin->instance);
    const struct host_spec spec = {
        .name = name,
        .role = HOST_BUILDER,
        .plugins = plugin,
        .n_plugins = 1,
        .deadline_ms = plugin->deadline_ms > LEAST_MS ? plugin->deadline_ms : LEAST_MS,
        .memory_bytes = memory_bytes};
    spec_copy(&prepare->spec, &spec);
    prepare->hosts = hosts;
    prepare->before = prepare->made = -1;
    list_append(&hosts->prepares, &prepare->link);
    return prepare;
}

void hosts_prepare(struct hosts *hosts, const struct host_plugin *plugin, const struct hash *slice,
                   int64_t memory_bytes, const struct prepare_ops *ops, void *arg)
{
    const struct kept *kept = map_get_text(hosts->indexes, plugin->instance);
    if (kept && hash_equal(&kept->slice, slice)) {
        ops->done(arg, kept->fd, NULL);
        return;
    }
    struct prepare *prepare = prepare_new(hosts, plugin, memory_bytes);
    prepare->slice = *slice;
    prepare->ops = *ops;
    prepare->arg = arg;
    find_before(prepare, kept);
}

static void prepare_drop(struct prepare *prepare)
{
    prepare->cancelled = true;
    list_remove(&prepare->link);
    if (!prepare->reading)
        prepare_free(prepare);
}

void hosts_prepare_cancel(struct hosts *hosts, void *arg)
{
    list_each_safe (link, &hosts->prepares) {
        struct prepare *prepare = LIST_ITEM(link, struct prepare, link);
        if (prepare->arg != arg)
            continue;
        host_abandon(&prepare->host);
        prepare_drop(prepare);
    }
}

void prepares_deinit(struct hosts *hosts)
{
    list_each_safe (link, &hosts->prepares)
        prepare_drop(LIST_ITEM(link, struct prepare, link));
    map_free(&hosts->indexes, kept_free);
    free(hosts->index_dir);
}
