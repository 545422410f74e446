/* Plugins' options against the plugin's table: every type, every mistake, and what a host is given.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "config/options.h"
#include "config/test_fixture.h"

static const char description_text[] =
    "{\"name\": \"all\", \"kind\": \"detector\", \"powers\": \"exec\", \"options\": ["
    "{\"name\": \"word\", \"type\": \"text\", \"required\": true, \"help\": \"the word\"},"
    "{\"name\": \"count\", \"type\": \"int\", \"default\": \"7\", \"min\": 1, \"max\": 9},"
    "{\"name\": \"loud\", \"type\": \"bool\", \"default\": \"no\"},"
    "{\"name\": \"often\", \"type\": \"duration\", \"min\": 10, \"max\": 60000},"
    "{\"name\": \"room\", \"type\": \"size\"},"
    "{\"name\": \"mode\", \"type\": \"choice\", \"choices\": \"fast|exact\"},"
    "{\"name\": \"list\", \"type\": \"path\"},"
    "{\"name\": \"labels\", \"type\": \"texts\", \"default\": \"[a, 'b c']\"},"
    "{\"name\": \"files\", \"type\": \"paths\", \"default\": \"none.d/*.yaml\"},"
    "{\"name\": \"token\", \"type\": \"secret\"},"
    "{\"name\": \"run\", \"type\": \"command\"},"
    "{\"name\": \"out\", \"type\": \"output\"}]}";

struct context {
    struct fixture *fixture;
    json_t *description;
};

static int setup(void **state)
{
    struct context *context = NEW(struct context);
    context->fixture = fixture_new();
    context->description = json_loads(description_text, 0, NULL);
    *state = context;
    return context->description ? 0 : -1;
}

static int teardown(void **state)
{
    struct context *context = *state;
    fixture_free(&context->fixture);
    json_decref(context->description);
    free(context);
    return 0;
}

/* Loads a configuration whose detector has these options, as a flow map. */
static const struct config_plugin *load(struct context *context, const char *options)
{
    AUTO_FREE char *text =
        mem_printf("folders: {news: {path: news}}\nnotifiers: {n: }\ndetectors:\n"
                   "  d: {plugin: all, options: %s}\n",
                   options);
    assert_int_equal(fixture_load_text(context->fixture, text), 0);
    assert_string_equal(context->fixture->messages, "");
    return &context->fixture->config->detectors[0];
}

/* One without a name when there is none. */
static const struct config_option *option(const struct config_option *options, size_t n,
                                          const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (str_equal(options[i].name, name))
            return &options[i];
    }
    static const struct config_option none;
    return &none;
}

static const char *first(const struct config_option *options, size_t n, const char *name)
{
    const struct config_option *found = option(options, n, name);
    return found->values.n ? found->values.items[0] : NULL;
}

static void test_resolved(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    fixture_mkdir(fixture, "topics.d");
    fixture_write(fixture, "topics.d/b.yaml", "");
    fixture_write(fixture, "topics.d/a.yaml", "");
    fixture_write(fixture, "x.txt", "");
    fixture_write(fixture, "secret", "open sesame\n");
    AUTO_FREE char *secret = fixture_path(fixture, "secret"), *x = fixture_path(fixture, "x.txt");
    AUTO_FREE char *a = fixture_path(fixture, "topics.d/a.yaml");
    AUTO_FREE char *b = fixture_path(fixture, "topics.d/b.yaml");
    assert_int_equal(chmod(secret, 0600), 0);
    const struct config_plugin *plugin =
        load(context, "{files: [x.txt, 'topics.d/*.yaml'], word: w, token: secret, list: ./x.txt, "
                      "often: 2s, room: 1K, mode: exact}");
    struct config_option *options;
    size_t n;
    assert_int_equal(
        config_resolve_options(plugin, context->description, &options, &n, NULL, &fixture->diags),
        0);
    assert_string_equal(fixture_messages(fixture), "");
    assert_int_equal(n, 10);
    assert_string_equal(options[0].name, "word");
    assert_string_equal(first(options, n, "word"), "w");
    assert_string_equal(first(options, n, "count"), "7");
    assert_null(option(options, n, "count")->at.file);
    assert_string_equal(first(options, n, "loud"), "no");
    assert_string_equal(first(options, n, "often"), "2s");
    assert_string_equal(first(options, n, "mode"), "exact");
    assert_string_equal(first(options, n, "list"), x);
    assert_string_equal(first(options, n, "token"), secret);
    assert_string_equal(option(options, n, "token")->secret, "open sesame");
    const struct config_option *labels = option(options, n, "labels");
    assert_true(labels->is_list);
    assert_int_equal(labels->values.n, 2);
    assert_string_equal(labels->values.items[1], "b c");
    const struct config_option *files = option(options, n, "files");
    assert_int_equal(files->at.line, 4);
    assert_int_equal(files->values.n, 3);
    assert_string_equal(files->values.items[0], x);
    assert_string_equal(files->values.items[1], a);
    assert_string_equal(files->values.items[2], b);
    config_options_free(&options, &n);
    assert_null(options);
}

static void test_commands_and_outputs(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    fixture_write(fixture, "tell.sh", "#!/bin/sh\n");
    AUTO_FREE char *script = fixture_path(fixture, "tell.sh");
    AUTO_FREE char *out = fixture_path(fixture, "news/alerts.jsonl");
    assert_int_equal(chmod(script, 0755), 0);
    assert_int_equal(setenv("HOME", "/home/ada", 1), 0);
    static const char *const options_of[] = {"{word: w, run: [./tell.sh, ~/v, a b], out: "
                                             "news/alerts.jsonl}",
                                             "{word: w, run: sh}"};
    for (size_t i = 0; i < ARRAY_LEN(options_of); i++) {
        const struct config_plugin *plugin = load(context, options_of[i]);
        struct config_option *options;
        size_t n;
        assert_int_equal(config_resolve_options(plugin, context->description, &options, &n, NULL,
                                                &fixture->diags),
                         0);
        const struct config_option *run = option(options, n, "run");
        assert_int_equal(run->kind, CONFIG_OPTION_COMMAND);
        assert_true(run->is_list);
        assert_string_equal(run->values.items[0], i ? "/usr/bin/sh" : script);
        if (i == 0) {
            assert_int_equal(run->values.n, 3);
            assert_string_equal(run->values.items[1], "/home/ada/v");
            assert_string_equal(run->values.items[2], "a b");
            assert_string_equal(first(options, n, "out"), out);
            assert_int_equal(option(options, n, "out")->kind, CONFIG_OPTION_OUTPUT);
        }
        config_options_free(&options, &n);
    }
}

/* Every way in which the file of a secret, a program or an output may be no good. */
static void test_bad_files(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    fixture_write(fixture, "plain", "text");
    fixture_write(fixture, "empty", "\n");
    AUTO_FREE char *plain = fixture_path(fixture, "plain"), *empty = fixture_path(fixture, "empty");
    assert_int_equal(chmod(empty, 0600), 0);
    assert_int_equal(chmod(plain, 0644), 0);
    AUTO_FREE char *link = fixture_path(fixture, "link"), *pipe = fixture_path(fixture, "pipe");
    assert_int_equal(symlink("plain", link) + mkfifo(pipe, 0600), 0);
    static const struct {
        const char *options, *message;
    } cases[] = {
        {"token: empty", "option \"token\": @/empty is empty"},
        {"token: gone", "option \"token\": cannot read @/gone: No such file or directory"},
        {"run: [no-such-program]", "option \"run\": \"no-such-program\" is not found in $PATH"},
        {"run: [./plain]",
         "option \"run\": @/plain is no program that can be started (chmod +x @/plain)"},
        {"run: ./plain --red",
         "option \"run\": there is no program @/plain --red (with arguments it is a list: [lamp, "
         "--red])"},
        {"run: [./gone]", "option \"run\": cannot read @/gone: No such file or directory"},
        {"out: gone/file",
         "option \"out\": no file can be made in @/gone: No such file or directory (make the "
         "folder)"},
        {"out: news", "option \"out\": @/news is a folder; name a file in it"},
        {"out: link", "option \"out\": @/link is a symbolic link; name the file that it leads to"},
        {"out: pipe", "option \"out\": @/pipe is no regular file; name another"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text = mem_printf("{word: w, %s}", cases[i].options);
        const struct config_plugin *plugin = load(context, text);
        assert_int_equal(config_check_options(plugin, context->description, &fixture->diags), -1);
        if (!strstr(fixture_messages(fixture), cases[i].message))
            assert_string_equal(fixture_messages(fixture), cases[i].message);
    }
}

static void test_left_out(void **state)
{
    struct context *context = *state;
    const struct config_plugin *plugin = load(context, "{word: w}");
    struct config_option *options;
    size_t n;
    assert_int_equal(config_resolve_options(plugin, context->description, &options, &n, NULL,
                                            &context->fixture->diags),
                     0);
    assert_string_equal(fixture_messages(context->fixture), "");
    assert_null(option(options, n, "often")->name);
    assert_int_equal(option(options, n, "files")->values.n, 0);
    config_options_free(&options, &n);
}

static void test_wrong(void **state)
{
    struct context *context = *state;
    static const struct {
        const char *options, *message;
    } cases[] = {
        {"{word: w, cuont: 3}",
         "4:46: \"d\": plugin \"all\" has no option \"cuont\" (did you mean \"count\"?)"},
        {"{word: w, zzz: 3}",
         "4:44: \"d\": plugin \"all\" has no option \"zzz\" (see tocsinctl plugin info all)"},
        {"{}", "4:3: \"d\": option \"word\" of plugin \"all\" is missing (the word)"},
        {"{word: [w]}", "4:36: \"d\": option \"word\" must be one value, not a list"},
        {"{word: w, count: x}", "4:46: \"d\": option \"count\": \"x\" is not a whole number"},
        {"{word: w, count: 10}", "4:46: \"d\": option \"count\": 10 is out of range (1 to 9)"},
        {"{word: w, loud: x}", "4:45: \"d\": option \"loud\": \"x\" is neither yes nor no"},
        {"{word: w, often: 5 s}", "4:46: \"d\": option \"often\": \"5 s\" is not a duration (write "
                                  "it like 500ms, 90s, 1h30m or 2d)"},
        {"{word: w, often: 2m}", "4:46: \"d\": option \"often\": 2m is out of range (10 to 60000)"},
        {"{word: w, room: x}", "4:45: \"d\": option \"room\": \"x\" is not a size (write it like "
                               "512, 64K, 16M or 1G)"},
        {"{word: w, mode: fats}", "4:45: \"d\": option \"mode\": \"fats\" is none of fast or exact "
                                  "(did you mean \"fast\"?)"},
        {"{word: w, list: none.txt}",
         "4:45: \"d\": option \"list\": cannot read @/none.txt: No such file or directory (make it, "
         "or correct the path; it is relative to the configuration file)"},
        {"{word: w, files: [news, none.yaml]}",
         "4:46: \"d\": option \"files\": cannot read @/none.yaml: No such file or directory (make "
         "it, or correct the path; it is relative to the configuration file)"},
        {"{word: w, token: ''}", "4:46: \"d\": option \"token\": \"\" is empty"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct config_plugin *plugin = load(context, cases[i].options);
        assert_int_equal(
            config_check_options(plugin, context->description, &context->fixture->diags), -1);
        AUTO_FREE char *message = mem_printf("@/tocsin.yaml:%s\n", cases[i].message);
        assert_string_equal(fixture_messages(context->fixture), message);
    }
}

static void test_warnings(void **state)
{
    struct context *context = *state;
    fixture_write(context->fixture, "open", "sesame");
    const struct config_plugin *plugin = load(context, "{word: w, files: 'x*', token: open}");
    AUTO_FREE char *path = fixture_path(context->fixture, "open");
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(config_check_options(plugin, context->description, &context->fixture->diags),
                     0);
    assert_string_equal(fixture_messages(context->fixture),
                        "@/tocsin.yaml:4:46: warning: \"d\": option \"files\": \"x*\" matches no "
                        "file\n"
                        "@/tocsin.yaml:4:59: warning: \"d\": option \"token\": others can read the "
                        "secret in @/open (chmod 600 @/open)\n");
}

#define NAMELESS(text)                                                                             \
    "\"" text "\" does not name a credential (write credential:NAME, with the NAME of the unit's " \
    "LoadCredential=)"

/* A unit's process finds its credentials; what else there may be to say. */
static void test_credentials(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    AUTO_FREE char *self = mem_printf("%d", (int)getpid());
    AUTO_FREE char *hook = fixture_path(fixture, "hook");
    fixture_write(fixture, "hook", "s3cret");
    assert_int_equal(chmod(hook, 0440), 0); /* of the unit's user; nobody's to warn of */
    static const struct {
        const char *option, *message;
        bool in_unit, has_directory, of_user;
    } cases[] = {
        {"credential:hook", NULL, true, true, false},
        {"credential:hook", NULL, false, true, false},
        {"credential:hooc",
         "this unit has no credential \"hooc\" (write \"LoadCredential=hooc:/PATH/OF/ITS/FILE\" under "
         "[Service] in `systemctl edit tocsin`, then `systemctl restart tocsin`)",
         true, true, false},
        {"credential:hook",
         "this unit has no credential \"hook\" (write \"LoadCredential=hook:/PATH/OF/ITS/FILE\" under "
         "[Service] in `systemctl --user edit tocsin`, then `systemctl --user restart tocsin`)",
         true, false, true},
        {"credential:hook",
         "credential \"hook\" is handed over by a systemd unit, and this process is none's (start "
         "tocsin by its unit, or name a file instead)",
         false, false, false},
        {"credential:", NAMELESS("credential:"), true, true, false},
        {"credential:../hook", NAMELESS("credential:../hook"), true, true, false},
        {"credential:..", NAMELESS("credential:.."), true, true, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        setenv("SYSTEMD_EXEC_PID", cases[i].in_unit ? self : "1", 1);
        unsetenv("CREDENTIALS_DIRECTORY");
        unsetenv("MANAGERPID");
        if (cases[i].has_directory)
            setenv("CREDENTIALS_DIRECTORY", fixture->dir, 1);
        if (cases[i].of_user)
            setenv("MANAGERPID", "1", 1);
        AUTO_FREE char *text = mem_printf("{word: w, token: '%s'}", cases[i].option);
        const struct config_plugin *plugin = load(context, text);
        struct config_option *options;
        size_t n;
        assert_int_equal(config_resolve_options(plugin, context->description, &options, &n, NULL,
                                                &fixture->diags),
                         cases[i].message ? -1 : 0);
        AUTO_FREE char *message =
            cases[i].message
                ? mem_printf("@/tocsin.yaml:4:46: \"d\": option \"token\": %s\n", cases[i].message)
                : mem_strdup("");
        assert_string_equal(fixture_messages(fixture), message);
        if (!cases[i].message)
            assert_string_equal(first(options, n, "token"), hook);
        config_options_free(&options, &n);
    }
    unsetenv("SYSTEMD_EXEC_PID");
    unsetenv("CREDENTIALS_DIRECTORY");
    unsetenv("MANAGERPID");
}

/* Descriptions come from a host, which may be broken. */
static void test_bad_descriptions(void **state)
{
    struct context *context = *state;
    static const struct {
        const char *json;
        int result;
    } cases[] = {
        {"{}", -1}, /* the word that is written is unknown then */
        {"{\"options\": 3}", -1},
        {"{\"options\": [3, {}, {\"name\": 4}]}", -1},
        {"{\"options\": [{\"name\": \"word\"}]}", -1},
        {"{\"options\": [{\"name\": \"word\", \"type\": \"colour\"}]}", -1},
        {"{\"options\": [{\"name\": \"word\", \"type\": \"choice\"}]}", -1},
        {"{\"options\": [{\"name\": \"word\", \"type\": \"text\", \"min\": \"x\"}]}", 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct config_plugin *plugin = load(context, "{word: w}");
        json_t *description = json_loads(cases[i].json, 0, NULL);
        assert_non_null(description);
        assert_int_equal(config_check_options(plugin, description, &context->fixture->diags),
                         cases[i].result);
        json_decref(description);
    }
}

static const json_t *describe(void *arg, const char *plugin, struct err *err)
{
    struct context *context = arg;
    if (str_equal(plugin, "all"))
        return context->description;
    err_set(err, "no %s.so", plugin);
    return NULL;
}

static void test_resolve_in_place(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    fixture_write(fixture, "x.txt", "1");
    static const char text[] = "folders: {news: {path: news}}\ndetectors:\n"
                               "  d: {plugin: all, options: {word: w, files: 'x*.txt'}}\n";
    struct hash seen[3];
    for (int i = 0; i < 3; i++) {
        if (i == 2)
            fixture_write(fixture, "x2.txt", "2");
        assert_int_equal(fixture_load_text(fixture, text), 0);
        assert_int_equal(config_resolve(fixture->config, describe, context, &fixture->diags), 0);
        assert_int_equal(fixture->config->detectors[0].n_options, 5);
        assert_int_equal(fixture->config->detectors[0].powers, TOCSIN_POWERS_EXEC);
        seen[i] = fixture->config->detectors[0].hash;
    }
    assert_true(hash_equal(&seen[0], &seen[1]));
    assert_false(hash_equal(&seen[0], &seen[2]));
}

/* tocsinctl looks at what only the daemon's unit can see. */
static void test_credentials_of_another_process(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    AUTO_FREE char *path = fixture_path(fixture, "token");
    fixture_write(fixture, "token", "s3cret");
    assert_int_equal(chmod(path, 0600), 0);
    for (int unseen = 0; unseen < 2; unseen++) {
        AUTO_FREE char *text = mem_printf("folders: {news: {path: news}}\ndetectors:\n"
                                          "  d: {plugin: all, options: {word: w, token: '%s'}}\n",
                                          unseen ? "credential:hook" : "token");
        assert_int_equal(fixture_load_text(fixture, text), 0);
        fixture->config->elsewhere = true;
        assert_int_equal(config_resolve(fixture->config, describe, context, &fixture->diags), 0);
        assert_int_equal(fixture->config->detectors[0].unseen, unseen);
        fixture_messages(fixture);
        bool warned =
            strstr(fixture->messages, "3:46: warning: \"d\": option \"token\": whether there is a "
                                      "credential \"hook\" shows only inside the unit\n");
        assert_int_equal(warned, unseen);
    }
}

static void test_resolve_kinds(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    static const char text[] = "folders: {news: {path: news}}\ndetectors: {d: {plugin: gone}}\n"
                               "notifiers: {n: {plugin: all}}\n";
    assert_int_equal(fixture_load_text(fixture, text), 0);
    assert_int_equal(config_resolve(fixture->config, describe, context, &fixture->diags), -1);
    assert_string_equal(fixture_messages(fixture),
                        "@/tocsin.yaml:2:13: detector \"d\": plugin \"gone\" cannot be used: no "
                        "gone.so\n"
                        "@/tocsin.yaml:3:13: notifier \"n\": plugin \"all\" is a detector (move it "
                        "under \"detectors:\")\n");
}

/* What a notifier writes must not be read: it might ring again, for ever. */
static void test_outputs_and_watched_folders(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    static const struct {
        const char *path;
        bool refused, flat;
    } cases[] = {
        {"news/out.jsonl", true, false},      {"news/deep/out.jsonl", true, false},
        {"link/out.jsonl", true, false},      {"out.jsonl", false, false},
        {"news2/out.jsonl", false, false},    {"news/out.jsonl", true, true},
        {"news/deep/out.jsonl", false, true},
    };
    AUTO_FREE char *link = fixture_path(fixture, "link"), *news = fixture_path(fixture, "news");
    fixture_mkdir(fixture, "news/deep");
    fixture_mkdir(fixture, "news2");
    assert_int_equal(symlink(news, link), 0);
    json_object_set_new(context->description, "kind", json_string("both"));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text =
            mem_printf("folders: {news: {path: news, recursive: %s}}\n"
                       "notifiers: {n: {plugin: all, options: {word: w, out: %s}}}\n"
                       "detectors: {d: {plugin: all, options: {word: w}}}\n",
                       cases[i].flat ? "no" : "yes", cases[i].path);
        AUTO_FREE char *expected = mem_printf(
            "@/tocsin.yaml:2:54: \"n\": option \"out\": @/%s lies in the watched folder \"news\": "
            "what is told would be read, and might be told again (name a file elsewhere)\n",
            cases[i].path);
        assert_int_equal(fixture_load_text(fixture, text), 0);
        assert_int_equal(config_resolve(fixture->config, describe, context, &fixture->diags),
                         cases[i].refused ? -1 : 0);
        assert_string_equal(fixture_messages(fixture), cases[i].refused ? expected : "");
    }
}

/* The directory of the configuration may look like a pattern itself. */
static void test_pattern_in_directory(void **state)
{
    struct context *context = *state;
    struct fixture *fixture = context->fixture;
    fixture_mkdir(fixture, "odd [a]*");
    fixture_write(fixture, "odd [a]*/one.txt", "");
    fixture_write(fixture, "odd [a]*/tocsin.yaml",
                  "folders: {news: {path: ../news}}\nnotifiers: {n: }\n"
                  "detectors: {d: {plugin: all, options: {word: w, files: '*.txt'}}}\n");
    assert_int_equal(fixture_load(fixture, "odd [a]*/tocsin.yaml"), 0);
    struct config_option *options;
    size_t n;
    assert_int_equal(config_resolve_options(&fixture->config->detectors[0], context->description,
                                            &options, &n, NULL, &fixture->diags),
                     0);
    AUTO_FREE char *one = fixture_path(fixture, "odd [a]*/one.txt");
    assert_string_equal(first(options, n, "files"), one);
    config_options_free(&options, &n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_resolved, setup, teardown),
        cmocka_unit_test_setup_teardown(test_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commands_and_outputs, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_files, setup, teardown),
        cmocka_unit_test_setup_teardown(test_outputs_and_watched_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(test_wrong, setup, teardown),
        cmocka_unit_test_setup_teardown(test_warnings, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials, setup, teardown),
        cmocka_unit_test_setup_teardown(test_credentials_of_another_process, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_descriptions, setup, teardown),
        cmocka_unit_test_setup_teardown(test_resolve_in_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_resolve_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_pattern_in_directory, setup, teardown),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
