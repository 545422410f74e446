/* The schema of a database beside one that was made by the migrations; see whole.h. */
#include "store/whole.h"

#include "base/log.h"
#include "base/str.h"
#include "store/schema.h"

/* Empty, in memory. The migrations work, or the program is wrong. */
static sqlite3 *make_model(int version)
{
    sqlite3 *model;
    int code = sqlite3_open(":memory:", &model);
    for (int n = 0; code == SQLITE_OK && n < version; n++)
        code = sqlite3_exec(model, store_migrations[n], NULL, NULL, NULL);
    if (code != SQLITE_OK)
        log_panic("the schema cannot be made: %s", sqlite3_errmsg(model));
    return model;
}

static const char *text(sqlite3_stmt *stmt, int column)
{
    const unsigned char *value = sqlite3_column_text(stmt, column);
    return value ? (const char *)value : "";
}

/* Each of the model's is looked up. */
static int compare(sqlite3_stmt *wanted, sqlite3_stmt *found, bool *is_whole, struct err *err)
{
    *is_whole = true;
    while (*is_whole && sqlite3_step(wanted) == SQLITE_ROW) {
        sqlite3_reset(found);
        sqlite3_bind_text(found, 1, text(wanted, 0), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(found, 2, text(wanted, 1), -1, SQLITE_TRANSIENT);
        int code = sqlite3_step(found);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            return -1;
        *is_whole = code == SQLITE_ROW && str_equal(text(found, 0), text(wanted, 2));
        if (!*is_whole)
            err_set(err, "its schema is damaged: the %s \"%s\" is %s", text(wanted, 0),
                    text(wanted, 1), code == SQLITE_ROW ? "another" : "missing");
    }
    return 0;
}

/* The text of a definition but for quotes and spaces, which SQLite puts in where it renames. Of the
 * tables behind the index of words, which SQLite defines, the columns. */
#define DEFINITION                                                                                 \
    "CASE WHEN s.name GLOB 'alert_words_*'"                                                        \
    " THEN (SELECT group_concat(name) FROM pragma_table_info(s.name))"                             \
    " ELSE replace(replace(s.sql, '\"', ''), ' ', '') END"

int whole_schema(sqlite3 *db, int version, bool *is_whole, struct err *err)
{
    static const char all[] = "SELECT type, name, " DEFINITION " FROM sqlite_schema s";
    static const char one[] =
        "SELECT " DEFINITION " FROM sqlite_schema s WHERE type = ?1 AND name = ?2";
    sqlite3_stmt *wanted = NULL, *found = NULL;
    sqlite3 *model = make_model(version);
    int result = -1;
    if (sqlite3_prepare_v2(model, all, -1, &wanted, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, one, -1, &found, NULL) == SQLITE_OK)
        result = compare(wanted, found, is_whole, err);
    sqlite3_finalize(wanted);
    sqlite3_finalize(found);
    sqlite3_close(model);
    return result;
}
