/*
 * The public face of detection: takes configurations and work, answers for status. What happens in
 * between is in the files beside it; inside.h says which does what.
 *
 * Owned by the program, called by it and by the documents room. It never reads a document, runs no
 * plugin, and never waits: everything that takes time is a message to a host or an operation of the
 * store.
 */
#include "detect/detect.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "detect/pool.h"
#include "hosts/prepare.h"

#define LEARNT_MS 600000 /* a detector that learns for ever does not have it prepared for ever */

/* ---- troubles ---- */

void detect_trouble(struct detect *detect, const char *kind, const char *name, const char *text)
{
    AUTO_FREE char *subject = mem_printf("%s:%s", kind, name);
    map_set_text(detect->troubled, subject, detect);
    detect->ops.trouble(detect->arg, subject, text);
}

void detect_trouble_over(struct detect *detect, const char *kind, const char *name)
{
    AUTO_FREE char *subject = mem_printf("%s:%s", kind, name);
    map_remove_text(detect->troubled, subject);
    if (detect->ops.trouble_over)
        detect->ops.trouble_over(detect->arg, subject);
}

/* ---- configurations ---- */

static void lineup_trouble(void *arg, const char *detector, const char *text)
{
    detect_trouble(arg, "detector", detector, text);
}

void detect_works(struct detect *detect, const char *detector)
{
    AUTO_FREE char *subject = mem_printf("detector:%s", detector);
    if (!map_get_text(detect->troubled, subject))
        return;
    detect_trouble_over(detect, "detector", detector);
    resume_start(detect, detector, 0);
}

static void take_early(struct detect *detect)
{
    struct document_work **early = detect->early;
    size_t n = detect->n_early;
    detect->early = NULL;
    detect->n_early = detect->early_cap = 0;
    for (size_t i = 0; i < n; i++)
        detect_read(detect, early[i]);
    free(early);
}

/* What was left for a detector while it was not configured. */
static void resume_newcomers(struct detect *detect, const struct lineup *before)
{
    for (size_t i = 0; before && i < detect->lineup->n; i++)
        if (lineup_find(before, detect->lineup->items[i].name) == SIZE_MAX)
            resume_start(detect, detect->lineup->items[i].name, 0);
}

static void lineup_ready(void *arg, struct lineup *lineup)
{
    struct detect *detect = arg;
    struct lineup *before = detect->lineup;
    detect->lineup = lineup;
    detect->coming = NULL;
    apart_renew(detect);
    pool_renew(detect->pool);
    resume_newcomers(detect, before);
    lineup_unref(&before);
    if (detect->resume_wanted)
        detect_resume(detect);
    asks_begin(detect);
    take_early(detect);
}

static void drop_coming(struct detect *detect)
{
    if (!detect->coming)
        return;
    lineup_cancel(detect->coming);
    lineup_unref(&detect->coming);
}

void detect_configure(struct detect *detect, struct config *config)
{
    drop_coming(detect);
    detect->hosts_max = config->hosts_max > 0 ? (size_t)config->hosts_max : 0;
    if (config->n_detectors > LINEUP_MAX) {
        AUTO_FREE char *text =
            mem_printf("%zu detectors are configured, and %d are the most there can be: the last "
                       "ones do not run",
                       config->n_detectors, LINEUP_MAX);
        detect_trouble(detect, "detectors", "too-many", text);
    }
    struct lineup *lineup = lineup_new(config, detect->hosts, lineup_trouble, detect);
    counts_attach(detect, lineup);
    if (detect->lineup && lineup_same(detect->lineup, lineup)) {
        lineup_unref(&lineup);
        apart_renew(detect);
        pool_pump(detect->pool);
        return;
    }
    detect->coming = lineup;
    lineup_make_ready(lineup, lineup_ready);
}

static void tell_learnt(void *arg)
{
    struct detect *detect = arg;
    detect->learnt_ms = loop_now_ms(detect->loop);
    if (detect->ops.learnt)
        detect->ops.learnt(detect->arg);
}

void detect_learnt(struct detect *detect, const struct detector *detector, int fd)
{
    hosts_learnt(detect->hosts, detector->name, detector->plugin, fd);
    int64_t next_ms = detect->learnt_ms + LEARNT_MS - loop_now_ms(detect->loop);
    /* Never while the host that says so is heard. */
    loop_timer_set(detect->learnt, detect->learnt_ms && next_ms > 0 ? next_ms : 0);
}

/* ---- work ---- */

void detect_read(struct detect *detect, struct document_work *work)
{
    if (!detect->lineup) {
        detect->early = mem_grow(detect->early, &detect->early_cap, detect->n_early + 1,
                                 sizeof(struct document_work *));
        detect->early[detect->n_early++] = work;
        return;
    }
    size_t n = work->quiet ? 0 : detect->lineup->n;
    struct doc *doc = doc_new(detect, work->source, work->path, n);
    doc->work = work;
    doc->seen_us = work->seen_us;
    uint64_t slots = n ? ~0ull >> (64 - n) : 0;
    if (slots && work->document && !hash_is_zero(&work->known) && before_is_wanted(detect)) {
        before_fetch(doc, slots);
        return;
    }
    doc_submit(doc, slots, false);
    pool_pump(detect->pool);
}

void detect_resume(struct detect *detect)
{
    detect->resume_wanted = !detect->lineup;
    if (detect->lineup)
        resume_start(detect, NULL, 0);
}

/* ---- status ---- */

bool detect_idle(const struct detect *detect)
{
    return !detect->coming && !detect->n_docs && !detect->n_early && !detect->resume_wanted &&
           list_empty(&detect->asks) && list_empty(&detect->early_asks) && !resumes_busy(detect);
}

static bool others_are_idle(const struct detect *detect)
{
    return !detect->coming && !detect->n_early && !detect->resume_wanted && !detect->n_fetching &&
           !pool_queued(detect->pool) && !pool_running(detect->pool) && list_empty(&detect->asks) &&
           list_empty(&detect->early_asks);
}

bool detect_gives_up(const struct detect *detect)
{
    if (!others_are_idle(detect) || !resumes_give_up(detect) || !aparts_give_up(detect))
        return false;
    list_each (link, &detect->docs)
        if (!LIST_ITEM(link, struct doc, link)->committed)
            return false;
    return true;
}

void detect_each_index(const struct detect *detect,
                       void (*each)(void *arg, const char *detector,
                                    const struct host_index *index),
                       void *arg)
{
    for (size_t i = 0; detect->lineup && i < detect->lineup->n; i++) {
        const struct detector *detector = &detect->lineup->items[i];
        if (host_index_is_there(&detector->index))
            each(arg, detector->name, &detector->index);
    }
}

size_t detect_queued(const struct detect *detect)
{
    return pool_queued(detect->pool) + apart_sum(detect, pool_queued) + detect->n_early +
           detect->n_fetching + resumes_busy(detect);
}

size_t detect_running(const struct detect *detect)
{
    return pool_running(detect->pool) + apart_sum(detect, pool_running);
}

json_t *detect_status(const struct detect *detect)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:o}", "queued", (json_int_t)detect_queued(detect),
                     "running", (json_int_t)detect_running(detect), "documents",
                     (json_int_t)detect->n_docs, "strikes", (json_int_t)detect->n_strikes,
                     "quarantined", (json_int_t)detect->n_quarantined, "apart",
                     apart_status(detect));
}

/* ---- life ---- */

struct detect *detect_new(struct loop *loop, struct hosts *hosts, struct documents *documents,
                          struct store *store, const struct detect_ops *ops, void *arg)
{
    struct detect *detect = NEW(struct detect);
    *detect = (struct detect){.loop = loop,
                              .hosts = hosts,
                              .documents = documents,
                              .store = store,
                              .ops = *ops,
                              .arg = arg,
                              .troubled = map_new(),
                              .counts = map_new(),
                              .aparts = map_new()};
    list_init(&detect->docs);
    list_init(&detect->asks);
    list_init(&detect->early_asks);
    list_init(&detect->resumes);
    detect->pool = pool_new(detect, NULL);
    detect->learnt = loop_timer_new(loop, tell_learnt, detect);
    return detect;
}

void detect_free(struct detect **detect)
{
    struct detect *own = *detect;
    *detect = NULL;
    if (!own)
        return;
    drop_coming(own);
    own->going = true;
    pool_free(&own->pool);
    aparts_free(own);
    loop_timer_free(&own->learnt);
    asks_free(own);
    list_each_safe (link, &own->docs)
        doc_free(LIST_ITEM(link, struct doc, link));
    resumes_free(own);
    for (size_t i = 0; i < own->n_early; i++)
        document_work_free(&own->early[i]);
    free(own->early);
    lineup_unref(&own->lineup);
    map_free(&own->troubled, NULL);
    map_free(&own->counts, free);
    free(own);
}
