/* The catalogue: against a plain list of what it should hold, and its size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "document/catalogue.h"

#define N_PATHS 5000

static struct source_key key_of(unsigned n)
{
    return (struct source_key){n + 1, n * 10, n * 100, n * 1000};
}

static void name_of(unsigned n, char *out, size_t size)
{
    snprintf(out, size, "dir %u/file-%u.txt", n % 7, n);
}

static void finds_what_was_put(void **state)
{
    (void)state;
    struct catalogue *catalogue = catalogue_new();
    struct source_key key = key_of(1), other = key_of(2);
    assert_null(catalogue_find(catalogue, "a"));
    catalogue_put(catalogue, "a", &key, 7, 1);
    struct catalogue_entry *entry = catalogue_find(catalogue, "a");
    assert_non_null(entry);
    assert_int_equal(entry->document, 7);
    assert_true(catalogue_has_key(entry, &key));
    assert_false(catalogue_has_key(entry, &other));
    catalogue_put(catalogue, "a", &other, 7, 1);
    assert_true(catalogue_has_key(catalogue_find(catalogue, "a"), &other));
    assert_int_equal(catalogue_count(catalogue), 1);
    catalogue_remove(catalogue, "a");
    catalogue_remove(catalogue, "a");
    assert_null(catalogue_find(catalogue, "a"));
    assert_int_equal(catalogue_count(catalogue), 0);
    catalogue_free(&catalogue);
    assert_null(catalogue);
    catalogue_free(&catalogue);
}

/* Each part of the key counts. */
static void every_part_of_the_key_counts(void **state)
{
    (void)state;
    struct catalogue *catalogue = catalogue_new();
    struct source_key key = {1, 2, 3, 4};
    catalogue_put(catalogue, "a", &key, 1, 1);
    struct catalogue_entry *entry = catalogue_find(catalogue, "a");
    assert_false(catalogue_has_key(entry, &(struct source_key){9, 2, 3, 4}));
    assert_false(catalogue_has_key(entry, &(struct source_key){1, 9, 3, 4}));
    assert_false(catalogue_has_key(entry, &(struct source_key){1, 2, 9, 4}));
    assert_false(catalogue_has_key(entry, &(struct source_key){1, 2, 3, 9}));
    catalogue_free(&catalogue);
}

/* Puts, moves and removals in a random order, held against an array. */
static void agrees_with_a_list(void **state)
{
    (void)state;
    struct catalogue *catalogue = catalogue_new();
    uint32_t *documents = NEW_N(uint32_t, N_PATHS);
    size_t n = 0;
    char path[64], to[64];
    srandom(4711);
    for (unsigned step = 0; step < 200000; step++) {
        unsigned at = (unsigned)random() % N_PATHS, other = (unsigned)random() % N_PATHS;
        name_of(at, path, sizeof(path));
        name_of(other, to, sizeof(to));
        struct source_key key = key_of(at);
        switch (random() % 4) {
        case 0:
        case 1:
            n += documents[at] == 0;
            documents[at] = step + 1;
            catalogue_put(catalogue, path, &key, step + 1, 1);
            break;
        case 2:
            n -= documents[at] != 0;
            documents[at] = 0;
            catalogue_remove(catalogue, path);
            break;
        case 3:
            assert_int_equal(catalogue_move(catalogue, path, to, 1), documents[at] != 0);
            if (!documents[at] || at == other)
                break;
            n -= documents[other] != 0;
            documents[other] = documents[at];
            documents[at] = 0;
            break;
        }
    }
    assert_int_equal(catalogue_count(catalogue), n);
    for (unsigned at = 0; at < N_PATHS; at++) {
        name_of(at, path, sizeof(path));
        struct catalogue_entry *entry = catalogue_find(catalogue, path);
        assert_int_equal(entry ? entry->document : 0, documents[at]);
    }
    free(documents);
    catalogue_free(&catalogue);
}

static void count_gone(void *arg, const struct catalogue_entry *entry)
{
    assert_true(entry->document % 3 != 0);
    ++*(unsigned *)arg;
}

static void sweep_takes_what_was_not_met(void **state)
{
    (void)state;
    struct catalogue *catalogue = catalogue_new();
    char path[64];
    for (unsigned n = 1; n <= 3000; n++) {
        struct source_key key = key_of(n);
        name_of(n, path, sizeof(path));
        catalogue_put(catalogue, path, &key, n, n % 3 ? 1 : 2);
    }
    unsigned n_gone = 0;
    catalogue_sweep(catalogue, 2, count_gone, &n_gone);
    assert_int_equal(n_gone, 2000);
    assert_int_equal(catalogue_count(catalogue), 1000);
    for (unsigned n = 1; n <= 3000; n++) {
        name_of(n, path, sizeof(path));
        assert_int_equal(catalogue_find(catalogue, path) != NULL, n % 3 == 0);
    }
    catalogue_free(&catalogue);
}

static void is_small(void **state)
{
    (void)state;
    struct catalogue *catalogue = catalogue_new();
    char path[64];
    for (unsigned n = 0; n < 200000; n++) {
        struct source_key key = key_of(n);
        name_of(n, path, sizeof(path));
        catalogue_put(catalogue, path, &key, n + 1, 1);
        if (n > 1000)
            assert_true(catalogue_bytes(catalogue) / (n + 1) <= 49);
    }
    catalogue_free(&catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_put), cmocka_unit_test(every_part_of_the_key_counts),
        cmocka_unit_test(agrees_with_a_list), cmocka_unit_test(sweep_takes_what_was_not_met),
        cmocka_unit_test(is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
