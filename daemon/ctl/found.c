/* What detectors find in files, without a daemon; see found.h. */
#include "ctl/found.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/str.h"

#define MAX_BYTES     (16 << 20)
#define MAX_DETECTORS 64

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

static void take_version(struct found *found, const struct ipc_version *version, int fd)
{
    static const char *const words[] = {
        [IPC_READ_OK] = NULL,
        [IPC_READ_UNCHANGED] = NULL,
        [IPC_READ_UNSTABLE] = "it changes while it is read",
        [IPC_READ_UNREADABLE] = "it cannot be read",
        [IPC_READ_UNSUPPORTED] = "it is no text",
        [IPC_READ_TOO_LARGE] = "it is too large",
    };
    fd_close(&found->text_fd);
    found->text_fd = fd;
    free(found->text);
    found->text = version->status == IPC_READ_OK ? mem_strdup(version->text) : NULL;
    found->title = mem_strdup(version->title);
    found->media_type = mem_strdup(version->media_type);
    found->date = version->date;
    const char *word = version->status < ARRAY_LEN(words) ? words[version->status] : "?";
    if (word)
        found->problem = mem_printf("%s%s%s", word, *version->note ? ": " : "", version->note);
}

static void take_finding(struct found *found, const struct ipc_finding *finding)
{
    const struct config_plugin *plugin = &found->offline->config->detectors[finding->plugin];
    json_t *evidence = json_array();
    for (uint32_t i = 0; i < finding->evidence.n; i++) {
        const struct ipc_quote *quote = &finding->evidence.items[i];
        json_array_append_new(evidence,
                              json_pack("{s:i, s:i, s:s, s:[i, i]}", "start", (int)quote->start,
                                        "end", (int)quote->end, "quote", quote->quote, "mark",
                                        (int)quote->mark_start, (int)quote->mark_end));
    }
    json_array_append_new(found->findings,
                          json_pack("{s:s, s:b, s:s, s:s, s:i, s:f, s:o, s:o, s:o}", "detector",
                                    plugin->name, "fact", finding->is_fact, "topic", finding->topic,
                                    "summary", finding->summary, "severity", (int)finding->severity,
                                    "score", finding->score, "labels", texts_json(&finding->labels),
                                    "fields", fields_json(finding), "evidence", evidence));
}

/* The first failure is kept, and the first loss. */
static void take_detected(struct found *found, const struct ipc_detected *detected)
{
    const char *name = found->offline->config->detectors[detected->plugin].name;
    if (!detected->ok && !found->problem)
        found->problem = mem_printf("\"%s\" fails on it: %s", name, detected->reason);
    if (detected->ok && *detected->reason && !found->note)
        found->note = mem_printf("\"%s\": %s", name, detected->reason);
}

void found_take(void *arg, const struct ipc_message *message, int fd)
{
    struct found *found = arg;
    if (message->type == IPC_VERSION) {
        take_version(found, &message->version, fd);
        return;
    }
    fd_close(&fd);
    if (message->type == IPC_FINDING &&
        message->finding.plugin < found->offline->config->n_detectors)
        take_finding(found, &message->finding);
    if (message->type == IPC_DETECTED &&
        message->detected.plugin < found->offline->config->n_detectors)
        take_detected(found, &message->detected);
    if (message->type == IPC_PART)
        json_array_append_new(
            found->parts, json_pack("{s:b, s:i, s:b, s:s, s:s}", "topic", message->part.is_topic,
                                    "depth", (int)message->part.depth, "holds", message->part.holds,
                                    "part", message->part.part, "text", message->part.text));
}

/* False: it has something to prepare, and cannot. */
static bool add_detector(struct offline *offline, const struct config_plugin *detector,
                         struct host_plugin *plugin)
{
    *plugin = host_plugin_of(detector);
    if (!detector->prepares)
        return true;
    plugin->index = offline_prepare(offline, detector);
    return plugin->index;
}

/* A host with all detectors of the configuration; each file gets it, or a new one if that died. */
static int start_detectors(struct offline *offline)
{
    const struct config *config = offline->config;
    AUTO_FREE struct host_plugin *plugins = NEW_N(struct host_plugin, config->n_detectors);
    int64_t deadline_ms = 0;
    int result = 0;
    for (size_t i = 0; i < config->n_detectors && result == 0; i++) {
        const struct config_plugin *plugin = &config->detectors[i];
        result = add_detector(offline, plugin, &plugins[i]) ? 0 : -1;
        deadline_ms = plugin->deadline_ms > deadline_ms ? plugin->deadline_ms : deadline_ms;
    }
    if (result == 0)
        result = offline_start(offline, plugins, config->n_detectors, deadline_ms);
    if (result < 0) {
        offline_print_diags(offline);
        ctl_complain("the detectors do not start: %s", offline->died);
    }
    return result;
}

int found_config(struct offline *offline, const struct ctl *ctl)
{
    if (offline_config(offline, ctl, false) != 0)
        return -1;
    if (offline->config->n_detectors > 0 && offline->config->n_detectors <= MAX_DETECTORS)
        return 0;
    ctl_complain("the configuration names no detector");
    return -1;
}

int found_read(struct found *found, struct offline *offline, const char *path)
{
    *found = (struct found){
        .offline = offline, .findings = json_array(), .parts = json_array(), .text_fd = -1};
    if (!offline->host && start_detectors(offline) < 0)
        return -1;
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        ctl_complain("%s: %s", path, strerror(errno));
        return -1;
    }
    struct ipc_message request = {.type = IPC_READ};
    request.read = (struct ipc_read){.job = 1,
                                     .plugins = UINT64_MAX >> (64 - offline->config->n_detectors),
                                     .source = "test",
                                     .path = path,
                                     .today = str_date_from_ms((int64_t)time(NULL) * 1000),
                                     .max_bytes = MAX_BYTES};
    if (offline_ask(offline, &request, fd, found_take, found) < 0)
        found->problem = mem_printf("a plugin died over it: %s", offline->died);
    return 0;
}

void found_deinit(struct found *found)
{
    fd_close(&found->text_fd);
    free(found->text);
    json_decref(found->findings);
    json_decref(found->parts);
    free(found->title);
    free(found->media_type);
    free(found->problem);
    free(found->note);
}
