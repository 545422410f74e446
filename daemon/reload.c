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
#include "config/path.h"
#include "hosts/trial.h"
#include "tocsind.h"

struct reload {
    struct daemon *daemon;
    struct config_texts watched; /* folders that may be away: each then is a trouble of its own */
    struct config *config;
    struct diags diags;
    int loaded;
    bool reading;   /* on the helper thread */
    bool cancelled; /* then freed when that is over */
    struct trial *trial;
    void (*done)(void *arg, const char *problems);
    void *arg;
};

static void destroy(struct reload *reload)
{
    trial_free(&reload->trial);
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

static void finish(struct reload *reload, const char *problems)
{
    struct daemon *daemon = reload->daemon;
    daemon->reload = NULL;
    count(daemon, !problems);
    service_reloading(daemon, false);
    reload->done(reload->arg, problems);
    destroy(reload);
}

static void finish_with_diags(struct reload *reload, const struct diags *diags)
{
    AUTO_BUF struct buf text = {0};
    diags_print(diags, &text);
    finish(reload, buf_text(&text));
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
    archive_keeper_set(daemon->keeper, &config->keep);
    flow_sources(daemon);
}

static void trial_done(void *arg, const struct diags *diags)
{
    struct reload *reload = arg;
    if (diags->n_errors) {
        finish_with_diags(reload, diags);
        return;
    }
    for (size_t i = 0; i < diags->n; i++)
        log_warning("%s:%d: %s", diags->items[i].at.file, diags->items[i].at.line,
                    diags->items[i].text);
    apply(reload->daemon, reload->config);
    finish(reload, NULL);
}

static void load(void *arg)
{
    struct reload *reload = arg;
    reload->loaded = config_load(reload->daemon->options->config_file, &reload->watched,
                                 &reload->config, &reload->diags);
}

static void loaded(void *arg)
{
    struct reload *reload = arg;
    struct daemon *daemon = reload->daemon;
    reload->reading = false;
    if (reload->cancelled)
        destroy(reload);
    else if (reload->loaded < 0)
        finish_with_diags(reload, &reload->diags);
    else
        reload->trial = trial_new(daemon->hosts, daemon->helper, reload->config, daemon->config,
                                  daemon->config != NULL, trial_done, reload);
}

static void add_watched(void *arg, const char *root)
{
    texts_add(arg, root);
}

void reload_start(struct daemon *daemon, void (*done)(void *arg, const char *problems), void *arg)
{
    if (daemon->reload) {
        done(arg, "another reload is under way");
        return;
    }
    struct reload *reload = NEW(struct reload);
    *reload = (struct reload){.daemon = daemon, .done = done, .arg = arg, .reading = true};
    documents_each_root(daemon->documents, add_watched, &reload->watched);
    daemon->reload = reload;
    service_reloading(daemon, true);
    worker_submit(daemon->helper, load, loaded, reload);
}

void reload_cancel(struct daemon *daemon)
{
    struct reload *reload = daemon->reload;
    if (!reload)
        return;
    daemon->reload = NULL;
    reload->done(reload->arg, "the daemon is ending");
    reload->cancelled = true;
    if (!reload->reading)
        destroy(reload);
}
