/* What was deleted is in no file of the database any more, whatever way it went before. */
#include "tests/support/unit.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/wipe.h"

#define SECRET "SECRET"
#define N_ROWS 1500

static char dir[] = "/tmp/tocsin-wipe-XXXXXX";
static char *file;
static sqlite3 *db;
static unsigned state_of_random;

static unsigned draw(unsigned below)
{
    state_of_random = state_of_random * 1664525u + 1013904223u;
    return (state_of_random >> 8) % below;
}

static void sql(const char *fmt, ...) PRINTF(1, 2);
static void sql(const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    char *error = NULL;
    if (sqlite3_exec(db, text, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", error, text);
}

static void open_it(void)
{
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    sql("PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;"
        "PRAGMA cache_size = -64000");
}

static int setup(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    file = mem_printf("%s/t.db", dir);
    open_it();
    sql("CREATE TABLE a(id INTEGER PRIMARY KEY, t TEXT);"
        "CREATE TABLE w(id INTEGER PRIMARY KEY, k BLOB UNIQUE, h TEXT, u INT);"
        "CREATE TABLE x(id BLOB PRIMARY KEY, n INT UNIQUE, h TEXT) WITHOUT ROWID;"
        "CREATE INDEX wu ON w(u); CREATE INDEX wh ON w(h)");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    sqlite3_close(db);
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        AUTO_FREE char *path = mem_printf("%s%s", file, suffixes[i]);
        unlink(path);
    }
    rmdir(dir);
    free(file);
    return 0;
}

static size_t count_in(const char *path)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return 0;
    assert_int_equal(fstat(fd, &st), 0);
    AUTO_FREE char *bytes = mem_alloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    size_t n = 0, left = (size_t)st.st_size;
    for (char *at = bytes; (at = memmem(at, left - (size_t)(at - bytes), SECRET, strlen(SECRET)));
         at++)
        n++;
    return n;
}

static size_t count_secrets(void)
{
    AUTO_FREE char *log = mem_printf("%s-wal", file);
    return count_in(file) + count_in(log);
}

/* A text of a word, repeated: short ones live in the cell, long ones on pages of their own. */
static void add_row(unsigned n, bool secret)
{
    char word[32];
    snprintf(word, sizeof(word), secret ? SECRET "%06u" : "plain%06u", n);
    unsigned short_len = 1 + draw(30), long_len = draw(8) == 0 ? 900 : 1 + draw(40);
    sql("INSERT INTO a VALUES(%u, replace(hex(zeroblob(%u)), '00', '%s'));"
        "INSERT INTO w VALUES(%u, randomblob(20), replace(hex(zeroblob(%u)), '00', '%s'), %u);"
        "INSERT INTO x VALUES(randomblob(16), %u, replace(hex(zeroblob(%u)), '00', '%s'))",
        n, long_len, word, n, short_len, word, draw(1000), n, short_len, word);
}

/* Rows that grow, move and go, so that pages are split, merged and laid out anew. */
static void shake(unsigned n)
{
    if (draw(3) == 0)
        sql("UPDATE w SET h = h || h, u = u + 1 WHERE id = %u", draw(n + 1));
    if (draw(3) == 0)
        sql("UPDATE x SET h = h || '+' WHERE n = %u", draw(n + 1));
    if (draw(4) == 0)
        sql("UPDATE a SET t = t || t WHERE id = %u AND length(t) < 3000", draw(n + 1));
    if (draw(8) == 0)
        sql("DELETE FROM w WHERE id = %u; DELETE FROM x WHERE n = %u", draw(n + 1), draw(n + 1));
}

static void fill(unsigned first)
{
    sql("BEGIN");
    for (unsigned n = first; n < first + N_ROWS; n++) {
        add_row(n, n % 50 == 7);
        if (n % 20 == 0)
            sql("COMMIT; %s BEGIN", n % 200 ? "" : "PRAGMA wal_checkpoint(PASSIVE);");
        shake(n);
    }
    sql("COMMIT");
}

static void forget(void)
{
    sql("BEGIN; DELETE FROM a WHERE t LIKE '" SECRET "%%' AND id %% 2;"
        "UPDATE a SET t = '' WHERE t LIKE '" SECRET "%%';"
        "DELETE FROM w WHERE h LIKE '" SECRET "%%' AND id %% 2;"
        "UPDATE w SET h = '' WHERE h LIKE '" SECRET "%%';"
        "DELETE FROM x WHERE h LIKE '" SECRET "%%' AND n %% 2;"
        "UPDATE x SET h = '' WHERE h LIKE '" SECRET "%%'; COMMIT");
}

static void assert_whole(void)
{
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
    sqlite3_finalize(stmt);
}

static void wipe(void)
{
    struct err err = {""};
    if (wipe_deleted(db, &err) < 0)
        fail_msg("%s", err.text);
}

/* ---- cases ---- */

static void nothing_is_left(void **state)
{
    (void)state;
    size_t n_left_by_sqlite = 0;
    for (unsigned seed = 0; seed < 12; seed++) {
        state_of_random = seed;
        fill(seed * N_ROWS);
        assert_true(count_secrets() > 100);
        forget();
        sql("PRAGMA wal_checkpoint(TRUNCATE)");
        n_left_by_sqlite += count_secrets();
        wipe();
        assert_int_equal(count_secrets(), 0);
        assert_whole();
    }
    /* Else this case proves nothing. */
    assert_true(n_left_by_sqlite > 0);
}

/* Pages that SQLite keeps in memory do not bring it back. */
static void nothing_comes_back(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 4; round++) {
        state_of_random = round + 100;
        fill(round * N_ROWS);
        forget();
        wipe();
        /* Every page is written again. */
        sql("UPDATE a SET t = t || '!'; UPDATE w SET u = u + 1; UPDATE x SET h = h || '!'");
        sql("PRAGMA wal_checkpoint(TRUNCATE)");
        assert_int_equal(count_secrets(), 0);
        assert_whole();
    }
}

static void a_reader_is_waited_for_and_then_said(void **state)
{
    (void)state;
    struct err err = {""};
    sqlite3 *reader;
    fill(0);
    assert_int_equal(sqlite3_open(file, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT * FROM a LIMIT 1", NULL, NULL, NULL),
                     SQLITE_OK);
    forget();
    assert_int_equal(wipe_deleted(db, &err), -1);
    assert_non_null(strstr(err.text, "log cannot be emptied"));
    assert_int_equal(sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    wipe();
    assert_int_equal(count_secrets(), 0);
    /* The reader has its own pages in memory, and reads on. */
    assert_int_equal(sqlite3_exec(reader, "SELECT * FROM w", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(reader);
}

static void damage_is_no_reason_to_write(void **state)
{
    (void)state;
    struct err err = {""};
    fill(0);
    forget();
    sql("PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    /* The first cell of a page begins before its pointers end: then nothing there is unused. */
    AUTO_FD int fd = open(file, O_RDWR | O_CLOEXEC);
    for (off_t page = 1; page < 40; page++) {
        unsigned char header[8];
        assert_int_equal(pread(fd, header, sizeof(header), page * 4096), sizeof(header));
        if (header[0] == 13)
            assert_int_equal(pwrite(fd, "\x00\x01", 2, page * 4096 + 5), 2);
    }
    open_it();
    assert_int_equal(wipe_deleted(db, &err), -1);
    assert_non_null(strstr(err.text, "is damaged"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_left, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reader_is_waited_for_and_then_said, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_no_reason_to_write, setup, teardown),
    };
    return cmocka_run_group_tests_name("wipe", tests, NULL, NULL);
}
