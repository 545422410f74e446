/*
 * What a program says to the plugin `exec`. The first byte picks detector or notifier and how its
 * processes end; the rest, cut at NULs, are in turn the output and the errors of one process after
 * the other. They are no processes: all that one says is in its pipes when it starts, so that no
 * input waits for anything. It is asked all there is to ask; what comes of that must be text, and
 * evidence must lie within the document.
 */
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <fcntl.h>

#include "base/mem.h"
#include "exec/exec.h"
#include "lib/objects.h"
#include "require.h"

#define TEXT "Leclerc espère. Ferrari — 24 h.\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the processes have still to say, and how they end. */
static struct {
    const char *at;
    size_t left;
    int status;
} input;

/* ---- programs that are none ---- */

/* A pipe with the next piece in it and nothing to come. */
static int next_pipe(void)
{
    int pair[2];
    const char *end = input.left ? memchr(input.at, '\0', input.left) : NULL;
    size_t len = end ? (size_t)(end - input.at) : input.left;
    require(pipe2(pair, O_CLOEXEC | O_NONBLOCK) == 0);
    require(!len || write(pair[1], input.at, len) == (ssize_t)len);
    input.at += len + (end != NULL);
    input.left -= len + (end != NULL);
    close(pair[1]);
    return pair[0];
}

static int64_t start(void *arg, const char *option, const char *const *environment, int fds[3])
{
    (void)arg;
    (void)option;
    (void)environment;
    fds[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    fds[1] = next_pipe();
    fds[2] = next_pipe();
    return 1;
}

static bool wait_for(int64_t number, int64_t timeout_ms, int *status)
{
    (void)number;
    (void)timeout_ms;
    *status = input.status;
    return true;
}

static void stop(int64_t number)
{
    (void)number;
}

/* Always readable: it may have ended. */
static int channel(void)
{
    static int fd = -1;
    if (fd < 0)
        fd = eventfd(1, EFD_CLOEXEC);
    return fd;
}

/* ---- the host's side of the plugin ---- */

static void check_text(const char *text)
{
    require(text && is_utf8(text, strlen(text)));
}

static void log_line(void *arg, enum tocsin_log_level level, const char *text)
{
    (void)arg;
    require(level >= TOCSIN_ERROR && level <= TOCSIN_DEBUG);
    check_text(text);
}

static void complain(void *arg, bool warning, const char *file, int line, int column,
                     const char *text)
{
    (void)arg;
    (void)warning;
    (void)file;
    (void)line;
    (void)column;
    check_text(text);
}

static void facts(void *arg, const char *const *key_fields, const char *const *statuses,
                  const char *edition_field)
{
    (void)arg;
    (void)edition_field;
    require(key_fields[0] && statuses[0]);
}

static void check_report(const struct tocsin_report *report)
{
    for (size_t i = 0; i < report->n; i++) {
        const struct tocsin_finding *finding = report->findings[i];
        check_text(finding->topic);
        check_text(finding->summary);
        for (size_t n = 0; n < finding->n_evidence; n++)
            require(finding->evidence[n].start < finding->evidence[n].end &&
                    finding->evidence[n].end <= strlen(TEXT));
    }
}

static void explained_topic(void *arg, const char *topic, bool matches)
{
    (void)arg;
    (void)matches;
    check_text(topic);
}

static void explained_part(void *arg, int depth, bool holds, const char *part, const char *text)
{
    (void)arg;
    (void)holds;
    require(depth >= 0);
    check_text(part);
    check_text(text);
}

static void add_topic(void *arg, const char *name, enum tocsin_severity severity,
                      const char *const *labels, const char *query, const char *file, int line)
{
    (void)arg;
    (void)labels;
    (void)file;
    (void)line;
    require(severity >= TOCSIN_LOW && severity <= TOCSIN_URGENT);
    check_text(name);
    check_text(query);
}

static void add_detail(void *arg, const char *name, const char *value)
{
    (void)arg;
    check_text(name);
    check_text(value);
}

/* ---- the target ---- */

static void ask_detector(struct tocsin_instance *instance)
{
    const struct tocsin_detector *detector = tocsin_plugin.detector;
    struct tocsin_document document = {.text = TEXT,
                                       .len = strlen(TEXT),
                                       .title = "title",
                                       .path = "a\xFF/path",
                                       .source = "seeds",
                                       .media_type = "text/plain",
                                       .date = 20251214};
    struct tocsin_explain explain = {explained_topic, explained_part, NULL};
    struct tocsin_topics topics = {.add = add_topic, .detail = add_detail};
    void *state = NULL;
    if (detector->init(instance, &state) < 0)
        return;
    for (int i = 0; i < 2; i++) {
        struct tocsin_report report = {.text_len = document.len};
        detector->detect(state, &document, &report);
        check_report(&report);
        tocsin_host_report_deinit(&report);
    }
    detector->explain(state, &document, NULL, &explain);
    detector->topics(state, &topics);
    detector->fini(state);
}

static void ask_notifier(struct tocsin_instance *instance)
{
    static const char *const none[] = {NULL};
    const struct tocsin_notifier *notifier = tocsin_plugin.notifier;
    const struct tocsin_revision revision = {.alert_id = "a",
                                             .revision_id = "r",
                                             .detector = "topics",
                                             .topic = "topic",
                                             .headline = "headline",
                                             .change = "",
                                             .severity = TOCSIN_HIGH,
                                             .labels = none,
                                             .field_names = none,
                                             .field_values = none,
                                             .quote = "quote",
                                             .document_title = "title",
                                             .document_path = "path",
                                             .source = "seeds",
                                             .token = ""};
    const struct tocsin_delivery delivery = {
        .id = "d", .attempt = 1, .revisions = &revision, .n_revisions = 1, .n_total = 1};
    void *state = NULL;
    if (notifier->init(instance, &state) < 0)
        return;
    for (int i = 0; i < 3; i++) {
        struct tocsin_outcome outcome = {.n_revisions = 1};
        enum tocsin_result result = notifier->notify(state, &delivery, &outcome);
        require(result == TOCSIN_OK || result == TOCSIN_LATER || result == TOCSIN_NEVER);
        if (outcome.reason)
            check_text(outcome.reason);
        tocsin_host_outcome_deinit(&outcome);
    }
    notifier->fini(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tocsin_starter starter = {start, wait_for, stop, channel};
    static const char *const command[] = {"program", NULL};
    const struct tocsin_value values[] = {{.list = command}, {0}, {.number = 8000}};
    struct tocsin_instance instance = {.name = "exec",
                                       .options = tocsin_plugin.options,
                                       .values = values,
                                       .log = log_line,
                                       .problem = complain,
                                       .facts = facts,
                                       .starter = &starter};
    if (!size)
        return 0;
    input.at = (const char *)data + 1;
    input.left = size - 1;
    input.status = data[0] & 2 ? 9 : data[0] >> 2 << 8;
    if (data[0] & 1)
        ask_detector(&instance);
    else
        ask_notifier(&instance);
    return 0;
}
