/* What may happen in a script made at random, and what is promised of it; see random.h. */
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "random.h"

#define STARTS_MOST 40 /* a world keeps every configuration */
#define MINUTE_MS   INT64_C(60000)
#define HOUR_MS     (60 * MINUTE_MS)
#define AWAITED     "acme"
#define AWAITED_H   30

#define ANY(game, list) (list)[random_pick(game, ARRAY_LEN(list))]

/* ---- what is found ---- */

static int any_document(struct game *game)
{
    static const char *const topics[] = {"acme", "bolt", "cog", "urgent"};
    const char *topic = ANY(game, topics);
    AUTO_FREE char *document = mem_printf("doc%u", random_pick(game, 6));
    AUTO_FREE char *quote = mem_printf("%u", random_pick(game, 12));
    const char *verb = strcmp(topic, "urgent") == 0 ? "URGENT" : "TOPIC";
    if (random_play(game, "%s %s %s %s", verb, document, topic, quote) < 0)
        return -1;
    return promises_of_text(&game->promises, &game->script, document, topic, quote);
}

static int any_story(struct game *game)
{
    static const char *const topics[] = {"acme", "bolt"};
    struct stories_text text = {.story = random_pick(game, 3),
                                .document = random_pick(game, 4),
                                .topic = ANY(game, topics),
                                .wording = random_pick(game, STORIES_WORDINGS),
                                .place = random_pick(game, STORIES_PLACES),
                                .is_denied = random_pick(game, 2),
                                .has_number = random_pick(game, 2)};
    AUTO_FREE char *quote = stories_quote(&text);
    if (random_play(game, "TOPIC text%u-%u %s \"%s\" story=plant%u", text.story, text.document,
                    text.topic, quote, text.story) < 0)
        return -1;
    return promises_of_story(&game->promises, &game->script, &text);
}

/* The first is never said of a year, the second always, the others with and without. */
static int any_fact(struct game *game)
{
    static const char *const drivers[] = {"Ann", "Ben", "Cid", "Dee"};
    static const char *const statuses[] = {"interest", "rumoured", "confirmed", "ruled_out"};
    size_t driver = random_pick(game, ARRAY_LEN(drivers));
    bool has_year = driver == 1 || (driver > 1 && random_pick(game, 2));
    AUTO_FREE char *document = mem_printf("article%u", random_pick(game, 6));
    AUTO_FREE char *year = has_year ? mem_printf("%u", 2024 + random_pick(game, 4)) : NULL;
    int date_year = 2024 + (int)random_pick(game, 3), month = 1 + (int)random_pick(game, 3);
    struct ladders_said said = {.document = document,
                                .status = ANY(game, statuses),
                                .driver = drivers[driver],
                                .date = date_year * 10000 + month * 100 + 1};
    int64_t number = 0;
    if (year && str_int_parse(year, &number))
        said.year = (int)number;
    if (random_play(game, "FACT %s %d-%02d-01 %s \"%s\" %s \"said\"", document, date_year, month,
                    said.status, said.driver, year ? year : "-") < 0)
        return -1;
    return promises_of_fact(&game->promises, &game->script, &said);
}

static const char *any_subject(struct game *game)
{
    static const char *const subjects[] = {"source:news", "source:wire", "disk"};
    return ANY(game, subjects);
}

static int any_trouble(struct game *game)
{
    static const char *const texts[] = {"It is gone", "It is gone", "It is empty"};
    const char *subject = any_subject(game), *text = ANY(game, texts);
    if (random_play(game, "TROUBLE %s \"%s\"", subject, text) < 0)
        return -1;
    return promises_of_trouble(&game->promises, &game->script, subject, text);
}

static int any_over(struct game *game)
{
    const char *subject = any_subject(game);
    if (random_play(game, "OVER %s", subject) < 0)
        return -1;
    return promises_of_its_end(&game->promises, &game->script, subject);
}

/* ---- time ---- */

static int any_time(struct game *game)
{
    static const char *const units[] = {"s", "m", "m", "h"};
    return random_play(game, "TIME PASSES %u%s", 1 + random_pick(game, 50), ANY(game, units));
}

static int any_jump(struct game *game)
{
    char text[32];
    struct tm tm;
    int64_t by_s = ((int64_t)random_pick(game, 49) - 24) * 1800;
    time_t at = (time_t)(loop_wall_ms(world_loop(game->script.world)) / 1000 + by_s);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", gmtime_r(&at, &tm));
    ledger_clock_set(game->promises.ledger, (by_s < 0 ? -by_s : by_s) * 1000 + 1000);
    troubles_clock_set(game->promises.troubles);
    return random_play(game, "CLOCK \"%s\"", text);
}

/* ---- persons ---- */

/* An alert is there to act on: the first lines see to that. */
static int any_action(struct game *game)
{
    static const struct {
        const char *verb, *duration;
        int64_t ms;
    } actions[] = {
        {"acknowledge", "", 0}, {"snooze", " 1h", HOUR_MS},   {"snooze", " 9h", 9 * HOUR_MS},
        {"close", "", 0},       {"mute", " 2h", 2 * HOUR_MS}, {"unmute", "", 0},
        {"open", "", 0}};
    size_t i = random_pick(game, ARRAY_LEN(actions));
    AUTO_FREE char *alert = mem_strdup(world_last_alert(game->script.world));
    if (ledger_action(game->promises.ledger, &game->script, alert, actions[i].verb, actions[i].ms) <
        0)
        return -1;
    return random_play(game, "ACTION %s%s", actions[i].verb, actions[i].duration);
}

static int any_silence(struct game *game)
{
    unsigned minutes = 1 + random_pick(game, 200);
    ledger_silence(game->promises.ledger, &game->script, minutes * MINUTE_MS);
    return random_play(game, "SILENCE %um topic=%s", minutes,
                       random_pick(game, 2) ? "acme" : "*o*");
}

static int any_pause(struct game *game)
{
    game->promises.paused = !game->promises.paused;
    return random_play(game, game->promises.paused ? "PAUSE" : "RESUME");
}

/* ---- the machine ---- */

/* One fails, the others never: what these are told is told at its time. */
static int any_behaviour(struct game *game)
{
    static const char *const moods[] = {"OK", "OK", "LATER", "NEVER", "CRASHES", "HANGS"};
    return random_play(game, "BEHAVE mail %s", ANY(game, moods));
}

static int any_start(struct game *game)
{
    if (++game->n_starts > STARTS_MOST)
        return 0;
    return random_play(game, random_pick(game, 2) ? "CRASH" : "RESTART");
}

static int any_routes(struct game *game)
{
    static const struct {
        const char *routes[2];
        bool quiet;
        struct ledger_rules rules;
    } sets[] = {
        {{"ROUTE notify=desk,mail,hook", NULL}, false, {.remind = NULL}},
        {{"ROUTE notify=desk quiet=22:00-07:00", "ROUTE notify=mail digest=08:00"},
         true,
         {.remind = NULL}},
        {{"ROUTE notify=desk quiet=22:00-07:00 batch=10m", "ROUTE notify=mail most=2/1h"},
         true,
         {.remind = NULL}},
        {{"ROUTE notify=desk most=2/1h", "ROUTE notify=mail batch=5m quiet=00:00-06:00"},
         false,
         {.remind = NULL}},
        /* What another set has held of acme is told at any time: no route says when. */
        {{"ROUTE topics=acme stop", "ROUTE notify=desk,mail quiet=22:00-07:00"},
         false,
         {.remind = NULL}},
        {{"ROUTE notify=desk remind=30m,2h", "ROUTE notify=mail,hook escalate=15m"},
         false,
         {"desk", {30 * MINUTE_MS, 2 * HOUR_MS}, "hook", 15 * MINUTE_MS}},
        {{"ROUTE notify=mail remind=1h", "ROUTE notify=desk,hook escalate=10m quiet=22:00-07:00"},
         true,
         {"mail", {HOUR_MS}, "hook", 10 * MINUTE_MS}},
    };
    size_t set = random_pick(game, ARRAY_LEN(sets));
    if (++game->n_starts > STARTS_MOST)
        return 0;
    if (random_play(game, "REMOVE ROUTES") < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(sets[set].routes); i++) {
        if (sets[set].routes[i] && random_play(game, "%s", sets[set].routes[i]) < 0)
            return -1;
    }
    game->promises.quiet = sets[set].quiet ? "desk" : NULL;
    ledger_take_rules(game->promises.ledger, &sets[set].rules);
    return random_play(game, "START");
}

/* ---- a script ---- */

static int check(struct game *game)
{
    if (promises_of_rings(&game->promises, &game->script) < 0)
        return -1;
    return troubles_awaited(game->promises.troubles, &game->script);
}

int chance_begin(struct game *game)
{
    static const char *const lines[] = {
        "NOTIFIER desk interrupts per_minute=3",
        "NOTIFIER mail resolves retry=10s give_up=6h",
        "NOTIFIER hook resolves",
    };
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        if (random_play(game, "%s", lines[i]) < 0)
            return -1;
    }
    if (random_play(game, "AWAIT topics=%s within=%dh", AWAITED, AWAITED_H) < 0 ||
        random_play(game, "START") < 0)
        return -1;
    troubles_await(game->promises.troubles, &game->script, AWAITED, AWAITED_H * HOUR_MS);
    return any_document(game) < 0 ? -1 : check(game);
}

int chance_line(struct game *game)
{
    static int (*const events[])(struct game *) = {
        any_document, any_document, any_document,  any_document, any_story,
        any_story,    any_story,    any_fact,      any_fact,     any_fact,
        any_trouble,  any_over,     any_time,      any_time,     any_time,
        any_time,     any_time,     any_jump,      any_action,   any_action,
        any_silence,  any_pause,    any_behaviour, any_start,    any_routes,
    };
    return ANY(game, events)(game) < 0 ? -1 : check(game);
}

/* Nothing is in the way any more, and there is time. */
int chance_end(struct game *game)
{
    if (game->promises.paused && any_pause(game) < 0)
        return -1;
    game->promises.quiet = NULL;
    if (random_play(game, "BEHAVE mail OK") < 0 || random_play(game, "TIME PASSES 3d") < 0 ||
        check(game) < 0)
        return -1;
    return promises_at_the_end(&game->promises, &game->script);
}
