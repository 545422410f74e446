/*
 * What tocsinctl may ask: each verb takes its arguments apart, has the room do it, and answers.
 * Nothing is decided here. What needs the store is read on its reader thread.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/documents.h"
#include "store/views.h"
#include "tocsind.h"

static const char *text_arg(const json_t *args, const char *name)
{
    return json_string_value(json_object_get(args, name));
}

/* ---- answers of the rooms ---- */

/* What is asked of the store for somebody. */
struct question {
    struct daemon *daemon;
    struct control_request *request;
    json_t *result;
    int64_t n_pending, n_quarantined;
};

static void answer_json(void *arg, json_t *result, const char *error)
{
    if (error)
        control_refuse(arg, EX_DATAERR, "%s", error);
    else
        control_answer(arg, result);
}

static void answer_done(void *arg, const char *error)
{
    if (error)
        control_refuse(arg, EX_DATAERR, "%s", error);
    else
        control_answer(arg, json_pack("{s:b}", "done", 1));
}

/* ---- alerts ---- */

static void alert_list(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    alerts_list(daemon->alerts, args, answer_json, request);
}

static void alert_show(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *id = text_arg(args, "id");
    if (id)
        alerts_show(daemon->alerts, id, answer_json, request);
    else
        control_refuse(request, EX_USAGE, "\"alert show\" wants an \"id\"");
}

static void alert_act(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *id = text_arg(args, "id"), *verb = text_arg(args, "action");
    if (id && verb)
        alerts_action(daemon->alerts, id, verb, answer_done, request);
    else
        control_refuse(request, EX_USAGE, "\"alert act\" wants \"id\" and \"action\"");
}

/* ---- quarantine ---- */

static int read_quarantine(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    return store_quarantine_list(txn, &question->result, err);
}

static void quarantine_read(void *arg, const char *error)
{
    struct question *question = arg;
    answer_json(question->request, question->result, error);
    free(question);
}

static void quarantine_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    struct question *question = NEW(struct question);
    question->request = request;
    store_read(daemon->store, read_quarantine, quarantine_read, question);
}

static void released(void *arg, int n_released, const char *error)
{
    if (error)
        control_refuse(arg, EX_SOFTWARE, "%s", error);
    else
        control_answer(arg, json_pack("{s:i}", "released", n_released));
}

static void quarantine_release(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *detector = text_arg(args, "detector");
    if (detector && !(daemon->config && config_detector_find(daemon->config, detector)))
        control_refuse(request, EX_DATAERR,
                       "no detector is named \"%s\" (tocsinctl quarantine list)", detector);
    else
        detect_release(daemon->detect, detector,
                       json_integer_value(json_object_get(args, "document")), released, request);
}

/* ---- status ---- */

static json_t *documents_json(const struct daemon *daemon)
{
    const struct documents_counts *counts = documents_counts(daemon->documents);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "known", (json_int_t)counts->known,
                     "read", (json_int_t)counts->read, "unchanged", (json_int_t)counts->unchanged,
                     "unsupported", (json_int_t)counts->unsupported, "unreadable",
                     (json_int_t)counts->unreadable, "unstable", (json_int_t)counts->unstable,
                     "removed", (json_int_t)counts->removed, "renamed",
                     (json_int_t)counts->renamed);
}

static json_t *source_json(const struct source *source)
{
    static const char *const states[] = {
        [SOURCE_STARTING] = "starting",
        [SOURCE_WATCHING] = "watching",
        [SOURCE_POLLING] = "polling",
        [SOURCE_UNAVAILABLE] = "unavailable",
    };
    const struct source_counts *counts = source_counts(source);
    return json_pack(
        "{s:s, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "name",
        source_name(source), "path", store_bytes_json(source_folder(source)->path), "state",
        states[source_state(source)], "why", source_why(source), "watches",
        (json_int_t)counts->watches, "waiting", (json_int_t)counts->waiting, "events",
        (json_int_t)counts->events, "opened", (json_int_t)counts->opened, "scans",
        (json_int_t)counts->scans, "overflows", (json_int_t)counts->overflows, "too_large",
        (json_int_t)counts->skipped_large, "special", (json_int_t)counts->skipped_special,
        "vanished", (json_int_t)counts->vanished, "unreadable", (json_int_t)counts->unreadable);
}

static json_t *sources_json(const struct daemon *daemon)
{
    json_t *list = json_array();
    list_each (link, &daemon->sources)
        json_array_append_new(list, source_json(LIST_ITEM(link, struct watched, link)->source));
    return list;
}

/* What is at hand, once the store has counted the deliveries. */
static void status_counted(void *arg, json_t *deliveries, const char *error)
{
    struct question *question = arg;
    struct daemon *daemon = question->daemon;
    const char *fault = store_fault(daemon->store);
    json_t *detect = detect_status(daemon->detect);
    json_object_set_new(detect, "quarantined", json_integer(question->n_quarantined));
    json_t *result = json_pack(
        "{s:s, s:i, s:b, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}", "version",
        PACKAGE_VERSION, "pid", (int)getpid(), "ready", daemon->ready, "paused",
        alerts_paused(daemon->alerts), "config", daemon->options->config_file, "state_dir",
        daemon->options->state_dir, "documents", documents_json(daemon), "sources",
        sources_json(daemon), "detect", detect, "deliver", deliveries ? deliveries : json_array(),
        "hosts", hosts_status(daemon->hosts), "rang", (json_int_t)daemon->n_rang, "store_backlog",
        (json_int_t)store_backlog(daemon->store), "longest_turn_us",
        (json_int_t)loop_longest_turn_us(daemon->loop));
    if (fault || error)
        json_object_set_new(result, "store_fault", json_string(fault ? fault : error));
    control_answer(question->request, result);
    free(question);
}

static int count_pending(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    return store_pending_count(txn, &question->n_pending, &question->n_quarantined, err);
}

static void pending_counted(void *arg, const char *error)
{
    (void)error; /* deliver_status meets the same */
    struct question *question = arg;
    deliver_status(question->daemon->deliver, status_counted, question);
}

static void status(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    struct question *question = NEW(struct question);
    *question = (struct question){.daemon = daemon, .request = request};
    store_read(daemon->store, count_pending, pending_counted, question);
}

/* ---- sources ---- */

static void source_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    control_answer(request, sources_json(arg));
}

static void source_rescan_verb(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *name = text_arg(args, "name");
    struct source *one = name ? flow_source_find(daemon, name) : NULL;
    if (name && !one) {
        control_refuse(request, EX_DATAERR, "no folder is named \"%s\" (tocsinctl source list)",
                       name);
        return;
    }
    int n = 0;
    list_each (link, &daemon->sources) {
        struct source *source = LIST_ITEM(link, struct watched, link)->source;
        if (one && source != one)
            continue;
        source_rescan(source);
        n++;
    }
    control_answer(request, json_pack("{s:i}", "rescanning", n));
}

/* ---- topics and explanations ---- */

static void topic_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    detect_topics(daemon->detect, answer_json, request);
}

/* explain: the document and its text from the store, what the policy made of it, then the parts of
 * each topic from a host. */
struct explaining {
    struct daemon *daemon;
    struct control_request *request;
    char *what, *real, *topic;
    struct store_document document;
    struct store_version version;
    json_t *outcomes;
    int text_fd;
    bool found;
};

static void explaining_free(struct explaining *explaining)
{
    free(explaining->what);
    free(explaining->real);
    free(explaining->topic);
    store_document_deinit(&explaining->document);
    store_version_deinit(&explaining->version);
    json_decref(explaining->outcomes);
    fd_close(&explaining->text_fd);
    free(explaining);
}

static int read_document(struct store_txn *txn, void *arg, struct err *err)
{
    struct explaining *explaining = arg;
    int found = store_document_find(txn, explaining->what, &explaining->document, err);
    if (found == 0 && explaining->real)
        found = store_document_find(txn, explaining->real, &explaining->document, err);
    if (found <= 0)
        return found;
    found = store_version_get(txn, explaining->document.version, &explaining->version, err);
    if (found <= 0)
        return found;
    explaining->found = true;
    return archive_get(txn, &explaining->version.text_hash, &explaining->text_fd, err) < 0 ? -1 : 0;
}

/* The folder may be gone from the configuration. */
static char *whole_path(const struct explaining *explaining)
{
    const struct config_folder *folder =
        config_folder_find(explaining->daemon->config, explaining->document.source);
    return folder ? mem_printf("%s/%s", folder->path, explaining->document.path)
                  : mem_strdup(explaining->document.path);
}

/* Takes parts. */
static void explained(void *arg, json_t *parts, const char *error)
{
    struct explaining *explaining = arg;
    AUTO_FREE char *file = whole_path(explaining);
    json_t *result = json_pack(
        "{s:I, s:s, s:o, s:o, s:s, s:i, s:I, s:b, s:O, s:o}", "document",
        (json_int_t)explaining->document.id, "source", explaining->document.source, "path",
        store_bytes_json(explaining->document.path), "file", store_bytes_json(file), "title",
        explaining->version.title, "date", (int)explaining->version.date, "version",
        (json_int_t)explaining->version.number, "removed", explaining->document.removed_ms != 0,
        "findings", explaining->outcomes, "topics", parts ? parts : json_null());
    if (error)
        json_object_set_new(result, "problem", json_string(error));
    control_answer(explaining->request, result);
    explaining_free(explaining);
}

/* Takes outcomes. */
static void outcomes_read(void *arg, json_t *outcomes, const char *error)
{
    struct explaining *explaining = arg;
    if (error) {
        control_refuse(explaining->request, EX_SOFTWARE, "%s", error);
        explaining_free(explaining);
        return;
    }
    explaining->outcomes = outcomes;
    if (explaining->text_fd < 0) {
        explained(explaining, NULL, "its text is not in the archive any more");
        return;
    }
    int text_fd = explaining->text_fd;
    explaining->text_fd = -1;
    detect_explain(explaining->daemon->detect, NULL, explaining->topic, explaining->document.source,
                   explaining->document.path, explaining->version.title, explaining->version.date,
                   text_fd, explained, explaining);
}

static void document_read(void *arg, const char *error)
{
    struct explaining *explaining = arg;
    if (error || !explaining->found) {
        control_refuse(explaining->request, EX_DATAERR, "%s: %s", explaining->what,
                       error ? error : "no document of that number or path is known");
        explaining_free(explaining);
        return;
    }
    alerts_outcomes(explaining->daemon->alerts, explaining->version.id, outcomes_read, explaining);
}

static void explain(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *what = text_arg(args, "document"), *topic = text_arg(args, "topic");
    if (!what || !daemon->config) {
        control_refuse(request, what ? EX_TEMPFAIL : EX_USAGE,
                       what ? "tocsin is still starting" : "\"explain\" wants a \"document\"");
        return;
    }
    struct explaining *explaining = NEW(struct explaining);
    *explaining = (struct explaining){.daemon = daemon,
                                      .request = request,
                                      .what = mem_strdup(what),
                                      .real = mem_strdup(text_arg(args, "real")),
                                      .topic = mem_strdup(topic),
                                      .text_fd = -1};
    store_read(daemon->store, read_document, document_read, explaining);
}

/* ---- the rest ---- */

static void notifier_test(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *name = text_arg(args, "name");
    if (!name || !daemon->config || !config_notifier_find(daemon->config, name))
        control_refuse(request, EX_DATAERR, "no notifier is named \"%s\"", name ? name : "");
    else
        deliver_test(daemon->deliver, name, answer_done, request);
}

/* The event of a pause, which also comes at the start when one lasts, reaches the outbox by flow.c.
 */
static void set_pause(struct daemon *daemon, struct control_request *request, bool paused)
{
    alerts_pause(daemon->alerts, paused);
    control_answer(request, json_pack("{s:b}", "paused", paused));
}

static void pause_verb(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    set_pause(arg, request, true);
}

static void resume(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    set_pause(arg, request, false);
}

static void reloaded(void *arg, const char *problems)
{
    if (problems)
        control_refuse(arg, EX_CONFIG, "the configuration in force stays:\n%s", problems);
    else
        control_answer(arg, json_pack("{s:b}", "reloaded", 1));
}

static void reload(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    const struct daemon *daemon = arg;
    if (daemon->reload)
        control_refuse(request, EX_TEMPFAIL, "a configuration is being taken already; try again");
    else
        reload_start(arg, reloaded, request);
}

static void follow(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    (void)args;
    control_follow(request);
}

const struct control_verb daemon_verbs[] = {
    {"status", status},
    {"source list", source_list},
    {"source rescan", source_rescan_verb},
    {"alert list", alert_list},
    {"alert show", alert_show},
    {"alert act", alert_act},
    {"topic list", topic_list},
    {"explain", explain},
    {"notifier test", notifier_test},
    {"quarantine list", quarantine_list},
    {"quarantine release", quarantine_release},
    {"pause", pause_verb},
    {"resume", resume},
    {"reload", reload},
    {"follow", follow},
};
const size_t daemon_n_verbs = ARRAY_LEN(daemon_verbs);
