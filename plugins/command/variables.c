/* See variables.h. */
#include "command/variables.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/str.h"

#define VALUE_CHARS 1024 /* so that all of them fit into one start of a program */

struct variables {
    char **items;
    size_t n, cap;
};

/* Takes the entry. */
static void add(struct variables *variables, char *entry)
{
    variables->items =
        mem_grow(variables->items, &variables->cap, variables->n + 2, sizeof(char *));
    variables->items[variables->n++] = entry;
    variables->items[variables->n] = NULL;
}

/* For people: no controls, no line ends. */
static void add_text(struct variables *variables, const char *name, const char *text)
{
    AUTO_FREE char *clean = tocsin_display(text, strlen(text));
    AUTO_FREE char *cut = tocsin_shorten(clean, VALUE_CHARS);
    add(variables, mem_printf("TOCSIN_%s=%s", name, cut));
}

static void add_number(struct variables *variables, const char *name, long long number)
{
    add(variables, mem_printf("TOCSIN_%s=%lld", name, number));
}

static void add_date(struct variables *variables, int32_t date)
{
    char text[16] = "";
    str_date_format(date, text, sizeof(text));
    add_text(variables, "DATE", text);
}

static void add_labels(struct variables *variables, const char *const *labels)
{
    AUTO_BUF struct buf text = {0};
    for (; *labels; labels++)
        buf_printf(&text, "%s%s", text.len ? " " : "", *labels);
    add_text(variables, "LABELS", buf_text(&text));
}

/* The values of one name, ", " between. */
static void add_field(struct variables *variables, const struct tocsin_revision *revision,
                      size_t first)
{
    AUTO_BUF struct buf name = {0};
    AUTO_BUF struct buf values = {0};
    buf_puts(&name, "FIELD_");
    for (const char *c = revision->field_names[first]; *c; c++)
        buf_putc(&name, isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_');
    for (size_t i = first; revision->field_names[i]; i++)
        if (str_equal(revision->field_names[i], revision->field_names[first]))
            buf_printf(&values, "%s%s", values.len ? ", " : "", revision->field_values[i]);
    add_text(variables, buf_text(&name), buf_text(&values));
}

static void add_fields(struct variables *variables, const struct tocsin_revision *revision)
{
    for (size_t i = 0; revision->field_names[i]; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first &= !str_equal(revision->field_names[k], revision->field_names[i]);
        if (is_first)
            add_field(variables, revision, i);
    }
}

char **variables_make(const struct tocsin_delivery *delivery)
{
    struct variables variables = {0};
    const struct tocsin_revision *revision = tocsin_delivery_revision(delivery, 0);
    const char *summary = tocsin_delivery_summary(delivery);
    add_text(&variables, "DELIVERY", tocsin_delivery_id(delivery));
    add_number(&variables, "ATTEMPT", tocsin_delivery_attempt(delivery));
    add_number(&variables, "COUNT", (long long)tocsin_delivery_count(delivery));
    add_text(&variables, "SUMMARY", summary ? summary : "");
    add_text(&variables, "STATUS", tocsin_revision_status(revision));
    add_text(&variables, "ALERT", revision->alert_id);
    add_text(&variables, "REVISION", revision->revision_id);
    add_number(&variables, "NUMBER", revision->number);
    add_text(&variables, "DETECTOR", revision->detector);
    add_text(&variables, "TOPIC", revision->topic);
    add_text(&variables, "SEVERITY", tocsin_severity_name(revision->severity));
    add_text(&variables, "HEADLINE", revision->headline);
    add_text(&variables, "CHANGE", revision->change);
    add_text(&variables, "QUOTE", revision->quote);
    add_text(&variables, "TITLE", revision->document_title);
    add(&variables, mem_printf("TOCSIN_PATH=%s", revision->document_path));
    add_text(&variables, "SOURCE", revision->source);
    add_number(&variables, "SOURCES", revision->n_sources);
    add_date(&variables, revision->document_date);
    add_labels(&variables, revision->labels);
    add_fields(&variables, revision);
    return variables.items;
}

void variables_free(char ***variables)
{
    for (size_t i = 0; *variables && (*variables)[i]; i++)
        free((*variables)[i]);
    free(*variables);
    *variables = NULL;
}
