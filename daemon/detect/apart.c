/*
 * Detectors that hold others up. One that has cost a host its life, or keeps it for more than a
 * tenth of its deadline, is set apart: for a while it has hosts of its own. The others never wait
 * for it, whatever it does and to however many documents; and what waits for it takes little
 * memory: when a few documents do already, the rest are left where a crash of the daemon would
 * leave them, in the pending rows of the store, and taken up from there.
 *
 * What goes well for long enough comes back by itself; a reload and a restart try it at once.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "detect/pool.h"
#include "detect/strikes.h"

struct apart {
    char *detector;
    const char *why; /* static */
    int64_t until_ms;
    struct pool *pool;
    struct resume *follower; /* of its pending rows */
};

static struct apart *apart_of(const struct detect *detect, const char *detector)
{
    return map_get_text(detect->aparts, detector);
}

static struct apart *apart_new(struct detect *detect, const char *detector)
{
    struct apart *apart = NEW(struct apart);
    apart->detector = mem_strdup(detector);
    apart->pool = pool_new(detect, apart->detector);
    map_set_text(detect->aparts, detector, apart);
    return apart;
}

static bool apart_now(const struct detect *detect, const char *detector)
{
    const struct apart *apart = apart_of(detect, detector);
    return apart && loop_now_ms(detect->loop) < apart->until_ms;
}

void apart_set(struct detect *detect, const char *detector, const char *why)
{
    struct apart *apart = apart_of(detect, detector);
    if (!apart)
        apart = apart_new(detect, detector);
    if (!apart_now(detect, detector)) {
        char time[48];
        str_duration_format(STRIKES_APART_MS, time, sizeof(time));
        log_warning("detector \"%s\" %s: it has hosts of its own for %s, so that the others do not "
                    "wait for it",
                    detector, why, time);
    }
    apart->why = why;
    apart->until_ms = detect->apart_until_ms = loop_now_ms(detect->loop) + STRIKES_APART_MS;
}

uint64_t apart_slots(const struct doc *doc, uint64_t slots)
{
    uint64_t apart = 0;
    if (loop_now_ms(doc->detect->loop) >= doc->detect->apart_until_ms)
        return 0;
    for (size_t i = 0; i < doc->n_slots; i++)
        if (slots & 1ull << i && apart_now(doc->detect, doc_detector(doc, i)))
            apart |= 1ull << i;
    return apart;
}

struct pool *apart_pool(const struct detect *detect, const char *detector)
{
    return apart_of(detect, detector)->pool;
}

void apart_follow(struct detect *detect, const char *detector, int64_t version)
{
    resume_follow(&apart_of(detect, detector)->follower, detect, detector, version);
}

/* ---- all of them ---- */

static struct apart *apart_next(const struct detect *detect, size_t *at)
{
    const void *name;
    size_t len;
    void *apart;
    return map_next(detect->aparts, at, &name, &len, &apart) ? apart : NULL;
}

void apart_renew(struct detect *detect)
{
    struct apart *apart;
    detect->apart_until_ms = 0;
    for (size_t at = 0; (apart = apart_next(detect, &at));) {
        apart->until_ms = 0;
        pool_dissolve(apart->pool, detect->pool);
    }
}

size_t apart_sum(const struct detect *detect, size_t (*count)(const struct pool *pool))
{
    size_t sum = 0;
    const struct apart *apart;
    for (size_t at = 0; (apart = apart_next(detect, &at));)
        sum += count(apart->pool);
    return sum;
}

json_t *apart_status(const struct detect *detect)
{
    json_t *list = json_array();
    int64_t now_ms = loop_now_ms(detect->loop);
    for (size_t i = 0; detect->lineup && i < detect->lineup->n; i++) {
        const struct apart *apart = apart_of(detect, detect->lineup->items[i].name);
        if (apart && apart->until_ms > now_ms)
            json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "detector", apart->detector,
                                                  "why", apart->why, "for_ms",
                                                  (json_int_t)(apart->until_ms - now_ms)));
    }
    return list;
}

bool aparts_give_up(const struct detect *detect)
{
    const struct apart *apart;
    for (size_t at = 0; (apart = apart_next(detect, &at));)
        if (pool_queued(apart->pool) + pool_running(apart->pool) && !pool_gives_up(apart->pool))
            return false;
    return true;
}

void aparts_free(struct detect *detect)
{
    struct apart *apart;
    for (size_t at = 0; (apart = apart_next(detect, &at));) {
        pool_free(&apart->pool);
        free(apart->detector);
        free(apart);
    }
    map_free(&detect->aparts, NULL);
}
