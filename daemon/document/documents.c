/* The room: its sources, what is loaded at the start, its counts; see document.h and room.h. */
#include <stdlib.h>
#include <string.h>

#include "document/archive.h"
#include "document/room.h"

static struct watched *watched_new(struct documents *documents, const char *name)
{
    struct watched *watched = NEW(struct watched);
    watched->documents = documents;
    watched->name = mem_strdup(name);
    watched->catalogue = catalogue_new();
    watched->flights = map_new();
    list_init(&watched->parked);
    map_set_text(documents->sources, name, watched);
    return watched;
}

static void watched_free(void *arg)
{
    struct watched *watched = arg;
    while (!list_empty(&watched->parked))
        parked_free(LIST_ITEM(watched->parked.next, struct parked, link));
    catalogue_free(&watched->catalogue);
    vigil_free(&watched->expected);
    map_free(&watched->flights, NULL);
    free(watched->name);
    free(watched->root);
    free(watched);
}

static struct watched *watched_named(struct documents *documents, const char *name)
{
    struct watched *watched = map_get_text(documents->sources, name);
    return watched ? watched : watched_new(documents, name);
}

/* ---- what is known at the start ---- */

static void load_source(void *arg, const char *name, const char *root, int64_t baseline_ms)
{
    struct watched *watched = watched_named(arg, name);
    watched->root = mem_strdup(root);
    watched->baseline_ms = baseline_ms;
}

static struct source_key key_of(const struct store_key *key)
{
    return (struct source_key){key->inode, key->size_bytes, key->mtime_ns, key->ctime_ns};
}

static void load_document(void *arg, const struct store_document *document)
{
    struct watched *watched = watched_named(arg, document->source);
    struct source_key key = key_of(&document->key);
    catalogue_put(watched->catalogue, document->path, &key, document->id, 0);
}

/* A document whose file cannot be read at present is known by that file's key. */
static void load_unread(void *arg, const char *source, const char *path,
                        const struct store_key *stored)
{
    struct watched *watched = watched_named(arg, source);
    const struct catalogue_entry *entry = catalogue_find(watched->catalogue, path);
    struct source_key key = key_of(stored);
    catalogue_put(watched->catalogue, path, &key, entry ? entry->document : 0, 0);
}

struct load {
    struct documents *documents;
    struct err err;
    bool failed;
};

static int load(struct store_txn *txn, void *arg, struct err *err)
{
    struct documents *documents = ((struct load *)arg)->documents;
    if (store_source_each(txn, load_source, documents, err) < 0 ||
        store_document_each(txn, load_document, documents, err) < 0)
        return -1;
    return store_unread_each(txn, load_unread, documents, err);
}

static void loaded(void *arg, const char *error)
{
    struct load *load = arg;
    load->failed = error != NULL;
    if (error)
        err_set(&load->err, "loading what is known of the documents: %s", error);
}

int documents_new(struct loop *loop, struct store *store, const struct documents_ops *ops,
                  void *arg, struct documents **documents, struct err *err)
{
    struct documents *d = NEW(struct documents);
    *d = (struct documents){.loop = loop,
                            .store = store,
                            .ops = ops,
                            .arg = arg,
                            .sources = map_new(),
                            .by_work = map_new(),
                            .packer = archive_packer_new()};
    struct load asked = {.documents = d};
    store_read(store, load, loaded, &asked);
    store_flush(store);
    if (asked.failed) {
        *err = asked.err;
        documents_free(&d);
        return -1;
    }
    *documents = d;
    return 0;
}

void documents_free(struct documents **documents)
{
    if (!*documents)
        return;
    map_free(&(*documents)->by_work, flight_free);
    map_free(&(*documents)->sources, watched_free);
    archive_packer_free(&(*documents)->packer);
    free(*documents);
    *documents = NULL;
}

/* ---- sources ---- */

void documents_store_was_lost(struct documents *documents)
{
    documents->store_was_lost = true;
}

void documents_each_root(const struct documents *documents,
                         void (*each)(void *arg, const char *root), void *arg)
{
    size_t at = 0;
    void *value;
    while (map_next(documents->sources, &at, NULL, NULL, &value)) {
        const struct watched *watched = value;
        if (watched->root && watched->baseline_ms)
            each(arg, watched->root);
    }
}

/* Another root is another source under an old name: it begins anew. */
static void set_root(struct watched *watched, const char *root)
{
    if (watched->root && strcmp(watched->root, root) == 0)
        return;
    free(watched->root);
    watched->root = mem_strdup(root);
    watched->baseline_ms = 0;
    watched->first_scan_end_us = 0;
    note_source_begin(watched);
}

void *documents_add_source(struct documents *documents, const struct config_folder *folder)
{
    struct watched *watched = watched_named(documents, folder->name);
    watched->first_start = folder->first_start;
    watched->newer_than_ms = folder->newer_than_ms;
    watched->max_size_bytes = folder->max_size_bytes;
    watched->growing = folder->growth == CONFIG_GROWTH_LOG;
    set_root(watched, folder->path);
    expected_begin(watched, folder->expect_ms);
    changes_tell_state(watched);
    return watched;
}

void documents_set_source(void *handle, struct source *source)
{
    struct watched *watched = handle;
    watched->source = source;
    source_owe(source, watched->n_out);
}

/* What is out at detect/ is still committed, and held against a source that follows; what is known
 * stays known. */
void documents_remove_source(struct documents *documents, const char *name)
{
    struct watched *watched = map_get_text(documents->sources, name);
    if (!watched)
        return;
    watched->source = NULL;
    watched->scanning = false;
    expected_end(watched);
    while (!list_empty(&watched->parked))
        parked_free(LIST_ITEM(watched->parked.next, struct parked, link));
}

/* ---- for people ---- */

const struct documents_counts *documents_counts(const struct documents *documents)
{
    return &documents->counts;
}

const struct documents_counts *documents_source_counts(const struct documents *documents,
                                                       const char *source)
{
    const struct watched *watched = map_get_text(documents->sources, source);
    return watched ? &watched->counts : NULL;
}

bool documents_idle(const struct documents *documents)
{
    size_t at = 0;
    void *value;
    while (map_next(documents->sources, &at, NULL, NULL, &value)) {
        if (!list_empty(&((struct watched *)value)->parked))
            return false;
    }
    return documents->n_flights == 0 && documents->n_notes == 0;
}
