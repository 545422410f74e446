/* Two snapshots compared: every list of the difference, and that places and defaults do not count.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "config/diff.h"
#include "config/test_fixture.h"

struct context {
    struct fixture *fixture;
    struct config_diff diff;
};

static int setup(void **state)
{
    struct context *context = NEW(struct context);
    context->fixture = fixture_new();
    fixture_mkdir(context->fixture, "olds");
    *state = context;
    return 0;
}

static int teardown(void **state)
{
    struct context *context = *state;
    config_diff_deinit(&context->diff);
    fixture_free(&context->fixture);
    mem_free_p(&context);
    return 0;
}

static const struct config_diff *diff(struct context *context, const char *before,
                                      const char *after)
{
    struct fixture *fixture = context->fixture;
    config_diff_deinit(&context->diff);
    assert_int_equal(fixture_load_text(fixture, before), 0);
    struct config *old = config_ref(fixture->config);
    assert_int_equal(fixture_load_text(fixture, after), 0);
    config_diff(old, fixture->config, &context->diff);
    config_unref(&old);
    return &context->diff;
}

static void assert_texts(const struct config_texts *texts, const char *joined)
{
    AUTO_BUF struct buf out = {0};
    for (size_t i = 0; i < texts->n; i++)
        buf_printf(&out, "%s%s", i ? " " : "", texts->items[i]);
    assert_string_equal(buf_text(&out), joined);
}

static void assert_changes(const struct config_changes *changes, const char *added,
                           const char *removed, const char *changed)
{
    assert_texts(&changes->added, added);
    assert_texts(&changes->removed, removed);
    assert_texts(&changes->changed, changed);
}

#define BASE                                                                                       \
    "folders: {news: {path: news}}\n"                                                              \
    "detectors: {topics: {options: {files: [a]}}}\n"                                               \
    "notifiers: {desktop: , log: {plugin: stdout}}\n"

static void test_same(void **state)
{
    struct context *context = *state;
    const struct config_diff *same =
        diff(context, BASE,
             "# moved by a line\nnotifiers: {log: {plugin: stdout, concurrency: 1}, desktop: {}}\n"
             "folders: {news: {path: ./news/, settle: 200ms}}\n"
             "detectors: {topics: {plugin: topics, options: {files: [a]}}}\n");
    assert_true(config_diff_empty(same));
}

static void test_named(void **state)
{
    struct context *context = *state;
    const struct config_diff *changes =
        diff(context, BASE,
             "folders: {news: {path: news, settle: 1s}, olds: {path: olds}}\n"
             "detectors: {topics: {options: {files: [b]}}, lemans: }\n"
             "notifiers: {log: {plugin: desktop}, mail: }\n");
    assert_false(config_diff_empty(changes));
    assert_changes(&changes->folders, "olds", "", "news");
    assert_changes(&changes->detectors, "lemans", "", "topics");
    assert_changes(&changes->notifiers, "mail", "desktop", "log");
    assert_changes(&changes->routes, "", "", "");
    assert_texts(&changes->settings, "");
}

static void test_routes(void **state)
{
    struct context *context = *state;
    const char *a = BASE "routes: [{topic: a, notify: log}, {topic: b, notify: [], stop: no}]\n";
    const struct config_diff *changes =
        diff(context, a, BASE "routes: [{topic: c, notify: log}, {notify: [], topic: [b]}]\n");
    assert_changes(&changes->routes, "{topic: [c], notify: [log]}", "{topic: [a], notify: [log]}",
                   "");
    changes = diff(context, a, BASE "routes: [{topic: b, notify: []}, {topic: a, notify: log}]\n");
    assert_changes(&changes->routes, "", "",
                   "{topic: [b], notify: []} {topic: [a], notify: [log]}");
    changes = diff(context, a,
                   BASE "routes: [{topic: a, notify: log}, {topic: a, notify: log}, "
                        "{topic: b, notify: []}]\n");
    assert_changes(&changes->routes, "{topic: [a], notify: [log]}", "", "");
}

static void test_settings(void **state)
{
    struct context *context = *state;
    const struct config_diff *changes =
        diff(context, BASE,
             BASE "keep: {archive: 1d, sent: 30d}\nhosts: {max: 2}\ncanary: {word: tit}\n");
    assert_texts(&changes->settings, "canary.word keep.archive hosts.max");
}

static void test_expect(void **state)
{
    struct context *context = *state;
    const struct config_diff *changes =
        diff(context, BASE "expect: [{topic: a, within: 1d}, {}]\n",
             BASE "expect: [{topic: a, within: 2d}, {topic: [], within: 0s}]\n");
    assert_false(config_diff_empty(changes));
    assert_changes(&changes->expect, "{topic: [a], within: 2d}", "{topic: [a], within: 1d}", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same, setup, teardown),
        cmocka_unit_test_setup_teardown(test_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_routes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_settings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expect, setup, teardown),
    };
    return cmocka_run_group_tests_name("diff", tests, NULL, NULL);
}
