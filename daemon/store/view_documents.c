/* Documents as JSON for people; see views.h. */
#include "store/rows.h"

#define DOCUMENT_COLUMNS                                                                           \
    "d.id, d.source, d.path, CAST(s.root || '/' || CAST(d.path AS TEXT) AS BLOB),"                 \
    " CASE WHEN d.removed_ms IS NULL THEN 'live' ELSE 'removed' END,"                              \
    " (SELECT max(number) FROM version WHERE document = d.id), v.title, v.date, v.seen_ms,"        \
    " d.removed_ms, v.forgotten_ms"

#define DOCUMENT_VIEW_COLUMNS                                                                      \
    {"document", COLUMN_INT}, {"source", COLUMN_TEXT}, {"path", COLUMN_PATH},                      \
        {"file", COLUMN_PATH}, {"state", COLUMN_TEXT}, {"versions", COLUMN_INT},                   \
        {"title", COLUMN_TEXT}, {"date", COLUMN_INT}, {"seen_ms", COLUMN_INT},                     \
        {"removed_ms", COLUMN_OPTION}, {"forgotten_ms", COLUMN_OPTION},

/* Along the versions from the last: what stands is found without sorting. */
int store_view_documents(struct store_txn *txn, const struct store_document_filter *filter,
                         json_t **list, struct err *err)
{
    static const struct view_column columns[] = {DOCUMENT_VIEW_COLUMNS};
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT " DOCUMENT_COLUMNS " FROM version v CROSS JOIN document d ON d.id = v.document"
             " LEFT JOIN source s ON s.name = d.source WHERE d.version = v.id"
             " AND (?1 IS NULL OR d.source = ?1)"
             " AND (?2 IS NULL OR CAST(d.path AS TEXT) GLOB ?2"
             "  OR CAST(d.path AS TEXT) GLOB ?2 || '/*')"
             " AND (?3 IS NULL OR s.root || '/' || CAST(d.path AS TEXT) GLOB ?3"
             "  OR s.root || '/' || CAST(d.path AS TEXT) GLOB ?3 || '/*')"
             " ORDER BY v.id DESC LIMIT ?4");
    if (filter->source)
        bind_text(stmt, 1, filter->source);
    if (filter->path)
        bind_text(stmt, 2, filter->path);
    if (filter->file)
        bind_text(stmt, 3, filter->file);
    bind_int(stmt, 4, filter->limit);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_document(struct store_txn *txn, int64_t document, json_t **view, struct err *err)
{
    static const struct view_column columns[] = {
        DOCUMENT_VIEW_COLUMNS{"added_ms", COLUMN_INT},
        {"inode", COLUMN_INT},
        {"size", COLUMN_INT},
        {"mtime_ns", COLUMN_INT},
        {"ctime_ns", COLUMN_INT},
        {"origin", COLUMN_HASH},
        {"hash", COLUMN_HASH},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT " DOCUMENT_COLUMNS ", d.added_ms, d.inode, d.size, d.mtime_ns, d.ctime_ns,"
             " d.origin, d.hash FROM document d LEFT JOIN version v ON v.id = d.version"
             " LEFT JOIN source s ON s.name = d.source WHERE d.id = ?1");
    bind_int(stmt, 1, document);
    return one_row_json(txn, stmt, columns, ARRAY_LEN(columns), view, err);
}

int store_view_versions(struct store_txn *txn, int64_t document, int64_t limit, json_t **list,
                        struct err *err)
{
    static const struct view_column columns[] = {
        {"version", COLUMN_INT},    {"seen_ms", COLUMN_INT},     {"date", COLUMN_INT},
        {"title", COLUMN_TEXT},     {"media_type", COLUMN_TEXT}, {"charset", COLUMN_TEXT},
        {"note", COLUMN_TEXT},      {"size", COLUMN_INT},        {"hash", COLUMN_HASH},
        {"text_hash", COLUMN_HASH}, {"archived", COLUMN_BOOL},   {"forgotten_ms", COLUMN_OPTION},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT number, seen_ms, date, title, media_type, charset, note, size, hash, text_hash,"
        " forgotten_ms IS NULL"
        " AND EXISTS(SELECT 1 FROM archive a WHERE a.text_hash = version.text_hash),"
        " forgotten_ms FROM version WHERE document = ?1 ORDER BY number DESC LIMIT ?2");
    bind_int(stmt, 1, document);
    bind_int(stmt, 2, limit);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_document_findings(struct store_txn *txn, int64_t document, int64_t limit,
                                 json_t **list, struct err *err)
{
    static const struct view_column columns[] = {
        {"version", COLUMN_INT},  {"alert", COLUMN_HASH},    {"headline", COLUMN_TEXT},
        {"state", COLUMN_TEXT},   {"detector", COLUMN_TEXT}, {"topic", COLUMN_TEXT},
        {"summary", COLUMN_TEXT}, {"outcome", COLUMN_TEXT},  {"seen_ms", COLUMN_INT},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT v.number, a.id, a.headline, a.state, a.detector,"
        " CASE f.status WHEN '' THEN a.topic ELSE f.status END, f.summary, f.outcome, f.seen_ms"
        " FROM version v JOIN finding f ON f.version = v.id JOIN alert a ON a.row = f.alert"
        " WHERE v.document = ?1 ORDER BY v.number DESC, f.id LIMIT ?2");
    bind_int(stmt, 1, document);
    bind_int(stmt, 2, limit);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_document_pending(struct store_txn *txn, int64_t document, json_t **list,
                                struct err *err)
{
    static const struct view_column columns[] = {
        {"version", COLUMN_INT}, {"detector", COLUMN_TEXT},         {"strikes", COLUMN_INT},
        {"reason", COLUMN_TEXT}, {"quarantined_ms", COLUMN_OPTION},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT v.number, p.detector, p.strikes, p.reason, p.quarantined_ms FROM version v"
             " JOIN pending p ON p.version = v.id WHERE v.document = ?1"
             " ORDER BY v.number DESC, p.detector");
    bind_int(stmt, 1, document);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_view_document_unread(struct store_txn *txn, int64_t document, json_t **unread,
                               struct err *err)
{
    static const struct view_column columns[] = {
        {"status", COLUMN_TEXT}, {"note", COLUMN_TEXT}, {"seen_ms", COLUMN_INT}};
    sqlite3_stmt *stmt = store_stmt(
        txn,
        "SELECT u.status, u.note, u.seen_ms FROM document d JOIN unread u"
        " ON u.source = d.source AND u.path = d.path WHERE d.id = ?1 AND d.removed_ms IS NULL");
    bind_int(stmt, 1, document);
    return one_row_json(txn, stmt, columns, ARRAY_LEN(columns), unread, err);
}

int store_view_versions_after(struct store_txn *txn, int64_t version, int64_t since_ms,
                              int64_t limit, json_t **list, struct err *err)
{
    static const struct view_column columns[] = {
        {"version", COLUMN_INT},    {"document", COLUMN_INT},    {"origin", COLUMN_HASH},
        {"source", COLUMN_TEXT},    {"path", COLUMN_PATH},       {"title", COLUMN_TEXT},
        {"date", COLUMN_INT},       {"media_type", COLUMN_TEXT}, {"seen_ms", COLUMN_INT},
        {"text_hash", COLUMN_HASH},
    };
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT v.id, v.document, d.origin, d.source, d.path, v.title, v.date, v.media_type,"
             " v.seen_ms, v.text_hash FROM version v JOIN document d ON d.id = v.document"
             " WHERE v.id > ?1 AND v.seen_ms >= ?2 AND v.forgotten_ms IS NULL"
             " ORDER BY v.id LIMIT ?3");
    bind_int(stmt, 1, version);
    bind_int(stmt, 2, since_ms);
    bind_int(stmt, 3, limit);
    return rows_json(txn, stmt, columns, ARRAY_LEN(columns), list, err);
}

int store_count_versions(struct store_txn *txn, int64_t since_ms, int64_t *n, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(
        txn, "SELECT count(*) FROM version WHERE seen_ms >= ?1 AND forgotten_ms IS NULL");
    bind_int(stmt, 1, since_ms);
    int got = store_step(txn, stmt, err);
    *n = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}
