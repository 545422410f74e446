/*
 * Findings put together: from the messages of one plugin on one document to a detect_result, the
 * form in which alert/ gets them. Checks that a finding is one that this detector may report.
 */
#include <stdlib.h>
#include <tocsin/plugin.h>

#include "base/mem.h"
#include "config/path.h"
#include "detect/inside.h"

/* As the plugin's API promises; the host drops what is beyond. */
#define FINDINGS_MAX 1000

static void texts_copy(struct config_texts *to, const struct config_texts *from)
{
    for (size_t i = 0; i < from->n; i++)
        texts_add(to, from->items[i]);
}

struct detect_result *result_new(const struct doc *doc, const struct detector *detector)
{
    struct detect_result *result = NEW(struct detect_result);
    result->detector = mem_strdup(detector->name);
    result->source = mem_strdup(doc->source);
    result->path = mem_strdup(doc->path);
    result->seen_us = doc->seen_us;
    result->resumed = doc->resume != NULL;
    texts_copy(&result->key_fields, &detector->key_fields);
    texts_copy(&result->statuses, &detector->statuses);
    result->edition_field = mem_strdup(detector->edition_field);
    return result;
}

static void finding_deinit(struct detect_finding *finding)
{
    free(finding->topic);
    free(finding->summary);
    free(finding->shadow);
    texts_deinit(&finding->labels);
    for (size_t i = 0; i < finding->n_fields; i++) {
        free(finding->fields[i].name);
        free(finding->fields[i].value);
    }
    free(finding->fields);
    for (size_t i = 0; i < finding->n_evidence; i++)
        free(finding->evidence[i].quote);
    free(finding->evidence);
}

void detect_result_free(struct detect_result **result)
{
    struct detect_result *own = *result;
    *result = NULL;
    if (!own)
        return;
    for (size_t i = 0; i < own->n_findings; i++)
        finding_deinit(&own->findings[i]);
    free(own->findings);
    texts_deinit(&own->key_fields);
    texts_deinit(&own->statuses);
    free(own->edition_field);
    free(own->detector);
    free(own->source);
    free(own->path);
    free(own->title);
    free(own->sketch);
    free(own);
}

static int check_finding(const struct detect_result *result, const struct ipc_finding *finding,
                         struct err *err)
{
    if (result->n_findings >= FINDINGS_MAX)
        return err_set(err, "more than %d findings", FINDINGS_MAX);
    if (finding->is_fact > 1 || (finding->is_fact && !result->key_fields.n))
        return err_set(err, "a fact from a detector that declares no key of facts");
    if (finding->severity < TOCSIN_LOW || finding->severity > TOCSIN_URGENT)
        return err_set(err, "there is no severity %u", finding->severity);
    if (finding->field_names.n != finding->field_values.n)
        return err_set(err, "%u names for %u values", finding->field_names.n,
                       finding->field_values.n);
    if (!finding->evidence.n)
        return err_set(err, "a finding without evidence");
    for (uint32_t i = 0; i < finding->evidence.n; i++)
        if (finding->evidence.items[i].start > finding->evidence.items[i].end)
            return err_set(err, "evidence that ends before it begins");
    return 0;
}

static void fields_take(struct detect_finding *to, const struct ipc_finding *from)
{
    const char *name = NULL, *value = NULL;
    to->fields = NEW_N(struct detect_field, from->field_names.n + 1);
    while ((name = ipc_texts_next(&from->field_names, name)) &&
           (value = ipc_texts_next(&from->field_values, value)))
        to->fields[to->n_fields++] = (struct detect_field){mem_strdup(name), mem_strdup(value)};
}

static void evidence_take(struct detect_finding *to, const struct ipc_finding *from)
{
    to->evidence = NEW_N(struct detect_quote, from->evidence.n + 1);
    for (; to->n_evidence < from->evidence.n; to->n_evidence++) {
        const struct ipc_quote *quote = &from->evidence.items[to->n_evidence];
        to->evidence[to->n_evidence] = (struct detect_quote){.start = quote->start,
                                                             .end = quote->end,
                                                             .mark_start = quote->mark_start,
                                                             .mark_end = quote->mark_end,
                                                             .is_old = quote->is_old != 0,
                                                             .quote = mem_strdup(quote->quote)};
    }
}

int result_add(struct detect_result *result, const struct ipc_finding *from, struct err *err)
{
    if (check_finding(result, from, err) < 0)
        return -1;
    result->findings =
        mem_resize(result->findings, (result->n_findings + 1) * sizeof(struct detect_finding));
    struct detect_finding *finding = &result->findings[result->n_findings++];
    *finding = (struct detect_finding){.is_fact = from->is_fact,
                                       .topic = mem_strdup(from->topic),
                                       .summary = mem_strdup(from->summary),
                                       .shadow = *from->shadow ? mem_strdup(from->shadow) : NULL,
                                       .severity = (int)from->severity,
                                       .score = from->score};
    texts_take(&finding->labels, &from->labels);
    fields_take(finding, from);
    evidence_take(finding, from);
    return 0;
}

void result_complete(struct detect_result *result, const struct doc *doc)
{
    const struct document_version *version = doc->version;
    result->document = version->document;
    result->version = version->version;
    result->origin = version->origin;
    result->text_hash = version->text_hash;
    result->has_date = version->date != 0;
    result->date = version->date ? version->date : doc->day;
    result->title = mem_strdup(version->title);
}

void result_sketch(struct detect_result *result, const struct ipc_bytes *sketch)
{
    result->sketch = mem_copy(sketch->data, sketch->len);
    result->sketch_len = sketch->len;
}
