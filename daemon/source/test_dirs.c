/* The tree of directories, and the heap of deadlines beside it. */
#include "source/dirs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/due.h"

static void path_is(const struct node *node, const char *name, const char *path)
{
    AUTO_BUF struct buf buf = {0};
    dirs_path(node, name, &buf);
    assert_string_equal(buf_text(&buf), path);
}

static void paths(void **state)
{
    (void)state;
    struct dirs *dirs = dirs_new();
    struct node *root = dirs_root(dirs);
    struct node *a = dirs_add(dirs, root, "a");
    struct node *b = dirs_add(dirs, a, "b");
    path_is(root, NULL, "");
    path_is(root, "f", "f");
    path_is(b, NULL, "a/b");
    path_is(b, "f\n", "a/b/f\n");
    assert_ptr_equal(dirs_find(dirs, "a/b"), b);
    assert_ptr_equal(dirs_find(dirs, ""), root);
    assert_null(dirs_find(dirs, "a/c"));
    assert_null(dirs_find(dirs, "b"));
    dirs_free(&dirs);
    dirs_free(&dirs);
}

static void a_move_takes_all_below(void **state)
{
    (void)state;
    struct dirs *dirs = dirs_new();
    struct node *root = dirs_root(dirs);
    struct node *a = dirs_add(dirs, root, "a");
    struct node *b = dirs_add(dirs, a, "b");
    struct node *c = dirs_add(dirs, b, "c");
    struct node *z = dirs_add(dirs, root, "z");
    dirs_watch(dirs, b, 7);
    dirs_watch(dirs, c, 8);
    b = dirs_move(dirs, b, z, "y");
    path_is(c, NULL, "z/y/c");
    assert_ptr_equal(dirs_find(dirs, "z/y/c"), c);
    assert_null(dirs_find(dirs, "a/b"));
    assert_ptr_equal(dirs_watched(dirs, 7), b);
    assert_ptr_equal(dirs_watched(dirs, 8), c);
    dirs_free(&dirs);
}

static void one_watch_one_node(void **state)
{
    (void)state;
    struct dirs *dirs = dirs_new();
    struct node *a = dirs_add(dirs, dirs_root(dirs), "a");
    struct node *b = dirs_add(dirs, dirs_root(dirs), "b");
    assert_null(dirs_watch(dirs, a, 7));
    assert_ptr_equal(dirs_watch(dirs, b, 7), a);
    assert_int_equal(a->wd, -1);
    assert_int_equal(dirs_watches(dirs), 1);
    dirs_watch(dirs, b, 9);
    assert_null(dirs_watched(dirs, 7));
    dirs_free(&dirs);
}

static void count_gone(void *arg, struct node *node)
{
    (void)node;
    ++*(int *)arg;
}

static void removal(void **state)
{
    (void)state;
    struct dirs *dirs = dirs_new();
    struct node *a = dirs_add(dirs, dirs_root(dirs), "a");
    for (int i = 0; i < 10; i++) {
        AUTO_FREE char *name = mem_printf("%d", i);
        struct node *child = dirs_add(dirs, a, name);
        dirs_watch(dirs, child, i);
        dirs_add(dirs, child, "below");
    }
    int n = 0;
    for (struct node *at = dirs_root(dirs); at; at = dirs_next(NULL, at))
        n++;
    assert_int_equal(n, 22);
    n = 0;
    dirs_remove(dirs, a, count_gone, &n);
    assert_int_equal(n, 21);
    assert_int_equal(dirs_watches(dirs), 0);
    assert_null(dirs_find(dirs, "a"));
    dirs_free(&dirs);
}

static void deadlines_in_order(void **state)
{
    (void)state;
    struct due_heap heap = {0};
    struct due dues[500] = {{0}};
    uint32_t seed = 1;
    for (size_t round = 0; round < 3; round++)
        for (size_t i = 0; i < ARRAY_LEN(dues); i++)
            due_set(&heap, &dues[i], (int64_t)((seed = seed * 1664525 + 1013904223) >> 8));
    for (size_t i = 0; i < ARRAY_LEN(dues); i += 3)
        due_clear(&heap, &dues[i]);
    due_clear(&heap, &dues[0]);
    size_t n = 0;
    int64_t last_us = 0;
    for (struct due *first; (first = due_first(&heap)); n++) {
        assert_true(first->at_us >= last_us);
        last_us = first->at_us;
        due_clear(&heap, first);
    }
    assert_int_equal(n, 333);
    due_heap_deinit(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths),
        cmocka_unit_test(a_move_takes_all_below),
        cmocka_unit_test(removal),
        cmocka_unit_test(one_watch_one_node),
        cmocka_unit_test(deadlines_in_order),
    };
    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
