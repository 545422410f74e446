/* What holds whatever happens; see promises.h. */
#include "promises.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define HOUR_MS INT64_C(3600000)

void promises_init(struct promises *promises)
{
    *promises = (struct promises){.texts = map_new(), .told = map_new()};
}

void promises_deinit(struct promises *promises)
{
    map_free(&promises->texts, NULL);
    map_free(&promises->told, NULL);
}

/* Adds it; true when it was there. */
static bool was_there(struct map *map, const char *key)
{
    if (map_get(map, key, strlen(key)))
        return true;
    map_set(map, key, strlen(key), map);
    return false;
}

int promises_of_text(struct promises *promises, struct script *script, const char *document,
                     const char *topic, const char *quote)
{
    AUTO_FREE char *key = mem_printf("%s %s %s", document, topic, quote);
    bool is_old = was_there(promises->texts, key);
    const char *outcome = world_last_outcome(script->world);
    bool is_known = strcmp(outcome, outcome_word(OUTCOME_KNOWN_EVIDENCE)) == 0;
    if (is_old == is_known)
        return 0;
    return script_fail(script, "\"%s\" is %s, and came to \"%s\"", key, is_old ? "old" : "new",
                       outcome);
}

/* ---- rings ---- */

static bool is_urgent(const struct ring *ring)
{
    return strncmp(ring->headline, "urgent", strlen("urgent")) == 0;
}

/* From 22:00 to 07:00, UTC. */
static bool is_night(int64_t ms)
{
    int64_t hour = ms / HOUR_MS % 24;
    return hour >= 22 || hour < 7;
}

static int check_ring(struct promises *promises, struct script *script, const struct ring *ring)
{
    AUTO_FREE char *key = mem_printf("%s %s", ring->notifier, ring->id);
    if (promises->paused)
        return script_fail(script, "%s rang in a pause: %s", ring->notifier, ring->headline);
    if (promises->quiet && strcmp(promises->quiet, ring->notifier) == 0 && !is_urgent(ring) &&
        is_night(ring->at_ms))
        return script_fail(script, "%s rang by night: %s", ring->notifier, ring->headline);
    if (ring->ok && was_there(promises->told, key))
        return script_fail(script, "%s was told twice: %s", ring->notifier, ring->headline);
    return 0;
}

int promises_of_rings(struct promises *promises, struct script *script)
{
    const struct ring *any;
    int result = 0;
    while ((any = world_any_ring(script->world))) {
        struct ring *ring = world_ring(script->world, any->notifier);
        if (result == 0)
            result = check_ring(promises, script, ring);
        ring_free(&ring);
    }
    return result;
}

/* ---- the end ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* 1: it was told by this delivery; 0: not by this one, which says why; -1: neither. */
static int judge(struct script *script, const json_t *delivery, const char *headline)
{
    const char *state = text_of(delivery, "state");
    if (strcmp(state, "sent") == 0)
        return 1;
    bool has_reason = *text_of(delivery, "reason") != '\0';
    static const char *const ends[] = {"cancelled", "superseded", "dead"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        if (strcmp(state, ends[i]) == 0 && has_reason)
            return 0;
    }
    return script_fail(script, "at the end \"%s\" is %s for %s (%s)", headline, state,
                       text_of(delivery, "notifier"), text_of(delivery, "reason"));
}

/* A delivery that gave way to a summary is no end by itself: that has to be there, too. */
static int check_summary(struct script *script, const json_t *deliveries, const json_t *delivery,
                         const char *headline)
{
    size_t i;
    json_t *other;
    if (strcmp(text_of(delivery, "state"), "superseded") != 0)
        return 0;
    json_array_foreach(deliveries, i, other)
    {
        if (other != delivery &&
            strcmp(text_of(other, "notifier"), text_of(delivery, "notifier")) == 0)
            return 0;
    }
    return script_fail(script, "\"%s\" is told to %s by no summary", headline,
                       text_of(delivery, "notifier"));
}

static int check_revision(struct script *script, const json_t *revision)
{
    const json_t *deliveries = json_object_get(revision, "deliveries");
    const char *headline = text_of(revision, "headline"), *last = "";
    size_t i;
    json_t *delivery;
    json_array_foreach(deliveries, i, delivery)
    {
        int told = judge(script, delivery, headline);
        if (told < 0 || check_summary(script, deliveries, delivery, headline) < 0)
            return -1;
        if (told && strcmp(last, text_of(delivery, "notifier")) == 0)
            return script_fail(script, "\"%s\" was told twice to %s", headline, last);
        if (told)
            last = text_of(delivery, "notifier");
    }
    return 0;
}

static void ask_show(struct world *world, void *arg)
{
    alerts_show(world_alerts(world), arg, world_answer, world);
}

static int check_alert(struct script *script, const char *id)
{
    char error[256];
    AUTO_FREE char *copy = mem_strdup(id);
    json_t *alert = world_ask(script->world, ask_show, copy, error), *revision;
    size_t i;
    int result = alert ? 0 : script_fail(script, "%s", error);
    json_array_foreach(json_object_get(alert, "told"), i, revision)
    {
        result = result < 0 ? result : check_revision(script, revision);
    }
    json_decref(alert);
    return result;
}

static void ask_list(struct world *world, void *arg)
{
    alerts_list(world_alerts(world), arg, world_answer, world);
}

int promises_at_the_end(struct script *script)
{
    char error[256];
    json_t *filter = json_pack("{s:i}", "limit", 100000);
    json_t *list = world_ask(script->world, ask_list, filter, error), *alert;
    size_t i;
    int result = list ? 0 : script_fail(script, "%s", error);
    json_array_foreach(list, i, alert)
    {
        result = result < 0 ? result : check_alert(script, text_of(alert, "id"));
    }
    json_decref(filter);
    json_decref(list);
    return result;
}
