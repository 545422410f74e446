/* What detectors prepare: real builders of tests/support/fake_host, and indexes kept on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/memfd.h"
#include "base/str.h"
#include "hosts/index_file.h"
#include "hosts/inside.h"
#include "hosts/prepare.h"

#define BOUND_MS  20000
#define INDEX_MAX 64

static struct loop *loop;
static struct hosts *hosts;
static struct worker *worker;
static char dir[] = "/tmp/tocsin-prepare-XXXXXX";
static char *program, *index_dir;

static struct {
    int answers, problems;
    char index[INDEX_MAX + 1];
    char why[ERR_TEXT_MAX];
} seen;

static void on_problem(void *arg, const struct ipc_problem *problem)
{
    (void)arg;
    seen.problems += !problem->warning;
}

static void read_index(int fd, char text[INDEX_MAX + 1])
{
    struct err err;
    struct memfd_map map;
    assert_int_equal(memfd_map(fd, INDEX_MAX, &map, &err), 0);
    memcpy(text, map.data, map.len);
    text[map.len] = '\0';
    memfd_unmap(&map);
}

/* "BASE", or "BASE|UPDATE". */
static void read_parts(const struct host_index *index, char text[INDEX_MAX + 1])
{
    char update[INDEX_MAX + 1];
    read_index(index->fds[0], text);
    if (index->fds[1] < 0)
        return;
    read_index(index->fds[1], update);
    size_t len = strlen(text);
    snprintf(text + len, INDEX_MAX + 1 - len, "|%s", update);
}

static void on_done(void *arg, const struct host_index *index, const char *why)
{
    (void)arg;
    seen.answers++;
    seen.index[0] = seen.why[0] = '\0';
    if (index)
        read_parts(index, seen.index);
    else
        snprintf(seen.why, sizeof(seen.why), "%s", why);
    loop_stop(loop);
}

static const struct prepare_ops ops = {.problem = on_problem, .done = on_done};

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

static void stop(void *arg)
{
    loop_stop(arg);
}

static void run_turn(void)
{
    struct loop_timer *turn = loop_timer_new(loop, stop, loop);
    loop_timer_set(turn, 1);
    loop_run(loop);
    loop_timer_free(&turn);
}

static void make_file(const char *name)
{
    AUTO_FREE char *path = mem_printf("%s/%s", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static void open_hosts(void)
{
    hosts = hosts_new(loop, &(struct hosts_paths){program, dir, -1});
    worker = worker_new(loop, "test");
    hosts_keep_indexes(hosts, worker, index_dir);
}

/* As the daemon ends: what the worker has to do is done. */
static void close_hosts(void)
{
    worker_free(&worker);
    hosts_free(&hosts);
}

static int setup(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    make_file("prepares.so");
    memset(&seen, 0, sizeof(seen));
    const char *builddir = getenv("TOCSIN_BUILDDIR");
    assert_non_null(builddir);
    program = mem_printf("%s/tests/support/fake_host", builddir);
    index_dir = mem_printf("%s/index", dir);
    loop = loop_new();
    open_hosts();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    close_hosts();
    loop_free(&loop);
    mem_free_p(&program);
    mem_free_p(&index_dir);
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", dir);
    return system(command);
}

static void ask(const char *slice, void *arg)
{
    static const struct host_plugin plugin = {.instance = "one", .plugin = "prepares"};
    struct hash hash = hash_bytes(slice, strlen(slice));
    hosts_prepare(hosts, &plugin, &hash, &ops, arg);
}

static void check_answer(const char *slice, const char *index)
{
    int before = seen.answers;
    ask(slice, NULL);
    if (seen.answers == before)
        run_loop();
    assert_string_equal(seen.why, "");
    assert_string_equal(seen.index, index);
}

static void the_same_slice_needs_no_builder(void **state)
{
    (void)state;
    check_answer("a", "index");
    ask("a", NULL);
    assert_int_equal(seen.answers, 2); /* at once */
    assert_int_equal(hosts_counts(hosts)->started[HOST_BUILDER], 1);
    check_answer("b", "index+");
    check_answer("a", "index++");
}

static struct index_file file_of(const char *instance)
{
    struct index_file file;
    AUTO_FREE char *plugin = mem_printf("%s/prepares.so", dir);
    index_file_init(&file, index_dir, instance, plugin);
    return file;
}

/* Puts an index there that a daemon before this one may have left. */
static void leave(const char *index)
{
    struct err err;
    struct index_file file = file_of("one");
    AUTO_FD int fd = memfd_from("index", index, strlen(index), &err);
    assert_int_equal(index_file_write(&file, TOCSIN_INDEX_BASE, fd, &err), 0);
    index_file_deinit(&file);
}

static void start_anew(void)
{
    close_hosts();
    open_hosts();
}

static void an_update_leaves_its_base(void **state)
{
    (void)state;
    leave("grow");
    check_answer("a", "grow|+");
    check_answer("b", "grow|++");
    start_anew();
    check_answer("a", "grow|+++"); /* it outlived the daemon, too */
    start_anew();
    leave("grown"); /* another base: the update is none of it */
    check_answer("a", "grown|+");
    start_anew();
    leave("same");
    check_answer("a", "same");
}

static void learn(const char *text)
{
    struct err err;
    hosts_learnt(hosts, "one", "prepares", memfd_from("learnt", text, strlen(text), &err));
}

static void what_was_learnt_is_prepared_with(void **state)
{
    (void)state;
    check_answer("a", "index");
    assert_int_equal(hosts_n_learnt(hosts, "one"), 0);
    learn("much");
    assert_int_equal(hosts_n_learnt(hosts, "one"), 1);
    check_answer("a", "index*"); /* though the slice is the same */
    check_answer("a", "index*");
    check_answer("b", "index**");
    start_anew();
    check_answer("b", "index***"); /* it outlived the daemon, too */
    assert_int_equal(hosts_n_learnt(hosts, "one"), 0);
    start_anew();
    learn("much"); /* before the file was read */
    check_answer("b", "index****");
    check_answer("b", "index****");
}

static void an_update_of_another_base_is_left_alone(void **state)
{
    (void)state;
    struct err err;
    leave("grow");
    check_answer("a", "grow|+");
    close_hosts();
    struct index_file file = file_of("one");
    AUTO_FREE char *update = mem_printf("%s.update", file.path);
    AUTO_FREE char *aside = mem_printf("%s.aside", file.path);
    assert_int_equal(rename(update, aside), 0);
    leave("grown");
    assert_int_equal(rename(aside, update), 0);
    struct host_index index = index_file_read(&file, &err);
    assert_non_null(strstr(err.text, "of another detector"));
    assert_true(host_index_is_there(&index));
    assert_int_equal(index.fds[1], -1);
    host_index_close(&index);
    index_file_deinit(&file);
    open_hosts();
    check_answer("a", "grown|+");
}

static void an_index_outlives_the_daemon(void **state)
{
    (void)state;
    check_answer("a", "index");
    close_hosts();
    open_hosts();
    check_answer("a", "index+");
    close_hosts();
    open_hosts();
    leave("same");
    check_answer("a", "same");
    check_answer("b", "same");
}

/* One byte of it is another. */
static void damage(long at)
{
    struct index_file file = file_of("one");
    FILE *stream = fopen(file.path, "r+");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    int byte = fgetc(stream);
    assert_int_equal(fseek(stream, -1, SEEK_CUR), 0);
    fputc(byte ^ 1, stream);
    fclose(stream);
    index_file_deinit(&file);
}

static void what_is_damaged_is_built_anew(void **state)
{
    (void)state;
    static const long places[] = {0, 20, 60, 90, -1};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        leave("same");
        damage(places[i]);
        check_answer("a", "index");
        close_hosts();
        open_hosts();
    }
}

static void what_is_cut_is_built_anew(void **state)
{
    (void)state;
    static const off_t sizes[] = {0, 7, 90};
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        struct index_file file = file_of("one");
        leave("same as before");
        assert_int_equal(truncate(file.path, sizes[i]), 0);
        index_file_deinit(&file);
        check_answer("a", "index");
        close_hosts();
        open_hosts();
    }
}

static void check_unread(const struct index_file *file, struct err *err)
{
    struct host_index index = index_file_read(file, err);
    assert_false(host_index_is_there(&index));
}

static void what_is_foreign_is_built_anew(void **state)
{
    (void)state;
    struct err err;
    leave("same");
    struct index_file one = file_of("one"), other = file_of("other");
    assert_int_equal(rename(one.path, other.path), 0);
    check_unread(&other, &err);
    assert_non_null(strstr(err.text, "of another detector"));
    index_file_deinit(&other);
    leave("same");
    AUTO_FREE char *plugin = mem_printf("%s/prepares.so", dir);
    assert_int_equal(truncate(plugin, 10), 0); /* another build */
    check_unread(&one, &err);
    assert_non_null(strstr(err.text, "of another build"));
    unlink(one.path);
    assert_int_equal(symlink("/etc/passwd", one.path), 0);
    check_unread(&one, &err);
    index_file_deinit(&one);
    check_answer("a", "index");
}

static void who_dies_over_it_is_asked_without(void **state)
{
    (void)state;
    leave("poison");
    check_answer("a", "index");
    assert_int_equal(hosts_counts(hosts)->started[HOST_BUILDER], 2);
    close_hosts();
    open_hosts();
    leave("open"); /* gives what it could change: a lie */
    check_answer("a", "index");
    start_anew();
    leave("good");
    learn("poison");
    check_answer("a", "index");
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    char name[] = "gate", path[] = "/nonexistent/gate", *values[] = {path};
    struct config_option option = {.name = name, .values = {values, 1}};
    const struct host_plugin plugin = {
        .instance = "one", .plugin = "prepares", .options = &option, .n_options = 1};
    struct hash hash = hash_bytes("a", 1);
    hosts_prepare(hosts, &plugin, &hash, &ops, NULL);
    run_loop();
    assert_int_equal(seen.problems, 1);
    assert_non_null(strstr(seen.why, "topics.yaml:14:5: an open quote"));
    const struct host_plugin absent = {.instance = "two", .plugin = "absent"};
    hosts_prepare(hosts, &absent, &hash, &ops, NULL);
    run_loop();
    assert_non_null(strstr(seen.why, "there is no plugin"));
}

static void a_cancelled_question_is_not_answered(void **state)
{
    (void)state;
    int reading, building;
    ask("a", &reading);
    hosts_prepare_cancel(hosts, &reading);
    leave("hang");
    ask("b", &building);
    while (!hosts_counts(hosts)->started[HOST_BUILDER])
        run_turn();
    hosts_prepare_cancel(hosts, &building);
    assert_int_equal(seen.answers, 0);
    leave("same");
    check_answer("c", "same");
    assert_int_equal(seen.answers, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_slice_needs_no_builder, setup, teardown),
        cmocka_unit_test_setup_teardown(an_index_outlives_the_daemon, setup, teardown),
        cmocka_unit_test_setup_teardown(an_update_leaves_its_base, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_learnt_is_prepared_with, setup, teardown),
        cmocka_unit_test_setup_teardown(an_update_of_another_base_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_damaged_is_built_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_cut_is_built_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_foreign_is_built_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(who_dies_over_it_is_asked_without, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(a_cancelled_question_is_not_answered, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
