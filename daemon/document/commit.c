/*
 * The transaction of a version; see room.h. Runs on the writer's thread and may run again after a
 * fault: it reads `commit` and writes only its answers. Looks documents up by their path, not by
 * what the catalogue believed.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "document/archive.h"
#include "document/room.h"

/* So long a removed file is missed before something with its content or in its place is new. */
#define GONE_FOR_MS (10 * 60 * 1000)

void commit_free(struct commit *commit)
{
    for (size_t i = 0; i < commit->n_detectors; i++)
        free(commit->detectors[i]);
    free(commit->detectors);
    free(commit->source);
    free(commit->path);
    free(commit);
}

static struct hash empty_text(void)
{
    return hash_bytes("", 0);
}

/* The document that this file is: there, or removed a moment ago. */
static int find(struct store_txn *txn, const struct commit *commit, struct store_document *document,
                struct err *err)
{
    struct store_key key = room_key(&commit->key);
    int64_t since_ms = commit->now_ms - GONE_FOR_MS;
    if (commit->gone)
        return commit->document ? store_document_get(txn, commit->document, document, err) : 0;
    int found = store_document_at(txn, commit->source, commit->path, document, err);
    if (found == 0)
        found = store_document_gone(txn, &commit->version->hash, &key, since_ms, document, err);
    if (found == 0)
        found = store_document_gone_at(txn, commit->source, commit->path, since_ms, document, err);
    return found;
}

/* A copy has the origin of what it was copied from. Empty texts have nothing in common. */
static int choose_origin(struct store_txn *txn, struct commit *commit, struct hash *origin,
                         struct err *err)
{
    const struct hash *text_hash = &commit->version->text_hash;
    struct hash empty = empty_text();
    *origin = *text_hash;
    if (hash_equal(text_hash, &empty))
        return 0;
    int found = store_document_origin(txn, text_hash, origin, err);
    commit->is_new_text = found == 0;
    return found < 0 ? -1 : 0;
}

static int add_document(struct store_txn *txn, struct commit *commit,
                        struct store_document *document, struct err *err)
{
    *document = (struct store_document){
        .source = mem_strdup(commit->source),
        .path = mem_strdup(commit->path),
        .key = room_key(&commit->key),
        .hash = commit->version->hash,
        .added_ms = commit->now_ms,
        .removed_ms = commit->gone ? commit->now_ms : 0,
    };
    if (choose_origin(txn, commit, &document->origin, err) < 0 ||
        store_version_next(txn, &document->version, err) < 0)
        return -1;
    return store_document_add(txn, document, err);
}

/* Puts a known document where its file is now. */
static void place(const struct commit *commit, struct store_document *document)
{
    free(document->source);
    free(document->path);
    document->source = mem_strdup(commit->source);
    document->path = mem_strdup(commit->path);
    document->key = room_key(&commit->key);
    document->removed_ms = 0;
}

static int add_pending(struct store_txn *txn, const struct commit *commit, struct err *err)
{
    struct document_version *v = commit->version;
    v->settled = atomic_load(&v->found_nothing);
    for (size_t i = 0; i < commit->n_detectors; i++) {
        bool is_pending = commit->detectors[i] && !(v->settled & 1ull << i);
        if (is_pending && store_pending_add(txn, v->version, commit->detectors[i], err) < 0)
            return -1;
    }
    return 0;
}

static int add_version(struct store_txn *txn, struct commit *commit,
                       const struct store_document *document, bool is_new, struct err *err)
{
    struct document_version *v = commit->version;
    struct store_version row = {
        .id = is_new ? document->version : 0, /* else to be found, as the number */
        .number = is_new,
        .document = document->id,
        .hash = v->hash,
        .text_hash = v->text_hash,
        .size_bytes = v->size_bytes,
        .date = v->date,
        .title = v->title,
        .media_type = v->media_type,
        .charset = v->charset,
        .note = v->note,
        .seen_ms = commit->now_ms,
    };
    bool had_text = false;
    if (!is_new && store_version_had_text(txn, document->id, &v->text_hash, &had_text, err) < 0)
        return -1;
    if (store_version_add(txn, &row, err) < 0)
        return -1;
    if (archive_put_version(txn, commit->packer, v, commit->is_new_text, commit->now_ms, err) < 0)
        return -1;
    v->version = row.id;
    v->is_news = !had_text && !commit->quiet;
    return v->is_news ? add_pending(txn, commit, err) : 0;
}

static int change_document(struct store_txn *txn, struct commit *commit,
                           struct store_document *document, bool is_new, struct err *err)
{
    struct document_version *v = commit->version;
    struct hash empty = empty_text();
    bool was_empty = !is_new && hash_equal(&document->origin, &empty);
    if (was_empty && choose_origin(txn, commit, &document->origin, err) < 0)
        return -1;
    if (add_version(txn, commit, document, is_new, err) < 0)
        return -1;
    /* Of one that was removed, while something else has its place and number already, only the
     * version is of interest. */
    if (is_new || (commit->gone && !document->removed_ms))
        return 0;
    document->version = v->version;
    document->hash = v->hash;
    return store_document_update(txn, document, err);
}

static int keep_document(struct store_txn *txn, struct commit *commit,
                         struct store_document *document, struct err *err)
{
    commit->is_unchanged = true;
    commit->version->version = document->version;
    return commit->gone ? 0 : store_document_update(txn, document, err);
}

static int commit_document(struct store_txn *txn, struct commit *commit,
                           struct store_document *document, struct err *err)
{
    int found = find(txn, commit, document, err);
    if (found < 0 || (found == 0 && add_document(txn, commit, document, err) < 0))
        return -1;
    bool is_same = found && hash_equal(&document->hash, &commit->version->hash);
    commit->is_renamed = found && !commit->gone && document->removed_ms;
    if (found && !commit->gone)
        place(commit, document);
    int result = is_same ? keep_document(txn, commit, document, err)
                         : change_document(txn, commit, document, !found, err);
    commit->version->document = document->id;
    commit->version->origin = document->origin;
    return result;
}

int commit_run(struct store_txn *txn, void *arg, struct err *err)
{
    struct commit *commit = arg;
    struct store_document document = {0};
    commit->is_unchanged = commit->is_renamed = commit->is_new_text = false;
    commit->version->is_news = false;
    commit->version->settled = 0;
    int result = commit_document(txn, commit, &document, err);
    store_document_deinit(&document);
    if (result == 0 && !commit->gone && commit->was_met)
        result = store_unread_remove(txn, commit->source, commit->path, err);
    return result;
}
