/*
 * Reports and findings as a detector fills them. Nothing a plugin says here can fail: what is too
 * much or makes no sense is left out and counted, and the host says so.
 */
#include <math.h>
#include <stdlib.h>

#include "lib/clean.h"
#include "lib/objects.h"

static struct tocsin_finding *finding_new(const struct tocsin_report *report, bool is_fact,
                                          const char *topic)
{
    struct tocsin_finding *finding = NEW(struct tocsin_finding);
    finding->report = report;
    finding->is_fact = is_fact;
    finding->topic = tocsin_host_clean(topic, TOCSIN_MAX_NAME_BYTES, &finding->n_cut);
    finding->summary = mem_strdup("");
    finding->severity = TOCSIN_NORMAL;
    finding->score = 1.0;
    return finding;
}

static void texts_free(struct tocsin_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->items[i]);
    free(texts->items);
}

static void finding_free(struct tocsin_finding *finding)
{
    if (!finding)
        return;
    free(finding->topic);
    free(finding->summary);
    free(finding->shadow);
    texts_free(&finding->labels);
    texts_free(&finding->field_names);
    texts_free(&finding->field_values);
    free(finding->evidence);
    free(finding);
}

void tocsin_host_report_deinit(struct tocsin_report *report)
{
    for (size_t i = 0; i < report->n; i++)
        finding_free(report->findings[i]);
    free(report->findings);
    finding_free(report->overflow);
    *report = (struct tocsin_report){0};
}

static struct tocsin_finding *begin(struct tocsin_report *report, bool is_fact, const char *topic)
{
    if (report->n == TOCSIN_MAX_FINDINGS) {
        report->n_dropped++;
        finding_free(report->overflow);
        report->overflow = finding_new(report, is_fact, topic);
        return report->overflow;
    }
    report->findings =
        mem_grow(report->findings, &report->cap, report->n + 1, sizeof(report->findings[0]));
    struct tocsin_finding *finding = finding_new(report, is_fact, topic);
    report->findings[report->n++] = finding;
    return finding;
}

struct tocsin_finding *tocsin_report_topic(struct tocsin_report *report, const char *topic)
{
    return begin(report, false, topic);
}

struct tocsin_finding *tocsin_report_fact(struct tocsin_report *report, const char *status)
{
    return begin(report, true, status);
}

void tocsin_finding_summary(struct tocsin_finding *finding, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    free(finding->summary);
    finding->summary = clean_vprintf(TOCSIN_MAX_VALUE_BYTES, &finding->n_cut, fmt, va);
    va_end(va);
}

void tocsin_finding_severity(struct tocsin_finding *finding, enum tocsin_severity severity)
{
    if (severity < TOCSIN_LOW || severity > TOCSIN_URGENT)
        finding->n_cut++;
    else
        finding->severity = severity;
}

void tocsin_finding_shadow(struct tocsin_finding *finding, const char *file, int line)
{
    AUTO_FREE char *place = file ? mem_printf("%s:%d", file, line) : mem_strdup("?");
    free(finding->shadow);
    finding->shadow = tocsin_host_clean(place, TOCSIN_MAX_VALUE_BYTES, &finding->n_cut);
}

static void texts_add(struct tocsin_texts *texts, char *text)
{
    texts->items = mem_grow(texts->items, &texts->cap, texts->n + 2, sizeof(texts->items[0]));
    texts->items[texts->n++] = text;
    texts->items[texts->n] = NULL;
}

void tocsin_finding_label(struct tocsin_finding *finding, const char *label)
{
    if (finding->labels.n == TOCSIN_MAX_LABELS)
        finding->n_cut++;
    else
        texts_add(&finding->labels,
                  tocsin_host_clean(label, TOCSIN_MAX_NAME_BYTES, &finding->n_cut));
}

void tocsin_finding_field(struct tocsin_finding *finding, const char *name, const char *value)
{
    if (finding->field_names.n == TOCSIN_MAX_FIELDS) {
        finding->n_cut++;
        return;
    }
    texts_add(&finding->field_names,
              tocsin_host_clean(name, TOCSIN_MAX_NAME_BYTES, &finding->n_cut));
    texts_add(&finding->field_values,
              tocsin_host_clean(value, TOCSIN_MAX_VALUE_BYTES, &finding->n_cut));
}

void tocsin_finding_score(struct tocsin_finding *finding, double score)
{
    if (!isfinite(score) || score < 0.0 || score > 1.0)
        finding->n_cut++;
    else
        finding->score = score;
}

void tocsin_finding_evidence(struct tocsin_finding *finding, size_t start, size_t end)
{
    if (start >= end || end > finding->report->text_len ||
        finding->n_evidence == TOCSIN_MAX_EVIDENCE) {
        finding->n_cut++;
        return;
    }
    finding->evidence = mem_grow(finding->evidence, &finding->evidence_cap, finding->n_evidence + 1,
                                 sizeof(finding->evidence[0]));
    finding->evidence[finding->n_evidence++] = (struct tocsin_evidence){start, end};
}
