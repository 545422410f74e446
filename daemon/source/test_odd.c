/* What is not an ordinary file, an ordinary name or an ordinary root; credit, retry, rescan. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/poll.h"
#include "source/test_support.h"

static int set_up(void **state)
{
    *state = test_new();
    return 0;
}

static int tear_down(void **state)
{
    test_end(*state);
    return 0;
}

static bool three_special(struct test *test)
{
    return source_counts(test->source)->skipped_special == 3;
}

static void specials_are_not_opened(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    test_shell(test, "mkfifo root/fifo; ln -s /etc/passwd root/link; ln -s . root/loop");
    test_until(test, three_special);
    test_stop(test);
    test_start(test);
    test_until(test, three_special);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 0);
    assert_int_equal(source_counts(test->source)->watches, 1);
}

static void links_are_followed_when_asked(void **state)
{
    struct test *test = *state;
    test->folder.follow_symlinks = true;
    test_shell(test, "mkdir out; echo 1 > out/f; ln -s ../out root/dir; ln -s . root/loop;"
                     "echo 2 > g; ln -s ../g root/file; touch -hd 2001-01-01 out/f g");
    test_start(test);
    test_until_change(test, CHANGE_ADDED, "dir/f");
    test_until_change(test, CHANGE_ADDED, "file");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 2);
    test_write(test, "out/h", "3");
    test_until_change(test, CHANGE_ADDED, "dir/h");
    test_shell(test,
               "mkdir late; echo 4 > late/f; touch -d 2001-01-01 late/f; ln -s ../late root/late");
    test_until_change(test, CHANGE_ADDED, "late/f");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 4);
}

static bool one_special(struct test *test)
{
    return source_counts(test->source)->skipped_special == 1;
}

/* Whoever opens it opens its own memory. */
static void a_link_to_the_kernels_files_is_special(void **state)
{
    struct test *test = *state;
    test->folder.follow_symlinks = true;
    test_start(test);
    test_until_idle(test);
    test_shell(test, "ln -s /proc/self/mem root/memory");
    test_until(test, one_special);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 0);
}

static void large_files_are_counted(void **state)
{
    struct test *test = *state;
    test->folder.max_size_bytes = 10;
    test_write(test, "root/there", "more than ten bytes");
    test_start(test);
    test_until_idle(test);
    assert_int_equal(source_counts(test->source)->skipped_large, 1);
    test_write(test, "root/new", "also more than ten");
    test_write(test, "root/fits", "ten bytes.");
    test_until_change(test, CHANGE_ADDED, "fits");
    test_until_idle(test);
    assert_int_equal(source_counts(test->source)->skipped_large, 2);
    source_rescan(test->source);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 1);
}

static void names_of_all_bytes(void **state)
{
    struct test *test = *state;
    test_mkdir(test, "root/a\nb\xff");
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/a\nb\xff/new\nline\x01\xfe \\x", "1");
    assert_string_equal(
        test_until_change(test, CHANGE_ADDED, "a\nb\xff/new\nline\x01\xfe \\x")->text, "1");
    test_rename(test, "root/a\nb\xff", "root/\xc3");
    test_remove(test, "root/\xc3/new\nline\x01\xfe \\x");
    test_until_change(test, CHANGE_REMOVED, "\xc3/new\nline\x01\xfe \\x");
}

static void excluded_names(void **state)
{
    struct test *test = *state;
    char bak[] = "*.bak", hidden[] = "hidden";
    char *exclude[] = {bak, hidden, NULL};
    test->folder.exclude = (struct config_texts){exclude, 2};
    test_shell(test, "mkdir root/hidden; echo 1 > root/hidden/f; echo 1 > root/a.bak");
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/b.bak", "1");
    test_write(test, "root/hidden/g", "1");
    test_rename(test, "root/b.bak", "root/wanted");
    test_until_change(test, CHANGE_ADDED, "wanted");
    test_rename(test, "root/wanted", "root/c.bak");
    test_until_change(test, CHANGE_REMOVED, "wanted");
    test_rename(test, "root/hidden", "root/shown");
    test_until_change(test, CHANGE_ADDED, "shown/g");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 4);
}

static void flat(void **state)
{
    struct test *test = *state;
    test->folder.recursive = false;
    test_shell(test, "mkdir root/a; echo 1 > root/a/f");
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/a/g", "1");
    test_mkdir(test, "root/b");
    test_write(test, "root/f", "1");
    test_until_change(test, CHANGE_ADDED, "f");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 1);
    assert_int_equal(source_counts(test->source)->watches, 1);
}

static void credit(void **state)
{
    struct test *test = *state;
    test->keep_credit = true;
    test_start(test);
    test_until_idle(test);
    test_shell(test, "for i in $(seq 100); do echo $i > root/$i; done");
    test_until_seen(test, SOURCE_CREDIT);
    assert_int_equal(test->n_seen, SOURCE_CREDIT);
    assert_int_equal(source_counts(test->source)->waiting, 100 - SOURCE_CREDIT);
    assert_false(source_idle(test->source));
    source_credit(test->source, 10);
    test_until_seen(test, SOURCE_CREDIT + 10);
    assert_int_equal(test->n_seen, SOURCE_CREDIT + 10);
    source_credit(test->source, SOURCE_CREDIT);
    test_until_idle(test);
    assert_int_equal(test_count(test, CHANGE_ADDED, NULL), 100);
}

static void retry(void **state)
{
    struct test *test = *state;
    test_write(test, "root/f", "1");
    test_start(test);
    test_until_idle(test);
    test_forget(test);
    int64_t began_ms = loop_now_ms(test->loop);
    source_retry(test->source, "f", 50);
    assert_false(source_idle(test->source));
    test_until_change(test, CHANGE_MODIFIED, "f");
    assert_true(loop_now_ms(test->loop) - began_ms >= 50);
    source_retry(test->source, "never there", 0);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 1);
    assert_int_equal(source_counts(test->source)->vanished, 1);
}

static bool is_unavailable(struct test *test)
{
    return source_state(test->source) == SOURCE_UNAVAILABLE;
}

static bool is_watching(struct test *test)
{
    return source_state(test->source) == SOURCE_WATCHING && source_idle(test->source);
}

static void root_missing_at_start(void **state)
{
    struct test *test = *state;
    free(test->folder.path);
    test->folder.path = test_path(test, "later/on/root");
    test_start(test);
    test_until(test, is_unavailable);
    assert_non_null(strstr(source_why(test->source), "is not there"));
    test_mkdir(test, "later");
    test_shell(test, "mkdir later/on && mkdir later/on/root && echo 1 > later/on/root/f");
    test_until(test, is_watching);
    assert_string_equal(source_why(test->source), "");
    test_until_change(test, CHANGE_ADDED, "f");
    test_write(test, "later/on/root/g", "2");
    test_until_change(test, CHANGE_ADDED, "g");
}

static void root_leaves_and_returns(void **state)
{
    struct test *test = *state;
    test_shell(test, "mkdir root/a; echo 1 > root/a/f");
    test_start(test);
    test_until_change(test, CHANGE_ADDED, "a/f");
    test_rename(test, "root", "gone");
    test_until(test, is_unavailable);
    assert_int_equal(source_counts(test->source)->watches, 0);
    test_write(test, "gone/a/g", "made meanwhile");
    test_shell(test, "touch -d 2001-01-01 gone/a/g");
    test_rename(test, "gone", "root");
    test_until_change(test, CHANGE_ADDED, "a/g");
    test_until(test, is_watching);
    assert_int_equal(test->n_seen, 2);
    assert_int_equal(test->scans_failed, 0);
}

static void root_is_replaced_by_an_empty_one(void **state)
{
    struct test *test = *state;
    test_write(test, "root/f", "1");
    test_start(test);
    test_until_change(test, CHANGE_ADDED, "f");
    test_rename(test, "root", "gone");
    test_mkdir(test, "root");
    test_until(test, is_unavailable);
    test_until_idle(test);
    assert_true(is_unavailable(test));
    assert_int_equal(test_count(test, CHANGE_REMOVED, NULL), 0);
    source_rescan(test->source);
    test_until(test, is_watching);
    assert_int_equal(test->scans_ended, 2);
}

static void root_emptied_is_no_trouble(void **state)
{
    struct test *test = *state;
    test_write(test, "root/f", "1");
    test_start(test);
    test_until_change(test, CHANGE_ADDED, "f");
    test_remove(test, "root/f");
    test_until_change(test, CHANGE_REMOVED, "f");
    source_rescan(test->source);
    test_until_idle(test);
    assert_true(is_watching(test));
}

static void polling(void **state)
{
    (void)state;
    assert_int_equal(poll_interval_ms(1000), POLL_MIN_MS);
    assert_int_equal(poll_interval_ms(1000000), 100000);
    assert_int_equal(poll_interval_ms(60000000), POLL_MAX_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(specials_are_not_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_are_followed_when_asked, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_link_to_the_kernels_files_is_special, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_files_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_of_all_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(excluded_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(flat, set_up, tear_down),
        cmocka_unit_test_setup_teardown(credit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(retry, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_missing_at_start, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_leaves_and_returns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_is_replaced_by_an_empty_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(root_emptied_is_no_trouble, set_up, tear_down),
        cmocka_unit_test(polling),
    };
    return cmocka_run_group_tests_name("odd", tests, NULL, NULL);
}
