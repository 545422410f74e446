/* Each ring, held against what was told before; see ledger.h. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "ledger_inside.h"

#define DAY_MS INT64_C(86400000)

/* Of what lasts so long, or for good: is it still so? */
static bool lasts(const struct ledger *ledger, const struct ring *ring, const struct moment *since,
                  int64_t duration_ms)
{
    return duration_ms && ledger_is_early(ledger, ring->loop_ms, since, duration_ms);
}

static bool is_muted(const struct ledger *ledger, const struct ring *ring,
                     const struct about *about)
{
    const struct mute *mute = map_get_text(ledger->mutes, about->topic);
    return mute && (!mute->duration_ms || lasts(ledger, ring, &mute->since, mute->duration_ms));
}

/* One revision of a ring. */
struct told {
    const struct ring *ring;
    struct entry *entry;
    struct heard *heard;
    bool is_reminder, is_step; /* of an escalation */
};

/* A step of an escalation that is in a summary stays there in a snooze, when it could not be told
 * at once. */
static bool is_late_step(const struct ledger *ledger, const struct told *told)
{
    return told->is_step && *told->ring->summary &&
           map_get_text(ledger->failed, told->ring->notifier);
}

/* Of what a person said: clocks that are set may end a mute or a snooze early, then it is not known
 * to last. */
static int check_wanted(const struct ledger *ledger, struct script *script, const struct told *told)
{
    const struct entry *entry = told->entry;
    const char *headline = told->ring->headline, *notifier = told->ring->notifier;
    if (entry->revision && entry->revision->is_seen_to)
        return script_fail(script, "\"%s\" was seen to, and %s hears of it", headline, notifier);
    if (told->is_step && entry->revision->is_muted)
        return script_fail(script, "\"%s\" was muted before %s was to hear of it", headline,
                           notifier);
    if (told->is_reminder && entry->about->is_known && is_muted(ledger, told->ring, entry->about) &&
        ledger->set_ms == entry->told.set_ms)
        return script_fail(script, "\"%s\" is muted, and reminded of", headline);
    if (!is_late_step(ledger, told) &&
        lasts(ledger, told->ring, &entry->about->snoozed, entry->about->snooze_ms) &&
        ledger->set_ms == entry->about->snoozed.set_ms)
        return script_fail(script, "\"%s\" is snoozed, and %s hears of it", headline, notifier);
    return 0;
}

static int check_follow_up(const struct ledger *ledger, struct script *script,
                           const struct told *told, bool is_back)
{
    const struct ring *ring = told->ring;
    const struct entry *entry = told->entry;
    const struct revision *revision = entry->revision;
    if (check_wanted(ledger, script, told) < 0)
        return -1;
    if (told->is_step &&
        ledger_is_early(ledger, ring->loop_ms, &revision->made, revision->rules.escalate_ms))
        return script_fail(script, "\"%s\" came to %s too early", ring->headline, ring->notifier);
    if (told->is_reminder && !is_back &&
        ledger_is_early(ledger, ring->loop_ms, &entry->told, entry->remind_ms))
        return script_fail(script, "the reminder of \"%s\" came too early", ring->headline);
    return 0;
}

/* A clock that is set back may bring any silence back. */
static bool may_be_silenced(const struct ledger *ledger, const struct ring *ring)
{
    return ledger->silence_ms && (ledger->set_ms != ledger->first_silence_ms ||
                                  lasts(ledger, ring, &ledger->silenced, ledger->silence_ms));
}

static void note(const struct ledger *ledger, const struct told *told)
{
    struct entry *entry = told->entry;
    const struct ledger_rules *rules = &ledger->rules;
    if (!told->ring->ok) {
        entry->is_excused |= told->is_reminder || told->is_step;
        return;
    }
    int64_t remind_ms = entry->n_told < LEDGER_REMINDERS ? rules->remind_ms[entry->n_told] : 0;
    bool is_open = !entry->about->is_known || entry->about->state == ABOUT_OPEN;
    entry->n_told++;
    entry->told = (struct moment){told->ring->loop_ms, ledger->set_ms};
    entry->may_remind = rules->remind && strcmp(rules->remind, told->ring->notifier) == 0 &&
                        remind_ms && is_open && !(entry->revision && entry->revision->is_seen_to);
    entry->remind_ms = remind_ms;
    entry->is_excused |=
        is_muted(ledger, told->ring, entry->about) || may_be_silenced(ledger, told->ring);
    told->heard->of_news = true;
    told->heard->of_end = false;
}

/* What was snoozed comes back, once for each time. */
static bool comes_back(const struct entry *entry)
{
    unsigned before = entry->revision ? entry->revision->n_snoozes : 0;
    return before + entry->n_back < entry->about->n_snoozes;
}

static int check_news(struct ledger *ledger, struct script *script, const struct told *told)
{
    struct entry *entry = told->entry;
    bool is_back = told->is_reminder && comes_back(entry) &&
                   (!entry->may_remind ||
                    ledger_is_early(ledger, told->ring->loop_ms, &entry->told, entry->remind_ms));
    entry->n_back += is_back && told->ring->ok;
    if (told->is_reminder && !entry->may_remind && !is_back)
        return script_fail(script, "%s was told %u times of a revision of \"%s\": \"%s\" (%s)",
                           told->ring->notifier, entry->n_told + 1, entry->about->topic,
                           told->ring->headline, told->ring->summary);
    if ((told->is_reminder || told->is_step) && check_follow_up(ledger, script, told, is_back) < 0)
        return -1;
    if (entry->revision && entry->revision->number <= told->heard->ended)
        return script_fail(script, "%s heard of the end before \"%s\"", told->ring->notifier,
                           told->ring->headline);
    note(ledger, told);
    return 0;
}

static int check_end(struct script *script, const struct ring *ring,
                     const struct revision *revision, struct heard *heard)
{
    if (!heard->of_news)
        return script_fail(script, "%s hears of the end of \"%s\", not having heard of it",
                           ring->notifier, ring->headline);
    if (heard->of_end)
        return script_fail(script, "%s hears twice of the end of \"%s\"", ring->notifier,
                           ring->headline);
    if (heard->about->is_known && heard->about->state != ABOUT_CLOSED)
        return script_fail(script, "%s hears of the end of \"%s\", which has none", ring->notifier,
                           ring->headline);
    heard->of_end = ring->ok;
    heard->ended = ring->ok && revision ? revision->number : heard->ended;
    heard->is_excused |= !ring->ok;
    return 0;
}

static int check_one(struct ledger *ledger, struct script *script, const struct ring *ring,
                     const char *alert, const char *revision)
{
    AUTO_FREE char *entry_key = mem_printf("%s %s", ring->notifier, revision);
    AUTO_FREE char *heard_key = mem_printf("%s %s", ring->notifier, alert);
    struct told told = {.ring = ring,
                        .entry = ledger_get(ledger->entries, entry_key, sizeof(struct entry)),
                        .heard = ledger_get(ledger->heard, heard_key, sizeof(struct heard))};
    const struct revision *made = map_get_text(ledger->revisions, revision);
    told.entry->about = ledger_get(ledger->abouts, alert, sizeof(struct about));
    told.entry->revision = made;
    told.heard->about = told.entry->about;
    snprintf(told.heard->notifier, sizeof(told.heard->notifier), "%s", ring->notifier);
    if (ring->notice == TOCSIN_ENDED)
        return check_end(script, ring, made, told.heard);
    told.is_reminder = told.entry->n_told > 0;
    told.is_step = !told.is_reminder && made && made->rules.second &&
                   strcmp(made->rules.second, ring->notifier) == 0;
    return check_news(ledger, script, &told);
}

int ledger_ring(struct ledger *ledger, struct script *script, const struct ring *ring)
{
    char alert[HASH_HEX_SIZE], revision[HASH_HEX_SIZE];
    int result = 0, n;
    if (!ring->ok)
        ledger_get(ledger->failed, ring->notifier, 1);
    for (const char *at = ring->told;
         result == 0 && sscanf(at, "%64s %64s\n%n", alert, revision, &n) == 2; at += n)
        result = check_one(ledger, script, ring, alert, revision);
    return result;
}

/* ---- the end ---- */

static int check_reminded(const struct ledger *ledger, struct script *script,
                          const struct entry *entry, const char *key)
{
    bool is_wanted = entry->may_remind && entry->about->is_known &&
                     entry->about->state == ABOUT_OPEN && entry->revision &&
                     !entry->revision->is_seen_to && !entry->is_excused;
    struct moment now = ledger_now(ledger, script);
    if (!is_wanted || ledger_is_early(ledger, now.loop_ms, &entry->told, entry->remind_ms + DAY_MS))
        return 0;
    return script_fail(script, "no reminder came of %s", key);
}

int ledger_at_the_end(struct ledger *ledger, struct script *script)
{
    const void *key;
    void *value;
    int result = 0;
    for (size_t at = 0, len; result == 0 && map_next(ledger->entries, &at, &key, &len, &value);) {
        AUTO_FREE char *name = mem_strndup(key, len);
        result = check_reminded(ledger, script, value, name);
    }
    for (size_t at = 0, len; result == 0 && map_next(ledger->heard, &at, &key, &len, &value);) {
        const struct heard *heard = value;
        const struct config_notifier *notifier = world_notifier(script->world, heard->notifier);
        if (notifier->plugin.resolves && heard->about->is_known &&
            heard->about->state == ABOUT_CLOSED && heard->of_news && !heard->of_end &&
            !heard->is_excused)
            result = script_fail(script, "%s never heard of the end of %.*s", heard->notifier,
                                 (int)len, (const char *)key);
    }
    return result;
}
