/* What a script says of the configuration, of the clock and of the daemon itself; see script.h. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/timing.h"
#include "script.h"

static int say_notifier(struct script *script)
{
    struct config_notifier *notifier = world_notifier(script->world, script_word(script, 1));
    const struct {
        const char *key;
        int64_t *value;
        bool duration;
    } options[] = {{"per_minute", &notifier->per_minute, false},
                   {"concurrency", &notifier->concurrency, false},
                   {"give_up", &notifier->give_up_ms, true},
                   {"retry", &notifier->retry_first_ms, true}};
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        const char *value = script_option(script, options[i].key);
        if (value && !(options[i].duration ? str_duration_parse(value, options[i].value)
                                           : str_int_parse(value, options[i].value)))
            return script_fail(script, "%s=%s", options[i].key, value);
    }
    notifier->plugin.at = (struct config_at){.file = script->name, .line = script->line};
    notifier->plugin.interrupts = script_flag(script, "interrupts");
    notifier->plugin.resolves = script_flag(script, "resolves");
    notifier->plugin.follows = script_flag(script, "follows");
    return 0;
}

static char *script_option_or(const struct script *script, const char *key, const char *otherwise)
{
    const char *value = script_option(script, key);
    return mem_strdup(value ? value : otherwise);
}

static int say_route(struct script *script)
{
    struct config_route *route = world_route(script->world);
    const char *min = script_option(script, "min"), *batch = script_option(script, "batch"),
               *escalate = script_option(script, "escalate");
    *route = (struct config_route){.topics = script_texts(script_option(script, "topics")),
                                   .labels = script_texts(script_option(script, "labels")),
                                   .sources = script_texts(script_option(script, "sources")),
                                   .notify = script_texts(script_option(script, "notify")),
                                   .quiet = script_texts(script_option(script, "quiet")),
                                   .remind = script_texts(script_option(script, "remind")),
                                   .min_severity = min ? (int)script_number(min) : 1,
                                   .stop = script_flag(script, "stop"),
                                   .shadow = script_flag(script, "shadow"),
                                   .at = {.file = script->name, .line = script->line}};
    AUTO_FREE char *zone = script_option_or(script, "zone", "UTC");
    AUTO_FREE char *most = script_option_or(script, "most", TIMING_NONE);
    AUTO_FREE char *digest = script_option_or(script, "digest", TIMING_NONE);
    if (batch && !str_duration_parse(batch, &route->batch_ms))
        return script_fail(script, "batch=%s", batch);
    if (escalate && !str_duration_parse(escalate, &route->escalate_ms))
        return script_fail(script, "escalate=%s", escalate);
    route->zone = zone;
    route->at_most = most;
    route->digest = digest;
    route->timing = timing_new(route);
    route->zone = route->at_most = route->digest = NULL;
    return 0;
}

static int say_await(struct script *script)
{
    int64_t ms;
    const char *within = script_option(script, "within");
    if (!within || !str_duration_parse(within, &ms))
        return script_fail(script, "within=%s", within ? within : "");
    world_expect(script->world, script_texts(script_option(script, "topics")), ms);
    return 0;
}

static int say_clock(struct script *script)
{
    int64_t ms;
    const char *zone = script->n_words > 2 ? script_word(script, 2) : "UTC";
    if (script_time(script, script_word(script, 1), zone, &ms) < 0)
        return -1;
    struct loop *loop = world_loop(script->world);
    fake_loop_jump(loop, ms - loop_wall_ms(loop));
    return 0;
}

static int say_keep(struct script *script)
{
    int64_t ms;
    if (!str_duration_parse(script_word(script, 1), &ms))
        return script_fail(script, "KEEP %s", script_word(script, 1));
    world_keep_sent(script->world, ms);
    return 0;
}

static int say_start(struct script *script)
{
    world_configure(script->world);
    return 0;
}

static int say_remove(struct script *script)
{
    if (strcmp(script_word(script, 1), "ROUTES") == 0)
        world_remove_routes(script->world);
    else
        world_remove(script->world, script_word(script, 1));
    return 0;
}

static int say_restart(struct script *script)
{
    world_restart(script->world);
    return 0;
}

static int say_crash(struct script *script)
{
    world_crash(script->world);
    return 0;
}

static int say_real(struct script *script)
{
    (void)script;
    return 0;
}

const struct script_verb script_configuring[] = {
    {"REAL", say_real},
    {"NOTIFIER", say_notifier},
    {"ROUTE", say_route},
    {"KEEP", say_keep},
    {"REMOVE", say_remove},
    {"START", say_start},
    {"RESTART", say_restart},
    {"CRASH", say_crash},
    {"CLOCK", say_clock},
    {"AWAIT", say_await},
    {0},
};
