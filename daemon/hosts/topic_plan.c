/* Topics that come compared with those in force; see topic_plan.h. */
#include "hosts/topic_plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#include <tocsin/plugin.h>

enum state { STATE_ADDED, STATE_SAME, STATE_CHANGED };

/* A topic that comes. */
struct coming {
    uint64_t key, print;
    uint32_t name, file, line; /* in `texts` */
    enum state state;
};

/* A topic in force, until its last detail was said. */
struct present {
    bool is_there;
    uint64_t key, print;
    char *place;
};

/* A detector with an index. */
struct indexed {
    char *detector;
    struct host_index index; /* in force */
    bool is_told;
};

struct topic_plan {
    struct indexed *indexed;
    size_t n_indexed, indexed_cap;
    struct coming *items;
    size_t n, cap;
    bool sorted; /* `order` was made: all that comes is known */
    uint32_t *order;
    struct buf texts;
    uint32_t last_file; /* in `texts`: most topics are of the file of the one before */
    struct present at_hand;
    json_t *changes;
};

/* ---- a list of changes ---- */

json_t *changes_new(void)
{
    return json_pack("{s:[], s:[], s:[]}", "added", "changed", "removed");
}

static void count_one_more(json_t *changes, const char *kind)
{
    json_t *more = json_object_get(changes, "more");
    if (!more) {
        more = json_object();
        json_object_set_new(changes, "more", more);
    }
    json_int_t n = json_integer_value(json_object_get(more, kind));
    json_object_set_new(more, kind, json_integer(n + 1));
}

void changes_add(json_t *changes, const char *kind, json_t *name)
{
    json_t *names = json_object_get(changes, kind);
    if (json_array_size(names) < CHANGES_NAMED) {
        json_array_append_new(names, name);
        return;
    }
    json_decref(name);
    count_one_more(changes, kind);
}

/* ---- topics ---- */

struct topic_plan *topic_plan_new(void)
{
    struct topic_plan *plan = NEW(struct topic_plan);
    plan->changes = changes_new();
    buf_putc(&plan->texts, '\0'); /* so that 0 is no file's place */
    return plan;
}

void topic_plan_free(struct topic_plan **plan)
{
    struct topic_plan *own = *plan;
    *plan = NULL;
    if (!own)
        return;
    for (size_t i = 0; i < own->n_indexed; i++) {
        free(own->indexed[i].detector);
        host_index_close(&own->indexed[i].index);
    }
    free(own->indexed);
    json_decref(own->changes);
    buf_deinit(&own->texts);
    free(own->at_hand.place);
    free(own->items);
    free(own->order);
    free(own);
}

/* ---- detectors that tell by themselves ---- */

void topic_plan_in_force(struct topic_plan *plan, const char *detector,
                         const struct host_index *index)
{
    plan->indexed =
        mem_grow(plan->indexed, &plan->indexed_cap, plan->n_indexed + 1, sizeof(*plan->indexed));
    plan->indexed[plan->n_indexed++] =
        (struct indexed){.detector = mem_strdup(detector), .index = host_index_dup(index)};
}

static struct indexed *find_indexed(const struct topic_plan *plan, const char *detector)
{
    for (size_t i = 0; i < plan->n_indexed; i++)
        if (!strcmp(plan->indexed[i].detector, detector))
            return &plan->indexed[i];
    return NULL;
}

const struct host_index *topic_plan_index(const struct topic_plan *plan, const char *detector)
{
    const struct indexed *indexed = find_indexed(plan, detector);
    return indexed && host_index_is_there(&indexed->index) ? &indexed->index : NULL;
}

void topic_plan_told(struct topic_plan *plan, const char *detector)
{
    struct indexed *indexed = find_indexed(plan, detector);
    if (indexed)
        indexed->is_told = true;
}

bool topic_plan_is_told(const struct topic_plan *plan, const char *detector)
{
    const struct indexed *indexed = find_indexed(plan, detector);
    return indexed && indexed->is_told;
}

/* ---- fingerprints ---- */

static uint64_t first_bytes(struct hasher *hasher)
{
    struct hash hash = hasher_final(hasher);
    uint64_t bytes;
    memcpy(&bytes, hash.bytes, sizeof(bytes));
    return bytes;
}

static uint64_t key_of(const char *detector, const struct ipc_topic *topic)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, detector);
    hasher_text(&hasher, topic->name);
    return first_bytes(&hasher);
}

static uint64_t print_of(const struct ipc_topic *topic)
{
    struct hasher hasher;
    const char *label = NULL;
    hasher_init(&hasher);
    hasher_part(&hasher, &topic->severity, sizeof(topic->severity));
    hasher_text(&hasher, topic->query);
    while ((label = ipc_texts_next(&topic->labels, label)))
        hasher_text(&hasher, label);
    return first_bytes(&hasher);
}

static uint32_t put_text(struct topic_plan *plan, const char *text)
{
    size_t at = plan->texts.len;
    buf_append(&plan->texts, text, strlen(text) + 1);
    return (uint32_t)at;
}

static uint32_t put_file(struct topic_plan *plan, const char *file)
{
    if (!plan->last_file || strcmp(plan->texts.data + plan->last_file, file) != 0)
        plan->last_file = put_text(plan, file);
    return plan->last_file;
}

void topic_plan_coming(struct topic_plan *plan, const char *detector, const struct ipc_topic *topic)
{
    plan->items = mem_grow(plan->items, &plan->cap, plan->n + 1, sizeof(*plan->items));
    plan->items[plan->n++] = (struct coming){.key = key_of(detector, topic),
                                             .print = print_of(topic),
                                             .name = put_text(plan, topic->name),
                                             .file = put_file(plan, topic->file),
                                             .line = topic->line};
}

void topic_plan_detail(struct topic_plan *plan, const struct ipc_part *detail)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, detail->part);
    hasher_text(&hasher, detail->text);
    if (plan->at_hand.is_there)
        plan->at_hand.print += first_bytes(&hasher);
    else if (plan->n)
        plan->items[plan->n - 1].print += first_bytes(&hasher);
}

/* ---- the comparison ---- */

static char *place_text(const char *name, const char *file, uint32_t line)
{
    return *file ? mem_printf("%s (%s:%u)", name, file, line) : mem_strdup(name);
}

/* A file's name need not be UTF-8; the topic is named in any case. */
static void name_topic(struct topic_plan *plan, const char *kind, const char *place)
{
    json_t *text = json_string(place);
    changes_add(plan->changes, kind, text ? text : json_string("?"));
}

static int compare_keys(const void *a, const void *b, void *arg)
{
    const struct coming *items = arg;
    uint64_t first = items[*(const uint32_t *)a].key, second = items[*(const uint32_t *)b].key;
    return first < second ? -1 : first > second;
}

static void sort(struct topic_plan *plan)
{
    plan->sorted = true;
    plan->order = NEW_N(uint32_t, plan->n + 1);
    for (uint32_t i = 0; i < plan->n; i++)
        plan->order[i] = i;
    qsort_r(plan->order, plan->n, sizeof(*plan->order), compare_keys, plan->items);
}

static struct coming *find(struct topic_plan *plan, uint64_t key)
{
    size_t from = 0, to = plan->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        struct coming *item = &plan->items[plan->order[middle]];
        if (item->key == key)
            return item;
        if (item->key < key)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

void topic_plan_change(struct topic_plan *plan, const struct ipc_topic *topic)
{
    static const char *const kinds[] = {
        [TOCSIN_ADDED] = "added", [TOCSIN_CHANGED] = "changed", [TOCSIN_REMOVED] = "removed"};
    if (topic->change < TOCSIN_ADDED || topic->change > TOCSIN_REMOVED)
        return;
    AUTO_FREE char *place = place_text(topic->name, topic->file, topic->line);
    name_topic(plan, kinds[topic->change], place);
}

/* The topic in force that came last is told whole. */
static void settle(struct topic_plan *plan)
{
    struct present *present = &plan->at_hand;
    struct coming *coming = present->is_there ? find(plan, present->key) : NULL;
    if (coming)
        coming->state = coming->print == present->print ? STATE_SAME : STATE_CHANGED;
    else if (present->is_there)
        name_topic(plan, "removed", present->place);
    free(present->place);
    *present = (struct present){0};
}

void topic_plan_present(struct topic_plan *plan, const char *detector,
                        const struct ipc_topic *topic)
{
    if (!plan->sorted)
        sort(plan);
    settle(plan);
    plan->at_hand = (struct present){.is_there = true,
                                     .key = key_of(detector, topic),
                                     .print = print_of(topic),
                                     .place = place_text(topic->name, topic->file, topic->line)};
}

json_t *topic_plan_changes(struct topic_plan *plan)
{
    settle(plan);
    for (size_t i = 0; i < plan->n; i++) {
        const struct coming *item = &plan->items[i];
        if (item->state == STATE_SAME)
            continue;
        AUTO_FREE char *place =
            place_text(plan->texts.data + item->name, plan->texts.data + item->file, item->line);
        name_topic(plan, item->state == STATE_CHANGED ? "changed" : "added", place);
    }
    return json_incref(plan->changes);
}
