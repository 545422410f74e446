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
    uint64_t n_learnt; /* it was prepared with */
    struct host_index index;
};

/* What a detector has learnt. */
struct learnt {
    int fd;
    uint64_t n; /* how often in this run; 0: it is of one before */
};

struct prepare {
    struct list link;
    struct hosts *hosts;
    struct host_spec spec; /* of the builder */
    struct hash slice;
    struct index_file file; /* on disk; path NULL: indexes are not kept there */
    struct prepare_ops ops;
    void *arg;
    struct host_index before;    /* the index from before, and what was learnt by now */
    uint64_t n_learnt;           /* by now */
    enum ipc_prepared_what what; /* this builder made */
    int made;                    /* -1: nothing */
    bool answered;               /* the builder said PREPARED */
    bool said_why;               /* or what is wrong */
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
    host_index_close(&kept->index);
    free(kept);
}

static void prepare_free(struct prepare *prepare)
{
    spec_deinit(&prepare->spec);
    index_file_deinit(&prepare->file);
    host_index_close(&prepare->before);
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
    enum tocsin_index_part part;
    int fd;
    struct err err;
    int result;
};

static void write_file(void *arg)
{
    struct writing *writing = arg;
    writing->result = index_file_write(&writing->file, writing->part, writing->fd, &writing->err);
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

static void save(struct hosts *hosts, const char *instance, const char *plugin,
                 enum tocsin_index_part part, int fd)
{
    struct err err;
    AUTO_FREE char *file = hosts_plugin_file(hosts, plugin, &err);
    if (!hosts->index_dir || !file)
        return;
    struct writing *writing = NEW(struct writing);
    *writing = (struct writing){.part = part, .fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)};
    index_file_init(&writing->file, hosts->index_dir, instance, file);
    if (writing->fd < 0) {
        writing->result = err_errno(&writing->err, "a descriptor");
        written(writing);
        return;
    }
    worker_submit(hosts->index_worker, write_file, written, writing);
}

/* What the builder made and what stays of the one from before. */
static struct host_index put_together(struct prepare *prepare)
{
    struct host_index index = prepare->before;
    prepare->before = HOST_INDEX_NONE;
    if (prepare->what == IPC_PREPARED_BASE)
        fd_close(&index.fds[TOCSIN_INDEX_BASE]);
    if (prepare->what != IPC_PREPARED_SAME)
        fd_close(&index.fds[TOCSIN_INDEX_UPDATE]);
    if (prepare->what == IPC_PREPARED_BASE)
        index.fds[TOCSIN_INDEX_BASE] = fd_take(&prepare->made);
    if (prepare->what == IPC_PREPARED_UPDATE)
        index.fds[TOCSIN_INDEX_UPDATE] = fd_take(&prepare->made);
    return index;
}

static void save_made(struct prepare *prepare, const struct host_index *index)
{
    enum tocsin_index_part part =
        prepare->what == IPC_PREPARED_BASE ? TOCSIN_INDEX_BASE : TOCSIN_INDEX_UPDATE;
    if (prepare->what != IPC_PREPARED_SAME)
        save(prepare->hosts, instance_of(prepare), prepare->spec.plugins[0].plugin, part,
             index->fds[part]);
}

static void succeed(struct prepare *prepare)
{
    struct kept *kept = NEW(struct kept);
    kept->slice = prepare->slice;
    kept->n_learnt = prepare->n_learnt;
    kept->index = put_together(prepare);
    save_made(prepare, &kept->index);
    struct kept *old = map_set_text(prepare->hosts->indexes, instance_of(prepare), kept);
    if (old)
        kept_free(old);
    list_remove(&prepare->link); /* the answer may lead to hosts_prepare_cancel */
    prepare->ops.done(prepare->arg, &kept->index, NULL);
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
    enum ipc_prepared_what what = (enum ipc_prepared_what)message->prepared.what;
    if (what >= IPC_N_PREPARED || (what == IPC_PREPARED_SAME) != (index < 0) ||
        (what != IPC_PREPARED_BASE && !host_index_is_there(&prepare->before)))
        return err_set(err, "an index that is not there");
    if (index >= 0 && memfd_check(index, IPC_MAX_INDEX_BYTES, NULL, err) < 0)
        return -1;
    prepare->answered = true;
    prepare->what = what;
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
    if (host_index_is_there(&prepare->before) && !prepare->said_why) {
        log_warning("%s: %s; it is built again from nothing", instance_of(prepare), why);
        host_index_close(&prepare->before);
        fd_close(&prepare->made);
        prepare->answered = false;
        start_builder(prepare);
        return;
    }
    list_remove(&prepare->link);
    prepare->ops.done(prepare->arg, NULL, end == HOST_ENDED ? "it prepared nothing" : why);
    prepare_free(prepare);
}

static void start_builder(struct prepare *prepare)
{
    static const struct host_ops ops = {
        .message = on_message, .problem = on_problem, .ended = on_ended};
    struct host_plugin plugin = prepare->spec.plugins[0];
    struct host_spec spec = prepare->spec;
    plugin.index = &prepare->before;
    spec.plugins = &plugin;
    prepare->host = host_spawn(prepare->hosts, &spec, &ops, prepare);
}

/* ---- what was learnt ---- */

static void learnt_free(void *value)
{
    struct learnt *learnt = value;
    fd_close(&learnt->fd);
    free(learnt);
}

/* Takes fd; -1: nothing was. */
static void keep_learnt(struct hosts *hosts, const char *instance, int fd, uint64_t n)
{
    struct learnt *learnt = NEW(struct learnt);
    *learnt = (struct learnt){.fd = fd, .n = n};
    struct learnt *old = map_set_text(hosts->learnt, instance, learnt);
    if (old)
        learnt_free(old);
}

uint64_t hosts_n_learnt(const struct hosts *hosts, const char *instance)
{
    const struct learnt *learnt = map_get_text(hosts->learnt, instance);
    return learnt ? learnt->n : 0;
}

void hosts_learnt(struct hosts *hosts, const char *instance, const char *plugin, int fd)
{
    keep_learnt(hosts, instance, fd, hosts_n_learnt(hosts, instance) + 1);
    save(hosts, instance, plugin, TOCSIN_INDEX_LEARNT, fd);
}

/* As it is by now. */
static void take_learnt(struct prepare *prepare)
{
    const struct learnt *learnt = map_get_text(prepare->hosts->learnt, instance_of(prepare));
    int *fd = &prepare->before.fds[TOCSIN_INDEX_LEARNT];
    fd_close(fd);
    if (learnt && learnt->fd >= 0)
        *fd = fcntl(learnt->fd, F_DUPFD_CLOEXEC, 0);
    prepare->n_learnt = learnt ? learnt->n : 0;
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
    if (!map_get_text(prepare->hosts->learnt, instance_of(prepare)))
        keep_learnt(prepare->hosts, instance_of(prepare),
                    fd_take(&prepare->before.fds[TOCSIN_INDEX_LEARNT]), 0);
    take_learnt(prepare);
    if (prepare->fault.text[0])
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
    if (kept)
        prepare->before = host_index_dup(&kept->index);
    prepare->reading = !host_index_is_there(&prepare->before) && prepare->file.path;
    if (prepare->reading) {
        worker_submit(hosts->index_worker, read_file, was_read, prepare);
    } else {
        take_learnt(prepare);
        start_builder(prepare);
    }
}

/* ---- step 1: the question ---- */

static struct prepare *prepare_new(struct hosts *hosts, const struct host_plugin *plugin)
{
    struct prepare *prepare = NEW(struct prepare);
    AUTO_FREE char *name = mem_printf("build-%s", plugin->instance);
    const struct host_spec spec = {
        .name = name,
        .role = HOST_BUILDER,
        .plugins = plugin,
        .n_plugins = 1,
        .deadline_ms = plugin->deadline_ms > LEAST_MS ? plugin->deadline_ms : LEAST_MS};
    spec_copy(&prepare->spec, &spec);
    prepare->hosts = hosts;
    prepare->before = HOST_INDEX_NONE;
    prepare->made = -1;
    list_append(&hosts->prepares, &prepare->link);
    return prepare;
}

void hosts_prepare(struct hosts *hosts, const struct host_plugin *plugin, const struct hash *slice,
                   const struct prepare_ops *ops, void *arg)
{
    const struct kept *kept = map_get_text(hosts->indexes, plugin->instance);
    if (kept && hash_equal(&kept->slice, slice) &&
        kept->n_learnt == hosts_n_learnt(hosts, plugin->instance)) {
        ops->done(arg, &kept->index, NULL);
        return;
    }
    struct prepare *prepare = prepare_new(hosts, plugin);
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
    map_free(&hosts->learnt, learnt_free);
    free(hosts->index_dir);
}
