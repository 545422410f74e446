/* Questions to the rooms; see asks.h. */
#include "asks.h"

#include <string.h>

#include "base/mem.h"

const char *ask_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

bool ask_is_news(const char *outcome)
{
    return outcome_step(outcome) != STEP_NEWS;
}

static json_t *asked(struct script *script, void (*ask)(struct world *world, void *arg), void *arg)
{
    char error[256];
    json_t *answer = world_ask(script->world, ask, arg, error);
    if (!answer)
        script_fail(script, "%s", error);
    return answer;
}

static void show(struct world *world, void *arg)
{
    alerts_show(world_alerts(world), arg, world_answer, world);
}

json_t *ask_alert(struct script *script, const char *id)
{
    AUTO_FREE char *copy = mem_strdup(id);
    return asked(script, show, copy);
}

static void list(struct world *world, void *arg)
{
    alerts_list(world_alerts(world), arg, world_answer, world);
}

json_t *ask_alerts(struct script *script)
{
    json_t *filter = json_pack("{s:i}", "limit", 100000);
    json_t *alerts = asked(script, list, filter);
    json_decref(filter);
    return alerts;
}

static void outcomes(struct world *world, void *arg)
{
    alerts_outcomes(world_alerts(world), *(int64_t *)arg, world_answer, world);
}

json_t *ask_outcome(struct script *script)
{
    json_t *all = asked(script, outcomes, &script->version);
    json_t *first = json_incref(json_array_get(all, 0));
    if (all && !first)
        script_fail(script, "nothing came of version %lld", (long long)script->version);
    json_decref(all);
    return first;
}

json_t *ask_trouble(struct script *script, const char *subject)
{
    json_t *filter = json_pack("{s:s, s:i}", "detector", "tocsin", "limit", 100000);
    json_t *alerts = asked(script, list, filter), *alert, *found = NULL;
    size_t i;
    json_array_foreach(alerts, i, alert)
    {
        if (!found && strcmp(ask_text(alert, "subject"), subject) == 0)
            found = ask_alert(script, ask_text(alert, "id"));
    }
    json_decref(filter);
    json_decref(alerts);
    return found;
}
