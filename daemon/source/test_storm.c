/* Many files as fast as a program can make them, held against the writer's own list; a real
 * overflow of the kernel's queue; one file that never rests. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "source/test_support.h"

#define DIRECTORIES 100
#define FILES       5000
#define OVERFLOW    4000

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

/* A writer beside the loop, as in life. */
static pid_t writer(const struct test *test, void (*write_all)(void))
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid)
        return pid;
    if (chdir(test->folder.path) < 0)
        _exit(1);
    write_all();
    _exit(0);
}

static void join(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, text, strlen(text)) < 0)
        _exit(1);
    close(fd);
}

/* Each file in a directory of four levels, made at that moment. */
static void path_of(int i, char path[64])
{
    int d = i % DIRECTORIES;
    snprintf(path, 64, "d%d/e%d/f%d/g%d/file %d", d / 50, d / 10, d / 5, d, i);
}

static void write_many(void)
{
    for (int i = 0; i < FILES; i++) {
        char path[64];
        path_of(i, path);
        for (char *slash = path; i < DIRECTORIES && (slash = strchr(slash, '/')); *slash++ = '/') {
            *slash = '\0';
            mkdir(path, 0755);
        }
        put(path, path);
    }
}

/* The loop collects the children of the process while it runs. */
static void writer_ended(void *arg, int status)
{
    *(int *)arg = status;
}

static void many_files_in_new_directories(void **state)
{
    struct test *test = *state;
    test_start(test);
    test_until_idle(test);
    int status = -1;
    pid_t pid = writer(test, write_many);
    struct loop_child *child = loop_child_new(test->loop, pid, writer_ended, &status);
    test_until_seen(test, FILES);
    loop_child_free(&child);
    assert_int_equal(status, 0);
    test_until_idle(test);
    for (int i = 0; i < FILES; i++) {
        char path[64];
        path_of(i, path);
        assert_non_null(map_get_text(test->known, path));
    }
    for (size_t i = 0; i < test->n_seen; i++)
        assert_string_equal(test->seen[i].text, test->seen[i].path);
    assert_int_equal(test->n_seen, FILES); /* none missed, none doubled */
    print_message("# %d files in %d directories: longest turn of the loop %lld us\n", FILES,
                  DIRECTORIES, (long long)loop_longest_turn_us(test->loop));
}

static void make_and_delete(void)
{
    for (int i = 0; i < OVERFLOW; i++) {
        put("x", "");
        unlink("x");
        put("y", "");
        unlink("y");
    }
    put("left", "left");
    mkdir("dir", 0755);
    put("dir/left", "left, too");
    unlink("before");
}

/* The loop does not run while the queue overflows: what happened in it is lost. */
static void overflow(void **state)
{
    struct test *test = *state;
    test_write(test, "root/before", "1");
    test_start(test);
    test_until_change(test, CHANGE_ADDED, "before");
    test_until_idle(test);
    join(writer(test, make_and_delete));
    test_until_change(test, CHANGE_ADDED, "left");
    test_until_change(test, CHANGE_ADDED, "dir/left");
    test_until_idle(test);
    assert_int_equal(source_counts(test->source)->overflows, 1);
    assert_int_equal(test->scans_ended, 2);
    assert_int_equal(source_state(test->source), SOURCE_WATCHING);
    assert_int_equal(source_counts(test->source)->watches, 2);
    assert_int_equal(test_count(test, CHANGE_ADDED, "left"), 1);
}

static void rewrite_for_ever(void)
{
    for (;;) {
        put("restless", "whole");
        usleep(5000);
    }
}

static void a_restless_file_starves_nobody(void **state)
{
    struct test *test = *state;
    test->folder.settle_ms = 50;
    test_start(test);
    test_until_idle(test);
    int status = -1;
    pid_t pid = writer(test, rewrite_for_ever);
    struct loop_child *child = loop_child_new(test->loop, pid, writer_ended, &status);
    test_until_change(test, CHANGE_ADDED, "restless");
    test_until_change(test, CHANGE_MODIFIED, "restless");
    int64_t began_ms = loop_now_ms(test->loop);
    test_write(test, "root/other", "calm");
    test_until_change(test, CHANGE_ADDED, "other");
    int64_t took_ms = loop_now_ms(test->loop) - began_ms;
    assert_int_equal(status, -1); /* not ended: its number is still its own */
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    loop_child_free(&child);
    assert_true(took_ms < 1000);
    print_message("# beside a restless file, another took %lld ms at settle 50 ms\n",
                  (long long)took_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(many_files_in_new_directories, set_up, tear_down),
        cmocka_unit_test_setup_teardown(overflow, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_restless_file_starves_nobody, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
