/* What a script expects of alerts and of what the policy did with findings; see script.h. */
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "expect.h"
#include "reasons.h"

int expect_outcome(struct script *script)
{
    return script_compare(script, "the outcome", script_word(script, 2),
                          world_last_outcome(script->world));
}

int expect_metric(struct script *script)
{
    const uint64_t *counts = alerts_outcome_counts(world_alerts(script->world));
    for (int i = 0; i < OUTCOME_N; i++) {
        if (strcmp(outcome_word((enum alert_outcome)i), script_word(script, 2)) != 0)
            continue;
        if (counts[i])
            reasons_counted(script->reasons, script_word(script, 2));
        return script_compare_number(script, script_word(script, 2), script_word(script, 3),
                                     (int64_t)counts[i]);
    }
    return script_fail(script, "no outcome \"%s\"", script_word(script, 2));
}

int expect_outcomes(struct script *script)
{
    const uint64_t *counts = alerts_outcome_counts(world_alerts(script->world));
    for (int i = 0; i < OUTCOME_N; i++) {
        const char *wanted = script_option(script, outcome_word((enum alert_outcome)i));
        if (script_compare_number(script, outcome_word((enum alert_outcome)i),
                                  wanted ? wanted : "0", (int64_t)counts[i]) < 0)
            return -1;
    }
    return 0;
}

static void ask_show(struct world *world, void *arg)
{
    (void)arg;
    alerts_show(world_alerts(world), world_last_alert(world), world_answer, world);
}

/* The last in the order they were seen in, of those that `is_it` likes; borrowed, NULL: none. */
static const json_t *last_finding(const json_t *alert)
{
    const json_t *last = NULL;
    json_t *finding;
    size_t i;
    json_array_foreach(json_object_get(alert, "findings"), i, finding)
    {
        if (!last || json_integer_value(json_object_get(finding, "version")) >=
                         json_integer_value(json_object_get(last, "version")))
            last = finding;
    }
    return last;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

int expect_why(struct script *script)
{
    char error[256];
    json_t *alert = world_ask(script->world, ask_show, NULL, error);
    const json_t *finding = last_finding(alert);
    int result =
        script_compare(script, "the outcome", script_word(script, 2), text_of(finding, "outcome"));
    if (result == 0)
        result =
            script_compare(script, "the place", script_word(script, 3), text_of(finding, "place"));
    if (result == 0)
        reasons_placed(script->reasons, script_word(script, 2));
    json_decref(alert);
    return result;
}

/* The last delivery of the alert to a notifier. */
static const json_t *last_delivery(const json_t *alert, const char *notifier)
{
    const json_t *last = NULL;
    json_t *revision, *delivery;
    size_t i, k;
    json_array_foreach(json_object_get(alert, "told"), i, revision)
    {
        json_array_foreach(json_object_get(revision, "deliveries"), k, delivery)
        {
            if (strcmp(text_of(delivery, "notifier"), notifier) == 0)
                last = delivery;
        }
    }
    return last;
}

static int check_held(struct script *script, const json_t *delivery)
{
    int64_t until_ms;
    if (script_compare(script, "the state", "held", text_of(delivery, "state")) < 0 ||
        script_compare(script, "the reason", script_word(script, 3), text_of(delivery, "reason")) <
            0 ||
        script_compare(script, "the place", script_word(script, 4), text_of(delivery, "place")) < 0)
        return -1;
    if (script->n_words <= 5)
        return 0;
    if (script_time(script, script_word(script, 5), "UTC", &until_ms) < 0)
        return -1;
    AUTO_FREE char *wanted = mem_printf("%" PRId64, until_ms / 1000);
    return script_compare_number(script, "until", wanted,
                                 json_integer_value(json_object_get(delivery, "next_ms")) / 1000);
}

int expect_held(struct script *script)
{
    char error[256];
    json_t *alert = world_ask(script->world, ask_show, NULL, error);
    int result = check_held(script, last_delivery(alert, script_word(script, 2)));
    json_decref(alert);
    return result;
}

int expect_state(struct script *script)
{
    char error[256];
    json_t *alert = world_ask(script->world, ask_show, NULL, error);
    const char *state = json_string_value(json_object_get(alert, "state"));
    int result = script_compare(script, "the state", script_word(script, 2), state ? state : error);
    json_decref(alert);
    return result;
}

static void ask_facts(struct world *world, void *arg)
{
    alerts_facts(world_alerts(world), arg, world_answer, world);
}

int expect_ladder(struct script *script)
{
    char error[256];
    json_t *filter = json_pack("{s:{s:s}}", "field", "driver", script_word(script, 2)), *rung,
           *ladder;
    json_t *list = world_ask(script->world, ask_facts, filter, error);
    AUTO_BUF struct buf text = {0};
    size_t i, j;
    json_array_foreach(list, i, ladder)
    {
        const char *edition = json_string_value(json_object_get(ladder, "edition"));
        buf_printf(&text, "%s%s%s", i ? "; " : "", edition, *edition ? ": " : "");
        json_array_foreach(json_object_get(ladder, "rungs"), j, rung)
        {
            buf_printf(&text, "%s%s %zu", j ? ", " : "",
                       json_string_value(json_object_get(rung, "status")),
                       json_array_size(json_object_get(rung, "sources")));
        }
    }
    json_decref(filter);
    json_decref(list);
    return script_compare(script, "the ladder", script_word(script, 3), buf_text(&text));
}
