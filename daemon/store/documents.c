/* Statements on sources, documents and unread files; see documents.h. */
#include "store/documents.h"

#include <stdlib.h>

#include "base/str.h"
#include "store/bind.h"

#define DOCUMENT_COLUMNS                                                                           \
    "d.id, d.source, d.path, d.inode, d.size, d.mtime_ns, d.ctime_ns, d.origin, d.hash, "          \
    "d.version, d.added_ms, d.removed_ms"

void store_document_deinit(struct store_document *document)
{
    free(document->source);
    free(document->path);
    *document = (struct store_document){0};
}

/* ---- sources ---- */

int store_source_last(struct store_txn *txn, const char *name, int64_t *last_ms, struct err *err)
{
    /* From the newest on, whichever source it is of: nearly always one of the first. */
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT v.seen_ms FROM version v JOIN document d ON d.id = v.document"
                        " WHERE +d.source = ?1 ORDER BY v.id DESC LIMIT 1");
    bind_text(stmt, 1, name);
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *last_ms = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return got;
}

int store_source_begin(struct store_txn *txn, const char *name, const char *root,
                       int64_t *baseline_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO source(name, root) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE"
                        " SET root = ?2, baseline_ms = NULL WHERE root <> ?2");
    bind_text(stmt, 1, name);
    bind_text(stmt, 2, root);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    stmt = store_stmt(txn, "SELECT baseline_ms FROM source WHERE name = ?");
    bind_text(stmt, 1, name);
    if (store_step(txn, stmt, err) < 0)
        return -1;
    *baseline_ms = sqlite3_column_int64(stmt, 0);
    return 0;
}

int store_source_known(struct store_txn *txn, const char *name, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT 1 FROM source WHERE name = ?");
    bind_text(stmt, 1, name);
    int got = store_step(txn, stmt, err);
    sqlite3_reset(stmt);
    return got;
}

int store_source_baseline(struct store_txn *txn, const char *name, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE source SET baseline_ms = ?2 WHERE name = ?1");
    bind_text(stmt, 1, name);
    sqlite3_bind_int64(stmt, 2, now_ms);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    /* Then the loss of another store is made good; see begin.h. */
    stmt = store_stmt(txn, "DELETE FROM setting WHERE name = 'lost'"
                           " AND NOT EXISTS(SELECT 1 FROM source WHERE baseline_ms IS NULL)");
    return store_exec(txn, stmt, err);
}

int store_source_each(struct store_txn *txn,
                      void (*row)(void *arg, const char *name, const char *root,
                                  int64_t baseline_ms),
                      void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT name, root, baseline_ms FROM source");
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        row(arg, store_text(stmt, 0), store_text(stmt, 1), sqlite3_column_int64(stmt, 2));
    return got;
}

int store_source_list(struct store_txn *txn, json_t **list, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT name, root, baseline_ms,"
             " (SELECT count(*) FROM document WHERE source = name AND removed_ms IS NULL),"
             " (SELECT count(*) FROM document WHERE source = name AND removed_ms IS NOT NULL),"
             " (SELECT count(*) FROM unread WHERE source = name)"
             " FROM source ORDER BY name");
    json_t *rows = json_array();
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        bool has_baseline = sqlite3_column_type(stmt, 2) != SQLITE_NULL;
        json_array_append_new(
            rows,
            json_pack("{s:s, s:s, s:o, s:I, s:I, s:I}", "name", store_text(stmt, 0), "root",
                      store_text(stmt, 1), "baseline_ms",
                      has_baseline ? json_integer(sqlite3_column_int64(stmt, 2)) : json_null(),
                      "documents", (json_int_t)sqlite3_column_int64(stmt, 3), "removed",
                      (json_int_t)sqlite3_column_int64(stmt, 4), "unread",
                      (json_int_t)sqlite3_column_int64(stmt, 5)));
    }
    if (got < 0)
        json_decref(rows);
    else
        *list = rows;
    return got;
}

/* ---- documents ---- */

static struct store_key column_key(sqlite3_stmt *stmt, int at)
{
    return (struct store_key){
        (uint64_t)sqlite3_column_int64(stmt, at), sqlite3_column_int64(stmt, at + 1),
        sqlite3_column_int64(stmt, at + 2), sqlite3_column_int64(stmt, at + 3)};
}

static void bind_key(sqlite3_stmt *stmt, int at, const struct store_key *key)
{
    sqlite3_bind_int64(stmt, at, (int64_t)key->inode);
    sqlite3_bind_int64(stmt, at + 1, key->size_bytes);
    sqlite3_bind_int64(stmt, at + 2, key->mtime_ns);
    sqlite3_bind_int64(stmt, at + 3, key->ctime_ns);
}

static struct store_document column_document(sqlite3_stmt *stmt)
{
    return (struct store_document){
        .id = sqlite3_column_int64(stmt, 0),
        .source = column_copy(stmt, 1),
        .path = column_copy(stmt, 2),
        .key = column_key(stmt, 3),
        .origin = column_hash(stmt, 7),
        .hash = column_hash(stmt, 8),
        .version = sqlite3_column_int64(stmt, 9),
        .added_ms = sqlite3_column_int64(stmt, 10),
        .removed_ms = sqlite3_column_int64(stmt, 11),
    };
}

static int one_document(struct store_txn *txn, sqlite3_stmt *stmt, struct store_document *document,
                        struct err *err)
{
    int got = store_step(txn, stmt, err);
    if (got > 0) {
        *document = column_document(stmt);
        sqlite3_reset(stmt);
    }
    return got;
}

int store_document_at(struct store_txn *txn, const char *source, const char *path,
                      struct store_document *document, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT " DOCUMENT_COLUMNS " FROM document d"
                        " WHERE d.source = ? AND d.path = ? AND d.removed_ms IS NULL");
    bind_text(stmt, 1, source);
    bind_path(stmt, 2, path);
    return one_document(txn, stmt, document, err);
}

int store_document_get(struct store_txn *txn, int64_t id, struct store_document *document,
                       struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.id = ?");
    sqlite3_bind_int64(stmt, 1, id);
    return one_document(txn, stmt, document, err);
}

/* The path below the root, whether it was given so or as an absolute one. */
#define BELOW_ROOT                                                                                 \
    " CASE WHEN substr(?1, 1, length(CAST(s.root AS BLOB)) + 1) = CAST(s.root || '/' AS BLOB)"     \
    " THEN substr(?1, length(CAST(s.root AS BLOB)) + 2) ELSE ?1 END"
#define FIND_BY_PATH                                                                               \
    "SELECT " DOCUMENT_COLUMNS                                                                     \
    " FROM source s CROSS JOIN document d ON d.source = s.name AND d.path =" BELOW_ROOT

static int find_by_path(struct store_txn *txn, const char *path, struct store_document *document,
                        struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, FIND_BY_PATH " AND d.removed_ms IS NULL LIMIT 1");
    bind_path(stmt, 1, path);
    int got = one_document(txn, stmt, document, err);
    if (got != 0)
        return got;
    stmt = store_stmt(txn, FIND_BY_PATH
                      " AND d.removed_ms IS NOT NULL ORDER BY d.removed_ms DESC LIMIT 1");
    bind_path(stmt, 1, path);
    return one_document(txn, stmt, document, err);
}

int store_document_find(struct store_txn *txn, const char *what, struct store_document *document,
                        struct err *err)
{
    struct hash origin;
    int64_t id;
    int got = find_by_path(txn, what, document, err);
    if (got == 0 && str_int_parse(what, &id))
        got = store_document_get(txn, id, document, err);
    if (got == 0 && hash_from_hex(&origin, what)) {
        sqlite3_stmt *stmt =
            store_stmt(txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.origin = ?"
                            " ORDER BY d.removed_ms IS NOT NULL, d.id LIMIT 1");
        bind_hash(stmt, 1, &origin);
        got = one_document(txn, stmt, document, err);
    }
    return got;
}

int store_document_by_inode(struct store_txn *txn, const char *source, const struct store_key *key,
                            struct store_document *document, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.inode = ? AND d.size = ?"
             " AND d.mtime_ns = ? AND d.source = ? AND d.removed_ms IS NULL LIMIT 1");
    sqlite3_bind_int64(stmt, 1, (int64_t)key->inode);
    sqlite3_bind_int64(stmt, 2, key->size_bytes);
    sqlite3_bind_int64(stmt, 3, key->mtime_ns);
    bind_text(stmt, 4, source);
    return one_document(txn, stmt, document, err);
}

/* These two come with each new file: with ORDER BY, a table for sorting would be made and thrown
 * away. Beside max(), SQLite takes columns from the row that has it (lang_select.html, bare
 * columns). */
#define LATER_THAN_ANY "4000000000000000000"

int store_document_gone(struct store_txn *txn, const struct hash *hash, const struct store_key *key,
                        int64_t since_ms, struct store_document *document, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.id = (SELECT id FROM (SELECT id,"
             " max((inode = ?3 AND mtime_ns = ?5) * " LATER_THAN_ANY " + removed_ms) FROM document"
             " WHERE hash = ?1 AND removed_ms IS NOT NULL AND (removed_ms >= ?2"
             " OR (inode = ?3 AND size = ?4 AND mtime_ns = ?5))))");
    bind_hash(stmt, 1, hash);
    sqlite3_bind_int64(stmt, 2, since_ms);
    sqlite3_bind_int64(stmt, 3, (int64_t)key->inode);
    sqlite3_bind_int64(stmt, 4, key->size_bytes);
    sqlite3_bind_int64(stmt, 5, key->mtime_ns);
    return one_document(txn, stmt, document, err);
}

int store_document_gone_at(struct store_txn *txn, const char *source, const char *path,
                           int64_t since_ms, struct store_document *document, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.id = (SELECT id FROM"
                        " (SELECT id, max(removed_ms) FROM document INDEXED BY document_was"
                        " WHERE removed_ms >= ?1 AND source = ?2 AND path = ?3))");
    sqlite3_bind_int64(stmt, 1, since_ms);
    bind_text(stmt, 2, source);
    bind_path(stmt, 3, path);
    return one_document(txn, stmt, document, err);
}

int store_document_origin(struct store_txn *txn, const struct hash *text_hash, struct hash *origin,
                          struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT d.origin FROM version v JOIN document d ON d.id = v.document"
                        " WHERE v.text_hash = ? ORDER BY v.id LIMIT 1");
    bind_hash(stmt, 1, text_hash);
    int got = store_step(txn, stmt, err);
    if (got > 0) {
        *origin = column_hash(stmt, 0);
        sqlite3_reset(stmt);
    }
    return got;
}

/* Parameters 1 to 10, the same for adding and updating. */
static void bind_document(sqlite3_stmt *stmt, const struct store_document *document)
{
    bind_text(stmt, 1, document->source);
    bind_path(stmt, 2, document->path);
    bind_key(stmt, 3, &document->key);
    bind_hash(stmt, 7, &document->origin);
    sqlite3_bind_int64(stmt, 8, document->version);
    bind_hash(stmt, 9, &document->hash);
    if (document->removed_ms)
        sqlite3_bind_int64(stmt, 10, document->removed_ms);
}

int store_document_add(struct store_txn *txn, struct store_document *document, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "INSERT INTO document(source, path, inode, size, mtime_ns, ctime_ns, origin, version,"
             " hash, removed_ms, added_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    bind_document(stmt, document);
    sqlite3_bind_int64(stmt, 11, document->added_ms);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    document->id = store_last_id(txn);
    return 0;
}

int store_document_update(struct store_txn *txn, const struct store_document *document,
                          struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "UPDATE document SET source = ?1, path = ?2, inode = ?3, size = ?4, mtime_ns = ?5,"
             " ctime_ns = ?6, origin = ?7, version = ?8, hash = ?9, removed_ms = ?10"
             " WHERE id = ?11");
    bind_document(stmt, document);
    sqlite3_bind_int64(stmt, 11, document->id);
    return store_exec(txn, stmt, err);
}

int store_document_set_key(struct store_txn *txn, int64_t id, const struct store_key *key,
                           struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE document SET inode = ?1, size = ?2, mtime_ns = ?3,"
                                         " ctime_ns = ?4 WHERE id = ?5");
    bind_key(stmt, 1, key);
    sqlite3_bind_int64(stmt, 5, id);
    return store_exec(txn, stmt, err);
}

int store_document_remove(struct store_txn *txn, int64_t id, int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "UPDATE document SET removed_ms = ?2 WHERE id = ?1 AND removed_ms IS NULL");
    sqlite3_bind_int64(stmt, 1, id);
    sqlite3_bind_int64(stmt, 2, now_ms);
    return store_exec(txn, stmt, err);
}

int store_document_remove_at(struct store_txn *txn, const char *source, const char *path,
                             int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "UPDATE document SET removed_ms = ?3 WHERE source = ?1"
                                         " AND path = ?2 AND removed_ms IS NULL");
    bind_text(stmt, 1, source);
    bind_path(stmt, 2, path);
    sqlite3_bind_int64(stmt, 3, now_ms);
    return store_exec(txn, stmt, err);
}

int store_document_rename(struct store_txn *txn, const char *source, const char *from,
                          const char *to, const struct store_key *key, int64_t now_ms,
                          struct err *err)
{
    struct store_document document;
    int found = store_document_at(txn, source, from, &document, err);
    if (found <= 0)
        return found;
    free(document.path);
    document.path = mem_strdup(to);
    if (key)
        document.key = *key;
    int result = store_document_remove_at(txn, source, to, now_ms, err);
    if (result == 0)
        result = store_document_update(txn, &document, err);
    store_document_deinit(&document);
    return result;
}

static int each_document(struct store_txn *txn, sqlite3_stmt *stmt,
                         void (*row)(void *arg, const struct store_document *document), void *arg,
                         struct err *err)
{
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        struct store_document document = column_document(stmt);
        row(arg, &document);
        store_document_deinit(&document);
    }
    return got;
}

int store_document_each(struct store_txn *txn,
                        void (*row)(void *arg, const struct store_document *document), void *arg,
                        struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.removed_ms IS NULL");
    return each_document(txn, stmt, row, arg, err);
}

int store_document_below(struct store_txn *txn, const char *source, const char *dir,
                         void (*row)(void *arg, const struct store_document *document), void *arg,
                         struct err *err)
{
    /* '0' is the byte after '/': the range of all paths that begin with DIR/. */
    AUTO_FREE char *first = mem_printf("%s/", dir);
    AUTO_FREE char *after = mem_printf("%s0", dir);
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT " DOCUMENT_COLUMNS " FROM document d WHERE d.source = ? AND d.path >= ?"
             " AND d.path < ? AND d.removed_ms IS NULL ORDER BY d.path");
    bind_text(stmt, 1, source);
    bind_path(stmt, 2, first);
    bind_path(stmt, 3, after);
    return each_document(txn, stmt, row, arg, err);
}

int store_document_expire(struct store_txn *txn, int64_t before_ms, int limit, int *n_deleted,
                          struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "DELETE FROM document WHERE id IN (SELECT id FROM document d WHERE removed_ms < ?1"
             " AND NOT EXISTS (SELECT 1 FROM version v JOIN pending p ON p.version = v.id"
             " WHERE v.document = d.id) LIMIT ?2)");
    sqlite3_bind_int64(stmt, 1, before_ms);
    sqlite3_bind_int(stmt, 2, limit);
    if (store_exec(txn, stmt, err) < 0)
        return -1;
    *n_deleted = store_changes(txn);
    return 0;
}

/* ---- unread files ---- */

int store_unread_set(struct store_txn *txn, const char *source, const char *path,
                     const struct store_key *key, const char *status, const char *note,
                     int64_t now_ms, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "INSERT OR REPLACE INTO unread(inode, size, mtime_ns, ctime_ns, source, path, status,"
             " note, seen_ms) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
    bind_key(stmt, 1, key);
    bind_text(stmt, 5, source);
    bind_path(stmt, 6, path);
    bind_text(stmt, 7, status);
    bind_text(stmt, 8, note);
    sqlite3_bind_int64(stmt, 9, now_ms);
    return store_exec(txn, stmt, err);
}

int store_unread_remove(struct store_txn *txn, const char *source, const char *path,
                        struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "DELETE FROM unread WHERE source = ? AND path = ?");
    bind_text(stmt, 1, source);
    bind_path(stmt, 2, path);
    return store_exec(txn, stmt, err);
}

int store_unread_each(struct store_txn *txn,
                      void (*row)(void *arg, const char *source, const char *path,
                                  const struct store_key *key),
                      void *arg, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "SELECT source, path, inode, size, mtime_ns, ctime_ns FROM unread");
    int got;
    while ((got = store_step(txn, stmt, err)) > 0) {
        AUTO_FREE char *path = column_copy(stmt, 1);
        struct store_key key = column_key(stmt, 2);
        row(arg, store_text(stmt, 0), path, &key);
    }
    return got;
}

int store_unread_find(struct store_txn *txn, const char *path, char **why, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT u.status, u.note FROM source s CROSS JOIN unread u ON u.source = s.name"
             " AND u.path =" BELOW_ROOT " LIMIT 1");
    bind_path(stmt, 1, path);
    *why = NULL;
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *why = mem_printf("%s%s%s", store_text(stmt, 0), *store_text(stmt, 1) ? ": " : "",
                          store_text(stmt, 1));
    return got;
}

int store_unread_list(struct store_txn *txn, int limit, json_t **list, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT source, path, status, note, seen_ms FROM unread ORDER BY seen_ms DESC LIMIT ?");
    sqlite3_bind_int(stmt, 1, limit);
    json_t *rows = json_array();
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        json_array_append_new(rows,
                              json_pack("{s:s, s:o, s:s, s:s, s:I}", "source", store_text(stmt, 0),
                                        "path", column_path_json(stmt, 1), "status",
                                        store_text(stmt, 2), "note", store_text(stmt, 3), "seen_ms",
                                        (json_int_t)sqlite3_column_int64(stmt, 4)));
    if (got < 0)
        json_decref(rows);
    else
        *list = rows;
    return got;
}
