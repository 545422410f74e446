/*
 * topics: stored queries. The plugin's table, and the calls from the host into the parts.
 *
 * Each document's words are looked up in the index (index.c), the few queries found there are
 * evaluated (eval.c), and what matches is reported with the words that prove it (evidence.c).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <tocsin/plugin.h>
#include <tocsin/text.h>

#include "topics/evidence.h"
#include "topics/explain.h"
#include "topics/file.h"
#include "topics/index.h"

#define HEADLINE_CHARS 100 /* of the document's title */
#define MATCHED_MAX    6   /* different words or phrases that are named */

struct detector {
    struct tocsin_instance *instance;
    struct topic_list topics;
    struct index *index;
    struct view view; /* of the document at hand; its memory is kept */
};

static const struct tocsin_option options[] = {
    {.name = "files",
     .type = TOCSIN_OPTION_PATHS,
     .required = true,
     .help = "The files that hold the topics; patterns such as topics.d/*.yaml are allowed"},
    {0},
};

static void report_diags(struct tocsin_instance *instance, const struct diags *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *diag = &diags->items[i];
        if (diag->warning)
            tocsin_warn(instance, diag->at.file, diag->at.line, diag->at.column, "%s", diag->text);
        else
            tocsin_fail(instance, diag->at.file, diag->at.line, diag->at.column, "%s", diag->text);
    }
}

static int read_files(struct detector *detector, const char *const *files)
{
    struct diags diags = {0};
    for (size_t i = 0; files && files[i]; i++)
        topics_read(&detector->topics, files[i], &diags);
    topics_check_names(&detector->topics, &diags);
    report_diags(detector->instance, &diags);
    int result = diags.n_errors ? -1 : 0;
    diags_deinit(&diags);
    return result;
}

static void topics_fini(void *state)
{
    struct detector *detector = state;
    topics_deinit(&detector->topics);
    index_free(&detector->index);
    wordmap_deinit(&detector->view.text);
    wordmap_deinit(&detector->view.title);
    free(detector);
}

static int topics_init(struct tocsin_instance *instance, void **state)
{
    struct detector *detector = NEW(struct detector);
    detector->instance = instance;
    uint64_t seed;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint64_t)(uintptr_t)detector;
    detector->view.seed = seed;
    detector->index = index_new(seed);
    if (read_files(detector, tocsin_option_list(instance, "files")) < 0) {
        topics_fini(detector);
        return -1;
    }
    for (size_t i = 0; i < detector->topics.n; i++)
        index_add(detector->index, detector->topics.items[i].query, (uint32_t)i);
    index_finish(detector->index);
    *state = detector;
    return 0;
}

static void see(struct detector *detector, const struct tocsin_document *document)
{
    struct view *view = &detector->view;
    size_t n;
    const struct tocsin_word *words = tocsin_document_words(document, &n);
    wordmap_fill(&view->text, view->seed, words, n);
    words = tocsin_document_title_words(document, &n);
    wordmap_fill(&view->title, view->seed, words, n);
}

/* Names what matched, as the document writes it, each once. */
static void add_matched(struct tocsin_finding *finding, const char *text,
                        const struct evidence *evidence)
{
    char *named[MATCHED_MAX];
    size_t n = 0;
    for (size_t i = 0; i < evidence->n && n < MATCHED_MAX; i++) {
        const struct evidence_span *span = &evidence->spans[i];
        named[n] = tocsin_display(text + span->start, span->end - span->start);
        bool known = false;
        for (size_t at = 0; at < n; at++)
            known |= !strcmp(named[at], named[n]);
        if (known)
            free(named[n]);
        else
            tocsin_finding_field(finding, "matched", named[n++]);
    }
    while (n > 0)
        free(named[--n]);
}

static void report_topic(struct detector *detector, const struct topic *topic,
                         const struct tocsin_document *document, struct tocsin_report *report)
{
    size_t n, len;
    const struct tocsin_span *sentences = tocsin_document_sentences(document, &n);
    struct evidence evidence;
    evidence_find(topic->query, &detector->view, sentences, n, &evidence);

    struct tocsin_finding *finding = tocsin_report_topic(report, topic->name);
    AUTO_FREE char *title = tocsin_shorten(tocsin_document_title(document), HEADLINE_CHARS);
    tocsin_finding_summary(finding, "%s%s%s", topic->name, title[0] ? ": " : "", title);
    tocsin_finding_severity(finding, topic->severity);
    for (char **label = topic->labels; *label; label++)
        tocsin_finding_label(finding, *label);
    if (topic->description)
        tocsin_finding_field(finding, "description", topic->description);
    add_matched(finding, tocsin_document_text(document, &len), &evidence);
    for (size_t i = 0; i < evidence.n; i++)
        tocsin_finding_evidence(finding, evidence.spans[i].start, evidence.spans[i].end);
}

static int topics_detect(void *state, const struct tocsin_document *document,
                         struct tocsin_report *report)
{
    struct detector *detector = state;
    see(detector, document);
    size_t n;
    const uint32_t *found = index_candidates(detector->index, &detector->view, &n);
    for (size_t i = 0; i < n; i++) {
        const struct topic *topic = &detector->topics.items[found[i]];
        if (eval(topic->query, &detector->view))
            report_topic(detector, topic, document, report);
    }
    return 0;
}

static void say_part(void *arg, int depth, bool holds, const char *part, const char *why)
{
    tocsin_explain_part(arg, depth, holds, part, "%s", why);
}

static void explain_topic(struct detector *detector, const struct topic *topic,
                          const struct tocsin_document *document, struct tocsin_explain *explain)
{
    size_t len;
    const struct view *view = &detector->view;
    tocsin_explain_topic(explain, topic->name, eval(topic->query, view));
    explain_query(topic->query, view, tocsin_document_text(document, &len),
                  tocsin_document_title(document), say_part, explain);
}

/* So few topics are all worth a word, when nobody says which. */
#define EXPLAIN_ALL 20

/* Without a name: all topics if they are few, else those of which the document holds a key. */
static int topics_explain(void *state, const struct tocsin_document *document, const char *name,
                          struct tocsin_explain *explain)
{
    struct detector *detector = state;
    see(detector, document);
    if (name) {
        const struct topic *topic = topics_find(&detector->topics, name);
        if (topic)
            explain_topic(detector, topic, document, explain);
        return 0;
    }
    size_t n = detector->topics.n;
    for (size_t i = 0; n <= EXPLAIN_ALL && i < n; i++)
        explain_topic(detector, &detector->topics.items[i], document, explain);
    if (n <= EXPLAIN_ALL)
        return 0;
    const uint32_t *found = index_candidates(detector->index, &detector->view, &n);
    for (size_t i = 0; i < n; i++)
        explain_topic(detector, &detector->topics.items[found[i]], document, explain);
    return 0;
}

static int topics_list(void *state, struct tocsin_topics *topics)
{
    const struct detector *detector = state;
    for (size_t i = 0; i < detector->topics.n; i++) {
        const struct topic *topic = &detector->topics.items[i];
        tocsin_topics_add(topics, topic->name, topic->severity, (const char *const *)topic->labels,
                          topic->text, topic->at.file, topic->at.line);
    }
    return 0;
}

static const struct tocsin_detector detector = {
    .size = sizeof(struct tocsin_detector),
    .init = topics_init,
    .detect = topics_detect,
    .fini = topics_fini,
    .explain = topics_explain,
    .topics = topics_list,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,         .name = "topics",
    .version = PACKAGE_VERSION, .summary = "Stored queries: words, phrases, AND, OR, NOT",
    .licence = "ISC",           .options = options,
    .detector = &detector,
};
