/* What a script expects of rings and deliveries; see script.h. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "expect.h"

static int check_ring(struct script *script, const struct ring *ring, bool ok)
{
    const char *headline =
        script->n_words > 3 && !strchr(script_word(script, 3), '=') ? script_word(script, 3) : NULL;
    if (headline && strcmp(headline, "same") == 0)
        headline = NULL;
    if (ring->ok != ok)
        return script_fail(script, "the attempt at \"%s\" went %s", ring->headline,
                           ok ? "wrong" : "well");
    const char *notice = script_option(script, "notice"), *until = script_option(script, "until");
    int64_t until_ms = 0;
    if (script_compare(script, "the notice", notice ? notice : "",
                       tocsin_notice_name(ring->notice)) < 0 ||
        (until && script_time(script, until, "UTC", &until_ms) < 0))
        return -1;
    if (until_ms != ring->until_ms)
        return script_fail(script, "it is so until %lld", (long long)ring->until_ms);
    if (script_flag(script, "same") && strcmp(script->last_id, ring->id) != 0)
        return script_fail(script, "it came under another id");
    snprintf(script->last_id, sizeof(script->last_id), "%s", ring->id);
    snprintf(script->pressed_alert, sizeof(script->pressed_alert), "%s", ring->alert_id);
    if (script_compare(script, "the headline", headline, ring->headline) < 0 ||
        script_compare(script, "the change", script_option(script, "change"), ring->change) < 0 ||
        script_compare(script, "the summary", script_option(script, "summary"), ring->summary) <
            0 ||
        script_compare(script, "the token", script_option(script, "token"), ring->token) < 0 ||
        script_compare_number(script, "the sources", script_option(script, "sources"),
                              ring->n_sources) < 0 ||
        script_compare_number(script, "the attempt", script_option(script, "attempt"),
                              ring->attempt) < 0)
        return -1;
    return script_compare_number(script, "the count", script_option(script, "count"), ring->count);
}

int expect_ring(struct script *script)
{
    bool ok = strcmp(script_word(script, 1), "RING") == 0;
    struct ring *ring = world_ring(script->world, script_word(script, 2));
    if (!ring)
        return script_fail(script, "%s did not hear of anything", script_word(script, 2));
    int result = check_ring(script, ring, ok);
    ring_free(&ring);
    return result;
}

int expect_silent(struct script *script)
{
    const struct ring *ring = world_any_ring(script->world);
    if (!ring)
        return 0;
    return script_fail(script, "%s rang: \"%s\" %s %s", ring->notifier, ring->headline,
                       ring->change, ring->summary);
}

int expect_idle(struct script *script)
{
    return world_idle(script->world) ? 0 : script_fail(script, "something is under way or timed");
}

static void ask_status(struct world *world, void *arg)
{
    (void)arg;
    deliver_status(world_deliver(world), world_answer, world);
}

int expect_count(struct script *script)
{
    char error[256];
    json_t *list = world_ask(script->world, ask_status, NULL, error), *entry;
    size_t i;
    int64_t n = -1;
    json_array_foreach(list, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "notifier")), script_word(script, 2)) ==
            0)
            n = json_integer_value(json_object_get(entry, script_word(script, 3)));
    }
    json_decref(list);
    return script_compare_number(script, script_word(script, 3), script_word(script, 4), n);
}

/* For deliver_each_counts. */
struct counted {
    const char *name;
    struct deliver_counts counts;
};

static void take_counts(void *arg, const char *notifier, bool is_up,
                        const struct deliver_counts *counts)
{
    (void)is_up;
    struct counted *counted = arg;
    if (strcmp(counted->name, notifier) == 0)
        counted->counts = *counts;
}

int expect_attempts(struct script *script)
{
    struct counted counted = {.name = script_word(script, 2)};
    deliver_each_counts(world_deliver(script->world), take_counts, &counted);
    for (size_t i = 0; i < ATTEMPT_N; i++) {
        static const char *const words[] = {"sent", "later", "never", "unknown"};
        if (script_compare_number(script, words[i], script_word(script, 3 + i),
                                  (int64_t)counted.counts.attempts[i]) < 0)
            return -1;
    }
    return 0;
}

int expect_failed(struct script *script)
{
    static const struct {
        const char *word;
        size_t failure;
    } reasons[] = {{"LATER", FAILURE_LATER},
                   {"NEVER", FAILURE_NEVER},
                   {"CRASHED", FAILURE_HOST + HOST_CRASHED},
                   {"HUNG", FAILURE_HOST + HOST_HUNG}};
    struct counted counted = {.name = script_word(script, 2)};
    deliver_each_counts(world_deliver(script->world), take_counts, &counted);
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        const uint64_t *n = counted.counts.failures[reasons[i].failure];
        if (strcmp(reasons[i].word, script_word(script, 3)) != 0)
            continue;
        return script_compare_number(script, "failed, again", script_word(script, 4),
                                     (int64_t)n[0]) < 0
                   ? -1
                   : script_compare_number(script, "failed, dead", script_word(script, 5),
                                           (int64_t)n[1]);
    }
    return script_fail(script, "no reason \"%s\"", script_word(script, 3));
}
