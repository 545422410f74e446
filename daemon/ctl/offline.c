/* Plugins without a daemon; see offline.h. Runs the loop only while it waits for something. */
#include "ctl/offline.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "hosts/prepare.h"
#include "hosts/trial.h"

void offline_init(struct offline *offline, const struct ctl *ctl)
{
    *offline = (struct offline){.loop = loop_new()};
    offline->plugin_dirs = mem_strdup(ctl->plugins ? ctl->plugins : PLUGINDIR);
    const struct hosts_paths paths = {.host_program =
                                          ctl->host ? ctl->host : HOSTDIR "/tocsin-host",
                                      .plugin_dirs = offline->plugin_dirs,
                                      .lock_fd = -1};
    offline->hosts = hosts_new(offline->loop, &paths);
    offline->worker = worker_new(offline->loop, "tocsinctl-files");
}

void offline_deinit(struct offline *offline)
{
    if (offline->host)
        host_abandon(&offline->host);
    worker_free(&offline->worker);
    hosts_free(&offline->hosts);
    config_unref(&offline->config);
    diags_deinit(&offline->diags);
    free(offline->died);
    free(offline->plugin_dirs);
    loop_free(&offline->loop);
}

size_t offline_print_diags(struct offline *offline)
{
    AUTO_BUF struct buf text = {0};
    diags_print(&offline->diags, &text);
    ctl_print_lines(stderr, buf_text(&text));
    size_t n_errors = offline->diags.n_errors;
    diags_deinit(&offline->diags);
    offline->diags = (struct diags){0};
    return n_errors;
}

/* ---- the configuration ---- */

static void tried(void *arg, const struct diags *diags)
{
    struct offline *offline = arg;
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *diag = &diags->items[i];
        if (diag->warning)
            diags_warning(&offline->diags, diag->at, "%s", diag->text);
        else
            diags_error(&offline->diags, diag->at, "%s", diag->text);
    }
    loop_stop(offline->loop);
}

void offline_try(struct offline *offline, const struct ctl *ctl, bool start)
{
    AUTO_FREE char *file = ctl->config ? mem_strdup(ctl->config) : config_default_file(ctl->system);
    if (config_load(file, NULL, &offline->config, &offline->diags) == 0) {
        offline->config->elsewhere = true;
        struct trial *trial = trial_new(offline->hosts, offline->worker, offline->config, NULL,
                                        start, NULL, tried, offline);
        loop_run(offline->loop);
        trial_free(&trial);
    }
}

int offline_config(struct offline *offline, const struct ctl *ctl, bool start)
{
    offline_try(offline, ctl, start);
    return offline_print_diags(offline) ? EX_CONFIG : EX_OK;
}

struct probe {
    struct offline *offline;
    json_t *description;
    struct err *err;
    bool done;
};

static void probed(void *arg, const char *plugin, const json_t *description, const char *error)
{
    (void)plugin;
    struct probe *probe = arg;
    probe->done = true;
    if (description)
        probe->description = json_deep_copy(description);
    else
        err_set(probe->err, "%s", error);
    loop_stop(probe->offline->loop);
}

json_t *offline_probe(struct offline *offline, const char *plugin, struct err *err)
{
    struct probe probe = {.offline = offline, .err = err};
    hosts_probe(offline->hosts, plugin, probed, &probe);
    if (!probe.done)
        loop_run(offline->loop);
    return probe.description;
}

/* ---- one host ---- */

static void host_ready(void *arg)
{
    struct offline *offline = arg;
    offline->ready = true;
    loop_stop(offline->loop);
}

static int host_message(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    (void)err;
    struct offline *offline = arg;
    if (message->type == IPC_DONE) {
        fd_close(&fd);
        offline->each = NULL;
        loop_stop(offline->loop);
    } else if (offline->each) {
        offline->each(offline->arg, message, fd);
    } else {
        fd_close(&fd);
    }
    return 0;
}

static void host_problem(void *arg, const struct ipc_problem *problem)
{
    struct offline *offline = arg;
    struct config_at at = {0};
    if (*problem->file)
        at = (struct config_at){config_file_intern(problem->file), (int)problem->line,
                                (int)problem->column};
    if (problem->warning)
        diags_warning(&offline->diags, at, "%s", problem->text);
    else
        diags_error(&offline->diags, at, "%s", problem->text);
}

static void host_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)end;
    (void)running;
    struct offline *offline = arg;
    offline->host = NULL;
    free(offline->died);
    offline->died = mem_strdup(why);
    loop_stop(offline->loop);
}

static const struct host_ops host_ops = {
    .ready = host_ready, .message = host_message, .problem = host_problem, .ended = host_ended};

static void prepared(void *arg, const struct host_index *index, const char *why)
{
    struct offline *offline = arg;
    offline->ready = true;
    offline->index = index;
    if (!index) {
        free(offline->died);
        offline->died = mem_strdup(why);
    }
    loop_stop(offline->loop);
}

const struct host_index *offline_prepare(struct offline *offline,
                                         const struct config_plugin *detector)
{
    static const struct prepare_ops ops = {.problem = host_problem, .done = prepared};
    const struct host_plugin plugin = host_plugin_of(detector);
    offline->ready = false;
    hosts_prepare(offline->hosts, &plugin, &detector->hash, &ops, offline);
    if (!offline->ready)
        loop_run(offline->loop);
    return offline->index;
}

int offline_start(struct offline *offline, const struct host_plugin *plugins, size_t n_plugins,
                  int64_t deadline_ms)
{
    const struct host_spec spec = {.name = "tocsinctl",
                                   .role = HOST_DETECTOR,
                                   .plugins = plugins,
                                   .n_plugins = n_plugins,
                                   .deadline_ms = deadline_ms};
    offline->ready = false;
    offline->host = host_spawn(offline->hosts, &spec, &host_ops, offline);
    loop_run(offline->loop);
    return offline->ready && offline->host ? 0 : -1;
}

int offline_ask(struct offline *offline, const struct ipc_message *request, int fd,
                void (*each)(void *arg, const struct ipc_message *message, int fd), void *arg)
{
    if (!offline->host)
        return -1;
    offline->each = each;
    offline->arg = arg;
    host_send(offline->host, request, fd);
    loop_run(offline->loop);
    return offline->host && !offline->each ? 0 : -1;
}
