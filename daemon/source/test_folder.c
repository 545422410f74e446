/* A folder as its receiver sees it: what is there, what comes, changes, goes and is renamed. */
#include "source/source.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/folder.h"
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

/* Old enough to be complete without a wait. */
static void make_old(const struct test *test, const char *path)
{
    AUTO_FREE char *whole = test_path(test, path);
    const struct utimbuf times = {.actime = 1000000000, .modtime = 1000000000};
    assert_int_equal(utime(whole, &times), 0);
}

static void lists_what_is_there(void **state)
{
    struct test *test = *state;
    test_mkdir(test, "root/a");
    test_write(test, "root/a/one", "1");
    test_write(test, "root/two", "2");
    make_old(test, "root/a/one");
    make_old(test, "root/two");
    test_start(test);
    assert_int_equal(source_state(test->source), SOURCE_STARTING);
    assert_false(source_idle(test->source));
    test_until_idle(test);
    assert_int_equal(test->n_seen, 2);
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "a/one")->text, "1");
    assert_true(test_until_change(test, CHANGE_ADDED, "two")->from_scan);
    assert_int_equal(test->scans_began, 1);
    assert_int_equal(test->scans_ended, 1);
    assert_int_equal(source_counts(test->source)->watches, 2);
    assert_int_equal(source_state(test->source), SOURCE_WATCHING);
    assert_string_equal(source_why(test->source), "");
}

static void known_files_are_not_opened(void **state)
{
    struct test *test = *state;
    test_write(test, "root/one", "1");
    make_old(test, "root/one");
    test_start(test);
    test_until_seen(test, 1);
    test_stop(test);
    test_start(test);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 1);
    assert_int_equal(source_counts(test->source)->opened, 0);
}

static void counts_go_on_from_the_one_before(void **state)
{
    struct test *test = *state;
    test_write(test, "root/one", "1");
    make_old(test, "root/one");
    test_start(test);
    test_until_idle(test);
    struct source_counts before = *source_counts(test->source);
    assert_int_equal(before.opened, 1);
    assert_int_equal(before.scans, 1);
    before.overflows = 7;
    before.skipped_large = 8;
    before.waiting = 9;
    test_stop(test);
    test_start(test);
    source_go_on(test->source, &before);
    assert_false(source_polls(test->source));
    test_until_idle(test);
    const struct source_counts *counts = source_counts(test->source);
    assert_int_equal(counts->opened, 1);
    assert_int_equal(counts->scans, 2);
    assert_int_equal(counts->events, before.events);
    assert_int_equal(counts->overflows, 7);
    assert_int_equal(counts->skipped_large, 8);
    /* Of the present, not of the past. */
    assert_int_equal(counts->waiting, 0);
    assert_int_equal(counts->watches, 1);
}

static void closed_after_writing(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/one", "first");
    const struct seen *seen = test_until_change(test, CHANGE_ADDED, "one");
    assert_string_equal(seen->text, "first");
    assert_false(seen->from_scan);
    assert_true(seen->latency_us >= 20000);
    test_write(test, "root/one", "second");
    assert_string_equal(test_until_change(test, CHANGE_MODIFIED, "one")->text, "second");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 2);
}

static void removed(void **state)
{
    struct test *test = *state;
    test_write(test, "root/one", "1");
    make_old(test, "root/one");
    test_start(test);
    test_until_idle(test);
    test_remove(test, "root/one");
    test_until_change(test, CHANGE_REMOVED, "one");
    assert_int_equal(source_counts(test->source)->vanished, 0);
}

static void deleted_before_it_was_read(void **state)
{
    struct test *test = *state;
    test->folder.settle_ms = 5000;
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/one", "1");
    test_remove(test, "root/one");
    test_until_change(test, CHANGE_REMOVED, "one");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 1);
    assert_int_equal(source_counts(test->source)->vanished, 1);
}

static void renamed_within(void **state)
{
    struct test *test = *state;
    test_mkdir(test, "root/a");
    test_write(test, "root/one", "1");
    make_old(test, "root/one");
    test_start(test);
    test_until_idle(test);
    test_rename(test, "root/one", "root/a/two");
    const struct seen *seen = test_until_change(test, CHANGE_RENAMED, "a/two");
    assert_string_equal(seen->old_path, "one");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 2);
    /* The key that came with it is the one that a listing finds. */
    source_rescan(test->source);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 2);
}

static void renamed_and_removed_in_order(void **state)
{
    struct test *test = *state;
    test_write(test, "root/one", "1");
    make_old(test, "root/one");
    test_start(test);
    test_until_idle(test);
    test_forget(test);
    test_rename(test, "root/one", "root/two");
    test_write(test, "root/one", "another");
    test_rename(test, "root/two", "root/three");
    test_remove(test, "root/three");
    test_until_change(test, CHANGE_REMOVED, "three");
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "one")->text, "another");
    test_until_idle(test);
    assert_int_equal(test_count(test, CHANGE_RENAMED, NULL), 2);
    assert_int_equal(map_count(test->known), 1);
}

static void renamed_before_it_was_read(void **state)
{
    struct test *test = *state;
    test->folder.settle_ms = 100;
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/one", "1");
    test_rename(test, "root/one", "root/two");
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "two")->text, "1");
    test_until_idle(test);
    assert_int_equal(test_count(test, CHANGE_ADDED, NULL), 1);
    assert_int_equal(source_counts(test->source)->vanished, 0);
}

static void moved_in_and_out(void **state)
{
    struct test *test = *state;
    test->folder.settle_ms = 30000; /* a rename does not wait for it */
    test_start(test);
    test_until_idle(test);
    test_write(test, "outside", "in");
    test_rename(test, "outside", "root/inside");
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "inside")->text, "in");
    test_rename(test, "root/inside", "outside");
    test_until_change(test, CHANGE_REMOVED, "inside");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 2);
}

static void from_a_temporary_name(void **state)
{
    struct test *test = *state;
    test->folder.settle_ms = 30000;
    test_start(test);
    test_until_idle(test);
    test_write(test, "root/one.tmp", "whole");
    test_rename(test, "root/one.tmp", "root/one");
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "one")->text, "whole");
    test_until_idle(test);
    assert_int_equal(test->n_seen, 1);
}

static void hard_link(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    test_write(test, "outside", "linked");
    test_shell(test, "ln outside root/link");
    const struct seen *seen = test_until_change(test, CHANGE_ADDED, "link");
    assert_string_equal(seen->text, "linked");
    assert_true(seen->latency_us < 4000000);
}

static void kept_open(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    AUTO_FREE char *whole = test_path(test, "root/log");
    AUTO_FD int fd = open(whole, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(write(fd, "half", 4), 4);
    int64_t began_ms = loop_now_ms(test->loop);
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "log")->text, "half");
    assert_true(loop_now_ms(test->loop) - began_ms >= 4900);
}

/* Found by the first listing while its writer is at work: no close has been seen, none is coming
 * soon. And found when its writer is done: no wait beyond settle. */
static void found_open_and_found_closed(void **state)
{
    struct test *test = *state;
    AUTO_FREE char *whole = test_path(test, "root/open");
    AUTO_FD int fd = open(whole, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_int_equal(write(fd, "half", 4), 4);
    test_write(test, "root/closed", "whole");
    int64_t began_ms = loop_now_ms(test->loop);
    test_start(test);
    test_until_change(test, CHANGE_ADDED, "closed");
    assert_true(loop_now_ms(test->loop) - began_ms < 4000);
    assert_int_equal(test->n_seen, 1);
    assert_int_equal(write(fd, ", whole", 7), 7);
    fd_close(&fd);
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "open")->text, "half, whole");
    assert_true(loop_now_ms(test->loop) - began_ms < 4000);
}

static void directory_made_and_filled(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    test_shell(test, "mkdir -p root/a/b/c; for d in a a/b a/b/c; do echo $d > root/$d/f; done");
    test_until_change(test, CHANGE_ADDED, "a/f");
    test_until_change(test, CHANGE_ADDED, "a/b/f");
    assert_false(test_until_change(test, CHANGE_ADDED, "a/b/c/f")->from_scan);
    test_until_idle(test);
    assert_int_equal(test->n_seen, 3);
    test_write(test, "root/a/b/c/g", "later");
    assert_string_equal(test_until_change(test, CHANGE_ADDED, "a/b/c/g")->text, "later");
    test_shell(test, "rm -r root/a");
    test_until_change(test, CHANGE_REMOVED, "a/f");
    test_until_idle(test);
    assert_int_equal(map_count(test->known), 0);
    assert_int_equal(source_counts(test->source)->watches, 1);
}

static bool has_left(struct test *test)
{
    return test->n_trees == 2 && !test->dirs_to;
}

static void directory_renamed(void **state)
{
    struct test *test = *state;
    test_shell(test, "mkdir -p root/a/b; echo 1 > root/a/b/f; touch -d 2001-01-01 root/a/b/f");
    test_start(test);
    test_until_idle(test);
    test_rename(test, "root/a", "root/z");
    test_write(test, "root/z/b/g", "under the new name");
    test_until_change(test, CHANGE_ADDED, "z/b/g");
    assert_string_equal(test->dirs_from, "a");
    assert_string_equal(test->dirs_to, "z");
    assert_non_null(map_get_text(test->known, "z/b/f"));
    test_rename(test, "root/z", "away");
    test_write(test, "away/b/h", "not ours");
    test_until(test, has_left);
    assert_string_equal(test->dirs_from, "z");
    test_until_idle(test);
    assert_int_equal(map_count(test->known), 0);
    assert_int_equal(source_counts(test->source)->watches, 1);
    test_rename(test, "away", "root/back");
    test_until_change(test, CHANGE_ADDED, "back/b/f");
    test_until_change(test, CHANGE_ADDED, "back/b/h");
}

static bool waits_for_credit(struct test *test)
{
    return source_counts(test->source)->events == 3; /* made, written, closed */
}

static void post(void *arg)
{
    sem_post(arg);
}

static void nothing(void *arg)
{
    (void)arg;
}

/* Returns when the disk thread has done what it was asked before. */
static void wait_for_disk(const struct test *test)
{
    sem_t done;
    assert_int_equal(sem_init(&done, 0, 0), 0);
    worker_submit(test->source->worker, post, nothing, &done);
    while (sem_wait(&done) < 0)
        assert_int_equal(errno, EINTR);
    sem_destroy(&done);
}

static void assert_text_is_last(struct test *test, const char *path, const char *text)
{
    const char *last = NULL;
    for (size_t i = 0; i < test->n_seen; i++)
        if (test->seen[i].text && strcmp(test->seen[i].path, path) == 0)
            last = test->seen[i].text;
    assert_non_null(last);
    assert_string_equal(last, text);
}

/* A file is opened by a path that, unheard, has become another's: both are read, each for what it
 * is. */
static void directory_renamed_and_its_name_taken(void **state)
{
    struct test *test = *state;
    test->folder.settle_ms = 0;
    test_mkdir(test, "root/done");
    test_mkdir(test, "root/new");
    test_start(test);
    test_until_idle(test);
    source_owe(test->source, SOURCE_CREDIT);
    test_write(test, "root/new/page", "first");
    test_until(test, waits_for_credit);
    test_rename(test, "root/new", "root/done/1");
    test_mkdir(test, "root/new");
    test_write(test, "root/new/page", "second");
    source_credit(test->source, SOURCE_CREDIT);
    wait_for_disk(test);
    test_until_change(test, CHANGE_MODIFIED, "done/1/page");
    test_until_idle(test);
    assert_text_is_last(test, "done/1/page", "first");
    assert_text_is_last(test, "new/page", "second");
}

static bool looks_at_many(struct test *test)
{
    return source_counts(test->source)->waiting >= 100;
}

/* As a reload may end it; the answers that are on their way come to nobody. */
static void ended_while_it_looks_at_files(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    test_shell(test, "for i in $(seq 300); do echo $i > root/$i; done");
    test_until(test, looks_at_many);
    test_stop(test);
    test_start(test);
    test_until_idle(test);
    assert_int_equal(map_count(test->known), 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_what_is_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(known_files_are_not_opened, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counts_go_on_from_the_one_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(closed_after_writing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(deleted_before_it_was_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renamed_within, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renamed_and_removed_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(renamed_before_it_was_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moved_in_and_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(from_a_temporary_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hard_link, set_up, tear_down),
        cmocka_unit_test_setup_teardown(kept_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(found_open_and_found_closed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(directory_made_and_filled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(directory_renamed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(directory_renamed_and_its_name_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ended_while_it_looks_at_files, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
