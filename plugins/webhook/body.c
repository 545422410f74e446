/* The group around its alerts; see body.h. */
#include "body.h"

#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "base/buf.h"

/* firing, if only one of them is. */
static const char *status_of(const json_t *alerts)
{
    size_t i;
    json_t *alert;
    json_array_foreach(alerts, i, alert)
    {
        if (strcmp(json_string_value(json_object_get(alert, "status")), "firing") == 0)
            return "firing";
    }
    return "resolved";
}

/* What all alerts have alike under "labels", or "annotations". */
static json_t *common(const json_t *alerts, const char *what)
{
    json_t *all = json_copy(json_object_get(json_array_get(alerts, 0), what));
    for (size_t i = 1; i < json_array_size(alerts); i++) {
        const json_t *one = json_object_get(json_array_get(alerts, i), what);
        const char *name;
        json_t *value;
        void *next;
        json_object_foreach_safe(all, next, name, value)
        {
            if (!json_equal(json_object_get(one, name), value))
                json_object_del(all, name);
        }
    }
    return all;
}

static json_t *group_labels(const struct tocsin_delivery *delivery)
{
    if (tocsin_delivery_summary(delivery))
        return json_pack("{s:s}", "delivery", tocsin_delivery_id(delivery));
    return alert_group_labels(tocsin_delivery_revision(delivery, 0));
}

/* As Go's %q writes a text, as far as it can come here. */
static void put_quoted(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7F)
            buf_printf(out, "\\x%02x", c);
        else
            buf_printf(out, c == '"' || c == '\\' ? "\\%c" : "%c", c);
    }
    buf_putc(out, '"');
}

/* The root of the routes, "{}", and the labels of the group in the order of their names. */
static char *group_key(json_t *labels)
{
    struct buf out = {0};
    buf_puts(&out, "{}:{");
    const char *name;
    json_t *value;
    json_object_foreach(labels, name, value)
    {
        buf_printf(&out, "%s%s=", out.data[out.len - 1] == '{' ? "" : ", ", name);
        put_quoted(&out, json_string_value(value));
    }
    buf_putc(&out, '}');
    return buf_take(&out);
}

char *body_make(const struct tocsin_delivery *delivery, const char *receiver,
                const char *external_url)
{
    json_t *alerts = json_array();
    size_t n = tocsin_delivery_count(delivery);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(alerts, alert_json(tocsin_delivery_revision(delivery, i),
                                                 tocsin_delivery_summary(delivery)));
    json_t *group = group_labels(delivery);
    AUTO_FREE char *key = group_key(group);
    json_t *body = json_pack("{s:o, s:s, s:O, s:o, s:o, s:o, s:o, s:s, s:s, s:I}", "receiver",
                             alert_text(receiver), "status", status_of(alerts), "alerts", alerts,
                             "groupLabels", group, "commonLabels", common(alerts, "labels"),
                             "commonAnnotations", common(alerts, "annotations"), "externalURL",
                             alert_text(external_url), "version", "4", "groupKey", key,
                             "truncatedAlerts", (json_int_t)(tocsin_delivery_total(delivery) - n));
    json_decref(alerts);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}
