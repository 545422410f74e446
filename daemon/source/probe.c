/*
 * A source by itself, for tests in namespaces of their own: watches the folder named first (settle
 * second, in milliseconds) and prints a line for whatever its receiver is told. Reads commands:
 * `rescan`; ends with its standard input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "source/source.h"

struct probe {
    struct loop *loop;
    struct source *source;
    struct map *known;
    enum source_state state;
    char *why;
};

static const char *const kinds[] = {"added", "modified", "removed", "renamed"};
static const char *const states[] = {"starting", "watching", "polling", "unavailable"};

static bool is_known(void *arg, struct source *source, const char *path,
                     const struct source_key *key, bool *known_path)
{
    (void)source;
    const struct source_key *known = map_get_text(((struct probe *)arg)->known, path);
    *known_path = known != NULL;
    return known && memcmp(known, key, sizeof(*key)) == 0;
}

static void changed(void *arg, struct source *source, const struct change *change)
{
    struct probe *probe = arg;
    printf("%s %s\n", kinds[change->kind], change->path);
    if (change->kind == CHANGE_REMOVED)
        free(map_remove_text(probe->known, change->path));
    if (change->fd < 0)
        return;
    close(change->fd);
    free(map_set_text(probe->known, change->path, mem_copy(&change->key, sizeof(change->key))));
    source_credit(source, 1);
}

static void tree_moved(void *arg, struct source *source, const char *from, const char *to)
{
    (void)arg;
    (void)source;
    printf("tree %s %s\n", from, to ? to : "");
}

static void scan_began(void *arg, struct source *source)
{
    (void)arg;
    (void)source;
}

static void scan_ended(void *arg, struct source *source, bool ok)
{
    (void)arg;
    printf("scanned %s, watches %llu\n", ok ? "all" : "in part",
           (unsigned long long)source_counts(source)->watches);
}

static void state_changed(void *arg, struct source *source)
{
    struct probe *probe = arg;
    const char *why = source_why(source);
    if (probe->why && probe->state == source_state(source) && strcmp(probe->why, why) == 0)
        return;
    free(probe->why);
    probe->why = mem_strdup(why);
    probe->state = source_state(source);
    printf("state %s: %s\n", states[probe->state], why);
}

static uint64_t known_count(void *arg, struct source *source)
{
    (void)source;
    return map_count(((struct probe *)arg)->known);
}

static void command(void *arg, unsigned events)
{
    (void)events;
    struct probe *probe = arg;
    char line[64];
    ssize_t n = read(STDIN_FILENO, line, sizeof(line));
    if (n <= 0)
        loop_stop(probe->loop);
    else if (n >= 6 && memcmp(line, "rescan", 6) == 0)
        source_rescan(probe->source);
}

int main(int argc, char **argv)
{
    int64_t settle_ms;
    if (argc != 3 || !str_int_parse(argv[2], &settle_ms))
        return EX_USAGE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    log_init("probe", LOG_LEVEL_INFO);
    static const struct source_ops ops = {
        .known = is_known,
        .change = changed,
        .tree_moved = tree_moved,
        .scan_began = scan_began,
        .scan_ended = scan_ended,
        .state = state_changed,
        .known_count = known_count,
    };
    char name[] = "probe";
    const struct config_folder folder = {.name = name,
                                         .path = argv[1],
                                         .recursive = true,
                                         .settle_ms = settle_ms,
                                         .max_size_bytes = 16 << 20};
    struct probe probe = {.loop = loop_new(), .known = map_new()};
    probe.source = source_new(probe.loop, &folder, &ops, &probe);
    struct loop_io *io = loop_io_new(probe.loop, STDIN_FILENO, LOOP_READ, command, &probe);
    loop_run(probe.loop);
    loop_io_free(&io);
    source_free(&probe.source);
    loop_free(&probe.loop);
    map_free(&probe.known, free);
    free(probe.why);
    return 0;
}
