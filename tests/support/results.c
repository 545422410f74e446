/* Results by hand; see results.h. */
#include "results.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/plugin.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/sketch.h"

static void texts_add(struct config_texts *texts, const char *text)
{
    char **items = mem_resize(texts->items, (texts->n + 2) * sizeof(*items));
    items[texts->n++] = mem_strdup(text);
    items[texts->n] = NULL;
    texts->items = items;
}

struct detect_result *result_new(const char *detector, bool facts, int64_t document,
                                 int64_t version, const char *origin, int32_t date)
{
    struct detect_result *result = NEW(struct detect_result);
    result->detector = mem_strdup(detector);
    result->document = document;
    result->version = version;
    result->origin = hash_bytes(origin, strlen(origin));
    result->text_hash = result->origin;
    result->date = date;
    result->has_date = true;
    result->source = mem_strdup("news");
    result->path = mem_printf("%s.txt", origin);
    result->title = mem_printf("Title of %s", origin);
    if (!facts)
        return result;
    texts_add(&result->key_fields, "driver");
    texts_add(&result->key_fields, "year");
    const char *statuses[] = {"interest", "rumoured", "confirmed", "ruled_out", "result"};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
        texts_add(&result->statuses, statuses[i]);
    result->edition_field = mem_strdup("year");
    return result;
}

static struct detect_finding *add(struct detect_result *result, const char *topic,
                                  const char *quote)
{
    result->findings =
        mem_resize(result->findings, (result->n_findings + 1) * sizeof(*result->findings));
    struct detect_finding *finding = &result->findings[result->n_findings++];
    *finding = (struct detect_finding){.topic = mem_strdup(topic),
                                       .summary = mem_printf("%s: %s", topic, quote),
                                       .severity = TOCSIN_NORMAL,
                                       .score = 1};
    result_quote(finding, quote);
    return finding;
}

struct detect_finding *result_topic(struct detect_result *result, const char *topic,
                                    const char *quote)
{
    return add(result, topic, quote);
}

struct detect_finding *result_fact(struct detect_result *result, const char *status,
                                   const char *driver, const char *year, const char *quote)
{
    struct detect_finding *finding = add(result, status, quote);
    finding->is_fact = true;
    free(finding->summary);
    finding->summary = mem_printf("%s: %s", driver, status);
    if (driver && *driver)
        result_field(finding, "driver", driver);
    if (year && *year)
        result_field(finding, "year", year);
    return finding;
}

void result_quote(struct detect_finding *finding, const char *quote)
{
    finding->evidence =
        mem_resize(finding->evidence, (finding->n_evidence + 1) * sizeof(*finding->evidence));
    finding->evidence[finding->n_evidence++] =
        (struct detect_quote){.end = (uint32_t)strlen(quote),
                              .mark_end = (uint32_t)strlen(quote),
                              .quote = mem_strdup(quote)};
}

void result_story(struct detect_result *result, const char *story)
{
    struct sketch sketch = {.marks.n = 0};
    AUTO_BUF struct buf bytes = {0};
    struct hash hash = hash_bytes(story, strlen(story));
    for (size_t i = 0; i < SKETCH_LEAST; i++) {
        uint32_t word;
        memcpy(&word, hash.bytes, sizeof(word));
        sketch_add(&sketch.shingles, word);
        sketch_add(&sketch.marks, word);
        hash = hash_bytes(hash.bytes, HASH_BYTES);
    }
    sketch_pack(&sketch, &bytes);
    result->sketch_len = bytes.len;
    result->sketch = mem_copy(bytes.data, bytes.len);
}

void result_old_quote(struct detect_finding *finding, const char *quote)
{
    result_quote(finding, quote);
    finding->evidence[finding->n_evidence - 1].is_old = true;
}

void result_field(struct detect_finding *finding, const char *name, const char *value)
{
    finding->fields =
        mem_resize(finding->fields, (finding->n_fields + 1) * sizeof(*finding->fields));
    finding->fields[finding->n_fields++] =
        (struct detect_field){mem_strdup(name), mem_strdup(value)};
}

void result_label(struct detect_finding *finding, const char *label)
{
    texts_add(&finding->labels, label);
}

static void texts_free(struct config_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->items[i]);
    free(texts->items);
}

static void finding_deinit(struct detect_finding *finding)
{
    for (size_t i = 0; i < finding->n_fields; i++) {
        free(finding->fields[i].name);
        free(finding->fields[i].value);
    }
    for (size_t i = 0; i < finding->n_evidence; i++)
        free(finding->evidence[i].quote);
    free(finding->fields);
    free(finding->evidence);
    texts_free(&finding->labels);
    free(finding->topic);
    free(finding->summary);
    free(finding->shadow);
}

/* In place of the one in detect/, which these tests do not link. */
void detect_result_free(struct detect_result **result)
{
    struct detect_result *r = *result;
    *result = NULL;
    if (!r)
        return;
    for (size_t i = 0; i < r->n_findings; i++)
        finding_deinit(&r->findings[i]);
    free(r->findings);
    texts_free(&r->key_fields);
    texts_free(&r->statuses);
    free(r->edition_field);
    free(r->detector);
    free(r->source);
    free(r->path);
    free(r->title);
    free(r->sketch);
    free(r);
}
