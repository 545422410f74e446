/*
 * Scripts made at random (script.h), held to the promises of promises.h after every line. A script
 * that breaks one is printed, to be played again by run.
 *
 *   random [SEEDS [FIRST [LINES]]]   so many scripts; by default a few, from fixed seeds
 */
#include "random.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "base/str.h"

/* Numbers that are the same everywhere: splitmix64. */
unsigned random_pick(struct game *game, unsigned n)
{
    uint64_t z = game->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)((z ^ (z >> 31)) % n);
}

int random_play(struct game *game, const char *fmt, ...)
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

static bool run(uint64_t seed, int n_lines)
{
    struct game game = {.script = {.world = world_new(), .name = "random"}, .random = seed};
    promises_init(&game.promises);
    int result = chance_begin(&game);
    for (int i = 0; result == 0 && i < n_lines; i++)
        result = chance_line(&game);
    if (result == 0)
        result = chance_end(&game);
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
