/*
 * Scripts made at random (script.h), held to the promises of promises.h after every line. A script
 * that breaks one is printed, to be played again by run.
 *
 *   random [SEEDS [FIRST [LINES]]]   so many scripts; by default a few, from fixed seeds
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "promises.h"

#define STARTS_MOST 40 /* a world keeps every configuration */

struct game {
    struct script script;
    struct promises promises;
    struct buf lines; /* as played so far */
    uint64_t random;
    int n_starts;
};

/* Numbers that are the same everywhere: splitmix64. */
static unsigned pick(struct game *game, unsigned n)
{
    uint64_t z = game->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) % n);
}

static int play(struct game *game, const char *fmt, ...) PRINTF(2, 3);
static int play(struct game *game, const char *fmt, ...)
{
    char line[256];
    va_list va;
    va_start(va, fmt);
    vsnprintf(line, sizeof(line), fmt, va);
    va_end(va);
    buf_printf(&game->lines, "%s\n", line);
    game->script.line++;
    return script_play(&game->script, line);
}

/* ---- what may happen ---- */

static int any_document(struct game *game)
{
    static const char *const topics[] = {"acme", "bolt", "cog", "urgent"};
    const char *topic = topics[pick(game, ARRAY_LEN(topics))];
    AUTO_FREE char *document = mem_printf("doc%u", pick(game, 6));
    AUTO_FREE char *quote = mem_printf("%u", pick(game, 12));
    const char *verb = strcmp(topic, "urgent") == 0 ? "URGENT" : "TOPIC";
    if (play(game, "%s %s %s %s", verb, document, topic, quote) < 0)
        return -1;
    return promises_of_text(&game->promises, &game->script, document, topic, quote);
}

static int any_time(struct game *game)
{
    static const char *const units[] = {"s", "m", "m", "h"};
    return play(game, "TIME PASSES %u%s", 1 + pick(game, 50), units[pick(game, ARRAY_LEN(units))]);
}

static int any_jump(struct game *game)
{
    char text[32];
    struct tm tm;
    int64_t by_s = ((int64_t)pick(game, 49) - 24) * 1800;
    time_t at = (time_t)(loop_wall_ms(world_loop(game->script.world)) / 1000 + by_s);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", gmtime_r(&at, &tm));
    return play(game, "CLOCK \"%s\"", text);
}

/* An alert is there to act on: the first lines see to that. */
static int any_action(struct game *game)
{
    static const char *const actions[] = {"acknowledge", "snooze 1h", "snooze 9h", "close",
                                          "mute 2h",     "unmute",    "open"};
    return play(game, "ACTION %s", actions[pick(game, ARRAY_LEN(actions))]);
}

static int any_silence(struct game *game)
{
    return play(game, "SILENCE %um topic=%s", 1 + pick(game, 200), pick(game, 2) ? "acme" : "*o*");
}

static int any_pause(struct game *game)
{
    game->promises.paused = !game->promises.paused;
    return play(game, game->promises.paused ? "PAUSE" : "RESUME");
}

/* One fails, the other never: what that one is told is told at its time. */
static int any_behaviour(struct game *game)
{
    static const char *const moods[] = {"OK", "OK", "LATER", "NEVER", "CRASHES", "HANGS"};
    return play(game, "BEHAVE mail %s", moods[pick(game, ARRAY_LEN(moods))]);
}

static int any_start(struct game *game)
{
    if (++game->n_starts > STARTS_MOST)
        return 0;
    return play(game, pick(game, 2) ? "CRASH" : "RESTART");
}

static int any_routes(struct game *game)
{
    static const struct {
        const char *routes[2];
        bool quiet;
    } sets[] = {
        {{"ROUTE notify=desk,mail", NULL}, false},
        {{"ROUTE notify=desk quiet=22:00-07:00", "ROUTE notify=mail digest=08:00"}, true},
        {{"ROUTE notify=desk quiet=22:00-07:00 batch=10m", "ROUTE notify=mail most=2/1h"}, true},
        {{"ROUTE notify=desk most=2/1h", "ROUTE notify=mail batch=5m quiet=00:00-06:00"}, false},
        {{"ROUTE topics=acme stop", "ROUTE notify=desk,mail quiet=22:00-07:00"}, true},
    };
    size_t set = pick(game, ARRAY_LEN(sets));
    if (++game->n_starts > STARTS_MOST)
        return 0;
    if (play(game, "REMOVE ROUTES") < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(sets[set].routes); i++) {
        if (sets[set].routes[i] && play(game, "%s", sets[set].routes[i]) < 0)
            return -1;
    }
    game->promises.quiet = sets[set].quiet ? "desk" : NULL;
    return play(game, "START");
}

/* ---- a script ---- */

static int begin(struct game *game)
{
    if (play(game, "NOTIFIER desk interrupts per_minute=3") < 0 ||
        play(game, "NOTIFIER mail retry=10s give_up=6h") < 0 || play(game, "START") < 0)
        return -1;
    return any_document(game);
}

static int any_line(struct game *game)
{
    static int (*const events[])(struct game *) = {
        any_document, any_document, any_document, any_document,  any_document, any_document,
        any_time,     any_time,     any_time,     any_time,      any_jump,     any_action,
        any_action,   any_silence,  any_pause,    any_behaviour, any_start,    any_routes,
    };
    if (events[pick(game, ARRAY_LEN(events))](game) < 0)
        return -1;
    return promises_of_rings(&game->promises, &game->script);
}

/* Nothing is in the way any more, and there is time. */
static int end(struct game *game)
{
    if (game->promises.paused && any_pause(game) < 0)
        return -1;
    game->promises.quiet = NULL;
    if (play(game, "BEHAVE mail OK") < 0 || play(game, "TIME PASSES 3d") < 0 ||
        promises_of_rings(&game->promises, &game->script) < 0)
        return -1;
    return promises_at_the_end(&game->script);
}

static bool run(uint64_t seed, int n_lines)
{
    struct game game = {.script = {.world = world_new(), .name = "random"}, .random = seed};
    promises_init(&game.promises);
    int result = begin(&game);
    for (int i = 0; result == 0 && i < n_lines; i++)
        result = any_line(&game);
    if (result == 0)
        result = end(&game);
    if (result < 0)
        printf("# seed %llu, line %d: %s\n%s", (unsigned long long)seed, game.script.line,
               game.script.error, buf_text(&game.lines));
    buf_deinit(&game.lines);
    promises_deinit(&game.promises);
    world_free(&game.script.world);
    return result == 0;
}

static int64_t argument(int argc, char **argv, int i, int64_t otherwise)
{
    int64_t value;
    return i < argc && str_int_parse(argv[i], &value) ? value : otherwise;
}

int main(int argc, char **argv)
{
    int64_t n = argument(argc, argv, 1, 6), first = argument(argc, argv, 2, 1);
    int64_t n_lines = argument(argc, argv, 3, 120);
    int failed = 0;
    log_init("random", LOG_LEVEL_ERROR);
    printf("1..%" PRId64 "\n", n);
    for (int64_t i = 0; i < n; i++) {
        bool ok = run((uint64_t)(first + i), (int)n_lines);
        failed += !ok;
        printf("%s %" PRId64 " - seed %" PRId64 "\n", ok ? "ok" : "not ok", i + 1, first + i);
        fflush(stdout);
    }
    return failed ? 1 : 0;
}
