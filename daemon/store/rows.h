/* Rows of an answer as JSON objects, by a table of their columns. Private to this folder. */
#ifndef TOCSIN_STORE_ROWS_H
#define TOCSIN_STORE_ROWS_H

#include "store/bind.h"

/* One column of an answer: its name, and what it is made of. */
enum column {
    COLUMN_TEXT,
    COLUMN_INT,
    COLUMN_OPTION, /* an integer; null where there is none */
    COLUMN_BOOL,
    COLUMN_REAL,
    COLUMN_HASH,
    COLUMN_JSON,
    COLUMN_PATH
};
struct view_column {
    const char *name;
    enum column kind;
};

/* The row at hand; a new reference. */
json_t *row_json(sqlite3_stmt *stmt, const struct view_column *columns, size_t n);
/* All rows that the statement still gives, as a list. */
int rows_json(struct store_txn *txn, sqlite3_stmt *stmt, const struct view_column *columns,
              size_t n, json_t **list, struct err *err);
/* The only row; NULL when there is none. */
int one_row_json(struct store_txn *txn, sqlite3_stmt *stmt, const struct view_column *columns,
                 size_t n, json_t **row, struct err *err);
/* views.c: an alert as store_view_alert gives it; NULL when there is none. */
int view_alert_row(struct store_txn *txn, int64_t row, json_t **alert, struct err *err);

#endif
