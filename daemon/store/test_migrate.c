/* Stores of older schemas, as older releases left them, brought to this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "store/alerts.h"
#include "store/bind.h"
#include "store/deliveries.h"
#include "store/open.h"
#include "store/schema.h"
#include "store/txn.h"

static char dir[] = "/tmp/tocsin-migrate-XXXXXX";

static int setup(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", dir);
    return system(command);
}

/* A store of schema `version` that holds `rows`. */
static void make_old(int version, const char *rows)
{
    AUTO_FREE char *file = open_file_of(dir);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    for (int i = 0; i < version; i++)
        assert_int_equal(sqlite3_exec(db, store_migrations[i], NULL, NULL, NULL), SQLITE_OK);
    AUTO_FREE char *marks = mem_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                       OPEN_APPLICATION_ID, version);
    assert_int_equal(sqlite3_exec(db, marks, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static struct store_txn *writer, *reader;

static void open_old(void)
{
    struct open_result opened;
    struct err err = {""};
    if (open_database(dir, &opened, &err) != STORE_OPENED_OLD)
        fail_msg("%s", err.text);
    free(opened.file);
    writer = txn_new(opened.writer);
    reader = txn_new(opened.reader);
}

static void close_it(void)
{
    txn_free(&reader);
    txn_free(&writer);
}

static int64_t number(const char *question)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(txn_db(writer), question, -1, &stmt, NULL), SQLITE_OK);
    int64_t value = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : -1;
    sqlite3_finalize(stmt);
    return value;
}

static void the_first_schema(void **state)
{
    (void)state;
    make_old(1, "INSERT INTO delivery(id, notifier, state, next_ms, created_ms, updated_ms)"
                " VALUES(zeroblob(32), 'desktop', 'queued', 1, 2, 3)");
    open_old();
    assert_int_equal(number("SELECT count(*) FROM delivery WHERE state = 'queued' AND notice = ''"),
                     1);
    close_it();
}

/* Two alerts of one document, of which the second has the lower id; one delivery tells both. */
#define ID(digit) "x'" digit digit digit digit digit digit digit digit "'"
#define A         ID("aaaaaaaa")
#define B         ID("bbbbbbbb")
#define ROWS                                                                                       \
    "INSERT INTO source(name, root) VALUES('news', '/news');"                                      \
    "INSERT INTO document VALUES(7, 'news', x'612e747874', 1, 2, 3, 4, " A ", 9, " A ", 5, NULL);" \
    "INSERT INTO version(id, document, number, hash, text_hash, size, date, title, media_type,"    \
    " charset, note, seen_ms) VALUES(9, 7, 1, " A ", " A                                           \
    ", 2, 20260102, 'A title', '', '', '', 5);"                                                    \
    "INSERT INTO alert VALUES(" B ", 'topics', 'boats', 's', '', '', 'Boats', 2, '[]', '{}',"      \
    " 'open', 1, 0, 100, 101), (" A ", 'facts', 'confirmed', 's', 'key', '2026', 'Cars', 3, '[]'," \
    " '{}', 'acknowledged', 2, 42, 200, 201);"                                                     \
    "INSERT INTO finding VALUES(3, " B ", 7, 9, " A                                                \
    ", 20260102, '', 0, '', 'Boats', 2, 0.5, '{}',"                                                \
    " '[]', 'rang', 5), (4, " A ", 7, 9, " A ", 20260102, 'confirmed', 1, '2026', 'Cars', 3, 0.5," \
    " '{}', '[]', 'rang', 5);"                                                                     \
    "INSERT INTO told VALUES(" A ", " B "), (" B ", " B ");"                                       \
    "INSERT INTO told_before VALUES(zeroblob(32), " B ", 6);"                                      \
    "INSERT INTO revision VALUES(" A ", " B ", 1, 3, 'Boats', '', 100),"                           \
    " (" B ", " A ", 1, 4, 'Cars', 'interest', 200);"                                              \
    "INSERT INTO delivery(id, notifier, state, attempts, next_ms, created_ms, updated_ms, reason," \
    " retried_ms, attempts_before) VALUES(" B                                                      \
    ", 'hook', 'deferred', 3, 300, 201, 202, 'away', 250,"                                         \
    " 1);"                                                                                         \
    "INSERT INTO delivery_revision VALUES(" B ", 0, " B "), (" B ", 1, " A ");"                    \
    "INSERT INTO token VALUES('hook', " A ", '17')"

static void assert_alerts(void)
{
    struct hash a, b;
    memset(&a, 0xaa, sizeof(a));
    memset(&b, 0xbb, sizeof(b));
    struct store_alert alert;
    struct err err;
    assert_int_equal(store_alert_get(writer, &a, &alert, &err), 1);
    assert_string_equal(alert.headline, "Cars");
    assert_string_equal(alert.state, "acknowledged");
    assert_int_equal(alert.revisions, 2);
    assert_int_equal(alert.snoozed_until_ms, 42);
    store_alert_deinit(&alert);
    assert_int_equal(store_finding_known(writer, &a, 9, &err), 1);
    assert_int_equal(store_finding_known(writer, &b, 9, &err), 1);
    assert_int_equal(store_told_has(writer, &a, &b, &err), 1);
    assert_int_equal(store_told_has(writer, &a, &a, &err), 0);
    assert_int_equal(number("SELECT count(*) FROM told_before"), 1);
    assert_int_equal(number("SELECT r.id = " A " FROM revision r JOIN alert a ON a.row = r.alert"
                            " WHERE a.id = " B " ORDER BY r.number DESC LIMIT 1"),
                     1);
}

static void assert_delivery(void)
{
    struct hash b;
    memset(&b, 0xbb, sizeof(b));
    struct store_due *due;
    struct err err;
    assert_int_equal(store_delivery_load(writer, &b, 10, &due, &err), 1);
    assert_int_equal(due->attempts, 3);
    assert_int_equal(due->attempts_before, 1);
    assert_int_equal(due->since_ms, 250);
    assert_int_equal(due->n_told, 2);
    assert_string_equal(due->told[0].headline, "Cars");
    assert_string_equal(due->told[0].change, "interest");
    assert_string_equal(due->told[0].token, "17");
    assert_string_equal(due->told[1].headline, "Boats");
    assert_string_equal(due->told[1].topic, "boats");
    assert_string_equal(due->told[1].path, "a.txt");
    assert_string_equal(due->told[1].token, "");
    store_due_free(&due);
}

static void ids_get_rows(void **state)
{
    (void)state;
    make_old(4, ROWS);
    open_old();
    assert_alerts();
    assert_delivery();
    assert_int_equal(number("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(number("PRAGMA foreign_keys"), 1);
    assert_int_equal(number("SELECT rowid FROM alert_words('headline : boats AND title : title"
                            " AND source : news AND topic : boats')"),
                     3);
    assert_int_equal(number("SELECT rowid FROM alert_words('topic : confirmed')"), 4);
    assert_int_equal(number("SELECT finding FROM words_until"),
                     number("SELECT max(id) FROM finding"));
    /* What referred to an alert still goes with it. */
    assert_int_equal(
        sqlite3_exec(txn_db(writer), "DELETE FROM alert WHERE id = " A, NULL, NULL, NULL),
        SQLITE_OK);
    assert_int_equal(number("SELECT (SELECT count(*) FROM token) + (SELECT count(*) FROM told)"
                            " + (SELECT count(*) FROM delivery_revision)"
                            " + (SELECT count(*) FROM finding)"),
                     3);
    close_it();
}

/* The one that is made new and the one that was brought here are the same. */
static char *schema_here(void)
{
    sqlite3_stmt *stmt;
    assert_int_equal(
        sqlite3_prepare_v2(txn_db(writer),
                           "SELECT group_concat(replace(sql, '\"', ''), ';') FROM"
                           " (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)",
                           -1, &stmt, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    char *schema = column_copy(stmt, 0);
    sqlite3_finalize(stmt);
    return schema;
}

static void all_ways_lead_here(void **state)
{
    (void)state;
    AUTO_FREE char *here = NULL;
    for (int version = 1; version < STORE_SCHEMA_VERSION; version++) {
        make_old(version, "SELECT 1");
        open_old();
        AUTO_FREE char *schema = schema_here();
        close_it();
        teardown(NULL);
        setup(NULL);
        if (here)
            assert_string_equal(schema, here);
        else
            here = mem_strdup(schema);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_first_schema),
        CASE(ids_get_rows),
        CASE(all_ways_lead_here),
    };
    return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
