/* The real loop with timers, wakes, children and a worker thread; sealed memory files. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/loop.h"
#include "base/memfd.h"
#include "base/worker.h"

static struct loop *loop;

static int setup(void **state)
{
    (void)state;
    loop = loop_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    loop_free(&loop);
    return 0;
}

static void stop(void *arg)
{
    *(int *)arg += 1;
    loop_stop(loop);
}

static void test_timer(void **state)
{
    (void)state;
    int fired = 0;
    struct loop_timer *timer = loop_timer_new(loop, stop, &fired);
    int64_t before = loop_now_ms(loop);
    loop_timer_set(timer, 10000);
    loop_timer_set(timer, 20);
    assert_true(loop_timer_active(timer));
    loop_run(loop);
    assert_true(loop_now_ms(loop) - before >= 19);
    assert_false(loop_timer_active(timer));
    assert_int_equal(fired, 1);
    loop_timer_free(&timer);
    assert_null(timer);
}

static void child_ended(void *arg, int status)
{
    *(int *)arg = status;
    loop_stop(loop);
}

static void test_child(void **state)
{
    (void)state;
    int pid = fork();
    if (pid == 0) {
        raise(SIGKILL);
        _exit(0);
    }
    int status = -1;
    struct loop_child *child = loop_child_new(loop, pid, child_ended, &status);
    loop_run(loop);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    loop_child_free(&child);
}

struct sums {
    int order[100], n_run, n_done;
};
struct task {
    struct sums *sums;
    int number;
};

static void run_task(void *arg)
{
    struct task *task = arg;
    task->sums->order[task->sums->n_run++] = task->number;
}

static void task_done(void *arg)
{
    struct task *task = arg;
    assert_int_equal(task->sums->order[task->sums->n_done], task->number);
    if (++task->sums->n_done == 100)
        loop_stop(loop);
}

static void test_worker_keeps_order(void **state)
{
    (void)state;
    struct sums sums = {0};
    struct task tasks[100];
    struct worker *worker = worker_new(loop, "a-name-that-is-too-long");
    for (int i = 0; i < 100; i++) {
        tasks[i] = (struct task){&sums, i};
        worker_submit(worker, run_task, task_done, &tasks[i]);
    }
    assert_int_equal(worker_backlog(worker), 100);
    loop_run(loop);
    assert_int_equal(sums.n_done, 100);
    assert_int_equal(worker_backlog(worker), 0);
    worker_free(&worker);
}

static void test_worker_free_finishes_jobs(void **state)
{
    (void)state;
    struct sums sums = {0};
    struct task tasks[10];
    struct worker *worker = worker_new(loop, "w");
    for (int i = 0; i < 10; i++) {
        tasks[i] = (struct task){&sums, i};
        worker_submit(worker, run_task, task_done, &tasks[i]);
    }
    worker_free(&worker);
    assert_int_equal(sums.n_done, 10);
}

static void hang(void *arg)
{
    char byte;
    ssize_t n = read(*(int *)arg, &byte, 1);
    (void)n;
}

static void test_worker_that_hangs_is_left_behind(void **state)
{
    (void)state;
    static int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct worker *worker = worker_new(loop, "hangs");
    worker_submit(worker, hang, NULL, &ends[0]);
    assert_false(worker_free_within(&worker, 20));
    assert_null(worker);
}

static void test_memfd(void **state)
{
    (void)state;
    struct err err;
    int fd = memfd_from("test", "hello", 5, &err);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "j", 1, 0), -1);
    assert_int_equal(ftruncate(fd, 1), -1);
    struct memfd_map map;
    assert_int_equal(memfd_map(fd, 4, &map, &err), -1);
    assert_int_equal(memfd_map(fd, 5, &map, &err), 0);
    assert_memory_equal(map.data, "hello", 5);
    memfd_unmap(&map);
    close(fd);

    fd = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    assert_int_equal(memfd_map(fd, 100, &map, &err), -1);
    assert_non_null(strstr(err.text, "can still change"));
    close(fd);
    fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(memfd_map(fd, 100, &map, &err), -1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timer),
        cmocka_unit_test(test_child),
        cmocka_unit_test(test_worker_keeps_order),
        cmocka_unit_test(test_worker_free_finishes_jobs),
        cmocka_unit_test(test_worker_that_hangs_is_left_behind),
        cmocka_unit_test(test_memfd),
    };
    return cmocka_run_group_tests_name("loop", tests, setup, teardown);
}
