/* A receiver that remembers; see test_support.h. */
#include "source/test_support.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

#define TICK_MS 2

static bool is_known(void *arg, struct source *source, const char *path,
                     const struct source_key *key, bool *known_path)
{
    (void)source;
    struct test *test = arg;
    const struct source_key *known = map_get_text(test->known, path);
    *known_path = known != NULL;
    return known && memcmp(known, key, sizeof(*key)) == 0;
}

static void know(struct test *test, const char *path, const struct source_key *key)
{
    free(map_set_text(test->known, path, mem_copy(key, sizeof(*key))));
}

static char *text_of(int fd)
{
    char text[4096];
    ssize_t n = read(fd, text, sizeof(text) - 1);
    assert_true(n >= 0);
    return mem_strndup(text, (size_t)n);
}

static void changed(void *arg, struct source *source, const struct change *change)
{
    struct test *test = arg;
    test->seen = mem_grow(test->seen, &test->cap_seen, test->n_seen + 1, sizeof(struct seen));
    struct seen *seen = &test->seen[test->n_seen++];
    *seen = (struct seen){.kind = change->kind,
                          .path = mem_strdup(change->path),
                          .old_path = mem_strdup(change->old_path),
                          .from_scan = change->from_scan,
                          .latency_us = loop_now_us(test->loop) - change->seen_us};
    if (change->fd >= 0) {
        assert_true(fcntl(change->fd, F_GETFD) & FD_CLOEXEC);
        assert_true(fcntl(change->fd, F_GETFL) & O_NONBLOCK);
        seen->text = text_of(change->fd);
        close(change->fd);
        know(test, change->path, &change->key);
        if (test->keep_credit)
            test->owed++;
        else
            source_credit(source, 1);
    }
    if (change->kind == CHANGE_REMOVED)
        free(map_remove_text(test->known, change->path));
    if (change->kind == CHANGE_RENAMED) {
        void *old = map_remove_text(test->known, change->old_path);
        if (old)
            know(test, change->path, &change->key);
        free(old);
    }
}

static void tree_moved(void *arg, struct source *source, const char *from, const char *to)
{
    (void)source;
    struct test *test = arg;
    free(test->dirs_from);
    free(test->dirs_to);
    test->dirs_from = mem_strdup(from);
    test->dirs_to = mem_strdup(to);
    struct map *known = map_new();
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(test->known, &at, &key, &len, &value)) {
        AUTO_FREE char *path = mem_strndup(key, len);
        size_t from_len = strlen(from);
        bool below = str_starts(path, from) && path[from_len] == '/';
        if (below && to) {
            AUTO_FREE char *moved = mem_printf("%s%s", to, path + from_len);
            map_set_text(known, moved, value);
        } else if (below) {
            free(value);
        } else {
            map_set_text(known, path, value);
        }
    }
    map_free(&test->known, NULL);
    test->known = known;
    test->n_trees++;
}

static void scan_began(void *arg, struct source *source)
{
    (void)source;
    ((struct test *)arg)->scans_began++;
}

static void scan_ended(void *arg, struct source *source, bool ok)
{
    (void)source;
    struct test *test = arg;
    test->scans_ended++;
    test->scans_failed += !ok;
}

static void state_changed(void *arg, struct source *source)
{
    (void)source;
    ((struct test *)arg)->n_states++;
}

static uint64_t known_count(void *arg, struct source *source)
{
    (void)source;
    return map_count(((struct test *)arg)->known);
}

static const struct source_ops ops = {
    .known = is_known,
    .change = changed,
    .tree_moved = tree_moved,
    .scan_began = scan_began,
    .scan_ended = scan_ended,
    .state = state_changed,
    .known_count = known_count,
};

struct test *test_new(void)
{
    log_init("test", LOG_LEVEL_ERROR);
    struct test *test = NEW(struct test);
    test->loop = loop_new();
    test->known = map_new();
    const char *tmp = getenv("TMPDIR");
    test->base = mem_printf("%s/tocsin-source-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(test->base));
    test_mkdir(test, "root");
    test->folder = (struct config_folder){.name = mem_strdup("test"),
                                          .path = test_path(test, "root"),
                                          .recursive = true,
                                          .settle_ms = 20,
                                          .max_size_bytes = 1 << 20};
    return test;
}

void test_start(struct test *test)
{
    test->source = source_new(test->loop, &test->folder, &ops, test);
}

void test_stop(struct test *test)
{
    source_free(&test->source);
    assert_null(test->source);
}

void test_forget(struct test *test)
{
    for (size_t i = 0; i < test->n_seen; i++) {
        free(test->seen[i].path);
        free(test->seen[i].old_path);
        free(test->seen[i].text);
    }
    test->n_seen = 0;
}

void test_end(struct test *test)
{
    test_stop(test);
    loop_free(&test->loop);
    test_forget(test);
    test_shell(test, "chmod -R u+rwx .; rm -rf root");
    test_shell(test, "rm -rf \"$PWD\"");
    free(test->seen);
    map_free(&test->known, free);
    free(test->folder.name);
    free(test->folder.path);
    free(test->dirs_from);
    free(test->dirs_to);
    free(test->base);
    free(test);
}

/* --- waiting ---------------------------------------------------------------------------------- */

struct waiting {
    struct test *test;
    bool (*is)(struct test *test);
    struct loop_timer *timer;
    int64_t until_ms;
};

static void tick(void *arg)
{
    struct waiting *waiting = arg;
    struct test *test = waiting->test;
    if (waiting->is(test) || loop_now_ms(test->loop) >= waiting->until_ms)
        loop_stop(test->loop);
    else
        loop_timer_set(waiting->timer, TICK_MS);
}

void test_until(struct test *test, bool (*is)(struct test *test))
{
    struct waiting waiting = {
        .test = test, .is = is, .until_ms = loop_now_ms(test->loop) + TEST_PATIENCE_MS};
    waiting.timer = loop_timer_new(test->loop, tick, &waiting);
    loop_timer_set(waiting.timer, 0);
    loop_run(test->loop);
    loop_timer_free(&waiting.timer);
    assert_true(is(test));
}

static bool is_idle(struct test *test)
{
    return source_state(test->source) != SOURCE_STARTING && source_idle(test->source);
}

void test_until_idle(struct test *test)
{
    test_until(test, is_idle);
}

static size_t wanted_n;
static bool has_seen(struct test *test)
{
    return test->n_seen >= wanted_n;
}

void test_until_seen(struct test *test, size_t n)
{
    wanted_n = n;
    test_until(test, has_seen);
}

static enum change_kind wanted_kind;
static const char *wanted_path;

static const struct seen *find(const struct test *test, enum change_kind kind, const char *path)
{
    for (size_t i = test->n_seen; i-- > 0;)
        if (test->seen[i].kind == kind && str_equal(test->seen[i].path, path))
            return &test->seen[i];
    return NULL;
}

static bool has_change(struct test *test)
{
    return find(test, wanted_kind, wanted_path);
}

const struct seen *test_until_change(struct test *test, enum change_kind kind, const char *path)
{
    wanted_kind = kind;
    wanted_path = path;
    test_until(test, has_change);
    return find(test, kind, path);
}

size_t test_count(const struct test *test, enum change_kind kind, const char *path)
{
    size_t n = 0;
    for (size_t i = 0; i < test->n_seen; i++)
        n += test->seen[i].kind == kind && (!path || str_equal(test->seen[i].path, path));
    return n;
}

/* --- making things happen --------------------------------------------------------------------- */

char *test_path(const struct test *test, const char *path)
{
    return mem_printf("%s/%s", test->base, path);
}

void test_write(const struct test *test, const char *path, const char *text)
{
    AUTO_FREE char *whole = test_path(test, path);
    AUTO_FD int fd = open(whole, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

void test_mkdir(const struct test *test, const char *path)
{
    AUTO_FREE char *whole = test_path(test, path);
    assert_int_equal(mkdir(whole, 0755), 0);
}

void test_rename(const struct test *test, const char *from, const char *to)
{
    AUTO_FREE char *whole_from = test_path(test, from);
    AUTO_FREE char *whole_to = test_path(test, to);
    assert_int_equal(rename(whole_from, whole_to), 0);
}

void test_remove(const struct test *test, const char *path)
{
    AUTO_FREE char *whole = test_path(test, path);
    assert_int_equal(remove(whole), 0);
}

void test_shell(const struct test *test, const char *command)
{
    AUTO_FREE char *line = mem_printf("cd '%s' && { %s; }", test->base, command);
    int status = system(line);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
