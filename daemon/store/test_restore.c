/* Copies of a store in use, and putting one in place: all of it, or nothing. */
#include "tests/support/unit.h"

#include <fcntl.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "store/open.h"
#include "store/restore.h"
#include "store/store.h"

static char dir[] = "/tmp/tocsin-restore-XXXXXX";
static struct loop *loop;
static char *file, *backup;
static char last_error[ERR_TEXT_MAX], copied[256];

static int setup(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    loop = loop_new();
    file = mem_printf("%s/tocsin.db", dir);
    backup = mem_printf("%s/backup", dir);
    last_error[0] = copied[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    loop_free(&loop);
    free(file);
    free(backup);
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", dir);
    return system(command);
}

/* ---- a store that holds numbers ---- */

static int set(struct store_txn *txn, void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT INTO setting(name, value) VALUES(?, 'x')");
    sqlite3_bind_int64(stmt, 1, (int64_t)(intptr_t)arg);
    return store_exec(txn, stmt, err);
}

static int count(struct store_txn *txn, void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT count(*) FROM setting");
    if (store_step(txn, stmt, err) != 1)
        return -1;
    *(int64_t *)arg = sqlite3_column_int64(stmt, 0);
    return 0;
}

static void done(void *arg, const char *error)
{
    (void)arg;
    snprintf(last_error, sizeof(last_error), "%s", error ? error : "");
}

static struct store *open_store(enum store_opened wanted)
{
    struct store *store;
    struct err err = {""};
    enum store_opened opened = store_open(loop, dir, &store, &err);
    if (opened != wanted)
        fail_msg("opened %d, wanted %d: %s", opened, wanted, err.text);
    return store;
}

static void put(struct store *store, int first, int n)
{
    for (int i = first; i < first + n; i++)
        store_write(store, set, done, (void *)(intptr_t)i);
}

/* A store with n rows, closed again. */
static void make_store(enum store_opened as, int first, int n)
{
    struct store *store = open_store(as);
    put(store, first, n);
    store_free(&store);
    assert_string_equal(last_error, "");
}

static int64_t count_rows(void)
{
    int64_t n = -1;
    struct store *store = open_store(STORE_OPENED_OLD);
    store_read(store, count, done, &n);
    store_free(&store);
    return n;
}

static int64_t count_in(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *stmt;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT count(*), (SELECT integrity_check FROM"
                                        " pragma_integrity_check), (SELECT journal_mode FROM"
                                        " pragma_journal_mode) FROM setting",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    int64_t n = sqlite3_column_int64(stmt, 0);
    assert_string_equal((const char *)sqlite3_column_text(stmt, 1), "ok");
    assert_string_equal((const char *)sqlite3_column_text(stmt, 2), "delete");
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return n;
}

static void on_file(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static size_t files_like(const char *pattern)
{
    glob_t found = {0};
    AUTO_FREE char *path = mem_printf("%s/%s", dir, pattern);
    size_t n = glob(path, 0, NULL, &found) == 0 ? found.gl_pathc : 0;
    globfree(&found);
    return n;
}

static struct hash hash_of(const char *path)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st = {0};
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    AUTO_FREE char *bytes = mem_alloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, bytes, (size_t)st.st_size), st.st_size);
    return hash_bytes(bytes, (size_t)st.st_size);
}

/* ---- copies ---- */

static void copy_made(void *arg, const char *path, const char *error)
{
    (void)arg;
    done(NULL, error);
    snprintf(copied, sizeof(copied), "%s", path ? path : "");
}

static void is_copied_while_it_is_written(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_OPENED_NEW);
    put(store, 0, 500);
    store_flush(store);
    put(store, 500, 5000);
    store_snapshot(store, copy_made, NULL);
    put(store, 5500, 5000);
    store_flush(store);
    assert_string_equal(last_error, "");
    struct stat st;
    assert_int_equal(stat(copied, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_in_range(count_in(copied), 500, 10500);
    assert_int_equal(files_like("tocsin.db.snapshot-*"), 1);
    store_snapshot_remove(store, copied, done, NULL);
    store_flush(store);
    assert_string_equal(last_error, "");
    assert_int_equal(files_like("tocsin.db.snapshot-*"), 0);
    store_free(&store);
}

static void only_copies_are_removed(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_OPENED_NEW);
    AUTO_FREE char *outside = mem_printf("%s.snapshot-x/../backup", file);
    const char *const wrong[] = {file, backup, outside, "/etc/passwd", ""};
    make_store(STORE_OPENED_OLD, 0, 1);
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        store_snapshot_remove(store, wrong[i], done, NULL);
        store_flush(store);
        assert_non_null(strstr(last_error, "is no copy of the store"));
    }
    store_free(&store);
    assert_int_equal(files_like("tocsin.db"), 1);
}

static void copies_of_an_earlier_run_go(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_OPENED_NEW);
    store_snapshot(store, copy_made, NULL);
    store_free(&store);
    assert_int_equal(files_like("tocsin.db.snapshot-*"), 1);
    make_store(STORE_OPENED_OLD, 0, 1);
    assert_int_equal(files_like("tocsin.db.snapshot-*"), 0);
    assert_int_equal(count_rows(), 1);
}

static void a_store_in_memory_has_no_copy(void **state)
{
    (void)state;
    struct store *store;
    struct err err;
    assert_int_equal(store_open(loop, ":memory:", &store, &err), STORE_OPENED_NEW);
    store_snapshot(store, copy_made, NULL);
    store_free(&store);
    assert_string_equal(copied, "");
    assert_non_null(strstr(last_error, "not in a file"));
}

/* ---- back in place ---- */

/* A back-up with n rows; then the store gets one more. */
static void make_backup(int n)
{
    make_store(STORE_OPENED_NEW, 0, n);
    struct store *store = open_store(STORE_OPENED_OLD);
    store_snapshot(store, copy_made, NULL);
    store_flush(store);
    assert_int_equal(rename(copied, backup), 0);
    put(store, n, 1);
    store_free(&store);
}

static enum store_restored restore(char **kept, struct err *err)
{
    AUTO_FREE char *log = mem_printf("%s-wal", backup);
    AUTO_FD int fd = open(backup, O_RDONLY | O_CLOEXEC), log_fd = open(log, O_RDONLY | O_CLOEXEC);
    *err = (struct err){""};
    enum store_restored result = store_restore(dir, fd, log_fd, kept, err);
    assert_int_equal(files_like("*restoring*"), 0);
    return result;
}

static void assert_restored(int64_t n_rows, bool had_store)
{
    char *kept;
    struct err err;
    enum store_restored result = restore(&kept, &err);
    if (result != STORE_RESTORED)
        fail_msg("%s", err.text);
    assert_int_equal(kept != NULL, had_store);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    if (kept)
        assert_int_equal(stat(kept, &st), 0);
    free(kept);
    assert_int_equal(count_rows(), n_rows);
}

static void comes_back(void **state)
{
    (void)state;
    make_backup(3);
    assert_int_equal(count_rows(), 4);
    assert_restored(3, true);
    /* What was there is whole, under its other name; and once more, it has another one. */
    assert_restored(3, true);
    assert_int_equal(files_like("tocsin.db.replaced-*"), 2);
    glob_t found = {0};
    AUTO_FREE char *pattern = mem_printf("%s/tocsin.db.replaced-*", dir);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(rename(found.gl_pathv[0], file), 0);
    globfree(&found);
    assert_int_equal(count_rows(), 4);
}

static void comes_where_nothing_is(void **state)
{
    (void)state;
    make_backup(3);
    assert_int_equal(unlink(file), 0);
    assert_restored(3, false);
}

/* A store that was not closed is in two files: what only its log holds is kept, too. */
static void the_log_of_the_present_one_is_kept(void **state)
{
    (void)state;
    make_backup(3);
    sqlite3 *db, *reader;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_open(file, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT * FROM setting", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO setting VALUES('late', 'x')", NULL, NULL, NULL),
                     SQLITE_OK);
    /* As a crash leaves it: copied while it is in use. */
    AUTO_FREE char *command =
        mem_printf("cp '%s' '%s/x'; cp '%s-wal' '%s/x-wal'", file, dir, file, dir);
    assert_int_equal(system(command), 0);
    sqlite3_close(reader);
    sqlite3_close(db);
    AUTO_FREE char *back =
        mem_printf("mv '%s/x' '%s'; mv '%s/x-wal' '%s-wal'", dir, file, dir, file);
    assert_int_equal(system(back), 0);
    char *kept;
    struct err err;
    assert_int_equal(restore(&kept, &err), STORE_RESTORED);
    assert_int_equal(rename(kept, file), 0);
    free(kept);
    assert_int_equal(count_rows(), 5);
}

static void a_damaged_one_is_kept_as_it_is(void **state)
{
    (void)state;
    make_backup(3);
    AUTO_FD int fd = open(file, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "garbage garbage garbage", 23, 0), 23);
    struct hash before = hash_of(file);
    char *kept;
    struct err err;
    assert_int_equal(restore(&kept, &err), STORE_RESTORED);
    struct hash after = hash_of(kept);
    assert_true(hash_equal(&before, &after));
    free(kept);
    assert_int_equal(count_rows(), 3);
}

/* A copy made by hand may have its log beside it. */
static void the_log_of_the_backup_is_read(void **state)
{
    (void)state;
    make_backup(3);
    on_file(backup, "PRAGMA journal_mode = WAL");
    sqlite3 *db, *reader;
    assert_int_equal(sqlite3_open(backup, &db), SQLITE_OK);
    assert_int_equal(sqlite3_open(backup, &reader), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO setting VALUES('late', 'x')", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_restored(4, true);
    sqlite3_close(reader);
    sqlite3_close(db);
}

static void assert_refused(const char *why)
{
    struct hash before = hash_of(file), backup_before = hash_of(backup);
    char *kept;
    struct err err;
    assert_int_equal(restore(&kept, &err), STORE_RESTORE_REFUSED);
    if (!strstr(err.text, why))
        fail_msg("%s, wanted %s", err.text, why);
    assert_null(kept);
    struct hash after = hash_of(file), backup_after = hash_of(backup);
    assert_true(hash_equal(&before, &after));
    assert_true(hash_equal(&backup_before, &backup_after));
    assert_int_equal(files_like("tocsin.db.*"), 0);
}

static void what_cannot_be_used_changes_nothing(void **state)
{
    (void)state;
    make_backup(3);
    on_file(backup, "PRAGMA user_version = 99");
    assert_refused("newer tocsin");
    on_file(backup, "PRAGMA user_version = 1; PRAGMA application_id = 1");
    assert_refused("not a store of tocsin");
    AUTO_FD int fd = open(backup, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_refused("empty");
    assert_int_equal(write(fd, "garbage garbage garbage", 23), 23);
    assert_refused("not a database");
    assert_int_equal(count_rows(), 4);
}

static void a_damaged_page_is_found(void **state)
{
    (void)state;
    make_backup(2000);
    char junk[4096];
    memset(junk, 0xa5, sizeof(junk));
    AUTO_FD int fd = open(backup, O_RDWR | O_CLOEXEC);
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    /* A page of the rows, which only reading all of it finds. */
    off_t at = st.st_size - 4096;
    assert_int_equal(pwrite(fd, junk, sizeof(junk), at), sizeof(junk));
    assert_refused("");
    assert_int_equal(count_rows(), 2001);
}

static void what_a_broken_off_one_left_is_no_hindrance(void **state)
{
    (void)state;
    make_backup(3);
    AUTO_FREE char *command = mem_printf(
        "echo x >'%s.restoring'; echo x >'%s.restoring-wal'; echo x >'%s-check'", file, file, file);
    assert_int_equal(system(command), 0);
    assert_restored(3, true);
    assert_int_equal(files_like("tocsin.db-check"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_copied_while_it_is_written, setup, teardown),
        cmocka_unit_test_setup_teardown(only_copies_are_removed, setup, teardown),
        cmocka_unit_test_setup_teardown(copies_of_an_earlier_run_go, setup, teardown),
        cmocka_unit_test_setup_teardown(a_store_in_memory_has_no_copy, setup, teardown),
        cmocka_unit_test_setup_teardown(comes_back, setup, teardown),
        cmocka_unit_test_setup_teardown(comes_where_nothing_is, setup, teardown),
        cmocka_unit_test_setup_teardown(the_log_of_the_present_one_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_one_is_kept_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(the_log_of_the_backup_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_used_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_page_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_broken_off_one_left_is_no_hindrance, setup,
                                        teardown),
    };
    return cmocka_run_group_tests_name("restore", tests, NULL, NULL);
}
