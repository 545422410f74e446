/* What holds whatever happens; see promises.h. */
#include "promises.h"

#include <stdlib.h>
#include <string.h>

#include "asks.h"
#include "base/mem.h"
#include "base/str.h"

#define HOUR_MS INT64_C(3600000)

void promises_init(struct promises *promises)
{
    *promises = (struct promises){.texts = map_new(),
                                  .told = map_new(),
                                  .shown = map_new(),
                                  .ladders = ladders_new(),
                                  .stories = stories_new(),
                                  .troubles = troubles_new(),
                                  .ledger = ledger_new()};
}

void promises_deinit(struct promises *promises)
{
    map_free(&promises->texts, NULL);
    map_free(&promises->told, NULL);
    map_free(&promises->shown, NULL);
    ladders_free(&promises->ladders);
    stories_free(&promises->stories);
    troubles_free(&promises->troubles);
    ledger_free(&promises->ledger);
}

/* Adds it; true when it was there. */
static bool was_there(struct map *map, const char *key)
{
    if (map_get(map, key, strlen(key)))
        return true;
    map_set(map, key, strlen(key), map);
    return false;
}

/* ---- what is news ---- */

int promises_of_text(struct promises *promises, struct script *script, const char *document,
                     const char *topic, const char *quote)
{
    AUTO_FREE char *key = mem_printf("%s %s %s", document, topic, quote);
    bool is_old = was_there(promises->texts, key);
    json_t *came = ask_outcome(script);
    if (!came)
        return -1;
    const char *outcome = ask_text(came, "outcome");
    int result = 0;
    if (is_old != (strcmp(outcome, outcome_word(OUTCOME_KNOWN_EVIDENCE)) == 0))
        result = script_fail(script, "\"%s\" is %s, and came to \"%s\"", key,
                             is_old ? "old" : "new", outcome);
    if (result == 0 && !is_old)
        result = ledger_news(promises->ledger, script, ask_text(came, "alert"));
    troubles_found(promises->troubles, script, topic);
    json_decref(came);
    return result;
}

int promises_of_fact(struct promises *promises, struct script *script,
                     const struct ladders_said *said)
{
    char alert[HASH_HEX_SIZE];
    if (ladders_said(promises->ladders, script, said, alert) < 0)
        return -1;
    return *alert ? ledger_news(promises->ledger, script, alert) : 0;
}

int promises_of_story(struct promises *promises, struct script *script,
                      const struct stories_text *text)
{
    char alert[HASH_HEX_SIZE];
    troubles_found(promises->troubles, script, text->topic);
    if (stories_said(promises->stories, script, text, alert) < 0)
        return -1;
    return *alert ? ledger_news(promises->ledger, script, alert) : 0;
}

int promises_of_trouble(struct promises *promises, struct script *script, const char *subject,
                        const char *text)
{
    char alert[HASH_HEX_SIZE];
    if (troubles_said(promises->troubles, script, subject, text, alert) < 0)
        return -1;
    return *alert ? ledger_news(promises->ledger, script, alert) : 0;
}

int promises_of_its_end(struct promises *promises, struct script *script, const char *subject)
{
    char alert[HASH_HEX_SIZE];
    if (troubles_over(promises->troubles, script, subject, alert) < 0)
        return -1;
    return ledger_action(promises->ledger, script, alert, "close", 0);
}

/* ---- rings ---- */

/* Its reminder, too. */
static bool is_urgent(const struct ring *ring)
{
    return strstr(ring->headline, "urgent: ") != NULL;
}

/* From 22:00 to 07:00, UTC. */
static bool is_night(int64_t ms)
{
    int64_t hour = ms / HOUR_MS % 24;
    return hour >= 22 || hour < 7;
}

/* What a notifier has shown of an alert it is handed again, to show the rest in its place: one on a
 * screen (fake_hosts.h). */
static int check_popup(struct promises *promises, struct script *script, const struct ring *ring)
{
    AUTO_FREE char *key = mem_printf("%s %s", ring->notifier, ring->alert_id);
    bool is_shown = map_get_text(promises->shown, key), has_token = *ring->token;
    if (is_shown != has_token)
        return script_fail(script, "%s shows \"%s\" %s", ring->notifier, ring->headline,
                           has_token ? "in the place of nothing" : "a second time");
    if (ring->ok && str_starts(ring->notifier, "desk"))
        was_there(promises->shown, key);
    return 0;
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
    if (check_popup(promises, script, ring) < 0)
        return -1;
    return ledger_ring(promises->ledger, script, ring);
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

/* It was told, or says why not. */
static int judge(struct script *script, const json_t *delivery, const char *headline)
{
    const char *state = ask_text(delivery, "state");
    if (strcmp(state, "sent") == 0)
        return 0;
    bool has_reason = *ask_text(delivery, "reason") != '\0';
    static const char *const ends[] = {"cancelled", "superseded", "dead"};
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        if (strcmp(state, ends[i]) == 0 && has_reason)
            return 0;
    }
    return script_fail(script, "at the end \"%s\" is %s for %s (%s)", headline, state,
                       ask_text(delivery, "notifier"), ask_text(delivery, "reason"));
}

/* A delivery that gave way to a summary is no end by itself: that has to be there, too. */
static int check_summary(struct script *script, const json_t *deliveries, const json_t *delivery,
                         const char *headline)
{
    size_t i;
    json_t *other;
    if (strcmp(ask_text(delivery, "reason"), "told in a summary") != 0)
        return 0;
    json_array_foreach(deliveries, i, other)
    {
        if (other != delivery &&
            strcmp(ask_text(other, "notifier"), ask_text(delivery, "notifier")) == 0)
            return 0;
    }
    return script_fail(script, "\"%s\" is told to %s by no summary", headline,
                       ask_text(delivery, "notifier"));
}

static int check_revision(struct script *script, const json_t *revision)
{
    const json_t *deliveries = json_object_get(revision, "deliveries");
    const char *headline = ask_text(revision, "headline");
    size_t i;
    json_t *delivery;
    json_array_foreach(deliveries, i, delivery)
    {
        if (judge(script, delivery, headline) < 0 ||
            check_summary(script, deliveries, delivery, headline) < 0)
            return -1;
    }
    return 0;
}

static int check_alert(struct script *script, const char *id)
{
    json_t *alert = ask_alert(script, id), *revision;
    size_t i;
    int result = alert ? 0 : -1;
    json_array_foreach(json_object_get(alert, "told"), i, revision)
    {
        result = result < 0 ? result : check_revision(script, revision);
    }
    json_decref(alert);
    return result;
}

int promises_at_the_end(struct promises *promises, struct script *script)
{
    json_t *list = ask_alerts(script), *alert;
    size_t i;
    int result = list ? ledger_at_the_end(promises->ledger, script) : -1;
    json_array_foreach(list, i, alert)
    {
        result = result < 0 ? result : check_alert(script, ask_text(alert, "id"));
    }
    json_decref(list);
    return result;
}
