/*
 * What a plugin reads of a document and a delivery, and what it says by an explanation, a list of
 * topics, an outcome or an action. Words and sentences are made when first asked for.
 */
#include "lib/objects.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clean.h"

/* ---- documents ---- */

const char *tocsin_document_text(const struct tocsin_document *document, size_t *len)
{
    if (len)
        *len = document->len;
    return document->text;
}

const char *tocsin_document_title(const struct tocsin_document *document)
{
    return document->title;
}

const char *tocsin_document_path(const struct tocsin_document *document)
{
    return document->path;
}

const char *tocsin_document_source(const struct tocsin_document *document)
{
    return document->source;
}

const char *tocsin_document_media_type(const struct tocsin_document *document)
{
    return document->media_type;
}

int32_t tocsin_document_date(const struct tocsin_document *document)
{
    return document->date;
}

/* To a plugin a document is constant; that its words are made late is its own business. Calls come
 * from one thread. */
static struct tocsin_document *inside(const struct tocsin_document *document)
{
    return (struct tocsin_document *)(uintptr_t)document;
}

static const struct tocsin_words *words_of(struct tocsin_document *document)
{
    if (!document->has_words)
        tocsin_words_make(document->text, document->len, &document->words);
    document->has_words = true;
    return &document->words;
}

const struct tocsin_word *tocsin_document_words(const struct tocsin_document *document, size_t *n)
{
    const struct tocsin_words *words = words_of(inside(document));
    *n = words->n;
    return words->words;
}

const struct tocsin_word *tocsin_document_title_words(const struct tocsin_document *document,
                                                      size_t *n)
{
    struct tocsin_document *own = inside(document);
    if (!own->has_title_words)
        tocsin_words_make(own->title, strlen(own->title), &own->title_words);
    own->has_title_words = true;
    *n = own->title_words.n;
    return own->title_words.words;
}

const struct tocsin_span *tocsin_document_sentences(const struct tocsin_document *document,
                                                    size_t *n)
{
    struct tocsin_document *own = inside(document);
    if (!own->has_sentences)
        tocsin_sentences_make(own->text, own->len, words_of(own), &own->sentences);
    own->has_sentences = true;
    *n = own->sentences.n;
    return own->sentences.spans;
}

void tocsin_host_document_deinit(struct tocsin_document *document)
{
    if (document->has_words)
        tocsin_words_free(&document->words);
    if (document->has_title_words)
        tocsin_words_free(&document->title_words);
    if (document->has_sentences)
        tocsin_spans_free(&document->sentences);
    if (document->has_added)
        tocsin_spans_free(&document->added);
    *document = (struct tocsin_document){0};
}

const struct tocsin_span *tocsin_document_added(const struct tocsin_document *document, size_t *n)
{
    struct tocsin_document *own = (struct tocsin_document *)(uintptr_t)document;
    if (!own->has_added && own->before) {
        tocsin_diff_added(own->before, own->before_len, own->text, own->len, &own->added);
    } else if (!own->has_added && own->len) {
        own->added = (struct tocsin_spans){.spans = NEW(struct tocsin_span), .n = 1};
        own->added.spans[0].end = (uint32_t)own->len;
    }
    own->has_added = true;
    *n = own->added.n;
    return own->added.spans;
}

/* ---- explanations and topics ---- */

void tocsin_explain_part(struct tocsin_explain *explain, int depth, bool holds, const char *part,
                         const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = clean_vprintf(TOCSIN_MAX_MESSAGE_BYTES, NULL, fmt, va);
    va_end(va);
    AUTO_FREE char *clean_part = tocsin_host_clean(part, TOCSIN_MAX_MESSAGE_BYTES, NULL);
    explain->part(explain->arg, depth < 0 ? 0 : depth, holds, clean_part, text);
}

void tocsin_explain_topic(struct tocsin_explain *explain, const char *topic, bool matches)
{
    AUTO_FREE char *name = tocsin_host_clean(topic, TOCSIN_MAX_NAME_BYTES, NULL);
    explain->topic(explain->arg, name, matches);
}

void tocsin_topics_add(struct tocsin_topics *topics, const char *name,
                       enum tocsin_severity severity, const char *const *labels, const char *query,
                       const char *file, int line)
{
    static const char *const none[] = {NULL};
    AUTO_FREE char *clean_name = tocsin_host_clean(name, TOCSIN_MAX_NAME_BYTES, NULL);
    AUTO_FREE char *clean_query = tocsin_host_clean(query, TOCSIN_MAX_MESSAGE_BYTES, NULL);
    topics->add(topics->arg, clean_name, severity, labels ? labels : none, clean_query,
                file ? file : "", line < 0 ? 0 : line);
}

void tocsin_topics_detail(struct tocsin_topics *topics, const char *name, const char *value)
{
    AUTO_FREE char *clean_name = tocsin_host_clean(name, TOCSIN_MAX_NAME_BYTES, NULL);
    AUTO_FREE char *clean_value = tocsin_host_clean(value, TOCSIN_MAX_MESSAGE_BYTES, NULL);
    topics->detail(topics->arg, clean_name, clean_value);
}

void tocsin_topics_change(struct tocsin_topics *topics, enum tocsin_change change, const char *name,
                          const char *file, int line)
{
    AUTO_FREE char *clean_name = tocsin_host_clean(name, TOCSIN_MAX_NAME_BYTES, NULL);
    topics->change(topics->arg, change, clean_name, file ? file : "", line < 0 ? 0 : line);
}

/* ---- deliveries ---- */

const char *tocsin_delivery_id(const struct tocsin_delivery *delivery)
{
    return delivery->id;
}

int tocsin_delivery_attempt(const struct tocsin_delivery *delivery)
{
    return delivery->attempt;
}

size_t tocsin_delivery_count(const struct tocsin_delivery *delivery)
{
    return delivery->n_revisions;
}

const char *tocsin_delivery_summary(const struct tocsin_delivery *delivery)
{
    return delivery->summary;
}

size_t tocsin_delivery_total(const struct tocsin_delivery *delivery)
{
    return delivery->n_total;
}

const struct tocsin_revision *tocsin_delivery_revision(const struct tocsin_delivery *delivery,
                                                       size_t index)
{
    return index < delivery->n_revisions ? &delivery->revisions[index] : NULL;
}

void tocsin_outcome_reason(struct tocsin_outcome *outcome, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    free(outcome->reason);
    outcome->reason = clean_vprintf(TOCSIN_MAX_MESSAGE_BYTES, NULL, fmt, va);
    va_end(va);
}

void tocsin_outcome_delay(struct tocsin_outcome *outcome, int64_t delay_ms)
{
    outcome->delay_ms = delay_ms < 0 ? 0 : delay_ms;
}

void tocsin_outcome_token(struct tocsin_outcome *outcome, size_t index, const char *token)
{
    if (index >= outcome->n_revisions)
        return;
    if (!outcome->tokens)
        outcome->tokens = NEW_N(char *, outcome->n_revisions);
    free(outcome->tokens[index]);
    outcome->tokens[index] = tocsin_host_clean(token, TOCSIN_MAX_NAME_BYTES, NULL);
}

void tocsin_host_outcome_deinit(struct tocsin_outcome *outcome)
{
    for (size_t i = 0; outcome->tokens && i < outcome->n_revisions; i++)
        free(outcome->tokens[i]);
    free(outcome->tokens);
    free(outcome->reason);
    *outcome = (struct tocsin_outcome){0};
}

/* ---- actions ---- */

static void (*action_sink)(const char *alert_id, const char *verb);

void tocsin_host_on_action(void (*sink)(const char *alert_id, const char *verb))
{
    action_sink = sink;
}

void tocsin_action(const char *alert_id, const char *verb)
{
    if (!action_sink || !alert_id || !verb)
        return;
    AUTO_FREE char *id = tocsin_host_clean(alert_id, TOCSIN_MAX_NAME_BYTES, NULL);
    AUTO_FREE char *word = tocsin_host_clean(verb, TOCSIN_MAX_NAME_BYTES, NULL);
    action_sink(id, word);
}

/* ---- pages ---- */

static char *(*page_source)(const char *name);

void tocsin_host_on_page(char *(*source)(const char *name))
{
    page_source = source;
}

char *tocsin_page(const char *name)
{
    if (!page_source || !name)
        return NULL;
    AUTO_FREE char *clean = tocsin_host_clean(name, TOCSIN_MAX_NAME_BYTES, NULL);
    return page_source(clean);
}
