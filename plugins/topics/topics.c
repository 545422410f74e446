/*
 * topics: stored queries. The plugin's table, and the calls from the host into the parts.
 *
 * Each document's words are looked up in the image of all topics (engine.c), the few queries found
 * there are evaluated (eval.c), and what matches is reported with the words that prove it
 * (evidence.c).
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <tocsin/plugin.h>
#include <tocsin/text.h>

#include "topics/changes.h"
#include "topics/engine.h"
#include "topics/explain.h"
#include "topics/learning.h"
#include "topics/load.h"
#include "topics/report.h"

#define LABELS_MAX 32 /* of one topic */

struct detector {
    struct tocsin_instance *instance;
    struct index index; /* in the host's memory */
    struct engine engines[INDEX_PARTS];
    bool uses_new; /* some topic asks what an edit has added */
    struct learning learning;
    struct view_document document; /* the one at hand */
};

static const struct tocsin_option options[] = {
    {.name = "files",
     .type = TOCSIN_OPTION_PATHS,
     .required = true,
     .help = "The files that hold the topics; patterns such as topics.d/*.yaml are allowed"},
    {.name = "lists",
     .type = TOCSIN_OPTION_PATHS,
     .help = "The files that hold the lists which queries use by @name"},
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

static void topics_fini(void *state)
{
    struct detector *detector = state;
    for (size_t i = 0; i < detector->index.n_parts; i++)
        engine_deinit(&detector->engines[i]);
    learning_deinit(&detector->learning);
    free(detector);
}

typedef const void *part_of(const struct tocsin_instance *instance, enum tocsin_index_part part,
                            size_t *len);

/* -1: there is none that can be used. */
static int open_index(const struct tocsin_instance *instance, part_of *part, struct index *index,
                      struct err *err)
{
    size_t base_len, update_len;
    const void *base = part(instance, TOCSIN_INDEX_BASE, &base_len);
    const void *update = part(instance, TOCSIN_INDEX_UPDATE, &update_len);
    if (base && index_open(index, base, base_len, update, update_len, err) == 0)
        return 0;
    index->n_parts = 0;
    return base ? -1 : err_set(err, "there is no index");
}

static int topics_prepare(struct tocsin_instance *instance)
{
    struct err err;
    struct diags diags = {0};
    struct index before;
    AUTO_BUF struct buf image = {0};
    size_t len;
    const void *learnt = tocsin_index(instance, TOCSIN_INDEX_LEARNT, &len);
    frequency_use(learnt, len);
    /* By what was learnt since, all topics are filed anew. */
    open_index(instance, tocsin_index, &before, &err);
    bool usable = before.n_parts && before.parts[INDEX_BASE].head->learnt == frequency_id();
    enum load_result result =
        load_index(tocsin_option_list(instance, "files"), tocsin_option_list(instance, "lists"),
                   usable ? &before : NULL, &image, &diags);
    frequency_use(NULL, 0);
    report_diags(instance, &diags);
    diags_deinit(&diags);
    if (result == LOAD_BASE)
        return tocsin_index_give(instance, TOCSIN_INDEX_BASE, image.data, image.len);
    if (result == LOAD_UPDATE)
        return tocsin_index_give(instance, TOCSIN_INDEX_UPDATE, image.data, image.len);
    return result == LOAD_SAME ? 0 : -1;
}

static int topics_init(struct tocsin_instance *instance, void **state)
{
    struct err err;
    struct detector *detector = NEW(struct detector);
    *state = detector;
    detector->instance = instance;
    int result = open_index(instance, tocsin_index, &detector->index, &err);
    for (size_t i = 0; i < detector->index.n_parts && result == 0; i++) {
        const struct image *image = &detector->index.parts[i];
        result = engine_init(&detector->engines[i], image, &err);
        detector->uses_new |= image->head->uses & IMAGE_USES_NEW;
    }
    if (result < 0) {
        topics_fini(detector);
        *state = NULL;
        return tocsin_fail(instance, NULL, 0, 0, "%s", err.text);
    }
    learning_init(&detector->learning, index_n_topics(&detector->index),
                  detector->index.parts[INDEX_BASE].head->learnt);
    return 0;
}

static int32_t today(void)
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    return (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void see(struct detector *detector, const struct tocsin_document *document)
{
    struct view_document *seen = &detector->document;
    *seen = (struct view_document){.title = or_empty(tocsin_document_title(document)),
                                   .path = or_empty(tocsin_document_path(document)),
                                   .source = or_empty(tocsin_document_source(document)),
                                   .type = or_empty(tocsin_document_media_type(document)),
                                   .date = tocsin_document_date(document),
                                   .today = today()};
    seen->text = tocsin_document_text(document, &seen->len);
    seen->words = tocsin_document_words(document, &seen->n_words);
    seen->all_is_new = !detector->uses_new;
    if (!seen->all_is_new)
        seen->added = tocsin_document_added(document, &seen->n_added);
    for (size_t i = 0; i < detector->index.n_parts; i++)
        engine_set(&detector->engines[i], seen);
}

static void learn(struct detector *detector, size_t n_candidates)
{
    const struct view_document *document = &detector->document;
    if (!learning_see(&detector->learning, document->words, document->n_words, n_candidates))
        return;
    size_t len;
    const void *bytes = frequency_counts_bytes(detector->learning.counts, &len);
    tocsin_index_give(detector->instance, TOCSIN_INDEX_LEARNT, bytes, len);
    learning_deinit(&detector->learning);
}

static int topics_detect(void *state, const struct tocsin_document *document,
                         struct tocsin_report *report)
{
    struct detector *detector = state;
    size_t n_candidates = 0;
    see(detector, document);
    for (size_t part = 0; part < detector->index.n_parts; part++) {
        struct engine *engine = &detector->engines[part];
        size_t n;
        const uint32_t *found = engine_matches(engine, &n);
        for (size_t i = 0; i < n; i++)
            report_topic(engine, found[i], report);
        n_candidates += engine->n_candidates;
    }
    learn(detector, n_candidates);
    return 0;
}

static void say_part(void *arg, int depth, bool holds, const char *part, const char *why)
{
    tocsin_explain_part(arg, depth, holds, part, "%s", why);
}

static void explain_topic(struct engine *engine, uint32_t number, struct tocsin_explain *explain)
{
    const struct image *image = engine->image;
    const struct image_topic *topic = &image->topics[number];
    const char *text = image_text(image, topic->query);
    const char *language = image_text(image, topic->language);
    struct view *view = &engine->view;
    struct query_error error;
    struct node *query =
        query_parse(text, strlen(text), language[0] ? language : NULL, NULL, &error);
    tocsin_explain_topic(explain, image_topic_name(image, number),
                         eval(view, engine_code(engine, number), &SCOPE_ALL));
    if (query)
        explain_query(query, view, say_part, explain);
    query_free(&query);
}

/* So few topics are all worth a word, when nobody says which. */
#define EXPLAIN_ALL 20

/* Of one part: all that are there if all are few, else those of which the document holds a key. */
static void explain_of(struct engine *engine, bool all, struct tocsin_explain *explain)
{
    size_t n;
    const uint32_t *found = engine_candidates(engine, &n);
    for (size_t i = 0; !all && i < n; i++)
        explain_topic(engine, found[i], explain);
    for (uint32_t i = 0; all && i < engine->image->n_topics; i++)
        if (image_has_topic(engine->image, i))
            explain_topic(engine, i, explain);
}

static int topics_explain(void *state, const struct tocsin_document *document, const char *name,
                          struct tocsin_explain *explain)
{
    struct detector *detector = state;
    const struct index *index = &detector->index;
    see(detector, document);
    if (name) {
        uint32_t number;
        const struct image *image = index_find(index, name, &number);
        if (image)
            explain_topic(&detector->engines[image - index->parts], number, explain);
        return 0;
    }
    bool all = index_n_topics(index) <= EXPLAIN_ALL;
    for (size_t i = 0; i < index->n_parts; i++)
        explain_of(&detector->engines[i], all, explain);
    return 0;
}

static void add_details(const struct image *image, const struct image_topic *topic,
                        struct tocsin_topics *topics)
{
    const char *description = image_text(image, topic->description);
    const char *language = image_text(image, topic->language);
    if (description[0])
        tocsin_topics_detail(topics, "description", description);
    if (language[0])
        tocsin_topics_detail(topics, "language", language);
    if (topic->shadow)
        tocsin_topics_detail(topics, "shadow", "true");
}

static void list_topic(const struct image *image, uint32_t number, struct tocsin_topics *topics)
{
    const struct image_topic *topic = &image->topics[number];
    const char *labels[LABELS_MAX + 1], *label = image_text(image, topic->labels);
    size_t n = 0;
    for (; *label && n < LABELS_MAX; label += strlen(label) + 1)
        labels[n++] = label;
    labels[n] = NULL;
    tocsin_topics_add(topics, image_topic_name(image, number),
                      (enum tocsin_severity)topic->severity, labels,
                      image_text(image, topic->query), image_topic_path(image, topic),
                      image_topic_line(image, topic));
    add_details(image, topic, topics);
}

static int topics_list(void *state, struct tocsin_topics *topics)
{
    const struct detector *detector = state;
    for (size_t i = 0; i < index_n_pieces(&detector->index); i++) {
        uint32_t number;
        const struct image *image = index_piece(&detector->index, i, &number);
        const struct image_piece *piece = &image->pieces[number];
        for (uint32_t at = piece->topics; at < piece->topics + piece->n; at++)
            list_topic(image, at, topics);
    }
    return 0;
}

static int topics_changes(void *state, struct tocsin_topics *topics)
{
    const struct detector *detector = state;
    struct index before;
    struct err err;
    if (open_index(detector->instance, tocsin_index_in_force, &before, &err) < 0)
        return tocsin_fail(detector->instance, NULL, 0, 0, "what changes: %s", err.text);
    changes_tell(&before, &detector->index, topics);
    return 0;
}

static const struct tocsin_detector detector = {
    .size = sizeof(struct tocsin_detector),
    .init = topics_init,
    .detect = topics_detect,
    .fini = topics_fini,
    .explain = topics_explain,
    .topics = topics_list,
    .prepare = topics_prepare,
    .changes = topics_changes,
    .compares = true,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,         .name = "topics",
    .version = PACKAGE_VERSION, .summary = "Stored queries, any number of them",
    .licence = "ISC",           .options = options,
    .detector = &detector,
};
