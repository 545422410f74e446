/*
 * How the stages are joined: source -> document -> detect -> alert -> deliver, and the little that
 * flows back. Nothing is decided here; each function hands one stage's result to the next.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "canary.h"
#include "config/diff.h"
#include "tocsind.h"

/* ---- documents ---- */

static void documents_read(void *arg, struct document_work *work)
{
    struct daemon *daemon = arg;
    detect_read(daemon->detect, work);
}

/* ---- detectors ---- */

static void detect_has_result(void *arg, struct detect_result *result)
{
    struct daemon *daemon = arg;
    alerts_result(daemon->alerts, result);
}

static void trouble(void *arg, const char *subject, const char *text)
{
    struct daemon *daemon = arg;
    alerts_trouble(daemon->alerts, subject, text);
}

static void trouble_over(void *arg, const char *subject)
{
    struct daemon *daemon = arg;
    alerts_trouble_over(daemon->alerts, subject);
}

static void detect_learnt_more(void *arg)
{
    struct daemon *daemon = arg;
    detect_configure(daemon->detect, daemon->config);
}

const struct detect_ops flow_detect_ops = {.result = detect_has_result,
                                           .trouble = trouble,
                                           .learnt = detect_learnt_more,
                                           .trouble_over = trouble_over};

/* ---- alerts ---- */

static void alerts_queued(void *arg, const char *notifier, struct store_due *due)
{
    struct daemon *daemon = arg;
    if (due)
        deliver_push(daemon->deliver, notifier, due);
    else
        deliver_kick(daemon->deliver, notifier);
    service_touch(daemon);
}

static void alerts_withdrawn(void *arg, const struct hash *ids, size_t n)
{
    struct daemon *daemon = arg;
    if (daemon->deliver)
        deliver_reread(daemon->deliver, ids, n);
}

static void event(void *arg, const json_t *event)
{
    struct daemon *daemon = arg;
    const char *kind = json_string_value(json_object_get(event, "event"));
    if (str_equal(kind, "paused") || str_equal(kind, "resumed"))
        deliver_pause(daemon->deliver, str_equal(kind, "paused"));
    if (daemon->control)
        control_event(daemon->control, event);
}

static bool is_followed(void *arg)
{
    struct daemon *daemon = arg;
    return daemon->control && control_is_followed(daemon->control);
}

const struct alerts_ops flow_alerts_ops = {.queued = alerts_queued,
                                           .withdrawn = alerts_withdrawn,
                                           .event = event,
                                           .is_followed = is_followed};

/* ---- deliveries ---- */

static void action_done(void *arg, const char *error)
{
    (void)arg;
    if (error)
        log_warning("a button that was pressed had no effect: %s", error);
}

static void person_acts(void *arg, const char *alert_id, const char *verb)
{
    struct daemon *daemon = arg;
    alerts_action(daemon->alerts, alert_id, verb, action_done, NULL);
}

const struct deliver_ops flow_deliver_ops = {.trouble = trouble,
                                             .trouble_over = trouble_over,
                                             .action = person_acts,
                                             .event = event,
                                             .is_followed = is_followed};

/* ---- the store ---- */

void flow_store_fault(void *arg, const char *fault)
{
    struct daemon *daemon = arg;
    daemon->n_store_faults += fault != NULL;
    if (fault) {
        AUTO_FREE char *text = mem_printf(
            "the store cannot be written (%s): nothing is lost, but nothing rings until it can",
            fault);
        log_error("%s", text);
        alerts_trouble(daemon->alerts, "store:write", text);
    } else {
        log_notice("the store can be written again");
        alerts_trouble_over(daemon->alerts, "store:write");
    }
    service_touch(daemon);
}

void flow_store_damaged(void *arg, const char *fault)
{
    struct daemon *daemon = arg;
    log_error("the store is damaged (%s): this is the end of it; the next start checks all of the "
              "store, and keeps it aside if it is so",
              fault);
    daemon->exit_status = EX_IOERR;
    loop_stop(daemon->loop);
}

/* ---- the clock ---- */

void flow_clock_jumped(void *arg, int64_t by_ms)
{
    struct daemon *daemon = arg;
    if (by_ms < 0)
        log_notice("the clock was set back by %lld s", (long long)-by_ms / 1000);
    else
        log_notice("the clock went on by %lld s: it was set, or the machine slept",
                   (long long)by_ms / 1000);
    deliver_clock_jumped(daemon->deliver);
    canary_clock_jumped(daemon->canary);
}

/* ---- sources ---- */

/* Once: what was said before this start is not known. */
static void source_well(struct watched *watched)
{
    if (watched->calm)
        return;
    AUTO_FREE char *subject = mem_printf("source:%s", source_name(watched->source));
    watched->calm = true;
    free(watched->why);
    watched->why = NULL;
    alerts_trouble_over(watched->daemon->alerts, subject);
}

/* Once for each reason. */
static void source_ill(struct watched *watched)
{
    const struct source *source = watched->source;
    if (watched->why && str_equal(watched->why, source_why(source)))
        return;
    AUTO_FREE char *subject = mem_printf("source:%s", source_name(source));
    AUTO_FREE char *text = mem_printf("folder \"%s\" (%s) is unavailable: %s", source_name(source),
                                      source_folder(source)->path, source_why(source));
    watched->calm = false;
    free(watched->why);
    watched->why = mem_strdup(source_why(source));
    alerts_trouble(watched->daemon->alerts, subject, text);
}

/* Says what is watched once the first listing is over, and what goes wrong whenever it does. Comes
 * with every document: most often there is nothing to say. */
static void source_changed(struct watched *watched)
{
    struct source *source = watched->source;
    const char *name = source_name(source);
    const char *path = source_folder(source)->path;
    switch (source_state(source)) {
    case SOURCE_STARTING:
        break;
    case SOURCE_WATCHING:
    case SOURCE_POLLING:
        if (!watched->said)
            log_notice("watching %s (folder \"%s\")", path, name);
        watched->said = true;
        source_well(watched);
        break;
    case SOURCE_UNAVAILABLE:
        source_ill(watched);
        break;
    }
    service_touch(watched->daemon);
}

static struct watched *find(struct daemon *daemon, const char *name)
{
    list_each (link, &daemon->sources) {
        struct watched *watched = LIST_ITEM(link, struct watched, link);
        if (str_equal(source_name(watched->source), name))
            return watched;
    }
    return NULL;
}

static void documents_state(void *arg, const char *source)
{
    struct daemon *daemon = arg;
    struct watched *watched = find(daemon, source);
    if (watched)
        source_changed(watched);
    service_touch(daemon);
}

static void documents_missed(void *arg, const char *source, const char *text)
{
    struct daemon *daemon = arg;
    AUTO_FREE char *subject = mem_printf("silent:%s", source);
    alerts_trouble(daemon->alerts, subject, text);
}

static void documents_came(void *arg, const char *source)
{
    struct daemon *daemon = arg;
    AUTO_FREE char *subject = mem_printf("silent:%s", source);
    alerts_trouble_over(daemon->alerts, subject);
}

const struct documents_ops flow_documents_ops = {.read = documents_read,
                                                 .state = documents_state,
                                                 .missed = documents_missed,
                                                 .came = documents_came};

struct source *flow_source_find(struct daemon *daemon, const char *name)
{
    struct watched *watched = find(daemon, name);
    return watched ? watched->source : NULL;
}

static void watched_free(struct watched *watched)
{
    list_remove(&watched->link);
    AUTO_FREE char *name = mem_strdup(source_name(watched->source));
    source_free(&watched->source);
    documents_remove_source(watched->daemon->documents, name);
    config_unref(&watched->config);
    free(watched->why);
    free(watched);
}

/* `before` is what a source of this name has counted so far, or NULL. */
static void watch(struct daemon *daemon, const struct config_folder *folder,
                  const struct source_counts *before)
{
    struct watched *watched = NEW(struct watched);
    list_init(&watched->link);
    watched->daemon = daemon;
    watched->config = config_ref(daemon->config);
    void *handle = documents_add_source(daemon->documents, folder);
    watched->source = source_new(daemon->loop, folder, documents_source_ops(), handle);
    documents_set_source(handle, watched->source);
    if (before)
        source_go_on(watched->source, before);
    list_append(&daemon->sources, &watched->link);
}

static bool is_changed(const struct config_diff *diff, const char *name)
{
    for (size_t i = 0; i < diff->folders.changed.n; i++) {
        if (str_equal(diff->folders.changed.items[i], name))
            return true;
    }
    return false;
}

void flow_sources(struct daemon *daemon)
{
    struct map *counted = map_new();
    list_each_safe (link, &daemon->sources) {
        struct watched *watched = LIST_ITEM(link, struct watched, link);
        const char *name = source_name(watched->source);
        struct config_diff diff;
        config_diff(watched->config, daemon->config, &diff);
        if (!config_folder_find(daemon->config, name) || is_changed(&diff, name)) {
            const struct source_counts *counts = source_counts(watched->source);
            map_set_text(counted, name, mem_copy(counts, sizeof(*counts)));
            watched_free(watched);
        }
        config_diff_deinit(&diff);
    }
    for (size_t i = 0; i < daemon->config->n_folders; i++) {
        const struct config_folder *folder = &daemon->config->folders[i];
        if (!find(daemon, folder->name))
            watch(daemon, folder, map_get_text(counted, folder->name));
    }
    map_free(&counted, free);
}

void flow_sources_free(struct daemon *daemon)
{
    list_each_safe (link, &daemon->sources)
        watched_free(LIST_ITEM(link, struct watched, link));
}

/* But for detection. */
static bool rest_is_idle(const struct daemon *daemon)
{
    list_each (link, &daemon->sources) {
        const struct watched *watched = LIST_ITEM(link, struct watched, link);
        if (!source_idle(watched->source))
            return false;
    }
    return documents_idle(daemon->documents) && alerts_idle(daemon->alerts) &&
           deliver_idle(daemon->deliver) && store_backlog(daemon->store) == 0;
}

bool flow_idle(const struct daemon *daemon)
{
    return rest_is_idle(daemon) && detect_idle(daemon->detect);
}

bool flow_gives_up(const struct daemon *daemon)
{
    return rest_is_idle(daemon) && detect_gives_up(daemon->detect);
}
