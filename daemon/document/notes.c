/*
 * Small writes that nobody waits for: where files went, what could not be read, when a first start
 * was over; see room.h. They reach the store in the order in which things happened, commits between
 * them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "document/room.h"

#define SWEEP_STEP 500 /* removals an operation */

struct moved {
    char *from, *to;
};

struct note {
    struct watched *watched;
    store_run_fn *run;
    int64_t now_ms;
    char *path, *to, *status, *text;
    bool has_key;
    struct store_key key;
    bool is_same; /* answer: it was renamed, not changed */
    int64_t document;
    /* of a tree */
    struct moved *moved;
    size_t n_moved, cap_moved;
    /* of a sweep */
    int64_t *documents;
    size_t n_documents;
    uint64_t *unread;
    size_t n_unread;
};

static void clear_moved(struct note *note)
{
    for (size_t i = 0; i < note->n_moved; i++) {
        free(note->moved[i].from);
        free(note->moved[i].to);
    }
    note->n_moved = 0;
}

static void note_free(struct note *note)
{
    clear_moved(note);
    free(note->moved);
    free(note->path);
    free(note->to);
    free(note->status);
    free(note->text);
    free(note->documents);
    free(note->unread);
    free(note);
}

static void noted(void *arg, const char *error)
{
    struct note *note = arg;
    if (error)
        log_error("%s: %s: the store refused a note on it: %s", note->watched->name,
                  note->path ? note->path : "(source)", error);
    note->watched->documents->n_notes--;
    changes_tell_state(note->watched);
    note_free(note);
}

static struct note *note_new(struct watched *watched, store_run_fn *run, const char *path)
{
    struct note *note = NEW(struct note);
    note->watched = watched;
    note->run = run;
    note->path = mem_strdup(path);
    note->now_ms = loop_wall_ms(watched->documents->loop);
    return note;
}

static void send_to(struct note *note, store_done_fn *done)
{
    note->watched->documents->n_notes++;
    store_write(note->watched->documents->store, note->run, done, note);
}

static void send(struct note *note)
{
    send_to(note, noted);
}

static void set_key(struct note *note, const struct source_key *key)
{
    note->has_key = key && key->inode;
    if (note->has_key)
        note->key = room_key(key);
}

/* ---- sources ---- */

static int begin_source(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    int64_t baseline_ms;
    return store_source_begin(txn, note->watched->name, note->text, &baseline_ms, err);
}

void note_source_begin(struct watched *watched)
{
    struct note *note = note_new(watched, begin_source, NULL);
    note->text = mem_strdup(watched->root);
    send(note);
}

static int set_baseline(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    return store_source_baseline(txn, note->watched->name, note->now_ms, err);
}

void note_baseline(struct watched *watched)
{
    send(note_new(watched, set_baseline, NULL));
}

/* ---- single files ---- */

static int remove_at(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    if (store_document_remove_at(txn, note->watched->name, note->path, note->now_ms, err) < 0)
        return -1;
    return store_unread_remove(txn, note->watched->name, note->path, err);
}

void note_removed(struct watched *watched, const char *path)
{
    send(note_new(watched, remove_at, path));
}

/* The same file with the same content: only ctime, which a rename sets, may differ. */
static bool is_same_file(const struct store_key *a, const struct store_key *b)
{
    return a->inode == b->inode && a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns;
}

static int rename_file(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    struct store_document document;
    int found = store_document_at(txn, note->watched->name, note->path, &document, err);
    if (found < 0)
        return -1;
    note->document = found ? document.id : 0;
    note->is_same = found && note->has_key && is_same_file(&document.key, &note->key);
    if (found)
        store_document_deinit(&document);
    if (store_document_rename(txn, note->watched->name, note->path, note->to,
                              note->is_same ? &note->key : NULL, note->now_ms, err) < 0)
        return -1;
    if (store_unread_remove(txn, note->watched->name, note->path, err) < 0)
        return -1;
    return store_unread_remove(txn, note->watched->name, note->to, err);
}

/* Its new ctime is known, so that the next listing does not open it. */
static void file_renamed(void *arg, const char *error)
{
    struct note *note = arg;
    struct watched *watched = note->watched;
    const struct catalogue_entry *entry = catalogue_find(watched->catalogue, note->to);
    if (!error && note->is_same && entry && entry->document == note->document &&
        !flight_at(watched, note->to)) {
        struct source_key key = {note->key.inode, note->key.size_bytes, note->key.mtime_ns,
                                 note->key.ctime_ns};
        catalogue_put(watched->catalogue, note->to, &key, note->document, watched->scan);
    }
    noted(note, error);
}

void note_renamed(struct watched *watched, const char *from, const char *to,
                  const struct source_key *key)
{
    struct note *note = note_new(watched, rename_file, from);
    note->to = mem_strdup(to);
    set_key(note, key);
    send_to(note, file_renamed);
}

static int set_document_key(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    if (store_document_set_key(txn, note->document, &note->key, err) < 0)
        return -1;
    return store_unread_remove(txn, note->watched->name, note->path, err);
}

void note_key(struct watched *watched, const char *path, int64_t document,
              const struct source_key *key)
{
    struct note *note = note_new(watched, set_document_key, path);
    note->document = document;
    set_key(note, key);
    send(note);
}

static int set_unread(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    return store_unread_set(txn, note->watched->name, note->path, &note->key, note->status,
                            note->text, note->now_ms, err);
}

void note_unread(struct watched *watched, const char *path, const struct source_key *key,
                 const char *status, const char *text)
{
    struct note *note = note_new(watched, set_unread, path);
    note->status = mem_strdup(status);
    note->text = mem_strdup(text);
    set_key(note, key);
    send(note);
}

/* ---- trees ---- */

static void collect(void *arg, const struct store_document *document)
{
    struct note *note = arg;
    note->moved = mem_grow(note->moved, &note->cap_moved, note->n_moved + 1, sizeof(*note->moved));
    const char *rest = document->path + strlen(note->path);
    note->moved[note->n_moved++] = (struct moved){
        mem_strdup(document->path), note->to ? mem_printf("%s%s", note->to, rest) : NULL};
}

static int move_tree(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    const char *source = note->watched->name;
    clear_moved(note);
    int result = store_document_below(txn, source, note->path, collect, note, err);
    for (size_t i = 0; result == 0 && i < note->n_moved; i++) {
        const struct moved *moved = &note->moved[i];
        if (moved->to)
            result =
                store_document_rename(txn, source, moved->from, moved->to, NULL, note->now_ms, err);
        else
            result = store_document_remove_at(txn, source, moved->from, note->now_ms, err);
    }
    return result;
}

static void tree_moved(void *arg, const char *error)
{
    struct note *note = arg;
    struct watched *watched = note->watched;
    for (size_t i = 0; !error && i < note->n_moved; i++) {
        const struct moved *moved = &note->moved[i];
        ROOM_COUNT(watched, renamed, moved->to != NULL);
        ROOM_COUNT(watched, removed, moved->to == NULL);
        if (!moved->to)
            catalogue_remove(watched->catalogue, moved->from);
        else if (!catalogue_find(watched->catalogue, moved->to))
            catalogue_move(watched->catalogue, moved->from, moved->to, watched->scan);
        else
            catalogue_remove(watched->catalogue, moved->from);
    }
    watched->n_tree_moves--;
    noted(note, error);
}

void note_tree_moved(struct watched *watched, const char *from, const char *to)
{
    struct note *note = note_new(watched, move_tree, from);
    watched->n_tree_moves++;
    note->to = mem_strdup(to);
    send_to(note, tree_moved);
}

/* ---- what a listing did not meet ---- */

struct unread_sweep {
    const struct note *note;
    char **paths;
    size_t n, cap;
};

static void match_unread(void *arg, const char *source, const char *path,
                         const struct store_key *key)
{
    (void)key;
    struct unread_sweep *sweep = arg;
    if (strcmp(source, sweep->note->watched->name) != 0)
        return;
    uint64_t hash = catalogue_hash(path);
    for (size_t i = 0; i < sweep->note->n_unread; i++) {
        if (sweep->note->unread[i] != hash)
            continue;
        sweep->paths = mem_grow(sweep->paths, &sweep->cap, sweep->n + 1, sizeof(char *));
        sweep->paths[sweep->n++] = mem_strdup(path);
        return;
    }
}

static int sweep_unread(struct store_txn *txn, void *arg, struct err *err)
{
    struct unread_sweep sweep = {.note = arg};
    int result = store_unread_each(txn, match_unread, &sweep, err);
    for (size_t i = 0; i < sweep.n; i++) {
        if (result == 0)
            result = store_unread_remove(txn, sweep.note->watched->name, sweep.paths[i], err);
        free(sweep.paths[i]);
    }
    free(sweep.paths);
    return result;
}

static int sweep_documents(struct store_txn *txn, void *arg, struct err *err)
{
    struct note *note = arg;
    for (size_t i = 0; i < note->n_documents; i++) {
        struct store_document document;
        int found = store_document_get(txn, note->documents[i], &document, err);
        if (found < 0)
            return -1;
        if (!found)
            continue;
        int result = store_document_remove(txn, document.id, note->now_ms, err);
        if (result == 0)
            result = store_unread_remove(txn, document.source, document.path, err);
        store_document_deinit(&document);
        if (result < 0)
            return -1;
    }
    return 0;
}

void note_swept(struct watched *watched, int64_t *documents, size_t n_documents, uint64_t *unread,
                size_t n_unread)
{
    for (size_t at = 0; at < n_documents; at += SWEEP_STEP) {
        struct note *note = note_new(watched, sweep_documents, NULL);
        note->n_documents = n_documents - at < SWEEP_STEP ? n_documents - at : SWEEP_STEP;
        note->documents = mem_copy(documents + at, note->n_documents * sizeof(*documents));
        send(note);
    }
    for (size_t at = 0; at < n_unread; at += SWEEP_STEP) {
        struct note *note = note_new(watched, sweep_unread, NULL);
        note->n_unread = n_unread - at < SWEEP_STEP ? n_unread - at : SWEEP_STEP;
        note->unread = mem_copy(unread + at, note->n_unread * sizeof(*unread));
        send(note);
    }
    free(documents);
    free(unread);
}
