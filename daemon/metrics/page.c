/*
 * A page of values; see metrics.h. It is kept in the form in which JSON shows it, from which the
 * text format is written. Touches no clock and no room; may be filled on any thread, one at a time.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "metrics/metrics.h"
#include "store/views.h"

#define MICROSECONDS 1e6
#define NUMBER       "%.15g" /* 0.1 is "0.1" */

struct metrics {
    json_t *samples[METRIC_N];
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = NEW(struct metrics);
    for (size_t i = 0; i < METRIC_N; i++)
        metrics->samples[i] = json_array();
    return metrics;
}

void metrics_free(struct metrics **metrics)
{
    if (!*metrics)
        return;
    for (size_t i = 0; i < METRIC_N; i++)
        json_decref((*metrics)->samples[i]);
    free(*metrics);
    *metrics = NULL;
}

/* ---- filling it ---- */

static json_t *number_json(double value)
{
    bool whole = value == trunc(value) && fabs(value) < 9007199254740992.; /* 2^53 */
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

/* A sample with its labels, in its place; borrowed. */
static json_t *add_sample(struct metrics *metrics, enum metric metric, const char *const *values)
{
    const struct metric_family *family = &metric_families[metric];
    json_t *labels = json_object(), *sample = json_object();
    size_t n = 0;
    for (; values && values[n]; n++) {
        if (!family->labels[n])
            log_panic("%s: a value too many: \"%s\"", family->name, values[n]);
        json_object_set_new(labels, family->labels[n], store_bytes_json(values[n]));
    }
    if (family->labels[n])
        log_panic("%s: no value for \"%s\"", family->name, family->labels[n]);
    json_object_set_new(sample, "labels", labels);
    json_array_append_new(metrics->samples[metric], sample);
    return sample;
}

void metrics_put(struct metrics *metrics, enum metric metric, double value,
                 const char *const *labels)
{
    json_t *sample = add_sample(metrics, metric, labels);
    json_object_set_new(sample, "value", number_json(value));
}

void metrics_put_times(struct metrics *metrics, enum metric metric,
                       const struct metric_times *times, const char *const *labels)
{
    json_t *sample = add_sample(metrics, metric, labels);
    json_t *buckets = json_object();
    uint64_t count = 0;
    for (size_t i = 0; i <= times->n_bounds; i++) {
        AUTO_BUF struct buf bound = {0};
        if (i < times->n_bounds)
            buf_printf(&bound, NUMBER, (double)times->bounds_us[i] / MICROSECONDS);
        else
            buf_puts(&bound, "+Inf");
        count += times->counts[i];
        json_object_set_new(buckets, buf_text(&bound), json_integer((json_int_t)count));
    }
    json_object_set_new(sample, "buckets", buckets);
    json_object_set_new(sample, "count", json_integer((json_int_t)count));
    json_object_set_new(sample, "sum", number_json((double)times->sum_us / MICROSECONDS));
}

/* ---- the text format ---- */

static void put_escaped(struct buf *out, const char *text, bool in_quotes)
{
    for (; *text; text++) {
        if (*text == '\\')
            buf_puts(out, "\\\\");
        else if (*text == '\n')
            buf_puts(out, "\\n");
        else if (*text == '"' && in_quotes)
            buf_puts(out, "\\\"");
        else
            buf_putc(out, *text);
    }
}

static void put_label(struct buf *out, bool first, const char *name, const char *value)
{
    buf_printf(out, "%c%s=\"", first ? '{' : ',', name);
    put_escaped(out, value, true);
    buf_putc(out, '"');
}

/* One line. `le` is the bound of a bucket, or NULL. */
static void put_line(struct buf *out, const char *name, const char *suffix, const json_t *sample,
                     const char *le, const json_t *value)
{
    const char *label;
    json_t *text;
    bool first = true;
    buf_printf(out, "%s%s", name, suffix);
    json_object_foreach(json_object_get(sample, "labels"), label, text)
    {
        put_label(out, first, label, json_string_value(text));
        first = false;
    }
    if (le)
        put_label(out, first, "le", le);
    buf_puts(out, first && !le ? " " : "} ");
    if (json_is_integer(value))
        buf_printf(out, "%" JSON_INTEGER_FORMAT "\n", json_integer_value(value));
    else
        buf_printf(out, NUMBER "\n", json_real_value(value));
}

static void put_sample(struct buf *out, const struct metric_family *family, const json_t *sample)
{
    const char *bound;
    json_t *count;
    if (family->type != METRIC_TYPE_HISTOGRAM) {
        put_line(out, family->name, "", sample, NULL, json_object_get(sample, "value"));
        return;
    }
    json_object_foreach(json_object_get(sample, "buckets"), bound, count)
    {
        put_line(out, family->name, "_bucket", sample, bound, count);
    }
    put_line(out, family->name, "_sum", sample, NULL, json_object_get(sample, "sum"));
    put_line(out, family->name, "_count", sample, NULL, json_object_get(sample, "count"));
}

void metrics_text(const struct metrics *metrics, struct buf *out)
{
    for (size_t i = 0; i < METRIC_N; i++) {
        const struct metric_family *family = &metric_families[i];
        if (!json_array_size(metrics->samples[i]))
            continue;
        buf_printf(out, "# HELP %s ", family->name);
        put_escaped(out, family->help, false);
        buf_printf(out, "\n# TYPE %s %s\n", family->name, metric_type_name(family->type));
        size_t k;
        json_t *sample;
        json_array_foreach(metrics->samples[i], k, sample) put_sample(out, family, sample);
    }
}

json_t *metrics_json(const struct metrics *metrics)
{
    json_t *families = json_object();
    for (size_t i = 0; i < METRIC_N; i++) {
        const struct metric_family *family = &metric_families[i];
        json_object_set_new(families, family->name,
                            json_pack("{s:s, s:s, s:O}", "type", metric_type_name(family->type),
                                      "help", family->help, "samples", metrics->samples[i]));
    }
    return families;
}
