/* The trial of a configuration; see trial.h. Three steps: probe all, resolve, start one by one. */
#include "hosts/trial.h"

#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "config/options.h"
#include "hosts/prepare.h"

struct trial {
    struct hosts *hosts;
    struct worker *worker;
    struct config *config;
    struct config *current;
    bool start;
    struct topic_plan *topics; /* what started detectors list; NULL: nobody asks */
    void (*done)(void *arg, const struct diags *diags);
    void *arg;
    struct diags diags;
    struct map *descriptions; /* json_t by the plugin's name; &unknown where the probe failed */
    size_t n_probing;
    bool resolving, resolved;
    bool cancelled; /* while resolving: freed when the worker is through */
    size_t next;    /* plugin to start: detectors, notifiers, the exporter */
    struct host *host;
    bool said;   /* the plugin at hand gave its reasons */
    bool passed; /* it started */
};

static size_t n_plugins(const struct config *config)
{
    return config->n_detectors + config->n_notifiers + (config->exporter != NULL);
}

static struct config_plugin *plugin_at(const struct config *config, size_t i)
{
    if (i < config->n_detectors)
        return &config->detectors[i];
    i -= config->n_detectors;
    return i < config->n_notifiers ? &config->notifiers[i].plugin : config->exporter;
}

static enum host_role role_at(const struct config *config, size_t i)
{
    if (i < config->n_detectors)
        return HOST_DETECTOR;
    return i < config->n_detectors + config->n_notifiers ? HOST_NOTIFIER : HOST_EXPORTER;
}

static void free_description(void *description)
{
    json_decref(description);
}

static void destroy(struct trial *trial)
{
    diags_deinit(&trial->diags);
    map_free(&trial->descriptions, free_description);
    config_unref(&trial->config);
    config_unref(&trial->current);
    free(trial);
}

/* ---- step 3: start ---- */

/* The index at work of a detector that can tell what the new one changes; NULL: none. */
static const struct host_index *in_force(const struct trial *trial)
{
    const struct config_plugin *plugin = plugin_at(trial->config, trial->next);
    return trial->topics && plugin->tells_changes ? topic_plan_index(trial->topics, plugin->name)
                                                  : NULL;
}

static void start_next(struct trial *trial);

static void started(void *arg)
{
    struct trial *trial = arg;
    trial->passed = true;
    /* Its address must be free again for the one that is to stay. */
    if (role_at(trial->config, trial->next) == HOST_EXPORTER) {
        host_quit(trial->host);
        return;
    }
    if (role_at(trial->config, trial->next) == HOST_DETECTOR && trial->topics) {
        const struct ipc_message question = {
            .type = IPC_TOPICS, .topics = {.job = 1, .changes = in_force(trial) != NULL}};
        host_send(trial->host, &question, -1);
        return;
    }
    host_abandon(&trial->host);
    trial->next++;
    start_next(trial);
}

/* Nothing is asked of a trial's host but its topics. */
static int message(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    struct trial *trial = arg;
    const char *name = plugin_at(trial->config, trial->next)->name;
    bool asked = trial->passed && trial->topics;
    fd_close(&fd);
    if (asked && message->type == IPC_TOPIC && message->topic.change)
        topic_plan_change(trial->topics, &message->topic);
    else if (asked && message->type == IPC_TOPIC)
        topic_plan_coming(trial->topics, name, &message->topic);
    else if (asked && message->type == IPC_PART)
        topic_plan_detail(trial->topics, &message->part);
    else if (asked && message->type == IPC_DONE) {
        if (in_force(trial))
            topic_plan_told(trial->topics, name);
        host_quit(trial->host);
    } else
        return err_set(err, "an unexpected message: %s", ipc_type_name(message->type));
    return 0;
}

static void problem(void *arg, const struct ipc_problem *problem)
{
    struct trial *trial = arg;
    const struct config_plugin *plugin = plugin_at(trial->config, trial->next);
    struct config_at at = plugin->at;
    if (*problem->file)
        at = (struct config_at){config_file_intern(problem->file), (int)problem->line,
                                (int)problem->column};
    trial->said |= !problem->warning;
    if (problem->warning)
        diags_warning(&trial->diags, at, "%s", problem->text);
    else
        diags_error(&trial->diags, at, "%s", problem->text);
}

static void ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)running;
    struct trial *trial = arg;
    const struct config_plugin *plugin = plugin_at(trial->config, trial->next);
    trial->host = NULL;
    if (!trial->said && !trial->passed)
        diags_error(&trial->diags, plugin->at, "\"%s\" does not start: %s", plugin->name, why);
    else if (trial->passed && end != HOST_ENDED)
        diags_warning(&trial->diags, plugin->at, "\"%s\" does not list all its topics: %s",
                      plugin->name, why);
    trial->next++;
    start_next(trial);
}

static const struct host_ops host_ops = {
    .ready = started, .message = message, .problem = problem, .ended = ended};

/* The detector or notifier that has its name and role now, NULL: none. */
static const struct config_plugin *find_before(const struct trial *trial, const char *name)
{
    const struct config_notifier *notifier = config_notifier_find(trial->current, name);
    if (role_at(trial->config, trial->next) == HOST_DETECTOR)
        return config_detector_find(trial->current, name);
    return notifier ? &notifier->plugin : NULL;
}

/* An exporter cannot be tried where one listens already: on the address that it has now, or, for
 * tocsinctl, which does not know what a daemon has in force, on any. */
static bool is_unchanged(const struct trial *trial, const struct config_plugin *plugin)
{
    const struct config *current = trial->current;
    if (role_at(trial->config, trial->next) == HOST_EXPORTER)
        return !current || str_equal(current->metrics_listen, trial->config->metrics_listen);
    const struct config_plugin *before = current ? find_before(trial, plugin->name) : NULL;
    return before && hash_equal(&before->hash, &plugin->hash);
}

static void start(struct trial *trial, const struct host_index *index)
{
    const struct config_plugin *plugin = plugin_at(trial->config, trial->next);
    struct host_plugin inside = host_plugin_of(plugin);
    const struct host_spec spec = {.name = "trial",
                                   .role = role_at(trial->config, trial->next),
                                   .plugins = &inside,
                                   .n_plugins = 1,
                                   .deadline_ms = plugin->deadline_ms};
    inside.index = index;
    inside.in_force = spec.role == HOST_DETECTOR ? in_force(trial) : NULL;
    trial->host = host_spawn(trial->hosts, &spec, &host_ops, trial);
}

static void prepared(void *arg, const struct host_index *index, const char *why)
{
    struct trial *trial = arg;
    if (index)
        start(trial, index);
    else
        ended(trial, HOST_UNUSABLE, -1, why);
}

static void start_next(struct trial *trial)
{
    static const struct prepare_ops ops = {.problem = problem, .done = prepared};
    for (; trial->next < n_plugins(trial->config); trial->next++) {
        const struct config_plugin *plugin = plugin_at(trial->config, trial->next);
        if (plugin->unseen || is_unchanged(trial, plugin))
            continue;
        const struct host_plugin inside = host_plugin_of(plugin);
        trial->said = trial->passed = false;
        if (plugin->prepares && role_at(trial->config, trial->next) == HOST_DETECTOR)
            hosts_prepare(trial->hosts, &inside, &plugin->hash, &ops, trial);
        else
            start(trial, NULL);
        return;
    }
    trial->done(trial->arg, &trial->diags);
}

/* ---- step 2: resolve ---- */

static const json_t *describe(void *arg, const char *plugin, struct err *err)
{
    struct trial *trial = arg;
    const json_t *description = map_get_text(trial->descriptions, plugin);
    if (!json_is_object(description)) {
        err_set(err, "%s", json_string_value(description));
        return NULL;
    }
    return description;
}

static void resolve(void *arg)
{
    struct trial *trial = arg;
    config_resolve(trial->config, describe, trial, &trial->diags);
}

static void resolved(void *arg)
{
    struct trial *trial = arg;
    trial->resolving = false;
    if (trial->cancelled)
        destroy(trial);
    else if (trial->diags.n_errors || !trial->start)
        trial->done(trial->arg, &trial->diags);
    else
        start_next(trial);
}

/* ---- step 1: probe ---- */

static void probed(void *arg, const char *plugin, const json_t *description, const char *error)
{
    struct trial *trial = arg;
    /* A failed probe leaves its reason as a text in the description's place. */
    json_t *value = description ? json_deep_copy(description) : json_string(error);
    json_decref(map_set_text(trial->descriptions, plugin, value));
    if (--trial->n_probing)
        return;
    trial->resolving = true;
    worker_submit(trial->worker, resolve, resolved, trial);
}

struct trial *trial_new(struct hosts *hosts, struct worker *worker, struct config *config,
                        const struct config *current, bool start, struct topic_plan *topics,
                        void (*done)(void *arg, const struct diags *diags), void *arg)
{
    struct trial *trial = NEW(struct trial);
    *trial = (struct trial){.hosts = hosts,
                            .worker = worker,
                            .config = config_ref(config),
                            .start = start,
                            .topics = topics,
                            .done = done,
                            .arg = arg,
                            .descriptions = map_new()};
    if (current)
        trial->current = config_ref((struct config *)(uintptr_t)current);
    /* One more than there are, so that the last answer of those that come at once is not taken for
     * the last of all; it is given by hand, and also makes a configuration without plugins work. */
    trial->n_probing = n_plugins(config) + 1;
    for (size_t i = 0; i < n_plugins(config); i++)
        hosts_probe(hosts, plugin_at(config, i)->plugin, probed, trial);
    if (--trial->n_probing == 0) {
        trial->resolving = true;
        worker_submit(worker, resolve, resolved, trial);
    }
    return trial;
}

void trial_free(struct trial **trial)
{
    struct trial *t = *trial;
    *trial = NULL;
    if (!t)
        return;
    hosts_probe_cancel(t->hosts, t);
    hosts_prepare_cancel(t->hosts, t);
    if (t->host)
        host_abandon(&t->host);
    t->cancelled = true;
    if (!t->resolving)
        destroy(t);
}
