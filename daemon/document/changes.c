/*
 * What sources say, and what it means for documents; see room.h. Nothing here waits: the catalogue
 * answers at once, the store is told in the order in which things happened.
 */
#include <stdlib.h>
#include <string.h>

#include "document/room.h"

/* ---- is it known? ---- */

static bool known(void *arg, struct source *source, const char *path, const struct source_key *key,
                  bool *known_path)
{
    (void)source;
    struct watched *watched = arg;
    struct catalogue_entry *entry = catalogue_find(watched->catalogue, path);
    *known_path = entry != NULL;
    if (entry)
        entry->scan = watched->scan;
    return (entry && catalogue_has_key(entry, key)) || flight_has_key(watched, path, key);
}

/* ---- single changes ---- */

static void forget_parked(struct watched *watched, const char *path)
{
    list_each_safe (link, &watched->parked) {
        struct parked *parked = LIST_ITEM(link, struct parked, link);
        if (strcmp(parked->path, path) == 0)
            parked_free(parked);
    }
}

static void forget(struct watched *watched, const char *path)
{
    const struct catalogue_entry *entry = catalogue_find(watched->catalogue, path);
    if (entry && entry->document)
        ROOM_COUNT(watched, removed, 1);
    catalogue_remove(watched->catalogue, path);
}

static void removed(struct watched *watched, const char *path)
{
    flight_gone(watched, path);
    forget_parked(watched, path);
    forget(watched, path);
    note_removed(watched, path);
}

static bool is_document(const struct watched *watched, const char *path)
{
    const struct catalogue_entry *entry = catalogue_find(watched->catalogue, path);
    return (entry && entry->document) || flight_at(watched, path);
}

/* The entry keeps its key: whether only the name changed, the store's writer compares. */
static void renamed(struct watched *watched, const char *from, const char *to,
                    const struct source_key *key)
{
    if (!is_document(watched, from)) {
        removed(watched, from);
        source_retry(watched->source, to, 0);
        return;
    }
    flight_moved(watched, from, to);
    forget(watched, to);
    catalogue_move(watched->catalogue, from, to, watched->scan);
    ROOM_COUNT(watched, renamed, 1);
    note_renamed(watched, from, to, key);
}

static void change(void *arg, struct source *source, const struct change *change)
{
    struct watched *watched = arg;
    watched->source = source;
    switch (change->kind) {
    case CHANGE_ADDED:
    case CHANGE_MODIFIED:
        flight_arrive(
            watched, change->path,
            &(struct arrival){change->fd, change->key, change->seen_us, change->from_scan});
        break;
    case CHANGE_REMOVED:
        removed(watched, change->path);
        break;
    case CHANGE_RENAMED:
        renamed(watched, change->old_path, change->path, &change->key);
        break;
    }
    changes_tell_state(watched);
}

static void tree_moved(void *arg, struct source *source, const char *from, const char *to)
{
    struct watched *watched = arg;
    watched->source = source;
    flight_tree_moved(watched, from, to);
    note_tree_moved(watched, from, to);
}

/* ---- listings ---- */

void parked_free(struct parked *parked)
{
    list_remove(&parked->link);
    free(parked->path);
    free(parked->known_path);
    free(parked);
}

bool changes_may_be_renamed(struct watched *watched, const struct store_document *candidate)
{
    const struct catalogue_entry *entry = catalogue_find(watched->catalogue, candidate->path);
    return watched->scanning && entry && entry->document == candidate->id &&
           entry->scan != watched->scan;
}

void changes_park(struct watched *watched, const char *path, const struct source_key *key,
                  const struct store_document *candidate)
{
    struct parked *parked = NEW(struct parked);
    parked->path = mem_strdup(path);
    parked->key = *key;
    parked->document = candidate->id;
    parked->known_path = mem_strdup(candidate->path);
    list_init(&parked->link);
    list_append(&watched->parked, &parked->link);
}

static void resolve_parked(struct watched *watched, bool ok)
{
    for (struct list *link; (link = list_pop(&watched->parked));) {
        struct parked *parked = LIST_ITEM(link, struct parked, link);
        const struct catalogue_entry *entry =
            catalogue_find(watched->catalogue, parked->known_path);
        if (ok && entry && entry->document == parked->document && entry->scan != watched->scan)
            renamed(watched, parked->known_path, parked->path, &parked->key);
        else
            source_retry(watched->source, parked->path, 0);
        parked_free(parked);
    }
}

struct sweep {
    int64_t *documents;
    size_t n_documents, cap_documents;
    uint64_t *unread;
    size_t n_unread, cap_unread;
};

static void not_met(void *arg, const struct catalogue_entry *entry)
{
    struct sweep *sweep = arg;
    if (entry->document) {
        sweep->documents = mem_grow(sweep->documents, &sweep->cap_documents, sweep->n_documents + 1,
                                    sizeof(*sweep->documents));
        sweep->documents[sweep->n_documents++] = entry->document;
    } else {
        sweep->unread = mem_grow(sweep->unread, &sweep->cap_unread, sweep->n_unread + 1,
                                 sizeof(*sweep->unread));
        sweep->unread[sweep->n_unread++] = entry->path;
    }
}

static void scan_began(void *arg, struct source *source)
{
    struct watched *watched = arg;
    watched->source = source;
    watched->scan++;
    watched->scanning = true;
}

static void scan_ended(void *arg, struct source *source, bool ok)
{
    struct watched *watched = arg;
    watched->source = source;
    resolve_parked(watched, ok);
    watched->scanning = false;
    /* While a tree is on its way its files were met under names that the catalogue does not know
     * yet: what is really gone, the next listing tells. */
    if (ok && !watched->n_tree_moves) {
        struct sweep sweep = {0};
        catalogue_sweep(watched->catalogue, watched->scan, not_met, &sweep);
        ROOM_COUNT(watched, removed, sweep.n_documents);
        note_swept(watched, sweep.documents, sweep.n_documents, sweep.unread, sweep.n_unread);
    }
    if (ok && !watched->first_scan_end_us)
        watched->first_scan_end_us = loop_now_us(watched->documents->loop);
    changes_settle_baseline(watched);
    changes_tell_state(watched);
}

void changes_settle_baseline(struct watched *watched)
{
    if (watched->baseline_ms || !watched->first_scan_end_us || watched->n_quiet ||
        !watched->source || source_counts(watched->source)->waiting)
        return;
    watched->baseline_ms = loop_wall_ms(watched->documents->loop);
    note_baseline(watched);
}

/* ---- state ---- */

void changes_tell_state(struct watched *watched)
{
    struct documents *documents = watched->documents;
    documents->counts.known = 0;
    size_t at = 0;
    void *value;
    while (map_next(documents->sources, &at, NULL, NULL, &value)) {
        struct watched *each = value;
        each->counts.known = catalogue_count(each->catalogue);
        documents->counts.known += each->counts.known;
    }
    if (documents->ops->state)
        documents->ops->state(documents->arg, watched->name);
}

static void state(void *arg, struct source *source)
{
    struct watched *watched = arg;
    watched->source = source;
    changes_settle_baseline(watched);
    changes_tell_state(watched);
}

static uint64_t known_count(void *arg, struct source *source)
{
    (void)source;
    return catalogue_count(((struct watched *)arg)->catalogue);
}

const struct source_ops *documents_source_ops(void)
{
    static const struct source_ops ops = {
        .known = known,
        .change = change,
        .tree_moved = tree_moved,
        .scan_began = scan_began,
        .scan_ended = scan_ended,
        .state = state,
        .known_count = known_count,
    };
    return &ops;
}
