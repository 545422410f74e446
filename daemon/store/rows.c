/* From columns to JSON; see rows.h. */
#include "store/rows.h"

#include "base/mem.h"

json_t *store_bytes_json(const char *bytes)
{
    json_t *json = json_string(bytes);
    if (json)
        return json;
    AUTO_FREE char *ascii = mem_strdup(bytes);
    for (char *c = ascii; *c; c++) {
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    }
    return json_string(ascii);
}

static json_t *column_json(sqlite3_stmt *stmt, int at, enum column kind)
{
    char hex[HASH_HEX_SIZE];
    struct hash hash;
    json_t *json;
    switch (kind) {
    case COLUMN_TEXT:
        return store_bytes_json(store_text(stmt, at));
    case COLUMN_INT:
        return json_integer(sqlite3_column_int64(stmt, at));
    case COLUMN_OPTION:
        return sqlite3_column_type(stmt, at) == SQLITE_NULL
                   ? json_null()
                   : json_integer(sqlite3_column_int64(stmt, at));
    case COLUMN_BOOL:
        return json_boolean(sqlite3_column_int(stmt, at));
    case COLUMN_REAL:
        return json_real(sqlite3_column_double(stmt, at));
    case COLUMN_HASH:
        hash = column_hash(stmt, at);
        hash_hex(&hash, HASH_BYTES, hex);
        return json_string(hex);
    case COLUMN_JSON:
        json = json_loads(store_text(stmt, at), JSON_DECODE_ANY, NULL);
        return json ? json : json_null();
    case COLUMN_PATH:
        return column_path_json(stmt, at);
    }
    return json_null();
}

json_t *row_json(sqlite3_stmt *stmt, const struct view_column *columns, size_t n)
{
    json_t *row = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(row, columns[i].name, column_json(stmt, (int)i, columns[i].kind));
    return row;
}

int rows_json(struct store_txn *txn, sqlite3_stmt *stmt, const struct view_column *columns,
              size_t n, json_t **list, struct err *err)
{
    *list = json_array();
    int got;
    while ((got = store_step(txn, stmt, err)) > 0)
        json_array_append_new(*list, row_json(stmt, columns, n));
    if (got == 0)
        return 0;
    json_decref(*list);
    *list = NULL;
    return -1;
}

int one_row_json(struct store_txn *txn, sqlite3_stmt *stmt, const struct view_column *columns,
                 size_t n, json_t **row, struct err *err)
{
    *row = NULL;
    int got = store_step(txn, stmt, err);
    if (got > 0)
        *row = row_json(stmt, columns, n);
    sqlite3_reset(stmt);
    return got < 0 ? -1 : 0;
}
