/* What happens in a script: documents, time, notifiers and persons; see script.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "results.h"
#include "script.h"

/* Before a quote: the document had it before the change already. */
#define OLD "old="

static void label_finding(struct detect_finding *finding, const char *list)
{
    struct config_texts labels = script_texts(list);
    for (size_t i = 0; i < labels.n; i++)
        result_label(finding, labels.items[i]);
    script_texts_deinit(&labels);
}

static bool is_old(const char *word)
{
    return strncmp(word, OLD, strlen(OLD)) == 0;
}

static void add_quote(struct detect_finding *finding, const char *word)
{
    if (is_old(word))
        result_old_quote(finding, word + strlen(OLD));
    else
        result_quote(finding, word);
}

static int say_topic(struct script *script)
{
    struct detect_result *result =
        result_new("topics", false, 1, ++script->version, script_word(script, 1), 20260101);
    const char *labels = script_option(script, "labels");
    const char *story = script_option(script, "story");
    size_t n = script->n_words - (labels != NULL) - (story != NULL);
    if (story)
        result_story(result, story);
    if (n > 3) {
        struct detect_finding *finding = result_topic(
            result, script_word(script, 2),
            script_word(script, 3) + (is_old(script_word(script, 3)) ? strlen(OLD) : 0));
        finding->evidence[0].is_old = is_old(script_word(script, 3));
        for (size_t i = 4; i < n; i++)
            add_quote(finding, script_word(script, i));
        label_finding(finding, labels);
        if (str_equal(script_word(script, 0), "URGENT"))
            finding->severity = TOCSIN_URGENT;
        if (str_equal(script_word(script, 0), "SHADOW"))
            finding->shadow = mem_strdup("trial.yaml:7");
    }
    alerts_result(world_alerts(script->world), result);
    return 0;
}

static int say_fact(struct script *script)
{
    int32_t date;
    const char *day = script_word(script, 2), *year = script_word(script, 5);
    if (!str_date_parse(day, strlen(day), &date))
        return script_fail(script, "\"%s\" is no date", day);
    struct detect_result *result =
        result_new("lemans", true, 1, ++script->version, script_word(script, 1), date);
    result_fact(result, script_word(script, 3), script_word(script, 4), *year == '-' ? "" : year,
                script_word(script, 6));
    alerts_result(world_alerts(script->world), result);
    return 0;
}

static int say_trouble(struct script *script)
{
    alerts_trouble(world_alerts(script->world), script_word(script, 1), script_word(script, 2));
    return 0;
}

static int say_over(struct script *script)
{
    alerts_trouble_over(world_alerts(script->world), script_word(script, 1));
    return 0;
}

static int say_behave(struct script *script)
{
    static const char *const words[] = {
        [FAKE_OK] = "OK",           [FAKE_LATER] = "LATER",       [FAKE_NEVER] = "NEVER",
        [FAKE_HANGS] = "HANGS",     [FAKE_SLOW] = "SLOW",         [FAKE_CRASHES] = "CRASHES",
        [FAKE_ENDLESS] = "ENDLESS", [FAKE_UNUSABLE] = "UNUSABLE", [FAKE_SPENT] = "SPENT",
        [FAKE_ONCE] = "ONCE",       [FAKE_LAST] = "LAST"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], script_word(script, 2)) != 0)
            continue;
        fake_hosts_behave(script_word(script, 1), (enum fake_behaviour)i);
        return 0;
    }
    return script_fail(script, "no behaviour \"%s\"", script_word(script, 2));
}

static void ask_action(struct world *world, void *arg)
{
    alerts_action(world_alerts(world), world_last_alert(world), arg, world_acted, world);
}

static int say_action(struct script *script)
{
    AUTO_FREE char *verb = mem_printf("%s%s%s", script_word(script, 1),
                                      script->n_words > 2 ? " " : "", script_word(script, 2));
    char error[256];
    world_ask(script->world, ask_action, verb, error);
    return *error ? script_fail(script, "%s", error) : 0;
}

static void answered(void *arg, json_t *result, const char *error)
{
    world_answer(arg, result, error);
}

static void ask_silence(struct world *world, void *arg)
{
    struct script *script = arg;
    json_t *matcher = json_object();
    for (size_t i = 2; i < script->n_words; i++) {
        const char *match = script_word(script, i), *equals = strchr(match, '=');
        AUTO_FREE char *key = mem_strndup(match, equals ? (size_t)(equals - match) : 0);
        json_object_set_new(matcher, key, json_pack("[s]", equals ? equals + 1 : ""));
    }
    int64_t ms = 0;
    str_duration_parse(script_word(script, 1), &ms);
    alerts_silence(world_alerts(world), matcher, ms, "a person", "for a reason", answered, world);
    json_decref(matcher);
}

static int say_silence(struct script *script)
{
    char error[256];
    json_decref(world_ask(script->world, ask_silence, script, error));
    return *error ? script_fail(script, "%s", error) : 0;
}

static void ask_forget(struct world *world, void *arg)
{
    alerts_silence_end(world_alerts(world), script_number(script_word(arg, 2)), answered, world);
}

static int say_forget(struct script *script)
{
    char error[256];
    json_decref(world_ask(script->world, ask_forget, script, error));
    return *error ? script_fail(script, "%s", error) : 0;
}

static int say_press(struct script *script)
{
    if (!fake_hosts_press(world_hosts(script->world), script_word(script, 1), script->pressed_alert,
                          script_word(script, 2)))
        return script_fail(script, "there is nobody to press");
    return 0;
}

static int say_pause(struct script *script)
{
    bool paused = strcmp(script_word(script, 0), "PAUSE") == 0;
    alerts_pause(world_alerts(script->world), paused);
    deliver_pause(world_deliver(script->world), paused);
    return 0;
}

static int say_time(struct script *script)
{
    int64_t ms;
    if (!str_duration_parse(script_word(script, 2), &ms))
        return script_fail(script, "\"%s\" is no duration", script_word(script, 2));
    world_pass(script->world, ms);
    return 0;
}

static void tested(void *arg, const char *error)
{
    world_answer(arg, NULL, error);
}

static void ask_test(struct world *world, void *arg)
{
    deliver_test(world_deliver(world), arg, tested, world);
}

static int say_test(struct script *script)
{
    char error[256];
    world_ask(script->world, ask_test, script->words[1], error);
    const char *wanted = script_word(script, 2);
    if (!*wanted)
        return *error ? script_fail(script, "%s", error) : 0;
    return strstr(error, wanted) ? 0 : script_fail(script, "the test said \"%s\"", error);
}

/* The id of the latest delivery that tells this first; another word is taken as it is. */
static char *delivery_of(struct script *script, const char *headline)
{
    char error[256], *id = NULL;
    json_t *list = world_ask(script->world, world_ask_deliveries, NULL, error), *delivery;
    size_t i;
    json_array_foreach(list, i, delivery)
    {
        if (!id && strcmp(json_string_value(json_object_get(delivery, "headline")), headline) == 0)
            id = mem_strdup(json_string_value(json_object_get(delivery, "id")));
    }
    json_decref(list);
    return id ? id : mem_strdup(headline);
}

static void acted(void *arg, int64_t n, bool busy, const char *error)
{
    (void)busy;
    world_answer(arg, json_integer(n), error);
}

static void ask_retry(struct world *world, void *arg)
{
    deliver_retry(world_deliver(world), arg, acted, world);
}

static void ask_drop(struct world *world, void *arg)
{
    deliver_drop(world_deliver(world), arg, acted, world);
}

/* Word 2 is how many it has to be, or a part of the refusal. */
static int act(struct script *script, void (*ask)(struct world *world, void *arg))
{
    char error[256];
    AUTO_FREE char *what = delivery_of(script, script_word(script, 1));
    json_t *answer = world_ask(script->world, ask, what, error);
    int64_t n = json_integer_value(answer), wanted = -1;
    const char *text = script->n_words > 2 ? script_word(script, 2) : "1";
    json_decref(answer);
    if (!str_int_parse(text, &wanted))
        return strstr(error, text) ? 0 : script_fail(script, "it says \"%s\"", error);
    if (*error)
        return script_fail(script, "%s", error);
    return n == wanted ? 0 : script_fail(script, "it was done with %lld", (long long)n);
}

static int say_retry(struct script *script)
{
    return act(script, ask_retry);
}

static int say_drop(struct script *script)
{
    return act(script, ask_drop);
}

const struct script_verb script_happenings[] = {
    {"TOPIC", say_topic},     {"URGENT", say_topic},    {"SHADOW", say_topic},
    {"FACT", say_fact},       {"TROUBLE", say_trouble}, {"OVER", say_over},
    {"BEHAVE", say_behave},   {"ACTION", say_action},   {"PRESS", say_press},
    {"SILENCE", say_silence}, {"FORGET", say_forget},   {"PAUSE", say_pause},
    {"RESUME", say_pause},    {"TIME", say_time},       {"TEST", say_test},
    {"RETRY", say_retry},     {"DROP", say_drop},       {0},
};
