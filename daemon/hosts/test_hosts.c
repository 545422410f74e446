/* Hosts: real processes of tests/support/fake_host, in every way to live and to end. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "hosts/hosts.h"
#include "hosts/inside.h"

#define BOUND_MS 20000

static struct loop *loop;
static struct hosts *hosts;
static struct host *host;
static char dir[] = "/tmp/tocsin-hosts-XXXXXX";
static char *program;

/* What the owner saw. */
static struct {
    int readies, outcomes, problems, n_late, ends;
    char reason[4096], why[ERR_TEXT_MAX], problem[256];
    unsigned problem_line;
    enum host_end end;
    int running;
    json_t *description;
    char error[ERR_TEXT_MAX];
    int answers;
} seen;

static void copy(char *to, size_t size, const char *text)
{
    snprintf(to, size, "%s", text);
}

static void on_ready(void *arg)
{
    (void)arg;
    seen.readies++;
    loop_stop(loop);
}

static int on_message(void *arg, const struct ipc_message *message, int fd, struct err *err)
{
    (void)arg;
    assert_int_equal(fd, -1);
    if (message->type != IPC_OUTCOME)
        return err_set(err, "nobody asked for it");
    seen.outcomes++;
    copy(seen.reason, sizeof(seen.reason), message->outcome.reason);
    loop_stop(loop);
    return 0;
}

static void on_problem(void *arg, const struct ipc_problem *problem)
{
    (void)arg;
    seen.problems++;
    seen.problem_line = problem->line;
    copy(seen.problem, sizeof(seen.problem), problem->text);
}

static void on_ended(void *arg, enum host_end end, int running, const char *why)
{
    (void)arg;
    seen.ends++;
    seen.end = end;
    seen.running = running;
    copy(seen.why, sizeof(seen.why), why);
    host = NULL;
    loop_stop(loop);
}

static void on_late(void *arg, int running)
{
    (void)arg;
    seen.n_late++;
    assert_true(host_is_late(host));
    assert_int_equal(running, -1);
}

static const struct host_ops ops = {.ready = on_ready,
                                    .message = on_message,
                                    .problem = on_problem,
                                    .late = on_late,
                                    .ended = on_ended};

static void too_late(void *arg)
{
    (void)arg;
    fail_msg("nothing came within the bound");
}

static void run_loop(void)
{
    struct loop_timer *bound = loop_timer_new(loop, too_late, NULL);
    loop_timer_set(bound, BOUND_MS);
    loop_run(loop);
    loop_timer_free(&bound);
}

static void make_plugin(const char *name)
{
    AUTO_FREE char *path = mem_printf("%s/%s.so", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static int setup(void **state)
{
    (void)state;
    const char *plugins[] = {"plain", "unhappy", "crashes-early", "mute", "facts"};
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < ARRAY_LEN(plugins); i++)
        make_plugin(plugins[i]);
    memset(&seen, 0, sizeof(seen));
    const char *builddir = getenv("TOCSIN_BUILDDIR");
    assert_non_null(builddir);
    program = mem_printf("%s/tests/support/fake_host", builddir);
    AUTO_FREE char *dirs = mem_printf("/nonexistent:%s", dir);
    loop = loop_new();
    hosts = hosts_new(loop, &(struct hosts_paths){program, dirs, -1});
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    hosts_free(&hosts);
    loop_free(&loop);
    json_decref(seen.description);
    free(program);
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", dir);
    return system(command);
}

static void spawn_as(enum host_role role, const char *plugin, int64_t deadline_ms)
{
    struct host_plugin one = {.instance = "one", .plugin = plugin};
    struct host_spec spec = {.name = "test-1",
                             .role = role,
                             .plugins = &one,
                             .n_plugins = 1,
                             .deadline_ms = deadline_ms};
    host = host_spawn(hosts, &spec, &ops, NULL);
}

static void spawn_ready(int64_t deadline_ms)
{
    spawn_as(HOST_NOTIFIER, "plain", deadline_ms);
    run_loop();
    assert_int_equal(seen.readies, 1);
}

static void send_job(const char *id)
{
    struct ipc_message job = {.type = IPC_DELIVER, .deliver = {.id = id, .job = 1}};
    host_send(host, &job, -1);
}

static void assert_ended(enum host_end end, int running, const char *why)
{
    run_loop();
    assert_int_equal(seen.ends, 1);
    if (seen.end != end || !strstr(seen.why, why))
        fail_msg("ended as %d: %s", seen.end, seen.why);
    assert_int_equal(seen.running, running);
    assert_true(list_empty(&hosts->all));
}

static void a_job_is_done_and_the_host_quits(void **state)
{
    (void)state;
    spawn_ready(5000);
    assert_string_equal(host_layers(host), "none");
    assert_string_equal(host_name(host), "test-1");
    send_job("answer");
    run_loop();
    assert_int_equal(seen.outcomes, 1);
    json_t *status = hosts_status(hosts);
    assert_string_equal(json_string_value(json_object_get(json_array_get(status, 0), "state")),
                        "ready");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(status, 0), "jobs")), 1);
    json_decref(status);
    host_quit(host);
    assert_ended(HOST_ENDED, -1, "ended");
}

static void one_without_plugins_speaks_for_itself(void **state)
{
    (void)state;
    const struct host_spec spec = {.name = "test-1", .role = HOST_DETECTOR, .deadline_ms = 5000};
    host = host_spawn(hosts, &spec, &ops, NULL);
    run_loop();
    assert_int_equal(seen.ends, 0);
    assert_int_equal(seen.readies, 1);
    host_quit(host);
    assert_ended(HOST_ENDED, -1, "ended");
}

static void a_crash_is_named(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("segv");
    assert_ended(HOST_CRASHED, 0, "one crashed: segmentation fault");
}

static void a_forbidden_system_call_is_named(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("sys");
    assert_ended(HOST_CRASHED, 0, "bad system call: the sandbox forbade it");
}

static void an_exit_is_a_crash(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("exit");
    assert_ended(HOST_CRASHED, 0, "exit status 3");
}

static void what_was_said_before_a_crash_counts(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("then-segv");
    while (!seen.ends)
        run_loop();
    assert_int_equal(seen.outcomes, 1);
    assert_int_equal(seen.end, HOST_CRASHED);
    assert_int_equal(seen.running, -1);
}

static void a_hang_is_killed_at_its_deadline(void **state)
{
    (void)state;
    spawn_ready(50);
    send_job("hang");
    assert_ended(HOST_HUNG, 0, "one took longer than 50ms");
}

static void what_hangs_is_late_first(void **state)
{
    (void)state;
    spawn_ready(300);
    send_job("answer");
    run_loop();
    assert_int_equal(seen.n_late, 0);
    send_job("hang");
    assert_ended(HOST_HUNG, 0, "one took longer than 300ms");
    assert_int_equal(seen.n_late, 1);
}

static void what_was_said_in_time_counts(void **state)
{
    (void)state;
    spawn_ready(300);
    send_job("answer");
    usleep(400000); /* as a daemon that was stopped meanwhile */
    run_loop();
    assert_int_equal(seen.outcomes, 1);
    assert_int_equal(seen.n_late, 0);
    assert_int_equal(seen.ends, 0);
}

static void an_idle_host_has_no_deadline(void **state)
{
    (void)state;
    spawn_ready(20);
    send_job("answer");
    run_loop();
    struct loop_timer *pause = loop_timer_new(loop, (void (*)(void *))loop_stop, loop);
    loop_timer_set(pause, 100);
    run_loop();
    loop_timer_free(&pause);
    assert_int_equal(seen.ends, 0);
}

static void a_bad_message_costs_its_sender_its_life(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("lie");
    assert_ended(HOST_LIED, 0, "bad message");
}

static void an_answer_too_many_is_a_lie(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("twice");
    while (!seen.ends)
        run_loop();
    assert_int_equal(seen.outcomes, 1);
    assert_int_equal(seen.end, HOST_LIED);
}

static void a_closed_channel_is_an_end(void **state)
{
    (void)state;
    spawn_ready(10000);
    send_job("close");
    assert_ended(HOST_CRASHED, 0, "closed its channel");
}

static void a_kill_is_an_end_that_was_asked_for(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("hang");
    host_kill(host);
    assert_ended(HOST_ENDED, 0, "stopped");
}

static void an_abandoned_host_is_silent(void **state)
{
    (void)state;
    spawn_ready(5000);
    int pid = host_pid(host);
    assert_true(pid > 1);
    host_abandon(&host);
    assert_null(host);
    struct loop_timer *pause = loop_timer_new(loop, (void (*)(void *))loop_stop, loop);
    for (int i = 0; i < BOUND_MS && !list_empty(&hosts->all); i++) {
        loop_timer_set(pause, 1);
        run_loop();
    }
    loop_timer_free(&pause);
    assert_true(list_empty(&hosts->all));
    assert_int_equal(kill(pid, 0), -1);
    assert_int_equal(seen.ends, 0);
}

static void what_a_host_started_dies_with_it(void **state)
{
    (void)state;
    spawn_ready(5000);
    send_job("child");
    run_loop();
    int64_t number;
    assert_true(str_int_parse(seen.reason, &number) && number > 0);
    pid_t child = (pid_t)number;
    host_kill(host);
    assert_ended(HOST_ENDED, -1, "");
    /* Its reaper is init; it is dead or a zombie. */
    AUTO_FREE char *path = mem_printf("/proc/%d/stat", child);
    for (int i = 0; i < BOUND_MS; i++) {
        char text[256] = "";
        FILE *file = fopen(path, "r");
        if (!file || !fgets(text, sizeof(text), file) || strstr(text, ") Z")) {
            if (file)
                fclose(file);
            return;
        }
        fclose(file);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    fail_msg("process %d lives on", child);
}

static void problems_are_gathered_with_their_places(void **state)
{
    (void)state;
    spawn_as(HOST_DETECTOR, "unhappy", 5000);
    assert_ended(HOST_UNUSABLE, 0, "topics.yaml:14:5: an open quote");
    assert_null(strstr(seen.why, "never asked for"));
    assert_int_equal(seen.problems, 2);
    assert_string_equal(seen.problem, "an open quote");
    assert_int_equal(seen.problem_line, 14);
}

static void a_crash_in_set_up_makes_it_unusable(void **state)
{
    (void)state;
    spawn_as(HOST_DETECTOR, "crashes-early", 5000);
    assert_ended(HOST_UNUSABLE, -1, "segmentation fault while it was set up");
}

static void a_missing_plugin_is_said_later(void **state)
{
    (void)state;
    spawn_as(HOST_DETECTOR, "absent", 5000);
    assert_int_equal(seen.ends, 0);
    assert_ended(HOST_UNUSABLE, 0, "there is no plugin \"absent\"");
}

static void a_missing_program_is_said_later(void **state)
{
    (void)state;
    hosts_free(&hosts);
    hosts = hosts_new(loop, &(struct hosts_paths){"/nonexistent/tocsin-host", dir, -1});
    spawn_as(HOST_DETECTOR, "plain", 5000);
    assert_ended(HOST_UNUSABLE, -1, "/nonexistent/tocsin-host: No such file");
}

static void a_host_sees_its_own_descriptors_only(void **state)
{
    (void)state;
    AUTO_FD int lock = hosts_lock(dir, 0, NULL);
    assert_true(lock >= 0);
    int stray = dup(2); /* not close-on-exec */
    hosts_free(&hosts);
    hosts = hosts_new(loop, &(struct hosts_paths){program, dir, lock});
    spawn_ready(5000);
    send_job("fds");
    run_loop();
    close(stray);
    assert_string_equal(seen.reason, "0 1 2 3 4 ");
}

static void a_host_sees_little_of_the_environment(void **state)
{
    (void)state;
    setenv("TOCSIN_SECRET", "x", 1);
    setenv("LC_TIME", "C", 1);
    setenv("XDG_RUNTIME_DIR", "/tmp", 1);
    spawn_ready(5000);
    send_job("env");
    run_loop();
    assert_non_null(strstr(seen.reason, "PATH "));
    assert_non_null(strstr(seen.reason, "LC_TIME "));
    assert_non_null(strstr(seen.reason, "XDG_RUNTIME_DIR "));
    assert_null(strstr(seen.reason, "TOCSIN_SECRET"));
}

static void the_lock_outlives_the_daemon_in_its_hosts(void **state)
{
    (void)state;
    struct err err;
    AUTO_FD int lock = hosts_lock(dir, 0, &err);
    assert_true(lock >= 0);
    hosts_free(&hosts);
    hosts = hosts_new(loop, &(struct hosts_paths){program, dir, lock});
    spawn_ready(5000);
    fd_close(&lock);
    assert_int_equal(hosts_lock(dir, 50, &err), -1);
    AUTO_FREE char *pid = mem_printf("(pid %d)", host_pid(host));
    if (!strstr(err.text, pid))
        fail_msg("%s is not in: %s", pid, err.text);
    host_kill(host);
    assert_ended(HOST_ENDED, -1, "");
    lock = hosts_lock(dir, BOUND_MS, &err);
    assert_true(lock >= 0);
}

static void on_probed(void *arg, const char *plugin, const json_t *description, const char *error)
{
    (void)arg;
    (void)plugin;
    json_decref(seen.description);
    seen.description = json_deep_copy(description);
    copy(seen.error, sizeof(seen.error), error ? error : "");
    seen.answers++;
    loop_stop(loop);
}

static void a_probe_describes_and_is_kept(void **state)
{
    (void)state;
    hosts_probe(hosts, "facts", on_probed, NULL);
    hosts_probe(hosts, "facts", on_probed, NULL); /* shares the host */
    assert_int_equal(seen.answers, 0);
    while (seen.answers < 2)
        run_loop();
    assert_string_equal(json_string_value(json_object_get(seen.description, "name")), "facts");
    hosts_probe(hosts, "facts", on_probed, NULL);
    assert_int_equal(seen.answers, 3); /* at once */
    AUTO_FREE char *path = mem_printf("%s/facts.so", dir);
    assert_int_equal(truncate(path, 10), 0); /* another file now */
    hosts_probe(hosts, "facts", on_probed, NULL);
    assert_int_equal(seen.answers, 3);
    run_loop();
    assert_int_equal(seen.answers, 4);
}

static void a_probe_that_fails_says_why(void **state)
{
    (void)state;
    hosts_probe(hosts, "absent", on_probed, NULL);
    assert_non_null(strstr(seen.error, "there is no plugin"));
    hosts_probe(hosts, "crashes-early", on_probed, NULL);
    run_loop();
    assert_null(seen.description);
    assert_non_null(strstr(seen.error, "segmentation fault"));
    hosts_probe(hosts, "mute", on_probed, NULL);
    run_loop();
    assert_non_null(strstr(seen.error, "did not describe itself"));
    hosts_probe(hosts, "../plain", on_probed, NULL);
    assert_non_null(strstr(seen.error, "is no name of a plugin"));
}

/* The one process that this one started and has not yet seen end. */
static pid_t only_child(void)
{
    AUTO_FREE char *path = mem_printf("/proc/self/task/%d/children", getpid());
    FILE *children = fopen(path, "re");
    char text[32];
    int64_t pid = 0;
    assert_non_null(children);
    assert_non_null(fgets(text, sizeof(text), children));
    fclose(children);
    text[strcspn(text, " ")] = '\0';
    assert_true(str_int_parse(text, &pid) && pid > 1);
    return (pid_t)pid;
}

static void a_killed_probe_is_tried_once_more(void **state)
{
    (void)state;
    hosts_probe(hosts, "facts", on_probed, NULL);
    assert_int_equal(kill(only_child(), SIGKILL), 0);
    run_loop();
    assert_int_equal(seen.answers, 1);
    assert_string_equal(seen.error, "");
    assert_non_null(seen.description);
}

static void a_cancelled_probe_is_silent(void **state)
{
    (void)state;
    int asker, other;
    hosts_probe(hosts, "facts", on_probed, &asker);
    hosts_probe(hosts, "facts", on_probed, &other);
    hosts_probe_cancel(hosts, &asker);
    run_loop();
    assert_true(list_empty(&hosts->probes));
    assert_int_equal(seen.answers, 1);
}

static void many_messages_wait_their_turn(void **state)
{
    (void)state;
    spawn_ready(5000);
    for (int i = 0; i < 5000; i++)
        send_job("answer");
    while (seen.outcomes < 5000 && !seen.ends)
        run_loop();
    assert_int_equal(seen.outcomes, 5000);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_job_is_done_and_the_host_quits),
        CASE(one_without_plugins_speaks_for_itself),
        CASE(a_crash_is_named),
        CASE(a_forbidden_system_call_is_named),
        CASE(an_exit_is_a_crash),
        CASE(what_was_said_before_a_crash_counts),
        CASE(a_hang_is_killed_at_its_deadline),
        CASE(what_hangs_is_late_first),
        CASE(what_was_said_in_time_counts),
        CASE(an_idle_host_has_no_deadline),
        CASE(a_bad_message_costs_its_sender_its_life),
        CASE(an_answer_too_many_is_a_lie),
        CASE(a_closed_channel_is_an_end),
        CASE(a_kill_is_an_end_that_was_asked_for),
        CASE(an_abandoned_host_is_silent),
        CASE(what_a_host_started_dies_with_it),
        CASE(problems_are_gathered_with_their_places),
        CASE(a_crash_in_set_up_makes_it_unusable),
        CASE(a_missing_plugin_is_said_later),
        CASE(a_missing_program_is_said_later),
        CASE(a_host_sees_its_own_descriptors_only),
        CASE(a_host_sees_little_of_the_environment),
        CASE(the_lock_outlives_the_daemon_in_its_hosts),
        CASE(a_probe_describes_and_is_kept),
        CASE(a_probe_that_fails_says_why),
        CASE(a_killed_probe_is_tried_once_more),
        CASE(a_cancelled_probe_is_silent),
        CASE(many_messages_wait_their_turn),
    };
    return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
