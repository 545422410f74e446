/* tocsinctl fact extract: the facts that detectors find in files, in the shape that scorers and
 * other programs read. No daemon, nothing is kept or told. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/str.h"
#include "ctl/found.h"

static const json_t *field(const json_t *finding, const char *name)
{
    return json_object_get(json_object_get(finding, "fields"), name);
}

/* The first value of a field as the answer has it: a text, or null. */
static json_t *slot(const json_t *finding, const char *name)
{
    const char *value = json_string_value(json_array_get(field(finding, name), 0));
    return value ? json_string(value) : json_null();
}

static json_t *year(const json_t *finding)
{
    const char *value = json_string_value(json_array_get(field(finding, "year"), 0));
    int64_t number = 0;
    return value && str_int_parse(value, &number) ? json_integer(number) : json_null();
}

/* The words that prove it, without those around. */
static json_t *evidence(const json_t *finding)
{
    const json_t *piece = json_array_get(json_object_get(finding, "evidence"), 0);
    const json_t *mark = json_object_get(piece, "mark");
    const char *quote = ctl_text(piece, "quote");
    size_t start = (size_t)json_integer_value(json_array_get(mark, 0));
    size_t end = (size_t)json_integer_value(json_array_get(mark, 1));
    if (start >= end || end > strlen(quote))
        return json_string(quote);
    return json_stringn(quote + start, end - start);
}

static json_t *fact_json(const json_t *finding)
{
    /* As the document has them, where the lists have other names. */
    const json_t *named = field(finding, "named");
    const json_t *drivers = named ? named : field(finding, "driver");
    return json_pack(
        "{s:O, s:o, s:o, s:o, s:o, s:o, s:O, s:o}", "kind", json_object_get(finding, "topic"),
        "drivers", drivers ? json_deep_copy(drivers) : json_array(), "team", slot(finding, "team"),
        "car", slot(finding, "car"), "class", slot(finding, "class"), "year", year(finding),
        "score", json_object_get(finding, "score"), "evidence", evidence(finding));
}

/* {"doc", "lang", "findings"}; the language is what a fact says of it, null where there is none. */
static json_t *document_json(const char *path, const json_t *findings)
{
    const char *slash = strrchr(path, '/');
    json_t *facts = json_array(), *language = json_null(), *finding;
    size_t i;
    json_array_foreach(findings, i, finding)
    {
        if (!json_is_true(json_object_get(finding, "fact")))
            continue;
        json_array_append_new(facts, fact_json(finding));
        if (json_is_null(language))
            language = slot(finding, "language");
    }
    return json_pack("{s:s, s:o, s:o}", "doc", slash ? slash + 1 : path, "lang", language,
                     "findings", facts);
}

static void print_text(const struct ctl *ctl, const char *path, const json_t *findings)
{
    size_t i;
    json_t *finding;
    json_array_foreach(findings, i, finding)
    {
        if (!json_is_true(json_object_get(finding, "fact")))
            continue;
        ctl_print("%s: %s: ", path, ctl_text(finding, "topic"));
        fputs(ctl_colour(ctl, CTL_BOLD), stdout);
        ctl_print_safe(ctl_text(finding, "summary"));
        puts(ctl_colour(ctl, CTL_PLAIN));
        ctl_print_quotes(ctl, 2, json_object_get(finding, "evidence"));
    }
}

static int extract(const struct ctl *ctl, struct offline *offline, const char *path, json_t *all)
{
    struct found found;
    int status = found_read(&found, offline, path) < 0 ? EX_NOINPUT : EX_OK;
    if (found.problem) {
        ctl_complain("%s: %s", path, found.problem);
        status = EX_DATAERR;
    }
    if (status == EX_OK && ctl->lines) {
        json_t *document = document_json(path, found.findings);
        ctl_print_json_line(document);
        json_decref(document);
    } else if (status == EX_OK && ctl->json) {
        json_array_append_new(all, document_json(path, found.findings));
    } else if (status == EX_OK) {
        print_text(ctl, path, found.findings);
    }
    found_deinit(&found);
    return status;
}

int ctl_fact_extract(struct ctl *ctl)
{
    struct offline offline;
    offline_init(&offline, ctl);
    int status = found_config(&offline, ctl) < 0 ? EX_CONFIG : EX_OK;
    json_t *all = json_array();
    for (int i = 0; status != EX_CONFIG && i < ctl->n_args; i++) {
        int one = extract(ctl, &offline, ctl->args[i], all);
        status = one != EX_OK ? one : status;
    }
    if (status != EX_CONFIG && ctl->json && !ctl->lines)
        ctl_print_json(all);
    json_decref(all);
    offline_deinit(&offline);
    return status;
}
