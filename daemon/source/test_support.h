/*
 * For the unit tests of this room: a real folder in a temporary directory, a real loop, and a
 * receiver that remembers what it was told, as the documents room would.
 */
#ifndef TOCSIN_SOURCE_TEST_SUPPORT_H
#define TOCSIN_SOURCE_TEST_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/map.h"
#include "source/source.h"

#define TEST_PATIENCE_MS 60000

struct seen {
    enum change_kind kind;
    char *path, *old_path;
    char *text; /* what the descriptor gave, at most 4095 bytes */
    bool from_scan;
    int64_t latency_us;
};

struct test {
    struct loop *loop;
    struct config_folder folder;
    struct source *source;
    char *base; /* the temporary directory; the root is base/root */
    struct map *known;
    struct seen *seen;
    size_t n_seen, cap_seen;
    size_t n_trees, n_states;
    char *dirs_from, *dirs_to;
    int scans_began, scans_ended, scans_failed;
    bool keep_credit; /* give none back */
    size_t owed;
};

struct test *test_new(void);
void test_start(struct test *test);
void test_stop(struct test *test);
void test_end(struct test *test);

/* Runs the loop until `is` holds; fails after TEST_PATIENCE_MS. */
void test_until(struct test *test, bool (*is)(struct test *test));
void test_until_idle(struct test *test);
void test_until_seen(struct test *test, size_t n);
/* Until a change of this kind and path was told. */
const struct seen *test_until_change(struct test *test, enum change_kind kind, const char *path);
size_t test_count(const struct test *test, enum change_kind kind, const char *path);
void test_forget(struct test *test);

/* Paths are below the temporary directory; the caller frees what test_path gives. */
char *test_path(const struct test *test, const char *path);
void test_write(const struct test *test, const char *path, const char *text);
void test_mkdir(const struct test *test, const char *path);
void test_rename(const struct test *test, const char *from, const char *to);
void test_remove(const struct test *test, const char *path);
void test_shell(const struct test *test, const char *command);

#endif
