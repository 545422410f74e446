/*
 * Detection with real hosts (tests/support/fake_host, whose plugins do what the documents' words
 * say), a real store in memory, and a stand-in for the documents room.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "base/str.h"
#include "detect/detect.h"
#include "detect/strikes.h"
#include "hosts/prepare.h"
#include "store/documents.h"
#include "tests/support/fake_documents.h"

#define BOUND_MS 30000

static struct loop *loop;
static struct loop_timer *tick;
static struct hosts *hosts;
static struct store *store;
static struct documents documents;
static struct detect *detect;
static struct config config;
static struct config_plugin detectors[4];
static char dir[] = "/tmp/tocsin-detect-XXXXXX";

/* What the receiver of results saw. */
static struct map *results; /* "detector:path" -> how often */
static int n_results, n_troubles, n_over, n_learnt;
static char last_subject[256], last_text[2048], last_over[256];
static bool early; /* a result came before its commit */
static bool settle_rows;
static struct detect_result *kept; /* the last one */

/* ---- the receiver ---- */

struct row {
    int64_t version;
    char *detector;
};

static int row_run(struct store_txn *txn, void *arg, struct err *err)
{
    const struct row *row = arg;
    return store_pending_done(txn, row->version, row->detector, err);
}

static void row_done(void *arg, const char *error)
{
    struct row *row = arg;
    assert_null(error);
    free(row->detector);
    free(row);
}

static void on_result(void *arg, struct detect_result *result)
{
    (void)arg;
    AUTO_FREE char *key = mem_printf("%s:%s", result->detector, result->path);
    intptr_t before = (intptr_t)map_get_text(results, key);
    map_set_text(results, key, (void *)(before + 1));
    n_results++;
    early |= !result->version || !result->document || !result->date;
    if (settle_rows) {
        struct row *row = NEW(struct row);
        *row = (struct row){result->version, mem_strdup(result->detector)};
        store_write(store, row_run, row_done, row);
    }
    detect_result_free(&kept);
    kept = result;
}

static int times(const char *detector, const char *path)
{
    AUTO_FREE char *key = mem_printf("%s:%s", detector, path);
    return (int)(intptr_t)map_get_text(results, key);
}

static void on_trouble(void *arg, const char *subject, const char *text)
{
    (void)arg;
    n_troubles++;
    snprintf(last_subject, sizeof(last_subject), "%s", subject);
    snprintf(last_text, sizeof(last_text), "%s", text);
}

static void on_over(void *arg, const char *subject)
{
    (void)arg;
    if (!str_starts(subject, "detector:"))
        return;
    n_over++;
    snprintf(last_over, sizeof(last_over), "%s", subject);
}

static void on_learnt(void *arg)
{
    (void)arg;
    n_learnt++;
    detect_configure(detect, &config);
}

static const struct detect_ops ops = {on_result, on_trouble, on_over, on_learnt};

/* ---- the stage ---- */

static void too_late(void *arg)
{
    (void)arg;
    fail_msg("nothing came within the bound: %d results, %d troubles, last %s", n_results,
             n_troubles, last_text);
}

static void look_again(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

static void run_until(bool (*reached)(void))
{
    struct loop_timer *bound = loop_timer_new(loop, too_late, NULL);
    loop_timer_set(bound, BOUND_MS);
    while (!reached()) {
        loop_timer_set(tick, 1);
        loop_run(loop);
    }
    loop_timer_free(&bound);
}

static bool idle(void)
{
    return detect_idle(detect);
}

static bool host_ready(void)
{
    json_t *list = hosts_status(hosts);
    const char *state = "";
    if (json_array_size(list) == 1)
        state = json_string_value(json_object_get(json_array_get(list, 0), "state"));
    bool is = str_equal(state, "ready");
    json_decref(list);
    return is;
}

static int host_pid_at(size_t i)
{
    json_t *list = hosts_status(hosts);
    int pid = (int)json_integer_value(json_object_get(json_array_get(list, i), "pid"));
    json_decref(list);
    return pid;
}

/* As somebody outside would. Never anything but a child of ours: kill(2) takes -1 for everybody. */
static void kill_host_at(size_t i)
{
    int pid = host_pid_at(i);
    if (pid > 1)
        assert_int_equal(kill(pid, SIGKILL), 0);
}

static void make_plugin(const char *name)
{
    AUTO_FREE char *path = mem_printf("%s/%s.so", dir, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static struct hash slice(const struct config_plugin *plugin, int edition)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, plugin->name);
    hasher_part(&hasher, &edition, sizeof(edition));
    return hasher_final(&hasher);
}

/* Short, for those that hang. */
#define DEADLINE_MS 300
static int deadline_ms, hosts_max;

/* The detectors `names`, each of the plugin of its name. */
static void configure(const char *const *names, size_t n, int edition)
{
    memset(detectors, 0, sizeof(detectors));
    for (size_t i = 0; i < n; i++) {
        detectors[i] = (struct config_plugin){.name = (char *)(uintptr_t)names[i],
                                              .plugin = (char *)(uintptr_t)names[i],
                                              .deadline_ms = deadline_ms};
        detectors[i].hash = slice(&detectors[i], edition);
    }
    config.detectors = detectors;
    config.n_detectors = n;
    config.hosts_max = hosts_max;
    detect_configure(detect, &config);
}

static const char *const two[] = {"good", "facts"};

static int setup(void **state)
{
    (void)state;
    struct err err;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    deadline_ms = DEADLINE_MS;
    hosts_max = 2;
    make_plugin("good");
    make_plugin("facts");
    make_plugin("crashes-early");
    make_plugin("third");
    const char *builddir = getenv("TOCSIN_BUILDDIR");
    assert_non_null(builddir);
    AUTO_FREE char *program = mem_printf("%s/tests/support/fake_host", builddir);
    loop = loop_new();
    tick = loop_timer_new(loop, look_again, NULL);
    hosts = hosts_new(loop, &(struct hosts_paths){program, dir, -1});
    assert_int_equal(store_open(loop, ":memory:", &store, &err), STORE_OPENED_NEW);
    documents = (struct documents){.store = store};
    detect = detect_new(loop, hosts, &documents, store, &ops, NULL);
    results = map_new();
    n_results = n_troubles = n_over = n_learnt = 0;
    last_subject[0] = last_text[0] = last_over[0] = '\0';
    early = false;
    settle_rows = true;
    kept = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    assert_false(early);
    store_flush(store);
    detect_free(&detect);
    store_free(&store);
    hosts_free(&hosts);
    loop_timer_free(&tick);
    loop_free(&loop);
    map_free(&results, NULL);
    detect_result_free(&kept);
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", dir);
    return system(command);
}

static void read_document(const char *path, const char *text)
{
    detect_read(detect, fake_work(path, text));
}

/* Each under a path of its own, PREFIX and a number; and what came of them, once each. */
static void read_many(const char *prefix, int n, const char *text)
{
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *path = mem_printf("%s%d", prefix, i);
        read_document(path, text);
    }
}

static void assert_many(const char *prefix, int n)
{
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *path = mem_printf("%s%d", prefix, i);
        assert_int_equal(times("good", path), 1);
        assert_int_equal(times("facts", path), 1);
    }
}

/* ---- rows of the store ---- */

static int64_t n_pending, n_quarantined;
static bool counted;

static int count_run(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    return store_pending_count(txn, &n_pending, &n_quarantined, err);
}

static void count_done(void *arg, const char *error)
{
    (void)arg;
    assert_null(error);
    counted = true;
}

static bool is_counted(void)
{
    return counted;
}

static void assert_rows(int64_t pending, int64_t quarantined)
{
    counted = false;
    store_write(store, count_run, count_done, NULL); /* after what was asked before */
    run_until(is_counted);
    assert_int_equal(n_pending, pending);
    assert_int_equal(n_quarantined, quarantined);
}

/* ---- cases ---- */

static void findings_come_with_all_that_is_known(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("a.txt", "find:facts");
    run_until(idle);
    assert_int_equal(n_results, 2);
    assert_int_equal(times("good", "a.txt"), 1);
    assert_string_equal(kept->detector, "facts");
    assert_string_equal(kept->title, "a title");
    assert_string_equal(kept->source, "seeds");
    assert_false(kept->has_date);
    assert_int_equal(kept->key_fields.n, 2);
    assert_string_equal(kept->statuses.items[1], "result");
    assert_string_equal(kept->edition_field, "year");
    assert_int_equal(kept->n_findings, 1);
    assert_true(kept->findings[0].is_fact);
    assert_string_equal(kept->findings[0].topic, "interest");
    assert_string_equal(kept->findings[0].fields[0].value, "Leclerc");
    assert_string_equal(kept->findings[0].labels.items[0], "label");
    assert_string_equal(kept->findings[0].evidence[0].quote, "find:facts");
    assert_rows(0, 0);
}

static bool host_is_done(void)
{
    json_t *status = detect_status(detect);
    bool done = !json_integer_value(json_object_get(status, "running")) &&
                !json_integer_value(json_object_get(status, "queued"));
    json_decref(status);
    return done;
}

static void results_wait_for_the_commit(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    documents.hold = true;
    read_document("a.txt", "");
    run_until(host_is_done);
    assert_int_equal(n_results, 0);
    assert_false(detect_idle(detect));
    fake_documents_go(&documents);
    run_until(idle);
    assert_int_equal(n_results, 2);
}

static void what_holds_nothing_is_settled_by_the_commit(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    documents.hold = documents.settles = true;
    read_document("a.txt", "find:facts");
    run_until(host_is_done);
    fake_documents_go(&documents);
    run_until(idle);
    assert_int_equal(times("good", "a.txt"), 0);
    assert_int_equal(times("facts", "a.txt"), 1);
    assert_rows(0, 0);
}

static void a_quiet_document_meets_no_detector(void **state)
{
    (void)state;
    configure(two, 2, 1);
    struct document_work *work = fake_work("a.txt", "crash:good");
    work->quiet = true;
    detect_read(detect, work);
    run_until(idle);
    assert_int_equal(documents.n_committed, 1);
    assert_int_equal(n_results, 0);
    assert_rows(0, 0);
}

static void a_text_that_the_document_had_before_is_no_news(void **state)
{
    (void)state;
    configure(two, 2, 1);
    documents.old_text = true;
    read_document("a.txt", "good");
    read_document("b.txt", "crash:good");
    run_until(idle);
    assert_int_equal(documents.n_committed, 2);
    assert_int_equal(n_results, 0);
    assert_rows(0, 0);
}

static void what_cannot_be_read_goes_back(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("a.txt", "unchanged");
    run_until(idle);
    assert_int_equal(documents.last_status, IPC_READ_UNCHANGED);
    read_document("b.txt", "unreadable");
    run_until(idle);
    assert_int_equal(documents.last_status, IPC_READ_UNREADABLE);
    assert_int_equal(documents.n_unread, 2);
    assert_int_equal(documents.n_committed, 0);
}

static void a_crash_twice_is_quarantined_and_stops_only_itself(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("bad.txt", "crash:facts");
    read_document("good.txt", "find:good");
    run_until(idle);
    assert_int_equal(times("good", "good.txt"), 1);
    assert_int_equal(times("facts", "good.txt"), 1);
    assert_int_equal(times("good", "bad.txt"), 1);
    assert_int_equal(times("facts", "bad.txt"), 0);
    assert_int_equal(n_troubles, 1);
    assert_string_equal(last_subject, "quarantine:facts:bad.txt");
    assert_non_null(strstr(last_text, "segmentation fault"));
    assert_non_null(strstr(last_text, "tocsinctl quarantine release facts"));
    assert_rows(0, 1);
    json_t *status = detect_status(detect);
    assert_int_equal(json_integer_value(json_object_get(status, "strikes")), 2);
    assert_int_equal(json_integer_value(json_object_get(status, "quarantined")), 1);
    json_decref(status);
}

static struct detect_counts counts_of_good, counts_of_facts;
static int n_counted;

static void take_counts(void *arg, const char *detector, const struct detect_counts *counts)
{
    (void)arg;
    n_counted++;
    *(str_equal(detector, "good") ? &counts_of_good : &counts_of_facts) = *counts;
}

static uint64_t n_took(const struct detect_counts *counts)
{
    uint64_t n = 0;
    for (size_t i = 0; i <= DETECT_N_BOUNDS; i++)
        n += counts->took[i];
    return n;
}

static bool no_probe_runs(void)
{
    return hosts_counts(hosts)->running[HOST_PROBE] == 0;
}

static void each_detector_is_counted_over_a_reload(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS; /* a crash is counted as one, however long the kernel takes for it */
    configure(two, 2, 1);
    read_document("bad.txt", "crash:facts");
    read_document("good.txt", "find:good");
    run_until(idle);
    configure(two, 2, 2);
    read_document("next.txt", "find:facts");
    run_until(idle);
    n_counted = 0;
    detect_each_counts(detect, take_counts, NULL);
    assert_int_equal(n_counted, 2);
    assert_int_equal(n_took(&counts_of_good), 3);
    assert_int_equal(n_took(&counts_of_facts), 2);
    assert_int_equal(counts_of_good.findings, 1);
    assert_int_equal(counts_of_facts.findings, 1);
    assert_int_equal(counts_of_good.strikes, 0);
    assert_int_equal(counts_of_facts.strikes, 2);
    run_until(no_probe_runs);
    const struct hosts_counts *hosted = hosts_counts(hosts);
    assert_int_equal(hosted->ended[HOST_DETECTOR][HOST_CRASHED], 2);
    assert_int_equal(hosted->started[HOST_PROBE], hosted->ended[HOST_PROBE][HOST_ENDED]);
    /* Only what is configured is counted for others. */
    configure(two, 1, 3);
    read_document("last.txt", "good");
    run_until(idle);
    n_counted = 0;
    detect_each_counts(detect, take_counts, NULL);
    assert_int_equal(n_counted, 1);
}

static void the_second_try_is_alone(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("a.txt", "together:good");
    run_until(idle);
    assert_int_equal(times("good", "a.txt"), 1);
    assert_int_equal(times("facts", "a.txt"), 1);
    assert_int_equal(n_troubles, 0);
    assert_rows(0, 0);
}

static void a_hang_and_a_lie_are_failures_too(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("hang.txt", "hang:good");
    read_document("lie.txt", "lie:facts");
    run_until(idle);
    assert_int_equal(times("facts", "hang.txt"), 1);
    assert_int_equal(times("good", "lie.txt"), 1);
    assert_int_equal(n_results, 2);
    assert_int_equal(n_troubles, 2);
    assert_rows(0, 2);
}

/* ---- detectors that are set apart ---- */

static int64_t status_of(const char *what)
{
    json_t *status = detect_status(detect);
    int64_t value = json_integer_value(json_object_get(status, what));
    json_decref(status);
    return value;
}

/* "facts failed, " */
static char *aparts(void)
{
    struct buf text = {0};
    size_t i;
    json_t *status = detect_status(detect), *apart;
    json_array_foreach(json_object_get(status, "apart"), i, apart)
    {
        assert_true(json_integer_value(json_object_get(apart, "for_ms")) > 0);
        buf_printf(&text, "%s %s, ", json_string_value(json_object_get(apart, "detector")),
                   json_string_value(json_object_get(apart, "why")));
    }
    json_decref(status);
    return buf_take(&text);
}

static void assert_apart(const char *expected)
{
    AUTO_FREE char *text = aparts();
    assert_string_equal(text, expected);
}

#define N_CRASHES 300
static bool good_is_done(void)
{
    return n_results == N_CRASHES;
}

static void what_fails_on_all_holds_nobody_up(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS;
    configure(two, 2, 1);
    read_many("a", N_CRASHES, "crash:facts");
    run_until(good_is_done);
    for (int i = 0; i < N_CRASHES; i++) {
        AUTO_FREE char *path = mem_printf("a%d", i);
        assert_int_equal(times("good", path), 1);
    }
    assert_apart("facts failed, ");
    /* What waits for it is in the store; few are in hand. */
    store_flush(store);
    assert_true(status_of("documents") < N_CRASHES / 4);
    counted = false;
    store_write(store, count_run, count_done, NULL);
    run_until(is_counted);
    assert_int_equal(n_pending + n_quarantined, N_CRASHES);
    assert_true(n_quarantined < N_CRASHES / 4);
}

static bool quarantined_three(void)
{
    return n_troubles == 3 && detect_idle(detect);
}

static void what_is_apart_is_asked_about_all(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS;
    configure(two, 2, 1);
    read_many("bad", 3, "crash:facts");
    read_many("a", 200, "find:facts");
    run_until(quarantined_three);
    assert_many("a", 200);
    assert_int_equal(status_of("strikes"), 6);
    assert_rows(0, 3);
    assert_apart("facts failed, ");
    /* A reload tries it with the others again. */
    configure(two, 2, 2);
    read_many("b", 20, "find:facts find:good");
    run_until(idle);
    assert_many("b", 20);
    assert_apart("");
    assert_rows(0, 3);
}

static bool three_are_quarantined(void)
{
    return n_troubles >= 3;
}

static bool five_are_quarantined(void)
{
    return n_troubles == 5 && detect_idle(detect);
}

/* It would wait for longer than the test does after so many deaths. */
static void a_reload_tries_what_is_apart_at_once(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS;
    configure(two, 2, 1);
    read_many("a", 5, "crash:facts");
    run_until(three_are_quarantined);
    configure(two, 2, 2);
    run_until(five_are_quarantined);
    assert_rows(0, 5);
}

static bool all_facts_are_found(void)
{
    return times("facts", "a99") == 1 && detect_idle(detect);
}

static void what_waits_for_a_detector_outlasts_its_absence(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS;
    configure(two, 2, 1);
    read_many("bad", 5, "crash:facts"); /* so that it pauses */
    read_many("a", 100, "find:facts");
    run_until(three_are_quarantined);
    configure(two, 1, 2);
    run_until(idle);
    configure(two, 2, 3);
    run_until(all_facts_are_found);
    assert_many("a", 100);
    assert_rows(0, 5);
}

static bool good_is_done_again(void)
{
    return n_results == 2 * N_CRASHES;
}

static void nobody_waits_after_a_restart_either(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS;
    settle_rows = false;
    configure(two, 2, 1);
    read_many("a", N_CRASHES, "crash:facts");
    run_until(good_is_done);
    store_flush(store);
    detect_free(&detect);
    detect = detect_new(loop, hosts, &documents, store, &ops, NULL);
    configure(two, 2, 1);
    detect_resume(detect);
    run_until(good_is_done_again);
    assert_int_equal(times("good", "a0"), 2);
    assert_apart("facts failed, ");
    assert_true(status_of("documents") < N_CRASHES / 4);
}

static bool given_up(void)
{
    return detect_gives_up(detect);
}

static void what_always_fails_is_given_up(void **state)
{
    (void)state;
    deadline_ms = BOUND_MS;
    configure(two, 2, 1);
    read_many("a", 100, "crash:facts find:good");
    run_until(given_up);
    assert_int_equal(n_results, 100);
    assert_false(detect_idle(detect));
    store_flush(store);
}

static bool others_are_done(void)
{
    return n_results == 6 + 5;
}

static void nobody_waits_for_what_hangs(void **state)
{
    (void)state;
    deadline_ms = 3000; /* so that it is late in 300 ms */
    hosts_max = 1;
    configure(two, 2, 1);
    read_document("hang", "hang:good find:facts");
    read_many("a", 5, "find:facts");
    run_until(others_are_done);
    assert_int_equal(status_of("strikes"), 0);
    assert_int_equal(times("facts", "hang"), 1);
    assert_many("a", 5);
    assert_apart("good is slow, ");
    run_until(idle);
    assert_int_equal(n_results, 6 + 5);
    assert_int_equal(status_of("strikes"), 2);
    assert_rows(0, 1);
}

static bool something_is_apart(void)
{
    AUTO_FREE char *text = aparts();
    return *text;
}

static bool later_ones_are_done(void)
{
    return n_results == 1 + 2 * 5;
}

static void what_comes_later_does_not_wait_either(void **state)
{
    (void)state;
    deadline_ms = 3000;
    hosts_max = 1;
    configure(two, 2, 1);
    read_document("hang", "hang:facts"); /* nothing waits behind it */
    run_until(something_is_apart);
    read_many("a", 5, "find:facts");
    run_until(later_ones_are_done);
    assert_int_equal(status_of("strikes"), 0);
    assert_many("a", 5);
    run_until(idle);
    assert_int_equal(status_of("strikes"), 2);
    assert_rows(0, 1);
}

static void what_is_slow_is_not_done_again(void **state)
{
    (void)state;
    deadline_ms = 2000; /* so that it is late in 200 ms */
    hosts_max = 1;
    configure(two, 2, 1);
    read_many("slower", 2, "slower:good find:good find:facts");
    read_many("a", 5, "find:facts");
    run_until(idle);
    assert_many("slower", 2);
    assert_many("a", 5);
    assert_int_equal(n_results, 2 * (2 + 5));
    assert_apart("good is slow, ");
    assert_int_equal(status_of("strikes"), 0);
    assert_int_equal(hosts_counts(hosts)->ended[HOST_DETECTOR][HOST_CRASHED], 0);
    assert_rows(0, 0);
}

static void to_give_up_is_a_failure_without_a_death(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    int pid = host_pid_at(0);
    read_document("a.txt", "fail:good");
    run_until(idle);
    assert_int_equal(host_pid_at(0), pid);
    assert_int_equal(times("facts", "a.txt"), 1);
    assert_string_equal(last_subject, "quarantine:good:a.txt");
    assert_non_null(strstr(last_text, "could not judge it: cannot"));
    assert_rows(0, 1);
}

static void a_document_that_kills_its_reader_is_unreadable(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("bad.txt", "crash-reading");
    read_document("good.txt", "");
    run_until(idle);
    assert_int_equal(documents.n_unread, 1);
    assert_int_equal(documents.last_status, IPC_READ_UNREADABLE);
    assert_non_null(strstr(documents.last_note, "segmentation fault"));
    assert_string_equal(last_subject, "unreadable:bad.txt");
    assert_int_equal(n_results, 2);
}

static void a_text_that_can_still_change_is_none(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("bad.txt", "open-text");
    read_document("good.txt", "");
    run_until(idle);
    assert_int_equal(documents.last_status, IPC_READ_UNREADABLE);
    assert_non_null(strstr(documents.last_note, "can still change"));
    assert_int_equal(n_results, 2);
}

/* Without a word on which plugin is at work: that is known once each has the text alone. */
static void a_text_that_kills_its_host_is_quarantined(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("bad.txt", "fail:facts crash-text");
    read_document("good.txt", "");
    run_until(idle);
    assert_int_equal(times("good", "bad.txt"), 1);
    assert_int_equal(times("facts", "good.txt"), 1);
    assert_string_equal(last_subject, "quarantine:facts:bad.txt");
    assert_non_null(strstr(last_text, "segmentation fault"));
    assert_rows(0, 1);
}

static int n_kills, kills_left;

/* Kills a host now and then, as somebody outside would; in one round no more often than is forgiven
 * even if it is one document that is always hit. */
static bool idle_or_kill(void)
{
    if (!detect_idle(detect) && kills_left && rand() % 40 == 0) {
        kill_host_at(0);
        n_kills++;
        kills_left--;
    }
    return detect_idle(detect);
}

static void kills_at_random_moments_lose_nothing(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    srand(7);
    n_kills = 0;
    for (int round = 0; round < 10; round++) {
        AUTO_FREE char *prefix = mem_printf("%d-", round);
        kills_left = STRIKES_FREE_KILLS;
        read_many(prefix, 20, "slow:good");
        run_until(idle_or_kill);
        assert_many(prefix, 20);
    }
    assert_true(n_kills > 5);
    assert_int_equal(n_troubles, 0);
    assert_rows(0, 0);
}

static bool detector_host_there(void)
{
    json_t *list = hosts_status(hosts);
    const json_t *name = json_object_get(json_array_get(list, 0), "name");
    bool there = name && str_starts(json_string_value(name), "detect-");
    json_decref(list);
    return there;
}

static void a_kill_during_set_up_is_no_plugins_fault(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(detector_host_there);
    kill_host_at(0);
    read_many("a", 3, "");
    run_until(idle);
    assert_many("a", 3);
    assert_int_equal(n_troubles, 0);
}

static void a_missing_plugin_stops_only_itself(void **state)
{
    (void)state;
    const char *names[] = {"good", "absent"};
    configure(names, 2, 1);
    read_document("a.txt", "");
    run_until(idle);
    assert_string_equal(last_subject, "detector:absent");
    assert_non_null(strstr(last_text, "there is no plugin \"absent\""));
    assert_int_equal(times("good", "a.txt"), 1);
    assert_rows(1, 0); /* for the day it is there */
}

static bool recovered(void)
{
    return n_over && detect_idle(detect);
}

static void a_plugin_that_cannot_start_is_tried_again_at_a_reload(void **state)
{
    (void)state;
    AUTO_FREE char *gate = mem_printf("%s/gate", dir);
    struct config_option option = {.name = (char *)(uintptr_t) "gate", .values = {&gate, 1}};
    configure(two, 2, 1);
    detectors[1].options = &option;
    detectors[1].n_options = 1;
    detect_configure(detect, &config); /* the first is still being probed: it is dropped */
    read_document("a.txt", "");
    run_until(idle);
    assert_string_equal(last_subject, "detector:facts");
    assert_non_null(strstr(last_text, "topics.yaml:14:5: an open quote"));
    assert_int_equal(times("good", "a.txt"), 1);
    assert_int_equal(times("facts", "a.txt"), 0);
    assert_rows(1, 0);
    make_plugin("x");
    AUTO_FREE char *made = mem_printf("%s/x.so", dir);
    assert_int_equal(rename(made, gate), 0);
    detect_configure(detect, &config);
    run_until(recovered);
    assert_string_equal(last_over, "detector:facts");
    assert_int_equal(times("facts", "a.txt"), 1);
    assert_int_equal(times("good", "a.txt"), 1);
    assert_rows(0, 0);
}

static void no_detector_at_all_still_reads(void **state)
{
    (void)state;
    configure(NULL, 0, 1);
    read_document("a.txt", "");
    run_until(idle);
    assert_int_equal(documents.n_committed, 1);
}

static int old_pid;

static bool replaced(void)
{
    json_t *list = hosts_status(hosts);
    bool there = false;
    for (size_t i = 0; i < json_array_size(list); i++)
        there |= host_pid_at(i) == old_pid;
    json_decref(list);
    return !there && detect_idle(detect);
}

static void a_reload_keeps_hosts_of_the_same_slice(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    old_pid = host_pid_at(0);
    configure(two, 2, 1);
    read_document("a.txt", "");
    run_until(idle);
    assert_int_equal(host_pid_at(0), old_pid);
    read_many("b", 20, "slow:good");
    configure(two, 2, 2);
    read_many("c", 20, "");
    run_until(replaced);
    assert_many("b", 20);
    assert_many("c", 20);
    assert_int_equal(n_troubles, 0);
}

static size_t most_hosts;

static bool idle_counting_hosts(void)
{
    json_t *list = hosts_status(hosts);
    if (json_array_size(list) > most_hosts)
        most_hosts = json_array_size(list);
    json_decref(list);
    return detect_idle(detect);
}

static void a_backlog_starts_hosts_up_to_the_limit(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    most_hosts = 0;
    read_many("a", 60, "slow:good");
    run_until(idle_counting_hosts);
    assert_int_equal(most_hosts, 2);
    assert_many("a", 60);
}

static bool troubled_twice(void)
{
    return n_troubles == 2 && detect_idle(detect);
}

static void released(void *arg, int n_released, const char *error)
{
    assert_null(error);
    *(int *)arg = n_released;
}

static void a_release_tries_again(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("bad.txt", "crash:facts");
    run_until(idle);
    assert_rows(0, 1);
    int n_released = -1;
    detect_release(detect, "good", 0, released, &n_released); /* nothing of it is in quarantine */
    assert_rows(0, 1);
    assert_int_equal(n_released, 0);
    detect_release(detect, "facts", 0, released, &n_released);
    run_until(troubled_twice);
    assert_int_equal(n_released, 1);
    assert_rows(0, 1);
    assert_int_equal(times("good", "bad.txt"), 1);
}

static void what_is_pending_is_taken_up_after_a_restart(void **state)
{
    (void)state;
    configure(two, 2, 1);
    settle_rows = false; /* as if the daemon had died before the results' commits */
    read_many("a", 100, "find:good");
    run_until(idle);
    assert_rows(200, 0);
    settle_rows = true;
    store_flush(store);
    detect_free(&detect);
    detect = detect_new(loop, hosts, &documents, store, &ops, NULL);
    configure(two, 2, 1);
    detect_resume(detect);
    run_until(idle);
    assert_int_equal(n_results, 400);
    assert_int_equal(times("good", "a99"), 2);
    assert_rows(0, 0);
}

/* ---- questions ---- */

static json_t *answer;
static char answer_error[512];
static bool answered;

static void on_answer(void *arg, json_t *list, const char *error)
{
    (void)arg;
    answer = list;
    snprintf(answer_error, sizeof(answer_error), "%s", error ? error : "");
    answered = true;
}

static bool is_answered(void)
{
    return answered;
}

static void explain(const char *detector, const char *topic)
{
    answered = false;
    int fd = memfd_from("text", "word", 4, NULL);
    detect_explain(detect, detector, topic, "seeds", "a.txt", "a title", 0, fd, on_answer, NULL);
    run_until(is_answered);
}

static void questions_are_answered_by_every_detector(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    explain(NULL, NULL);
    assert_int_equal(json_array_size(answer), 2);
    const json_t *entry = json_array_get(answer, 0);
    assert_string_equal(json_string_value(json_object_get(entry, "topic")), "a topic");
    assert_true(json_is_true(json_object_get(entry, "matches")));
    assert_int_equal(json_array_size(json_object_get(entry, "parts")), 1);
    json_decref(answer);
    answered = false;
    detect_topics(detect, on_answer, NULL);
    run_until(is_answered);
    assert_int_equal(json_array_size(answer), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(answer, 0), "query")),
                        "word");
    json_decref(answer);
}

static void questions_wait_for_the_first_detectors(void **state)
{
    (void)state;
    answered = false;
    detect_topics(detect, on_answer, NULL);
    assert_false(answered);
    configure(two, 2, 1);
    run_until(is_answered);
    assert_int_equal(json_array_size(answer), 2);
    json_decref(answer);
}

static void questions_that_fail_say_why(void **state)
{
    (void)state;
    configure(two, 2, 1);
    run_until(host_ready);
    explain("absent", NULL);
    assert_string_equal(answer_error, "there is no detector \"absent\"");
    explain("good", "crash");
    assert_non_null(strstr(answer_error, "segmentation fault"));
    run_until(idle);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static bool is_learnt(void)
{
    return n_learnt && detect_idle(detect) && host_ready();
}

static void what_a_detector_learns_is_prepared_with(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("a.txt", "find learn:good");
    run_until(is_learnt);
    assert_int_equal(hosts_n_learnt(hosts, "good"), 1);
    assert_int_equal(hosts_n_learnt(hosts, "facts"), 0);
    assert_int_equal(hosts_counts(hosts)->started[HOST_DETECTOR], 2); /* one with it */
    assert_int_equal(times("good", "a.txt"), 1);
    read_document("b.txt", "find learn:good");
    run_until(idle);
    assert_int_equal(times("good", "b.txt"), 1);
    assert_int_equal(hosts_n_learnt(hosts, "good"), 2);
    assert_int_equal(n_learnt, 1); /* it has to wait */
    assert_int_equal(n_troubles, 0);
}

static void nothing_learnt_is_a_lie(void **state)
{
    (void)state;
    configure(two, 2, 1);
    read_document("a.txt", "find:facts learn-nothing:good");
    run_until(idle);
    assert_int_equal(times("facts", "a.txt"), 1);
    assert_int_equal(times("good", "a.txt"), 0);
    assert_int_equal(n_learnt, 0);
    assert_true(n_troubles > 0); /* it is in quarantine */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(findings_come_with_all_that_is_known),
        CASE(what_a_detector_learns_is_prepared_with),
        CASE(nothing_learnt_is_a_lie),
        CASE(results_wait_for_the_commit),
        CASE(what_holds_nothing_is_settled_by_the_commit),
        CASE(a_quiet_document_meets_no_detector),
        CASE(a_text_that_the_document_had_before_is_no_news),
        CASE(what_cannot_be_read_goes_back),
        CASE(a_crash_twice_is_quarantined_and_stops_only_itself),
        CASE(each_detector_is_counted_over_a_reload),
        CASE(the_second_try_is_alone),
        CASE(a_hang_and_a_lie_are_failures_too),
        CASE(what_fails_on_all_holds_nobody_up),
        CASE(what_is_apart_is_asked_about_all),
        CASE(a_reload_tries_what_is_apart_at_once),
        CASE(what_waits_for_a_detector_outlasts_its_absence),
        CASE(nobody_waits_after_a_restart_either),
        CASE(what_always_fails_is_given_up),
        CASE(nobody_waits_for_what_hangs),
        CASE(what_comes_later_does_not_wait_either),
        CASE(what_is_slow_is_not_done_again),
        CASE(to_give_up_is_a_failure_without_a_death),
        CASE(a_document_that_kills_its_reader_is_unreadable),
        CASE(a_text_that_can_still_change_is_none),
        CASE(a_text_that_kills_its_host_is_quarantined),
        CASE(kills_at_random_moments_lose_nothing),
        CASE(a_kill_during_set_up_is_no_plugins_fault),
        CASE(a_missing_plugin_stops_only_itself),
        CASE(a_plugin_that_cannot_start_is_tried_again_at_a_reload),
        CASE(no_detector_at_all_still_reads),
        CASE(a_reload_keeps_hosts_of_the_same_slice),
        CASE(a_backlog_starts_hosts_up_to_the_limit),
        CASE(a_release_tries_again),
        CASE(what_is_pending_is_taken_up_after_a_restart),
        CASE(questions_are_answered_by_every_detector),
        CASE(questions_wait_for_the_first_detectors),
        CASE(questions_that_fail_say_why),
    };
    return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}
