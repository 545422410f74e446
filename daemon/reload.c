/*
 * A configuration on its way to being the one in force, at the start and at each reload: read on
 * the helper thread, tried in throw-away hosts, and taken only if nothing is wrong with it. Until
 * then nothing has changed, and a bad one changes nothing.
 *
 * At the start a plugin that fails over a file of its own (a broken topic) does not keep the daemon
 * from starting: the rest goes on, and the failure is an alert. A reload would refuse it.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "canary.h"
#include "config/path.h"
#include "hosts/trial.h"
#include "tocsind.h"

struct reload {
    struct daemon *daemon;
    struct config_texts watched; /* folders that may be away: each then is a trouble of its own */
    struct config *config;
    struct diags diags;
    int loaded;
    bool take;      /* else it is only looked at */
    bool reading;   /* on the helper thread */
    bool cancelled; /* then freed when that is over */
    struct trial *trial;
    struct buf warnings;
    struct topic_plan *topics; /* for `planned` */
    size_t next;               /* detector in force that is to be asked for its topics */
    json_t *plan;
    /* One of the three. */
    void (*done)(void *arg, const char *problems);
    void (*checked)(void *arg, const struct config *config, const char *text);
    void (*planned)(void *arg, json_t *plan, const char *text);
    void *arg;
};

static void destroy(struct reload *reload)
{
    trial_free(&reload->trial);
    topic_plan_free(&reload->topics);
    json_decref(reload->plan);
    buf_deinit(&reload->warnings);
    config_unref(&reload->config);
    diags_deinit(&reload->diags);
    texts_deinit(&reload->watched);
    free(reload);
}

static void count(struct daemon *daemon, bool is_good)
{
    struct reload_counts *counts = &daemon->reloads;
    counts->n_good += daemon->ready && is_good;
    counts->n_bad += daemon->ready && !is_good;
    counts->last_is_good = is_good;
    if (is_good)
        counts->last_good_ms = loop_wall_ms(daemon->loop);
}

/* `config` NULL: it is bad. */
static void tell(const struct reload *reload, const struct config *config, const char *text)
{
    if (reload->checked)
        reload->checked(reload->arg, config, text);
    else if (reload->planned)
        reload->planned(reload->arg, reload->plan, text);
    else if (reload->done)
        reload->done(reload->arg, config ? NULL : text);
}

static void finish(struct reload *reload, const struct config *config, const char *text)
{
    struct daemon *daemon = reload->daemon;
    daemon->reload = NULL;
    if (reload->take) {
        count(daemon, config != NULL);
        service_reloading(daemon, false);
    }
    tell(reload, config, text);
    destroy(reload);
}

static void finish_bad(struct reload *reload, const struct diags *diags)
{
    AUTO_BUF struct buf text = {0};
    diags_print(diags, &text);
    finish(reload, NULL, buf_text(&text));
}

static void log_warnings(const struct diags *diags)
{
    for (size_t i = 0; i < diags->n; i++)
        log_warning("%s:%d: %s", diags->items[i].at.file, diags->items[i].at.line,
                    diags->items[i].text);
}

static void apply(struct daemon *daemon, struct config *config)
{
    config_unref(&daemon->config);
    daemon->config = config_ref(config);
    /* Alerts first, so that no delivery is made for a notifier that is gone. */
    alerts_configure(daemon->alerts, config);
    deliver_configure(daemon->deliver, config);
    detect_configure(daemon->detect, config);
    listener_configure(daemon->listener, config);
    canary_configure(daemon->canary, config);
    archive_keeper_set(daemon->keeper, &config->keep);
    flow_sources(daemon);
}

static void conclude(struct reload *reload)
{
    struct daemon *daemon = reload->daemon;
    if (reload->topics)
        reload->plan = plan_json(daemon->config, reload->config, reload->topics);
    if (reload->take)
        apply(daemon, reload->config);
    finish(reload, reload->config, buf_text(&reload->warnings));
}

static void ask_next(struct reload *reload);

/* A detector that cannot say what it holds does not keep another one from being taken. */
static void asked(void *arg, const char *error)
{
    struct reload *reload = arg;
    if (error)
        log_warning("what a reload does to topics is not known: %s", error);
    ask_next(reload);
}

/* What detectors hold that are to be changed, or to go. */
static void ask_next(struct reload *reload)
{
    struct daemon *daemon = reload->daemon;
    while (reload->topics && reload->next < daemon->config->n_detectors) {
        const struct config_plugin *detector = &daemon->config->detectors[reload->next++];
        const struct config_plugin *later = config_detector_find(reload->config, detector->name);
        if ((later && hash_equal(&later->hash, &detector->hash)) ||
            topic_plan_is_told(reload->topics, detector->name))
            continue;
        detect_plan_topics(daemon->detect, detector->name, reload->topics, asked, reload);
        return;
    }
    conclude(reload);
}

static void trial_done(void *arg, const struct diags *diags)
{
    struct reload *reload = arg;
    if (diags->n_errors) {
        finish_bad(reload, diags);
        return;
    }
    if (reload->take) {
        log_warnings(&reload->diags);
        log_warnings(diags);
    }
    diags_print(&reload->diags, &reload->warnings);
    diags_print(diags, &reload->warnings);
    ask_next(reload);
}

static void load(void *arg)
{
    struct reload *reload = arg;
    const struct options *options = reload->daemon->options;
    struct err err;
    reload->loaded =
        config_load(options->config_file, &reload->watched, &reload->config, &reload->diags);
    if (reload->loaded < 0 || canary_add_folder(reload->config, options->state_dir, &err) == 0)
        return;
    reload->loaded = diags_error(&reload->diags, reload->config->canary_places[0], "%s", err.text);
}

static void loaded(void *arg)
{
    struct reload *reload = arg;
    struct daemon *daemon = reload->daemon;
    reload->reading = false;
    if (reload->cancelled)
        destroy(reload);
    else if (reload->loaded < 0)
        finish_bad(reload, &reload->diags);
    else
        reload->trial = trial_new(daemon->hosts, daemon->helper, reload->config, daemon->config,
                                  daemon->config != NULL, reload->topics, trial_done, reload);
}

static void add_watched(void *arg, const char *root)
{
    texts_add(arg, root);
}

static void add_index(void *arg, const char *detector, const struct host_index *index)
{
    topic_plan_in_force(arg, detector, index);
}

static void begin(struct daemon *daemon, const struct reload *how)
{
    if (daemon->reload) {
        tell(how, NULL, "another reload is under way");
        return;
    }
    struct reload *reload = NEW(struct reload);
    *reload = *how;
    reload->daemon = daemon;
    reload->reading = true;
    if (reload->planned && daemon->config) {
        reload->topics = topic_plan_new();
        detect_each_index(daemon->detect, add_index, reload->topics);
    }
    documents_each_root(daemon->documents, add_watched, &reload->watched);
    daemon->reload = reload;
    if (reload->take)
        service_reloading(daemon, true);
    worker_submit(daemon->helper, load, loaded, reload);
}

void reload_start(struct daemon *daemon, void (*done)(void *arg, const char *problems), void *arg)
{
    begin(daemon, &(struct reload){.take = true, .done = done, .arg = arg});
}

void reload_check(struct daemon *daemon,
                  void (*checked)(void *arg, const struct config *config, const char *text),
                  void *arg)
{
    begin(daemon, &(struct reload){.checked = checked, .arg = arg});
}

void reload_plan(struct daemon *daemon, bool take,
                 void (*planned)(void *arg, json_t *plan, const char *text), void *arg)
{
    begin(daemon, &(struct reload){.take = take, .planned = planned, .arg = arg});
}

void reload_cancel(struct daemon *daemon)
{
    struct reload *reload = daemon->reload;
    if (!reload)
        return;
    daemon->reload = NULL;
    tell(reload, NULL, "the daemon is ending");
    reload->cancelled = true;
    if (reload->topics)
        detect_plan_cancel(daemon->detect, reload->topics);
    if (!reload->reading)
        destroy(reload);
}
