/* A delivery as messages to its host: DELIVER, then one REVISION each. */
#include <stdlib.h>
#include <string.h>

#include <tocsin/plugin.h>

#include "base/mem.h"
#include "base/str.h"
#include "deliver/inside.h"

/* A JSON list of texts, packed. */
static struct ipc_texts pack_list(const json_t *list, struct buf *out)
{
    size_t n = json_array_size(list), i;
    AUTO_FREE const char **items = NEW_N(const char *, n + 1);
    json_t *item;
    json_array_foreach(list, i, item)
    {
        items[i] = json_is_string(item) ? json_string_value(item) : "";
    }
    return ipc_texts_pack(items, n, out);
}

/* {"driver": ["A", "B"]} as driver, driver and A, B. */
static void pack_fields(json_t *fields, struct ipc_revision *revision, struct buf *names_out,
                        struct buf *values_out)
{
    json_t *names = json_array(), *values = json_array(), *list, *value;
    const char *name;
    size_t i;
    json_object_foreach(fields, name, list)
    {
        json_array_foreach(list, i, value)
        {
            json_array_append_new(names, json_string(name));
            json_array_append(values, value);
        }
    }
    revision->field_names = pack_list(names, names_out);
    revision->field_values = pack_list(values, values_out);
    json_decref(names);
    json_decref(values);
}

/* What is shown: the first evidence that is news, else the first. */
static void pick_quote(const json_t *evidence, struct ipc_revision *revision)
{
    const json_t *shown = json_array_get(evidence, 0);
    size_t i;
    json_t *piece;
    json_array_foreach(evidence, i, piece)
    {
        if (json_is_true(json_object_get(piece, "new"))) {
            shown = piece;
            break;
        }
    }
    const char *quote = json_string_value(json_object_get(shown, "quote"));
    const json_t *mark = json_object_get(shown, "mark");
    revision->quote = quote ? quote : "";
    revision->mark_start = (uint32_t)json_integer_value(json_array_get(mark, 0));
    revision->mark_end = (uint32_t)json_integer_value(json_array_get(mark, 1));
}

static bool has_label(const json_t *labels, const char *wanted)
{
    size_t i;
    json_t *label;
    json_array_foreach(labels, i, label)
    {
        if (json_is_string(label) && strcmp(json_string_value(label), wanted) == 0)
            return true;
    }
    return false;
}

/* A follow-up says that it is one, unless a summary says so. What is private goes no further than
 * who found it: behind that is a title. */
static char *headline_of(const struct store_due *due, const struct store_told *told,
                         bool is_private)
{
    const char *colon = is_private ? strstr(told->headline, ": ") : NULL;
    size_t len = colon ? (size_t)(colon - told->headline) : strlen(told->headline);
    const char *prefix = due->follow_up > 0 ? "Reminder: " : "Not acknowledged: ";
    if (!due->follow_up || *due->summary)
        prefix = "";
    return mem_printf("%s%.*s", prefix, (int)len, told->headline);
}

static void put(struct host *host, const struct ipc_message *message, bool is_last)
{
    if (is_last)
        host_send(host, message, -1);
    else
        host_send_with_next(host, message);
}

static enum tocsin_notice notice_of(const char *word)
{
    enum tocsin_notice notice = TOCSIN_MUTED;
    while (notice > TOCSIN_NEWS && !str_equal(word, tocsin_notice_name(notice)))
        notice--;
    return notice;
}

static void send_revision(struct host *host, const struct store_due *due,
                          const struct store_told *told, bool is_last)
{
    char alert_id[HASH_HEX_SIZE], revision_id[HASH_HEX_SIZE];
    hash_hex(&told->alert, HASH_BYTES, alert_id);
    hash_hex(&told->revision, HASH_BYTES, revision_id);
    AUTO_FREE char *path =
        *told->path ? mem_printf("%s/%s", told->root, told->path) : mem_strdup("");
    json_t *labels = json_loads(told->labels, 0, NULL);
    bool is_private = has_label(labels, TOCSIN_PRIVATE);
    AUTO_FREE char *headline = headline_of(due, told, is_private);
    struct ipc_message message = {
        .type = IPC_REVISION,
        .revision = {.alert_id = alert_id,
                     .revision_id = revision_id,
                     .number = (uint32_t)told->number,
                     .detector = told->detector,
                     .topic = told->topic,
                     .headline = headline,
                     .change = told->change,
                     .severity = (uint32_t)told->severity,
                     .document_title = is_private ? "" : told->title,
                     .document_path = path,
                     .source = told->source,
                     .document_date = told->date,
                     .created_ms = told->created_ms,
                     .n_sources = (uint32_t)told->n_sources,
                     .token = told->token,
                     .started_ms = told->started_ms,
                     .is_fact = told->is_fact,
                     .notice = (uint32_t)notice_of(due->notice),
                     .notice_ms = due->notice_ms,
                     .until_ms = due->until_ms},
    };
    AUTO_BUF struct buf labels_out = {0}, names_out = {0}, values_out = {0};
    json_t *fields = is_private ? NULL : json_loads(told->fields, 0, NULL);
    json_t *evidence = is_private ? NULL : json_loads(told->evidence, 0, NULL);
    message.revision.labels = pack_list(labels, &labels_out);
    pack_fields(fields, &message.revision, &names_out, &values_out);
    pick_quote(evidence, &message.revision);
    put(host, &message, is_last);
    json_decref(labels);
    json_decref(fields);
    json_decref(evidence);
}

void message_send(struct host *host, const struct store_due *due, bool follows)
{
    char id[HASH_HEX_SIZE];
    hash_hex(&due->id, HASH_BYTES, id);
    struct ipc_message message = {
        .type = IPC_DELIVER,
        .deliver = {.job = 1,
                    .id = id,
                    .attempt = (uint32_t)due->attempts + 1,
                    .count = (uint32_t)due->n_told,
                    .total = (uint32_t)due->n_total,
                    .summary = due->summary,
                    .follows = follows},
    };
    put(host, &message, due->n_told == 0);
    for (size_t i = 0; i < due->n_told; i++)
        send_revision(host, due, &due->told[i], i + 1 == due->n_told);
}
