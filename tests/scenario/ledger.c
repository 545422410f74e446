/* What happened to alerts, and who was told of it; see ledger.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks.h"
#include "base/mem.h"
#include "ledger_inside.h"

struct ledger *ledger_new(void)
{
    struct ledger *ledger = NEW(struct ledger);
    struct map **maps[] = {&ledger->abouts, &ledger->revisions, &ledger->entries,
                           &ledger->heard,  &ledger->mutes,     &ledger->failed};
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        *maps[i] = map_new();
    return ledger;
}

void ledger_free(struct ledger **ledger)
{
    struct map *maps[] = {(*ledger)->abouts, (*ledger)->revisions, (*ledger)->entries,
                          (*ledger)->heard,  (*ledger)->mutes,     (*ledger)->failed};
    for (size_t i = 0; i < ARRAY_LEN(maps); i++)
        map_free(&maps[i], free);
    free(*ledger);
    *ledger = NULL;
}

void *ledger_get(struct map *map, const char *key, size_t size)
{
    void *value = map_get_text(map, key);
    if (!value) {
        value = mem_alloc(size);
        memset(value, 0, size);
        map_set_text(map, key, value);
    }
    return value;
}

struct moment ledger_now(const struct ledger *ledger, const struct script *script)
{
    return (struct moment){.loop_ms = loop_now_ms(world_loop(script->world)),
                           .set_ms = ledger->set_ms};
}

bool ledger_is_early(const struct ledger *ledger, int64_t loop_ms, const struct moment *since,
                     int64_t delay_ms)
{
    return loop_ms - since->loop_ms + (ledger->set_ms - since->set_ms) < delay_ms;
}

void ledger_clock_set(struct ledger *ledger, int64_t by_ms)
{
    ledger->set_ms += by_ms < 0 ? -by_ms : by_ms;
}

void ledger_take_rules(struct ledger *ledger, const struct ledger_rules *rules)
{
    ledger->rules = *rules;
}

void ledger_silence(struct ledger *ledger, struct script *script, int64_t duration_ms)
{
    if (!ledger->silence_ms)
        ledger->first_silence_ms = ledger->set_ms;
    ledger->silenced = ledger_now(ledger, script);
    ledger->silence_ms = duration_ms;
    const void *key;
    void *value;
    for (size_t at = 0, len; map_next(ledger->entries, &at, &key, &len, &value);)
        ((struct entry *)value)->is_excused = true;
}

/* ---- news ---- */

/* What was told of an alert is followed up no more. */
static void seen_to(struct ledger *ledger, const struct about *about)
{
    const void *key;
    void *value;
    for (size_t at = 0, len; map_next(ledger->revisions, &at, &key, &len, &value);) {
        struct revision *revision = value;
        if (revision->about == about)
            revision->is_seen_to = true;
    }
}

static enum about_state state_of(const json_t *shown)
{
    const char *state = ask_text(shown, "state");
    return strcmp(state, "closed") == 0         ? ABOUT_CLOSED
           : strcmp(state, "acknowledged") == 0 ? ABOUT_ACKNOWLEDGED
                                                : ABOUT_OPEN;
}

int ledger_news(struct ledger *ledger, struct script *script, const char *alert)
{
    json_t *shown = ask_alert(script, alert);
    if (!shown)
        return -1;
    struct about *about = ledger_get(ledger->abouts, alert, sizeof(*about));
    const json_t *told = json_object_get(shown, "told");
    size_t n = json_array_size(told);
    about->is_known = true;
    about->state = state_of(shown);
    snprintf(about->topic, sizeof(about->topic), "%s", ask_text(shown, "topic"));
    about->is_fact = json_object_get(shown, "ladder") != NULL;
    int result = 0;
    if (n > about->n_revisions) {
        seen_to(ledger, about);
        struct revision *revision = ledger_get(
            ledger->revisions, ask_text(json_array_get(told, n - 1), "id"), sizeof(*revision));
        *revision = (struct revision){
            about, n, ledger_now(ledger, script), ledger->rules, about->n_snoozes, false, false};
        if (about->state != ABOUT_OPEN)
            result = script_fail(script, "there is news, and the alert is not open");
    }
    about->n_revisions = n;
    json_decref(shown);
    return result;
}

/* ---- what persons do ---- */

static bool is_of_topic(const struct about *about, const struct about *muted)
{
    return about == muted ||
           (!about->is_fact && !muted->is_fact && strcmp(about->topic, muted->topic) == 0);
}

static void mute(struct ledger *ledger, struct script *script, const struct about *muted,
                 int64_t duration_ms)
{
    const void *key;
    void *value;
    for (size_t at = 0, len; map_next(ledger->revisions, &at, &key, &len, &value);) {
        struct revision *revision = value;
        revision->is_muted |= is_of_topic(revision->about, muted);
    }
    for (size_t at = 0, len; map_next(ledger->entries, &at, &key, &len, &value);) {
        struct entry *entry = value;
        if (!is_of_topic(entry->about, muted))
            continue;
        entry->is_excused = true;
        entry->may_remind = false;
    }
    struct mute *mute = ledger_get(ledger->mutes, muted->topic, sizeof(*mute));
    *mute = (struct mute){ledger_now(ledger, script), duration_ms};
}

int ledger_action(struct ledger *ledger, struct script *script, const char *alert, const char *verb,
                  int64_t duration_ms)
{
    struct about *about = map_get_text(ledger->abouts, alert);
    if (about && strcmp(verb, "snooze") == 0)
        about->n_snoozes++;
    if (!about || !about->is_known)
        return 0;
    json_t *shown = ask_alert(script, alert); /* a fact's topic changes without news, too */
    snprintf(about->topic, sizeof(about->topic), "%s", ask_text(shown, "topic"));
    json_decref(shown);
    if (strcmp(verb, "acknowledge") == 0 || strcmp(verb, "open") == 0) {
        about->state = about->state == ABOUT_CLOSED ? ABOUT_CLOSED : ABOUT_ACKNOWLEDGED;
        seen_to(ledger, about);
    } else if (strcmp(verb, "close") == 0) {
        about->state = ABOUT_CLOSED;
        seen_to(ledger, about);
    } else if (strcmp(verb, "snooze") == 0) {
        about->snoozed = ledger_now(ledger, script);
        about->snooze_ms = duration_ms;
    } else if (strcmp(verb, "mute") == 0) {
        mute(ledger, script, about, duration_ms);
    } else if (strcmp(verb, "unmute") == 0) {
        free(map_remove_text(ledger->mutes, about->topic));
    }
    return 0;
}
