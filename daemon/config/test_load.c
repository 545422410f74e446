/* From files to a snapshot: defaults, merging, printing, and everything that can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/diff.h"
#include "config/test_fixture.h"

#define GOOD "detectors: {topics: }\nnotifiers: {desktop: , log: {plugin: stdout}}\n"
#define NEWS "folders: {news: {path: news}}\n"

static int setup(void **state)
{
    *state = fixture_new();
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    fixture_free(&fixture);
    return 0;
}

static void test_defaults(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, NEWS GOOD), 0);
    assert_string_equal(fixture->messages, "");
    const struct config *config = fixture->config;
    const struct config_folder *news = config_folder_find(config, "news");
    AUTO_FREE char *path = fixture_path(fixture, "news");
    assert_string_equal(news->path, path);
    assert_true(news->recursive);
    assert_false(news->follow_symlinks);
    assert_int_equal(news->settle_ms, 200);
    assert_int_equal(news->max_size_bytes, 16 << 20);
    assert_int_equal(news->growth, CONFIG_GROWTH_WHOLE);
    assert_int_equal(news->first_start, CONFIG_FIRST_BASELINE);
    assert_int_equal(news->include.n, 0);
    assert_true(news->exclude.n > 10);
    assert_int_equal(news->at.line, 1);
    assert_int_equal(news->at.column, 11);
    const struct config_plugin *topics = config_detector_find(config, "topics");
    assert_string_equal(topics->plugin, "topics");
    assert_int_equal(topics->deadline_ms, 10000);
    assert_int_equal(topics->memory_bytes, 512 << 20);
    const struct config_notifier *log = config_notifier_find(config, "log");
    assert_string_equal(log->plugin.plugin, "stdout");
    assert_int_equal(log->per_minute, -1);
    assert_int_equal(log->retry_first_ms, 5000);
    assert_int_equal(log->retry_max_ms, 600000);
    assert_int_equal(log->give_up_ms, 3 * 86400000LL);
    assert_int_equal(log->concurrency, 1);
    assert_int_equal(config->n_routes, 0);
    assert_int_equal(config->hosts_max, 0);
    assert_string_equal(config->metrics_listen, "none");
    assert_null(config->exporter);
    assert_int_equal(config->keep.archive_ms, 90 * 86400000LL);
    assert_int_equal(config->keep.archive_bytes, 1 << 30);
    assert_int_equal(config->keep.removed_ms, 7 * 86400000LL);
    assert_int_equal(config->keep.sent_ms, 30 * 86400000LL);
    assert_int_equal(config->keep.alert_ms, 365 * 86400000LL);
    assert_int_equal(config->keep.identity_ms, 365 * 86400000LL);
    assert_null(config_folder_find(config, "olds"));
    assert_null(config_detector_find(config, "olds"));
    assert_null(config_notifier_find(config, "olds"));
}

#define EVERYTHING                                                                                 \
    "folders:\n"                                                                                   \
    "  news:\n"                                                                                    \
    "    path: ./news//\n"                                                                         \
    "    recursive: off\n"                                                                         \
    "    include: '*.txt'\n"                                                                       \
    "    exclude: []\n"                                                                            \
    "    settle: 0\n"                                                                              \
    "    max-size: 64K\n"                                                                          \
    "    growth: log\n"                                                                            \
    "    first-start: newer-than 1h30m\n"                                                          \
    "    follow-symlinks: yes\n"                                                                   \
    "detectors:\n"                                                                                 \
    "  mine: {plugin: topics, deadline: 3s, memory: 1G,\n"                                         \
    "         options: {files: [a, \"*b\"], word: \"x: y\", empty: }}\n"                           \
    "notifiers:\n"                                                                                 \
    "  ops: {plugin: stdout, per-minute: 0, retry-first: 1s, retry-max: 1s, give-up-after: 1h,\n"  \
    "        concurrency: 4}\n"                                                                    \
    "routes:\n"                                                                                    \
    "  - {topic: [a*, b], detector: tocsin, source: news, label: [x, y], severity: urgent,\n"      \
    "     notify: ops, stop: yes}\n"                                                               \
    "  - notify: []\n"                                                                             \
    "keep: {archive: 1d, archive-size: 1M, removed: 0, sent: 1h, alerts: 2d, identities: 3d}\n"    \
    "hosts: {max: 3}\n"                                                                            \
    "metrics: {listen: '[::1]:9464'}\n"

static void test_everything(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, EVERYTHING), 0);
    assert_string_equal(fixture->messages, "");
    const struct config *config = fixture->config;
    const struct config_folder *news = &config->folders[0];
    AUTO_FREE char *path = fixture_path(fixture, "news");
    assert_string_equal(news->path, path);
    assert_false(news->recursive);
    assert_true(news->follow_symlinks);
    assert_int_equal(news->include.n, 1);
    assert_string_equal(news->include.items[0], "*.txt");
    assert_null(news->include.items[1]);
    assert_int_equal(news->exclude.n, 0);
    assert_int_equal(news->settle_ms, 0);
    assert_int_equal(news->growth, CONFIG_GROWTH_LOG);
    assert_int_equal(news->first_start, CONFIG_FIRST_NEWER_THAN);
    assert_int_equal(news->newer_than_ms, 5400000);
    const struct config_plugin *mine = &config->detectors[0];
    assert_string_equal(mine->plugin, "topics");
    assert_int_equal(mine->n_options, 3);
    assert_true(mine->options[0].is_list);
    assert_string_equal(mine->options[0].values.items[1], "*b");
    assert_false(mine->options[1].is_list);
    assert_string_equal(mine->options[1].values.items[0], "x: y");
    assert_int_equal(mine->options[1].at.line, 14);
    assert_int_equal(config->notifiers[0].per_minute, 0);
    assert_int_equal(config->notifiers[0].concurrency, 4);
    const struct config_route *route = &config->routes[0];
    assert_int_equal(route->topics.n, 2);
    assert_int_equal(route->min_severity, 4);
    assert_true(route->stop);
    assert_int_equal(config->routes[1].notify.n, 0);
    assert_int_equal(config->routes[1].min_severity, 1);
    assert_int_equal(config->hosts_max, 3);
    assert_string_equal(config->metrics_listen, "[::1]:9464");
    const struct config_plugin *exporter = config->exporter;
    assert_string_equal(exporter->name, "metrics");
    assert_string_equal(exporter->plugin, "metrics");
    assert_int_equal(exporter->n_options, 1);
    assert_string_equal(exporter->options[0].name, "listen");
    assert_string_equal(exporter->options[0].values.items[0], "[::1]:9464");
    assert_int_equal(exporter->at.line, config->hosts_places[0].line + 1);
    assert_int_equal(config->keep.removed_ms, 0);
}

/* What is printed is a configuration again, and the same one. */
static void test_print_reads_back(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {EVERYTHING, NEWS GOOD};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_int_equal(fixture_load_text(fixture, texts[i]), 0);
        struct config *before = config_ref(fixture->config);
        struct buf printed = {0};
        config_print(before, &printed);
        assert_int_equal(fixture_load_text(fixture, buf_text(&printed)), 0);
        struct config_diff diff;
        config_diff(before, fixture->config, &diff);
        assert_true(config_diff_empty(&diff));
        config_diff_deinit(&diff);
        config_unref(&before);
        buf_deinit(&printed);
    }
}

static void test_print_places(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, EVERYTHING), 0);
    AUTO_BUF struct buf printed = {0};
    config_print(fixture->config, &printed);
    AUTO_FREE char *line = mem_printf("    max-size: 64K  # %s/tocsin.yaml:8:15\n", fixture->dir);
    assert_non_null(strstr(printed.data, line));
    buf_clear(&printed);
    assert_int_equal(fixture_load_text(fixture, NEWS), 0);
    config_print(fixture->config, &printed);
    assert_non_null(strstr(printed.data, "    max-size: 16M\n"));
    assert_non_null(strstr(printed.data, "  archive: 90d\n"));
}

static void test_drop_ins(void **state)
{
    struct fixture *fixture = *state;
    fixture_mkdir(fixture, "olds");
    fixture_mkdir(fixture, "more");
    fixture_mkdir(fixture, "tocsin.yaml.d");
    fixture_write(fixture, "tocsin.yaml.d/20-b.yaml", "routes: [{topic: b, notify: desktop}]\n");
    fixture_write(fixture, "tocsin.yaml.d/10-a.yaml",
                  "routes: [{topic: a, notify: log}]\nfolders: {olds: {path: ../olds}}\n");
    fixture_write(fixture, "tocsin.yaml.d/.hidden.yaml", "nonsense: 1\n");
    fixture_write(fixture, "tocsin.yaml.d/README", "no YAML: at: all\n");
    fixture_write(fixture, "more/one.yaml", "keep: {sent: 1d}\n");
    fixture_write(fixture, "more/two.yaml", "keep: {archive: 1d}\ninclude: ../three.yaml\n");
    fixture_write(fixture, "three.yaml", "hosts: {max: 2}\n");
    assert_int_equal(fixture_load_text(fixture, "include: [more/*.yaml, none/*.yaml]\n" NEWS GOOD
                                                "routes: [{topic: m, notify: log}]\n"),
                     0);
    const struct config *config = fixture->config;
    AUTO_FREE char *olds = fixture_path(fixture, "tocsin.yaml.d/../olds");
    assert_string_equal(config_folder_find(config, "olds")->path, olds);
    assert_int_equal(config->n_routes, 3);
    assert_string_equal(config->routes[0].topics.items[0], "m");
    assert_string_equal(config->routes[1].topics.items[0], "a");
    assert_string_equal(config->routes[2].topics.items[0], "b");
    assert_int_equal(config->keep.sent_ms, 86400000);
    assert_int_equal(config->keep.archive_ms, 86400000);
    assert_int_equal(config->hosts_max, 2);
}

static void test_merge_errors(void **state)
{
    struct fixture *fixture = *state;
    fixture_mkdir(fixture, "tocsin.yaml.d");
    fixture_write(fixture, "tocsin.yaml.d/a.yaml",
                  NEWS "keep: {sent: 1d}\ninclude: [../tocsin.yaml, ../none.yaml, {}]\n");
    assert_int_equal(fixture_load_text(fixture, NEWS GOOD "keep: {sent: 2d}\n"), -1);
    assert_null(fixture->config);
    assert_string_equal(
        fixture->messages,
        "@/tocsin.yaml.d/a.yaml:3:11: @/tocsin.yaml.d/../tocsin.yaml is read twice (remove one "
        "\"include\")\n"
        "@/tocsin.yaml.d/a.yaml:3:27: include: cannot open @/tocsin.yaml.d/../none.yaml: No such "
        "file or directory\n"
        "@/tocsin.yaml.d/a.yaml:3:41: \"include\" must be a list of files\n");
    fixture_write(fixture, "tocsin.yaml.d/a.yaml", NEWS "keep: {sent: 1d}\n");
    assert_int_equal(fixture_load(fixture, "tocsin.yaml"), -1);
    assert_string_equal(
        fixture->messages,
        "@/tocsin.yaml.d/a.yaml:1:11: folder \"news\" is defined twice (first in "
        "@/tocsin.yaml:1:11)\n"
        "@/tocsin.yaml.d/a.yaml:2:8: keep: \"sent\" is set twice (first in @/tocsin.yaml:4:14)\n");
}

static void test_include_depth(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < 12; i++) {
        AUTO_FREE char *name = mem_printf("%d.yaml", i);
        AUTO_FREE char *text = mem_printf("include: %d.yaml\n", i + 1);
        fixture_write(fixture, name, text);
    }
    fixture_write(fixture, "12.yaml", NEWS);
    assert_int_equal(fixture_load(fixture, "0.yaml"), -1);
    assert_non_null(strstr(fixture->messages, "@/8.yaml:1:10: files include each other deeper"));
}

struct wrong {
    const char *text, *message;
};

static void check_wrong(struct fixture *fixture, const struct wrong *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (fixture_load_text(fixture, cases[i].text) == 0)
            fail_msg("this should not load: %s", cases[i].text);
        assert_null(fixture->config);
        AUTO_FREE char *message = mem_printf("@/tocsin.yaml:%s\n", cases[i].message);
        assert_string_equal(fixture->messages, message);
    }
}

static void test_wrong_options(void **state)
{
    static const struct wrong cases[] = {
        {"folders: {news: {path: news, recursvie: yes}}\n",
         "1:30: folder \"news\": unknown option \"recursvie\" (did you mean \"recursive\"?)"},
        {NEWS "detctors: {}\n", "2:1: unknown section \"detctors\" (did you mean \"detectors\"?)"},
        {NEWS "nonsense: {}\n",
         "2:1: unknown section \"nonsense\" (there are folders, detectors, "
         "notifiers, routes, canary, expect, keep, hosts, metrics, and include)"},
        {NEWS "detectors: {topics: {files: x}}\n",
         "2:22: detector \"topics\": unknown option \"files\" (a plugin's own options stand under "
         "\"options:\")"},
        {"folders: {news: {path: news, settle: 5 sec}}\n",
         "1:38: folder \"news\": \"settle\": \"5 sec\" is not a duration (write it like 500ms, "
         "90s, 1h30m or 2d)"},
        {"folders: {news: {path: news, settle: 2h}}\n",
         "1:38: folder \"news\": \"settle\": 2h is too large (at most 1h)"},
        {"folders: {news: {path: news, max-size: big}}\n",
         "1:40: folder \"news\": \"max-size\": \"big\" is not a size (write it like 512, 64K, 16M "
         "or 1G)"},
        {"folders: {news: {path: news, recursive: maybe}}\n",
         "1:41: folder \"news\": \"recursive\": \"maybe\" is neither yes nor no"},
        {"folders: {news: {path: news, recursive: [yes]}}\n",
         "1:41: folder \"news\": \"recursive\" must be a bool, not a list"},
        {"folders: {news: {path: news, recursive: }}\n",
         "1:41: folder \"news\": \"recursive\" has no value (leave it out for the default)"},
        {"folders: {news: {path: news, growth: logg}}\n",
         "1:38: folder \"news\": \"growth\": \"logg\" is none of whole or log (did you mean "
         "\"log\"?)"},
        {"folders: {news: {path: news, first-start: newer-than}}\n",
         "1:43: folder \"news\": \"first-start\": \"newer-than\" wants an age (write it like "
         "\"newer-than 2d\")"},
        {"folders: {news: {path: news, first-start: all 2d}}\n",
         "1:43: folder \"news\": \"first-start\": \"all 2d\" is none of baseline, newer-than AGE "
         "or all"},
        {"folders: {news: {path: news, exclude: {a: b}}}\n",
         "1:39: folder \"news\": \"exclude\" must be a list, not a map (write [one, two])"},
        {"folders: {news: {path: news, exclude: [a, [b]]}}\n",
         "1:43: folder \"news\": \"exclude\" must be a list of texts"},
        {"folders: {news: {path: ~bob/news}}\n",
         "1:24: folder \"news\": \"path\": \"~bob/news\" names another user's home, which is not "
         "supported (write it out)"},
        {"folders: {news: {}}\n",
         "1:11: folder \"news\": \"path\" is missing (the folder to watch)"},
        {"folders: {news: news}\n",
         "1:17: folder \"news\": must be a map of options (write \"path: ...\" lines below)"},
        {"folders: [news]\n",
         "1:10: \"folders\" must be a map (write \"NAME:\" lines below, indented)"},
        {NEWS "keep: 3\n",
         "2:7: \"keep\" must be a map (write \"archive:\" lines below, indented)"},
        {NEWS "routes: {}\n", "2:9: \"routes\" must be a list (begin each route with \"- \")"},
        {"folders: {\"../x\": {path: news}}\n",
         "1:11: folder \"../x\": a name is 1 to 64 letters (a-z), digits, \".\", \"-\" or \"_\", "
         "and begins with a letter or digit"},
        {NEWS "hosts: {max: 0}\n", "2:14: hosts: \"max\": 0 is too small (at least 1)"},
        {NEWS "hosts: {max: many}\n",
         "2:14: hosts: \"max\": \"many\" is not a whole number, nor the word auto"},
        {NEWS "metrics: {listen: 9464}\n",
         "2:19: metrics: \"listen\": \"9464\" is no address with a port (write 127.0.0.1:PORT or "
         "[::1]:PORT)"},
        {NEWS "metrics: {listen: 0.0.0.0:9464}\n",
         "2:19: metrics: \"listen\": \"0.0.0.0:9464\" is an address that other machines may reach; "
         "only this one may ask (write 127.0.0.1:PORT or [::1]:PORT, and put a proxy before it if "
         "others shall)"},
        {NEWS "metrics: {listen: 127.0.0.1:0}\n",
         "2:19: metrics: \"listen\": \"127.0.0.1:0\" has no port from 1 to 65535"},
        {NEWS "metrics: {listen: [127.0.0.1:1]}\n",
         "2:19: metrics: \"listen\" must be an address, not a list"},
        {NEWS "detectors: {t: {options: [a]}}\n",
         "2:26: detector \"t\": \"options\" must be a map (write name: value lines)"},
        {NEWS "detectors: {t: {options: {a: {b: c}}}}\n",
         "2:30: detector \"t\": option \"a\" must be a value or a list, not a map"},
        {NEWS "detectors: {t: {options: {a: [[b]]}}}\n",
         "2:31: detector \"t\": option \"a\" must be a list of texts"},
        {NEWS "detectors: {t: {plugin: ../x}}\n",
         "2:25: detector \"t\": \"plugin\": \"../x\" is no name (a name is 1 to 64 letters (a-z), "
         "digits, \".\", \"-\" or \"_\", and begins with a letter or digit)"},
        {NEWS "detectors: {t: {options: {'a b': c}}}\n",
         "2:27: detector \"t\": option \"a b\": a name is 1 to 64 letters (a-z), digits, \".\", "
         "\"-\" or \"_\", and begins with a letter or digit"},
        {"- a\n", "1:1: the file must be a map (begin with \"folders:\")"},
    };
    check_wrong(*state, cases, ARRAY_LEN(cases));
}

static void test_wrong_names(void **state)
{
    static const struct wrong cases[] = {
        {NEWS GOOD "routes: [{notify: dektop}]\n",
         "4:19: route 1: notify: there is no notifier \"dektop\" (did you mean \"desktop\"?)"},
        {NEWS GOOD "routes: [{detector: xyz, notify: log}]\n",
         "4:21: route 1: detector: there is no detector \"xyz\" (define it under \"detectors:\")"},
        {NEWS GOOD "routes: [{source: new, notify: log}]\n",
         "4:19: route 1: source: there is no folder \"new\" (did you mean \"news\"?)"},
        {NEWS GOOD "routes: [{topic: a}]\n",
         "4:10: route 1: \"notify\" is missing (names of notifiers; [] lists the alert and rings "
         "nobody)"},
        {NEWS GOOD "routes: [{notify: }]\n",
         "4:19: route 1: \"notify\" has no value (write [] for nothing)"},
        {NEWS GOOD "routes: [{notify: log, severity: hihg}]\n",
         "4:34: route 1: \"severity\": \"hihg\" is none of low, normal, high or urgent (did you "
         "mean \"high\"?)"},
        {NEWS "detectors: {tocsin: }\n", "2:13: detector \"tocsin\": this name stands for tocsin's "
                                         "own trouble (take another)"},
        {NEWS "notifiers: {log: {plugin: stdout, retry-first: 1h}}\n",
         "2:13: notifier \"log\": \"retry-first\" is longer than \"retry-max\""},
    };
    check_wrong(*state, cases, ARRAY_LEN(cases));
}

static void test_warnings(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, NEWS), 0);
    assert_non_null(strstr(fixture->messages, "@/tocsin.yaml: warning: no detector"));
    assert_non_null(strstr(fixture->messages, "@/tocsin.yaml: warning: no notifier"));
    assert_int_equal(fixture_load_text(fixture, GOOD), -1);
    assert_non_null(strstr(fixture->messages, "@/tocsin.yaml: no folder to watch"));
    assert_int_equal(fixture_load(fixture, "none.yaml"), -1);
    assert_string_equal(fixture->messages, "@/none.yaml: cannot open: No such file or directory\n");
}

/* One load says all of it, in the order of the lines. */
static void test_all_at_once(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, "folders:\n"
                                                "  news: {path: news, settle: x}\n"
                                                "  olds: {path: olds, growht: log}\n"
                                                "  news: {path: news}\n"
                                                "routes:\n"
                                                "  - {notify: nobody}\n"
                                                "keep: {sent: 1y}\n"),
                     -1);
    static const char *const starts[] = {"2:30: ", "3:16: ", "3:22: ", "4:3: ", "6:14: ", "7:14: "};
    const char *at = fixture->messages;
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        AUTO_FREE char *start = mem_printf("@/tocsin.yaml:%s", starts[i]);
        assert_memory_equal(at, start, strlen(start));
        at = strchr(at, '\n') + 1;
    }
    assert_string_equal(at, "");
}

static void test_references(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, NEWS GOOD), 0);
    struct config *other = config_ref(fixture->config);
    config_unref(&fixture->config);
    assert_null(fixture->config);
    assert_string_equal(other->folders[0].name, "news");
    config_unref(&other);
    config_unref(&other);
}

static void test_default_file(void **state)
{
    (void)state;
    setenv("XDG_CONFIG_HOME", "/x/y", 1);
    AUTO_FREE char *user = config_default_file(false), *system = config_default_file(true);
    assert_string_equal(user, "/x/y/tocsin/tocsin.yaml");
    assert_non_null(strstr(system, "/etc/tocsin/tocsin.yaml"));
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", "/h", 1);
    AUTO_FREE char *home = config_default_file(false);
    assert_string_equal(home, "/h/.config/tocsin/tocsin.yaml");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_defaults, setup, teardown),
        cmocka_unit_test_setup_teardown(test_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(test_print_reads_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_print_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_drop_ins, setup, teardown),
        cmocka_unit_test_setup_teardown(test_merge_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_include_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_options, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_warnings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_all_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_references, setup, teardown),
        cmocka_unit_test(test_default_file),
    };
    return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
