/*
 * Runs scenarios: small scripts (NAME.scn), each a story of findings, time, notifiers that fail and
 * persons who act, with what has to ring and what has to be silent. One TAP line a script.
 *
 *   NOTIFIER name [interrupts] [resolves] [per_minute=N] [give_up=1h] [retry=10s] [concurrency=N]
 *   ROUTE [topics=a*,b] [min=1..4] [notify=x,y] [stop] [quiet=22:00-07:00,...] [zone=Europe/Paris]
 *         [batch=5m] [most=10/1h] [digest="Mon..Fri 08:00"] [remind=30m,4h] [escalate=15m]
 *   CLOCK "2026-03-28 21:30:00" [zone]
 *   KEEP 30d                       deliveries that are done
 *   START                          the rooms, with what was said so far; again: reload
 *   REMOVE name                    and START to reload
 *   TOPIC doc topic "quote"... [old="quote"]
 *                                  a version of a document says so; the version's number counts up;
 *                                  `old`: the document had this before the change already
 *   URGENT doc topic "quote"       the same, and it is
 *   FACT doc date status "driver" year|- "quote"
 *   TROUBLE subject "text"         OVER subject
 *   BEHAVE name OK|LATER|NEVER|HANGS|CRASHES|UNUSABLE|ENDLESS|SPENT
 *   ACTION verb [duration]         on the alert of the last event
 *   PRESS name verb                a button on the last ring of that notifier
 *   RETRY dead|name|"headline" N   so many are queued again; of a headline, its latest delivery
 *   RETRY ... "why not"            it is refused
 *   DROP "headline" ["why not"]
 *   SILENCE 2h topic=a*            FORGET SILENCE 1
 *   PAUSE  RESUME  RESTART  TIME PASSES 90s
 *   EXPECT RING name ["headline"] [change="a → b"] [sources=N] [count=N] [summary="..."]
 *          [attempt=N] [same] [resolved] [token=...]
 *                                  the next attempt of that notifier, which went well;
 *                                  `same`: under the id of the attempt that was expected before;
 *                                  `resolved`: it tells of the alert's end
 *   EXPECT TRY name                the next attempt, which did not
 *   EXPECT SILENT                  nothing rang that was not expected
 *   EXPECT OUTCOME word            of the last finding
 *   EXPECT COUNT name state N      deliveries in the store
 *   EXPECT STATE word              of the alert of the last event
 *   EXPECT LADDER "driver" "interest 3, confirmed 1"
 *   EXPECT OUTCOMES word=N...      findings since the start, by outcome; those not named: none
 *   EXPECT ATTEMPTS name N N N N   sent, later, never and unknown since the start
 *   EXPECT FAILED name LATER|NEVER|CRASHED|HUNG N N
 *                                  those of this reason: tried again, dead
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "config/timing.h"
#include "results.h"
#include "world.h"

#define MAX_WORDS 16
#define OLD       "old="

struct script {
    struct world *world;
    int64_t version;
    char last_id[HASH_HEX_SIZE], pressed_alert[HASH_HEX_SIZE];
    char *words[MAX_WORDS + 1]; /* of the line at hand, NULL-terminated */
    size_t n_words;
    char error[512];
};

static int fail(struct script *script, const char *fmt, ...) PRINTF(2, 3);
static int fail(struct script *script, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    vsnprintf(script->error, sizeof(script->error), fmt, va);
    va_end(va);
    return -1;
}

/* ---- words ---- */

/* Splits in place; "..." may hold spaces, also after `key=`. */
static void split(struct script *script, char *line)
{
    script->n_words = 0;
    char *out = line, *in = line;
    while (script->n_words < MAX_WORDS) {
        while (*in == ' ')
            in++;
        if (!*in || *in == '#')
            break;
        script->words[script->n_words++] = out;
        for (bool quoted = false; *in && (quoted || *in != ' '); in++) {
            if (*in == '"')
                quoted = !quoted;
            else
                *out++ = *in;
        }
        if (*in)
            in++;
        *out++ = '\0';
    }
    script->words[script->n_words] = NULL;
}

static const char *word(const struct script *script, size_t i)
{
    return i < script->n_words ? script->words[i] : "";
}

/* The value of key=value among the words, NULL when it is not there. */
static const char *option(const struct script *script, const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 1; i < script->n_words; i++) {
        if (strncmp(script->words[i], key, len) == 0 && script->words[i][len] == '=')
            return script->words[i] + len + 1;
    }
    return NULL;
}

static bool flag(const struct script *script, const char *name)
{
    for (size_t i = 1; i < script->n_words; i++) {
        if (strcmp(script->words[i], name) == 0)
            return true;
    }
    return false;
}

static int64_t number(const char *text)
{
    int64_t value = 0;
    return str_int_parse(text, &value) ? value : -1;
}

static struct config_texts texts(const char *list)
{
    struct config_texts texts = {0};
    while (list && *list) {
        size_t len = strcspn(list, ",");
        texts.items = mem_resize(texts.items, (texts.n + 2) * sizeof(*texts.items));
        texts.items[texts.n++] = mem_strndup(list, len);
        texts.items[texts.n] = NULL;
        list += len + (list[len] == ',');
    }
    return texts;
}

/* ---- the configuration ---- */

static int say_notifier(struct script *script)
{
    struct config_notifier *notifier = world_notifier(script->world, word(script, 1));
    const struct {
        const char *key;
        int64_t *value;
        bool duration;
    } options[] = {{"per_minute", &notifier->per_minute, false},
                   {"concurrency", &notifier->concurrency, false},
                   {"give_up", &notifier->give_up_ms, true},
                   {"retry", &notifier->retry_first_ms, true}};
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        const char *value = option(script, options[i].key);
        if (value && !(options[i].duration ? str_duration_parse(value, options[i].value)
                                           : str_int_parse(value, options[i].value)))
            return fail(script, "%s=%s", options[i].key, value);
    }
    notifier->plugin.interrupts = flag(script, "interrupts");
    notifier->plugin.resolves = flag(script, "resolves");
    return 0;
}

static char *option_or(const struct script *script, const char *key, const char *otherwise)
{
    const char *value = option(script, key);
    return mem_strdup(value ? value : otherwise);
}

static int say_route(struct script *script)
{
    struct config_route *route = world_route(script->world);
    const char *min = option(script, "min"), *batch = option(script, "batch"),
               *escalate = option(script, "escalate");
    *route = (struct config_route){.topics = texts(option(script, "topics")),
                                   .notify = texts(option(script, "notify")),
                                   .quiet = texts(option(script, "quiet")),
                                   .remind = texts(option(script, "remind")),
                                   .min_severity = min ? (int)number(min) : 1,
                                   .stop = flag(script, "stop")};
    AUTO_FREE char *zone = option_or(script, "zone", "UTC");
    AUTO_FREE char *most = option_or(script, "most", TIMING_NONE);
    AUTO_FREE char *digest = option_or(script, "digest", TIMING_NONE);
    if (batch && !str_duration_parse(batch, &route->batch_ms))
        return fail(script, "batch=%s", batch);
    if (escalate && !str_duration_parse(escalate, &route->escalate_ms))
        return fail(script, "escalate=%s", escalate);
    route->zone = zone;
    route->at_most = most;
    route->digest = digest;
    route->timing = timing_new(route);
    route->zone = route->at_most = route->digest = NULL;
    return 0;
}

static int say_clock(struct script *script)
{
    struct err err;
    struct calendar at;
    struct zone *zone = zone_open(script->n_words > 2 ? word(script, 2) : "UTC", &err);
    if (!zone || calendar_parse(word(script, 1), &at, &err) < 0) {
        zone_free(&zone);
        return fail(script, "%s", err.text);
    }
    struct loop *loop = world_loop(script->world);
    fake_loop_jump(loop, calendar_next(&at, zone, 0) * 1000 - loop_wall_ms(loop));
    zone_free(&zone);
    return 0;
}

static int say_keep(struct script *script)
{
    int64_t ms;
    if (!str_duration_parse(word(script, 1), &ms))
        return fail(script, "KEEP %s", word(script, 1));
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
    world_remove(script->world, word(script, 1));
    return 0;
}

static int say_restart(struct script *script)
{
    world_restart(script->world);
    return 0;
}

/* ---- what happens ---- */

static int say_topic(struct script *script)
{
    struct detect_result *result =
        result_new("topics", false, 1, ++script->version, word(script, 1), 20260101);
    if (script->n_words > 3) {
        const char *old = option(script, "old");
        bool is_old = strncmp(word(script, 3), OLD, strlen(OLD)) == 0;
        struct detect_finding *finding =
            result_topic(result, word(script, 2), is_old ? old : word(script, 3));
        finding->evidence[0].is_old = is_old;
        for (size_t i = 4; i < script->n_words; i++)
            if (strncmp(word(script, i), OLD, strlen(OLD)) != 0)
                result_quote(finding, word(script, i));
        if (old && !is_old)
            result_old_quote(finding, old);
        if (str_equal(word(script, 0), "URGENT"))
            finding->severity = TOCSIN_URGENT;
    }
    alerts_result(world_alerts(script->world), result);
    return 0;
}

static int say_fact(struct script *script)
{
    int32_t date;
    const char *day = word(script, 2), *year = word(script, 5);
    if (!str_date_parse(day, strlen(day), &date))
        return fail(script, "\"%s\" is no date", day);
    struct detect_result *result =
        result_new("lemans", true, 1, ++script->version, word(script, 1), date);
    result_fact(result, word(script, 3), word(script, 4), *year == '-' ? "" : year,
                word(script, 6));
    alerts_result(world_alerts(script->world), result);
    return 0;
}

static int say_trouble(struct script *script)
{
    alerts_trouble(world_alerts(script->world), word(script, 1), word(script, 2));
    return 0;
}

static int say_over(struct script *script)
{
    alerts_trouble_over(world_alerts(script->world), word(script, 1));
    return 0;
}

static int say_behave(struct script *script)
{
    static const char *const words[] = {"OK",      "LATER",    "NEVER",   "HANGS",
                                        "CRASHES", "UNUSABLE", "ENDLESS", "SPENT"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(words[i], word(script, 2)) != 0)
            continue;
        fake_hosts_behave(word(script, 1), (enum fake_behaviour)i);
        return 0;
    }
    return fail(script, "no behaviour \"%s\"", word(script, 2));
}

static void ask_action(struct world *world, void *arg)
{
    alerts_action(world_alerts(world), world_last_alert(world), arg, world_acted, world);
}

static int say_action(struct script *script)
{
    AUTO_FREE char *verb =
        mem_printf("%s%s%s", word(script, 1), script->n_words > 2 ? " " : "", word(script, 2));
    char error[256];
    world_ask(script->world, ask_action, verb, error);
    return *error ? fail(script, "%s", error) : 0;
}

static void answered(void *arg, json_t *result, const char *error)
{
    world_answer(arg, result, error);
}

static void ask_silence(struct world *world, void *arg)
{
    struct script *script = arg;
    const char *match = word(script, 2), *equals = strchr(match, '=');
    AUTO_FREE char *key = mem_strndup(match, equals ? (size_t)(equals - match) : 0);
    json_t *matcher = json_pack("{s:[s]}", key, equals ? equals + 1 : "");
    int64_t ms = 0;
    str_duration_parse(word(script, 1), &ms);
    alerts_silence(world_alerts(world), matcher, ms, "a person", "for a reason", answered, world);
    json_decref(matcher);
}

static int say_silence(struct script *script)
{
    char error[256];
    json_decref(world_ask(script->world, ask_silence, script, error));
    return *error ? fail(script, "%s", error) : 0;
}

static void ask_forget(struct world *world, void *arg)
{
    alerts_silence_end(world_alerts(world), number(word(arg, 2)), answered, world);
}

static int say_forget(struct script *script)
{
    char error[256];
    json_decref(world_ask(script->world, ask_forget, script, error));
    return *error ? fail(script, "%s", error) : 0;
}

static int say_press(struct script *script)
{
    if (!fake_hosts_press(world_hosts(script->world), word(script, 1), script->pressed_alert,
                          word(script, 2)))
        return fail(script, "there is nobody to press");
    return 0;
}

static int say_pause(struct script *script)
{
    bool paused = strcmp(word(script, 0), "PAUSE") == 0;
    alerts_pause(world_alerts(script->world), paused);
    deliver_pause(world_deliver(script->world), paused);
    return 0;
}

static int say_time(struct script *script)
{
    int64_t ms;
    if (!str_duration_parse(word(script, 2), &ms))
        return fail(script, "\"%s\" is no duration", word(script, 2));
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
    const char *wanted = word(script, 2);
    if (!*wanted)
        return *error ? fail(script, "%s", error) : 0;
    return strstr(error, wanted) ? 0 : fail(script, "the test said \"%s\"", error);
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
    AUTO_FREE char *what = delivery_of(script, word(script, 1));
    json_t *answer = world_ask(script->world, ask, what, error);
    int64_t n = json_integer_value(answer), wanted = -1;
    const char *text = script->n_words > 2 ? word(script, 2) : "1";
    json_decref(answer);
    if (!str_int_parse(text, &wanted))
        return strstr(error, text) ? 0 : fail(script, "it says \"%s\"", error);
    if (*error)
        return fail(script, "%s", error);
    return n == wanted ? 0 : fail(script, "it was done with %lld", (long long)n);
}

static int say_retry(struct script *script)
{
    return act(script, ask_retry);
}

static int say_drop(struct script *script)
{
    return act(script, ask_drop);
}

/* ---- what is expected ---- */

static int compare(struct script *script, const char *what, const char *wanted, const char *is)
{
    if (!wanted || strcmp(wanted, is) == 0)
        return 0;
    return fail(script, "%s is \"%s\", not \"%s\"", what, is, wanted);
}

static int compare_number(struct script *script, const char *what, const char *wanted, int64_t is)
{
    if (!wanted || number(wanted) == is)
        return 0;
    return fail(script, "%s is %lld, not %s", what, (long long)is, wanted);
}

static int check_ring(struct script *script, const struct ring *ring, bool ok)
{
    const char *headline =
        script->n_words > 3 && !strchr(word(script, 3), '=') ? word(script, 3) : NULL;
    if (headline && (strcmp(headline, "same") == 0 || strcmp(headline, "resolved") == 0))
        headline = NULL;
    if (ring->ok != ok)
        return fail(script, "the attempt at \"%s\" went %s", ring->headline, ok ? "wrong" : "well");
    if (flag(script, "resolved") != ring->resolved)
        return fail(script, "it tells of %s", ring->resolved ? "an end" : "news");
    if (flag(script, "same") && strcmp(script->last_id, ring->id) != 0)
        return fail(script, "it came under another id");
    snprintf(script->last_id, sizeof(script->last_id), "%s", ring->id);
    snprintf(script->pressed_alert, sizeof(script->pressed_alert), "%s", ring->alert_id);
    if (compare(script, "the headline", headline, ring->headline) < 0 ||
        compare(script, "the change", option(script, "change"), ring->change) < 0 ||
        compare(script, "the summary", option(script, "summary"), ring->summary) < 0 ||
        compare(script, "the token", option(script, "token"), ring->token) < 0 ||
        compare_number(script, "the sources", option(script, "sources"), ring->n_sources) < 0 ||
        compare_number(script, "the attempt", option(script, "attempt"), ring->attempt) < 0)
        return -1;
    return compare_number(script, "the count", option(script, "count"), ring->count);
}

static int expect_ring(struct script *script)
{
    bool ok = strcmp(word(script, 1), "RING") == 0;
    struct ring *ring = world_ring(script->world, word(script, 2));
    if (!ring)
        return fail(script, "%s did not hear of anything", word(script, 2));
    int result = check_ring(script, ring, ok);
    ring_free(&ring);
    return result;
}

static int expect_silent(struct script *script)
{
    const struct ring *ring = world_any_ring(script->world);
    if (!ring)
        return 0;
    return fail(script, "%s rang: \"%s\" %s %s", ring->notifier, ring->headline, ring->change,
                ring->summary);
}

static int expect_idle(struct script *script)
{
    return world_idle(script->world) ? 0 : fail(script, "something is under way or timed");
}

static int expect_outcome(struct script *script)
{
    return compare(script, "the outcome", word(script, 2), world_last_outcome(script->world));
}

static void ask_status(struct world *world, void *arg)
{
    (void)arg;
    deliver_status(world_deliver(world), world_answer, world);
}

static int expect_count(struct script *script)
{
    char error[256];
    json_t *list = world_ask(script->world, ask_status, NULL, error), *entry;
    size_t i;
    int64_t n = -1;
    json_array_foreach(list, i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "notifier")), word(script, 2)) == 0)
            n = json_integer_value(json_object_get(entry, word(script, 3)));
    }
    json_decref(list);
    return compare_number(script, word(script, 3), word(script, 4), n);
}

static int expect_outcomes(struct script *script)
{
    const uint64_t *counts = alerts_outcome_counts(world_alerts(script->world));
    for (int i = 0; i < OUTCOME_N; i++) {
        const char *wanted = option(script, outcome_word((enum alert_outcome)i));
        if (compare_number(script, outcome_word((enum alert_outcome)i), wanted ? wanted : "0",
                           (int64_t)counts[i]) < 0)
            return -1;
    }
    return 0;
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

static int expect_attempts(struct script *script)
{
    struct counted counted = {.name = word(script, 2)};
    deliver_each_counts(world_deliver(script->world), take_counts, &counted);
    for (size_t i = 0; i < ATTEMPT_N; i++) {
        static const char *const words[] = {"sent", "later", "never", "unknown"};
        if (compare_number(script, words[i], word(script, 3 + i),
                           (int64_t)counted.counts.attempts[i]) < 0)
            return -1;
    }
    return 0;
}

static int expect_failed(struct script *script)
{
    static const struct {
        const char *word;
        size_t failure;
    } reasons[] = {{"LATER", FAILURE_LATER},
                   {"NEVER", FAILURE_NEVER},
                   {"CRASHED", FAILURE_HOST + HOST_CRASHED},
                   {"HUNG", FAILURE_HOST + HOST_HUNG}};
    struct counted counted = {.name = word(script, 2)};
    deliver_each_counts(world_deliver(script->world), take_counts, &counted);
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        const uint64_t *n = counted.counts.failures[reasons[i].failure];
        if (strcmp(reasons[i].word, word(script, 3)) != 0)
            continue;
        return compare_number(script, "failed, again", word(script, 4), (int64_t)n[0]) < 0
                   ? -1
                   : compare_number(script, "failed, dead", word(script, 5), (int64_t)n[1]);
    }
    return fail(script, "no reason \"%s\"", word(script, 3));
}

static void ask_show(struct world *world, void *arg)
{
    (void)arg;
    alerts_show(world_alerts(world), world_last_alert(world), world_answer, world);
}

static int expect_state(struct script *script)
{
    char error[256];
    json_t *alert = world_ask(script->world, ask_show, NULL, error);
    const char *state = json_string_value(json_object_get(alert, "state"));
    int result = compare(script, "the state", word(script, 2), state ? state : error);
    json_decref(alert);
    return result;
}

static void ask_facts(struct world *world, void *arg)
{
    alerts_facts(world_alerts(world), arg, world_answer, world);
}

static int expect_ladder(struct script *script)
{
    char error[256];
    json_t *filter = json_pack("{s:{s:s}}", "field", "driver", word(script, 2)), *rung, *ladder;
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
    return compare(script, "the ladder", word(script, 3), buf_text(&text));
}

/* ---- the tables of words ---- */

struct verb {
    const char *word;
    int (*run)(struct script *script);
};

static const struct verb expectations[] = {
    {"RING", expect_ring},         {"TRY", expect_ring},      {"SILENT", expect_silent},
    {"OUTCOME", expect_outcome},   {"COUNT", expect_count},   {"STATE", expect_state},
    {"LADDER", expect_ladder},     {"IDLE", expect_idle},     {"OUTCOMES", expect_outcomes},
    {"ATTEMPTS", expect_attempts}, {"FAILED", expect_failed},
};

static int say(struct script *script, const struct verb *verbs, size_t n, size_t at)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(verbs[i].word, word(script, at)) == 0)
            return verbs[i].run(script);
    }
    return fail(script, "unknown word \"%s\"", word(script, at));
}

static int say_expect(struct script *script)
{
    return say(script, expectations, ARRAY_LEN(expectations), 1);
}

static const struct verb verbs[] = {
    {"NOTIFIER", say_notifier}, {"ROUTE", say_route},   {"START", say_start},
    {"KEEP", say_keep},         {"REMOVE", say_remove}, {"RESTART", say_restart},
    {"SILENCE", say_silence},   {"FORGET", say_forget}, {"CLOCK", say_clock},
    {"URGENT", say_topic},      {"TOPIC", say_topic},   {"FACT", say_fact},
    {"TROUBLE", say_trouble},   {"OVER", say_over},     {"BEHAVE", say_behave},
    {"ACTION", say_action},     {"PRESS", say_press},   {"PAUSE", say_pause},
    {"RESUME", say_pause},      {"TIME", say_time},     {"TEST", say_test},
    {"RETRY", say_retry},       {"DROP", say_drop},     {"EXPECT", say_expect},
};

/* Every line comes to rest before the next. */
static int run_line(struct script *script, char *line)
{
    split(script, line);
    if (!script->n_words)
        return 0;
    if (say(script, verbs, ARRAY_LEN(verbs), 0) < 0)
        return -1;
    bool is_config = strcmp(word(script, 0), "NOTIFIER") == 0 ||
                     strcmp(word(script, 0), "ROUTE") == 0 ||
                     strcmp(word(script, 0), "REMOVE") == 0 || strcmp(word(script, 0), "KEEP") == 0;
    if (is_config || strcmp(word(script, 0), "BEHAVE") == 0 || world_settle(script->world))
        return 0;
    return fail(script, "it does not come to rest");
}

static bool run_script(const char *file)
{
    struct script script = {.world = world_new()};
    FILE *in = fopen(file, "re");
    char line[1024];
    int n = 0, result = in ? 0 : fail(&script, "cannot open it");
    while (result == 0 && fgets(line, sizeof(line), in)) {
        n++;
        line[strcspn(line, "\n")] = '\0';
        result = run_line(&script, line);
    }
    /* Nothing may have rung that the script does not tell of. */
    if (result == 0)
        result = expect_silent(&script);
    if (in)
        fclose(in);
    world_free(&script.world);
    if (result < 0)
        printf("# %s:%d: %s\n", file, n, script.error);
    return result == 0;
}

/* The files that are named, else every script of the folder. */
int main(int argc, char **argv)
{
    const char *srcdir = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *pattern = mem_printf("%s/tests/scenario/*.scn", srcdir ? srcdir : ".");
    glob_t found = {0};
    int failed = 0;
    log_init("scenario", LOG_LEVEL_ERROR);
    if (argc < 2 && glob(pattern, 0, NULL, &found) != 0) {
        printf("Bail out! No scripts are at %s\n", pattern);
        return 1;
    }
    char **files = argc < 2 ? found.gl_pathv : argv + 1;
    int n = argc < 2 ? (int)found.gl_pathc : argc - 1;
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        const char *slash = strrchr(files[i], '/');
        bool ok = run_script(files[i]);
        failed += !ok;
        printf("%s %d - %s\n", ok ? "ok" : "not ok", i + 1, slash ? slash + 1 : files[i]);
        fflush(stdout);
    }
    globfree(&found);
    return failed ? 1 : 0;
}
