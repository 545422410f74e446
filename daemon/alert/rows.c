/* From findings to rows of the store: JSON of fields, labels and evidence; see policy.h. */
#include <stdlib.h>

#include "alert/run.h"
#include "base/buf.h"
#include "base/mem.h"
#include "store/forget.h"

static char *dump(json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(json);
    return text ? text : mem_strdup("null");
}

/* Text of plugins is UTF-8 by contract and checked by the host; what is not becomes "". */
static json_t *text_of(const char *text)
{
    json_t *json = json_string(text ? text : "");
    return json ? json : json_string("");
}

char *finding_labels(const struct detect_finding *finding)
{
    if (!finding->labels.n)
        return mem_strdup("[]");
    json_t *labels = json_array();
    for (size_t i = 0; i < finding->labels.n; i++)
        json_array_append_new(labels, text_of(finding->labels.items[i]));
    return dump(labels);
}

char *finding_fields(const struct detect_finding *finding)
{
    if (!finding->n_fields)
        return mem_strdup("{}");
    json_t *fields = json_object();
    for (size_t i = 0; i < finding->n_fields; i++) {
        const char *name = finding->fields[i].name;
        if (!json_object_get(fields, name))
            json_object_set_new(fields, name, json_array());
        json_array_append_new(json_object_get(fields, name), text_of(finding->fields[i].value));
    }
    return dump(fields);
}

/* Nothing but ASCII that stands in JSON as it is. */
static bool is_plain(const char *text)
{
    while (*text >= 0x20 && *text < 0x7F && *text != '"' && *text != '\\')
        text++;
    return !*text;
}

static void put_text(struct buf *out, const char *text)
{
    AUTO_FREE char *dumped = is_plain(text) ? mem_printf("\"%s\"", text) : dump(text_of(text));
    buf_puts(out, dumped);
}

/* Written as it goes: each finding has some, and each document of a burst findings. */
static char *finding_evidence(const struct detect_finding *finding, const bool *is_new)
{
    struct buf out = {0};
    buf_putc(&out, '[');
    for (size_t i = 0; i < finding->n_evidence; i++) {
        const struct detect_quote *quote = &finding->evidence[i];
        buf_printf(&out, "%s{\"start\":%u,\"end\":%u,\"mark\":[%u,%u],\"quote\":", i ? "," : "",
                   quote->start, quote->end, quote->mark_start, quote->mark_end);
        put_text(&out, quote->quote);
        buf_puts(&out, is_new && is_new[i] ? ",\"new\":true}" : "}");
    }
    buf_putc(&out, ']');
    return buf_take(&out);
}

void finding_row_init(struct finding_row *row, const struct policy_run *run,
                      const struct detect_finding *finding, const bool *is_new)
{
    const struct detect_result *result = run->result;
    *row = (struct finding_row){.source = mem_printf("%s/%s", result->source, result->path),
                                .fields = finding_fields(finding),
                                .evidence = finding_evidence(finding, is_new)};
    row->row = (struct store_finding){
        .origin = result->origin,
        .document = result->document,
        .version = result->version,
        .date = result->date,
        .status = finding->is_fact ? finding->topic : "",
        .edition = "",
        .place = "",
        .summary = finding->summary,
        .severity = finding->severity,
        .score = finding->score,
        .fields = row->fields,
        .evidence = row->evidence,
        .title = result->title,
        .source = row->source,
        .topic = finding->is_fact ? "" : finding->topic,
        .backfilled = run->only != NULL,
        .seen_ms = run->now_ms,
    };
}

void finding_row_deinit(struct finding_row *row)
{
    free(row->source);
    free(row->fields);
    free(row->evidence);
    *row = (struct finding_row){0};
}

void alert_text(char **field, const char *text)
{
    char *copy = mem_strdup(text);
    free(*field);
    *field = copy;
}

void alert_init(struct store_alert *alert, const struct policy_run *run, const char *detector,
                const char *topic, const char *subject)
{
    struct hash id = alert->id;
    *alert = (struct store_alert){.id = id,
                                  .detector = mem_strdup(detector),
                                  .topic = mem_strdup(topic),
                                  .subject = mem_strdup(subject),
                                  .key_base = mem_strdup(""),
                                  .edition = mem_strdup(""),
                                  .headline = mem_strdup(""),
                                  .labels = mem_strdup("[]"),
                                  .fields = mem_strdup("{}"),
                                  .state = mem_strdup("open"),
                                  .severity = TOCSIN_NORMAL,
                                  .created_ms = run->now_ms,
                                  .updated_ms = run->now_ms};
}

int alert_begin(struct policy_run *run, const struct store_alert *alert, struct err *err)
{
    if (store_alert_put(run->txn, alert, err) < 0)
        return -1;
    return store_told_recall(run->txn, &alert->id, err);
}

void alert_show(struct store_alert *alert, const struct detect_finding *finding)
{
    alert_text(&alert->topic, finding->topic);
    alert_text(&alert->headline, finding->summary);
    alert->severity = finding->severity;
    free(alert->labels);
    alert->labels = finding_labels(finding);
    free(alert->fields);
    alert->fields = finding_fields(finding);
}
