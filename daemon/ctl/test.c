/* tocsinctl test: what would be found in these files, and why. No daemon, nothing is kept or told.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/str.h"
#include "ctl/offline.h"

enum { TEST_FOUND = 0, TEST_NOTHING = 1, TEST_ERROR = 2 };

/* One file under test. */
struct test {
    struct offline *offline;
    json_t *findings, *parts;
    char *title, *media_type, *problem;
    char *note; /* what of the findings a detector had to drop, NULL: nothing */
    int64_t date;
    char *text; /* unless it is in text_fd */
    int text_fd;
};

static json_t *texts_json(const struct ipc_texts *texts)
{
    json_t *list = json_array();
    const char *text = NULL;
    while ((text = ipc_texts_next(texts, text)))
        json_array_append_new(list, json_string(text));
    return list;
}

static json_t *fields_json(const struct ipc_finding *finding)
{
    json_t *fields = json_object();
    const char *name = NULL, *value = NULL;
    while ((name = ipc_texts_next(&finding->field_names, name)) &&
           (value = ipc_texts_next(&finding->field_values, value))) {
        json_t *values = json_object_get(fields, name);
        if (!values) {
            values = json_array();
            json_object_set_new(fields, name, values);
        }
        json_array_append_new(values, json_string(value));
    }
    return fields;
}

static void take_version(struct test *test, const struct ipc_version *version, int fd)
{
    static const char *const words[] = {
        [IPC_READ_OK] = NULL,
        [IPC_READ_UNCHANGED] = NULL,
        [IPC_READ_UNSTABLE] = "it changes while it is read",
        [IPC_READ_UNREADABLE] = "it cannot be read",
        [IPC_READ_UNSUPPORTED] = "it is no text",
        [IPC_READ_TOO_LARGE] = "it is too large",
    };
    fd_close(&test->text_fd);
    test->text_fd = fd;
    free(test->text);
    test->text = version->status == IPC_READ_OK ? mem_strdup(version->text) : NULL;
    test->title = mem_strdup(version->title);
    test->media_type = mem_strdup(version->media_type);
    test->date = version->date;
    const char *word = version->status < ARRAY_LEN(words) ? words[version->status] : "?";
    if (word)
        test->problem = mem_printf("%s%s%s", word, *version->note ? ": " : "", version->note);
}

static void take_finding(struct test *test, const struct ipc_finding *finding)
{
    const struct config_plugin *plugin = &test->offline->config->detectors[finding->plugin];
    json_t *evidence = json_array();
    for (uint32_t i = 0; i < finding->evidence.n; i++) {
        const struct ipc_quote *quote = &finding->evidence.items[i];
        json_array_append_new(evidence,
                              json_pack("{s:i, s:i, s:s, s:[i, i]}", "start", (int)quote->start,
                                        "end", (int)quote->end, "quote", quote->quote, "mark",
                                        (int)quote->mark_start, (int)quote->mark_end));
    }
    json_array_append_new(test->findings,
                          json_pack("{s:s, s:b, s:s, s:s, s:i, s:f, s:o, s:o, s:o}", "detector",
                                    plugin->name, "fact", finding->is_fact, "topic", finding->topic,
                                    "summary", finding->summary, "severity", (int)finding->severity,
                                    "score", finding->score, "labels", texts_json(&finding->labels),
                                    "fields", fields_json(finding), "evidence", evidence));
}

/* The first failure is kept, and the first loss. */
static void take_detected(struct test *test, const struct ipc_detected *detected)
{
    const char *name = test->offline->config->detectors[detected->plugin].name;
    if (!detected->ok && !test->problem)
        test->problem = mem_printf("\"%s\" fails on it: %s", name, detected->reason);
    if (detected->ok && *detected->reason && !test->note)
        test->note = mem_printf("\"%s\": %s", name, detected->reason);
}

static void take(void *arg, const struct ipc_message *message, int fd)
{
    struct test *test = arg;
    if (message->type == IPC_VERSION) {
        take_version(test, &message->version, fd);
        return;
    }
    fd_close(&fd);
    if (message->type == IPC_FINDING &&
        message->finding.plugin < test->offline->config->n_detectors)
        take_finding(test, &message->finding);
    if (message->type == IPC_DETECTED &&
        message->detected.plugin < test->offline->config->n_detectors)
        take_detected(test, &message->detected);
    if (message->type == IPC_PART)
        json_array_append_new(
            test->parts, json_pack("{s:b, s:i, s:b, s:s, s:s}", "topic", message->part.is_topic,
                                   "depth", (int)message->part.depth, "holds", message->part.holds,
                                   "part", message->part.part, "text", message->part.text));
}

/* Why nothing was found: every detector that can say so is asked. */
static void explain(struct test *test, const char *path)
{
    const struct config *config = test->offline->config;
    for (size_t i = 0; i < config->n_detectors && test->text; i++) {
        struct ipc_message request = {.type = IPC_EXPLAIN};
        request.explain = (struct ipc_explain){.job = 2,
                                               .plugin = (uint32_t)i,
                                               .topic = "",
                                               .source = "test",
                                               .path = path,
                                               .title = test->title,
                                               .media_type = test->media_type,
                                               .date = test->date,
                                               .text = test->text};
        if (offline_ask(test->offline, &request, test->text_fd, take, test) < 0)
            return;
    }
}

static void print_finding(const struct ctl *ctl, const json_t *finding)
{
    printf("  %s", ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(finding, "summary"));
    printf("%s  (", ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(finding, "detector"));
    fputs(": ", stdout);
    ctl_print_safe(ctl_text(finding, "topic"));
    puts(")");
    ctl_print_quotes(ctl, 4, json_object_get(finding, "evidence"));
    ctl_print_fields(4, json_object_get(finding, "fields"));
}

static void print_text(const struct ctl *ctl, const struct test *test, const char *path)
{
    size_t n = json_array_size(test->findings);
    ctl_print_safe(path);
    putchar(':');
    if (test->problem || !n) {
        putchar(' ');
        ctl_print_safe(test->problem ? test->problem : "nothing found");
    }
    putchar('\n');
    if (test->note) {
        fputs("  ", stdout);
        ctl_print_safe(test->note);
        putchar('\n');
    }
    for (size_t i = 0; i < n; i++)
        print_finding(ctl, json_array_get(test->findings, i));
    size_t i;
    json_t *part;
    json_array_foreach(test->parts, i, part)
    {
        ctl_print_part(ctl, json_is_true(json_object_get(part, "topic")) ? 2 : 4, part);
    }
}

static json_t *result_json(const struct test *test, const char *path)
{
    char date[16];
    str_date_format((int32_t)test->date, date, sizeof(date));
    json_t *result = json_pack("{s:s, s:s, s:s, s:O, s:O}", "file", path, "title",
                               test->title ? test->title : "", "date", date, "findings",
                               test->findings, "explain", test->parts);
    if (result && test->problem)
        json_object_set_new(result, "problem", json_string(test->problem));
    if (result && test->note)
        json_object_set_new(result, "note", json_string(test->note));
    return result ? result : json_object();
}

static int test_file(const struct ctl *ctl, struct offline *offline, const char *path,
                     json_t *results)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        ctl_complain("%s: %s", path, strerror(errno));
        return TEST_ERROR;
    }
    struct test test = {
        .offline = offline, .findings = json_array(), .parts = json_array(), .text_fd = -1};
    struct ipc_message request = {.type = IPC_READ};
    request.read = (struct ipc_read){.job = 1,
                                     .plugins = UINT64_MAX >> (64 - offline->config->n_detectors),
                                     .source = "test",
                                     .path = path,
                                     .today = str_date_from_ms((int64_t)time(NULL) * 1000),
                                     .max_bytes = 16 << 20};
    if (offline_ask(offline, &request, fd, take, &test) < 0)
        test.problem = mem_printf("a plugin died over it: %s", offline->died);
    if (!test.problem && !json_array_size(test.findings))
        explain(&test, path);
    if (ctl->json)
        json_array_append_new(results, result_json(&test, path));
    else
        print_text(ctl, &test, path);
    int status = test.problem                     ? TEST_ERROR
                 : json_array_size(test.findings) ? TEST_FOUND
                                                  : TEST_NOTHING;
    fd_close(&test.text_fd);
    free(test.text);
    json_decref(test.findings);
    json_decref(test.parts);
    free(test.title);
    free(test.media_type);
    free(test.problem);
    free(test.note);
    return status;
}

/* A host with all detectors of the configuration; each file gets it, or a new one if that died. */
static int start_detectors(struct offline *offline)
{
    const struct config *config = offline->config;
    struct host_plugin *plugins = NEW_N(struct host_plugin, config->n_detectors);
    int64_t deadline_ms = 0, memory_bytes = 0;
    for (size_t i = 0; i < config->n_detectors; i++) {
        const struct config_plugin *plugin = &config->detectors[i];
        plugins[i] = host_plugin_of(plugin);
        deadline_ms = plugin->deadline_ms > deadline_ms ? plugin->deadline_ms : deadline_ms;
        memory_bytes += plugin->memory_bytes;
    }
    int result = offline_start(offline, plugins, config->n_detectors, deadline_ms, memory_bytes);
    free(plugins);
    if (result < 0) {
        offline_print_diags(offline);
        ctl_complain("the detectors do not start: %s", offline->died);
    }
    return result;
}

int ctl_test(struct ctl *ctl)
{
    /* Who writes a plugin looks here for what it says, too: a traceback, say. */
    log_set_level(LOG_LEVEL_NOTICE);
    struct offline offline;
    offline_init(&offline, ctl);
    int status = TEST_ERROR;
    if (offline_config(&offline, ctl, false) != 0) {
        /* said */
    } else if (offline.config->n_detectors == 0 || offline.config->n_detectors > 64) {
        ctl_complain("the configuration names no detector");
    } else {
        json_t *results = json_array();
        bool found = false, error = false;
        for (int i = 0; i < ctl->n_args; i++) {
            if (!offline.host && start_detectors(&offline) < 0) {
                error = true;
                break;
            }
            int one = test_file(ctl, &offline, ctl->args[i], results);
            found |= one == TEST_FOUND;
            error |= one == TEST_ERROR;
        }
        if (ctl->json)
            ctl_print_json(results);
        json_decref(results);
        status = error ? TEST_ERROR : found ? TEST_FOUND : TEST_NOTHING;
    }
    offline_deinit(&offline);
    return status;
}
