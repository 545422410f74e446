/* Documents as questions, answers as findings; see exec.h. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"
#include "base/str.h"
#include "exec/exec.h"

/* ---- questions ---- */

/* What is no UTF-8 (a file's name) is shown as well as it can be. */
static json_t *text_json(const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    AUTO_FREE char *clean = tocsin_display(text, strlen(text));
    return json_string(clean);
}

static json_t *document_json(const struct tocsin_document *document)
{
    char date[16];
    size_t len;
    const char *text = tocsin_document_text(document, &len);
    str_date_format(tocsin_document_date(document), date, sizeof(date));
    return json_pack("{s:o, s:o, s:o, s:s, s:s, s:o}", "source",
                     text_json(tocsin_document_source(document)), "path",
                     text_json(tocsin_document_path(document)), "title",
                     text_json(tocsin_document_title(document)), "date", date, "media_type",
                     tocsin_document_media_type(document), "text", json_stringn(text, len));
}

/* ---- evidence ---- */

/* The byte at which the nth character of a text begins; its length for the one after the last. */
static bool byte_of_character(const char *text, size_t len, json_int_t n, size_t *at)
{
    for (*at = 0; *at < len && n > 0; n--)
        do
            ++*at;
        while (*at < len && (text[*at] & 0xC0) == 0x80);
    return n == 0;
}

static bool read_pair(const json_t *value, json_int_t *from, json_int_t *to)
{
    const json_t *first = json_array_get(value, 0), *second = json_array_get(value, 1);
    *from = json_integer_value(first);
    *to = json_integer_value(second);
    return json_array_size(value) == 2 && json_is_integer(first) && json_is_integer(second) &&
           *from >= 0 && *from < *to;
}

/* {"text": "..."}, {"chars": [from, to]} or {"bytes": [from, to]} as bytes of the text. */
static int locate(const struct tocsin_document *document, const json_t *evidence, size_t *start,
                  size_t *end, struct err *err)
{
    size_t len;
    const char *text = tocsin_document_text(document, &len);
    const json_t *quoted = json_object_get(evidence, "text");
    const json_t *chars = json_object_get(evidence, "chars");
    const json_t *bytes = json_object_get(evidence, "bytes");
    json_int_t from, to;
    if (json_string_length(quoted)) {
        size_t quoted_len = json_string_length(quoted);
        const char *found = memmem(text, len, json_string_value(quoted), quoted_len);
        if (!found)
            return err_set(err, "its \"text\" does not stand in the document");
        *start = (size_t)(found - text);
        *end = *start + quoted_len;
    } else if (read_pair(chars, &from, &to)) {
        if (!byte_of_character(text, len, from, start) || !byte_of_character(text, len, to, end))
            return err_set(err, "its \"chars\" are beyond the text");
    } else if (read_pair(bytes, &from, &to)) {
        if ((size_t)to > len)
            return err_set(err, "its \"bytes\" are beyond the text");
        *start = (size_t)from;
        *end = (size_t)to;
    } else {
        return err_set(err, "evidence is \"text\", or \"chars\" or \"bytes\" as [from, to]");
    }
    return 0;
}

static int add_evidence(const struct tocsin_document *document, const json_t *list,
                        struct tocsin_finding *finding, struct err *err)
{
    size_t i;
    json_t *evidence;
    if (json_array_size(list) == 0)
        return err_set(err, "it has no evidence");
    json_array_foreach(list, i, evidence)
    {
        size_t start = 0, end = 0;
        if (locate(document, evidence, &start, &end, err) < 0)
            return -1;
        tocsin_finding_evidence(finding, start, end);
    }
    return 0;
}

/* ---- findings ---- */

static void add_fields(const json_t *fields, struct tocsin_finding *finding)
{
    const char *name;
    json_t *value, *item;
    size_t i;
    json_object_foreach((json_t *)(uintptr_t)fields, name, value)
    {
        if (json_is_string(value))
            tocsin_finding_field(finding, name, json_string_value(value));
        json_array_foreach(value, i, item)
        {
            if (json_is_string(item))
                tocsin_finding_field(finding, name, json_string_value(item));
        }
    }
}

static void add_labels(const json_t *labels, struct tocsin_finding *finding)
{
    size_t i;
    json_t *label;
    json_array_foreach(labels, i, label)
    {
        if (json_is_string(label))
            tocsin_finding_label(finding, json_string_value(label));
    }
}

static int add_finding(const struct tocsin_document *document, const json_t *from,
                       struct tocsin_report *report, struct err *err)
{
    const char *topic = json_string_value(json_object_get(from, "topic"));
    const char *status = json_string_value(json_object_get(from, "status"));
    const char *summary = json_string_value(json_object_get(from, "summary"));
    const json_t *score = json_object_get(from, "score");
    enum tocsin_severity severity = exec_severity(json_object_get(from, "severity"));
    if (!(topic && *topic) == !(status && *status))
        return err_set(err, "it has a \"topic\", or as a fact a \"status\"");
    if (!severity)
        return err_set(err, "its \"severity\" is none of low, normal, high, urgent");
    struct tocsin_finding *finding =
        topic ? tocsin_report_topic(report, topic) : tocsin_report_fact(report, status);
    tocsin_finding_summary(finding, "%s", summary ? summary : topic ? topic : status);
    tocsin_finding_severity(finding, severity);
    if (json_is_number(score))
        tocsin_finding_score(finding, json_number_value(score));
    add_labels(json_object_get(from, "labels"), finding);
    add_fields(json_object_get(from, "fields"), finding);
    return add_evidence(document, json_object_get(from, "evidence"), finding, err);
}

static int add_findings(const struct tocsin_document *document, const json_t *answer,
                        struct tocsin_report *report, struct err *err)
{
    const json_t *findings = json_object_get(answer, "findings");
    size_t i;
    json_t *finding;
    if (!json_is_array(findings))
        return err_set(err, "the answer has no list of \"findings\"");
    json_array_foreach(findings, i, finding)
    {
        if (add_finding(document, finding, report, err) < 0)
            return err_prefix(err, "finding %zu of the answer", i + 1);
    }
    return 0;
}

int exec_detect(void *state, const struct tocsin_document *document, struct tocsin_report *report)
{
    struct exec *exec = state;
    struct err err;
    json_t *answer =
        process_ask(exec->process, json_pack("{s:o}", "detect", document_json(document)), &err);
    int result = answer ? add_findings(document, answer, report, &err) : -1;
    json_decref(answer);
    if (result < 0)
        tocsin_log(exec->instance, TOCSIN_ERROR, "%s", err.text);
    return result;
}

/* ---- explanations and topics, for those that offer them ---- */

static void add_parts(const json_t *parts, struct tocsin_explain *explain)
{
    size_t i;
    json_t *part;
    json_array_foreach(parts, i, part)
    {
        const char *name = json_string_value(json_object_get(part, "part"));
        const char *text = json_string_value(json_object_get(part, "text"));
        tocsin_explain_part(explain, (int)json_integer_value(json_object_get(part, "depth")),
                            json_is_true(json_object_get(part, "holds")), name ? name : "", "%s",
                            text ? text : "");
    }
}

int exec_explain(void *state, const struct tocsin_document *document, const char *topic,
                 struct tocsin_explain *explain)
{
    struct exec *exec = state;
    struct err err;
    size_t i;
    json_t *about;
    if (!json_is_true(json_object_get(process_hello(exec->process), "explains")))
        return 0;
    json_t *answer = process_ask(
        exec->process, json_pack("{s:o, s:s?}", "explain", document_json(document), "topic", topic),
        &err);
    if (!answer)
        tocsin_log(exec->instance, TOCSIN_ERROR, "%s", err.text);
    json_array_foreach(json_object_get(answer, "topics"), i, about)
    {
        const char *name = json_string_value(json_object_get(about, "topic"));
        tocsin_explain_topic(explain, name ? name : "",
                             json_is_true(json_object_get(about, "matches")));
        add_parts(json_object_get(about, "parts"), explain);
    }
    json_decref(answer);
    return answer ? 0 : -1;
}

int exec_topics(void *state, struct tocsin_topics *topics)
{
    struct exec *exec = state;
    size_t i;
    json_t *topic;
    const char *const *command = tocsin_option_list(exec->instance, "command");
    json_array_foreach(json_object_get(process_hello(exec->process), "topics"), i, topic)
    {
        static const char *const no_labels[] = {NULL};
        const char *name = json_string_value(json_object_get(topic, "name"));
        const char *query = json_string_value(json_object_get(topic, "query"));
        enum tocsin_severity severity = exec_severity(json_object_get(topic, "severity"));
        if (name)
            tocsin_topics_add(topics, name, severity ? severity : TOCSIN_NORMAL, no_labels,
                              query ? query : "", command[0], 0);
    }
    return 0;
}
