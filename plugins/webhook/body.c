/* The group around its alerts; see body.h. */
#include "body.h"

#include <stdlib.h>
#include <string.h>

#include "alert.h"
#include "base/mem.h"

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
        return json_object();
    const struct tocsin_revision *revision = tocsin_delivery_revision(delivery, 0);
    return json_pack("{s:o, s:o}", "alert_id", alert_text(revision->alert_id), "alertname",
                     alert_text(revision->topic));
}

static char *group_key(const struct tocsin_delivery *delivery)
{
    if (tocsin_delivery_summary(delivery))
        return mem_printf("{}:{delivery=\"%s\"}", tocsin_delivery_id(delivery));
    return mem_printf("{}:{alert_id=\"%s\"}", tocsin_delivery_revision(delivery, 0)->alert_id);
}

char *body_make(const struct tocsin_delivery *delivery, const char *receiver,
                const char *external_url)
{
    json_t *alerts = json_array();
    size_t n = tocsin_delivery_count(delivery);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(alerts, alert_json(tocsin_delivery_revision(delivery, i),
                                                 tocsin_delivery_summary(delivery)));
    AUTO_FREE char *key = group_key(delivery);
    json_t *body = json_pack(
        "{s:o, s:s, s:O, s:o, s:o, s:o, s:o, s:s, s:s, s:I}", "receiver", alert_text(receiver),
        "status", status_of(alerts), "alerts", alerts, "groupLabels", group_labels(delivery),
        "commonLabels", common(alerts, "labels"), "commonAnnotations",
        common(alerts, "annotations"), "externalURL", alert_text(external_url), "version", "4",
        "groupKey", key, "truncatedAlerts", (json_int_t)(tocsin_delivery_total(delivery) - n));
    json_decref(alerts);
    char *text = json_dumps(body, JSON_COMPACT);
    json_decref(body);
    return text;
}
