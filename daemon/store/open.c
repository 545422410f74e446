/*
 * Opening the store; see open.h. What is found is decided before anything is written: a store of a
 * newer tocsin is left as it is, byte by byte; what cannot be ours or is damaged is moved aside
 * with its write-ahead log and never deleted.
 */
#include "store/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/begin.h"
#include "store/schema.h"
#include "store/snapshot.h"
#include "store/whole.h"
#include "store/words.h"

#define BUSY_MS          5000
#define SMALL_BYTES      (32 << 20) /* checked in a tenth of a second */
#define MARK_SUFFIX      "-check"
#define FILE_NAME        "tocsin.db"
#define WAL_KEPT_BYTES   "8388608"
#define WRITER_CACHE_KIB "-16000" /* given back when nothing waits */
#define READER_CACHE_KIB "-512"

static bool is_damage(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static int sql_failed(sqlite3 *db, struct err *err)
{
    return err_set(err, "%s", sqlite3_errmsg(db));
}

static int sql(sqlite3 *db, const char *text, struct err *err)
{
    return sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK ? 0 : sql_failed(db, err);
}

/* The one value a question gives, as a number or as a text. Returns SQLite's code. */
static int ask(sqlite3 *db, const char *question, int64_t *number, char **text)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, question, -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    if (code == SQLITE_ROW && number)
        *number = sqlite3_column_int64(stmt, 0);
    if (code == SQLITE_ROW && text)
        *text = mem_strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    return code == SQLITE_ROW || code == SQLITE_DONE ? SQLITE_OK : code;
}

int open_connect(const char *name, sqlite3 **db, struct err *err)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI |
                SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(name, db, flags, NULL) != SQLITE_OK) {
        sql_failed(*db, err);
        sqlite3_close(*db);
        *db = NULL;
        return -1;
    }
    sqlite3_busy_timeout(*db, BUSY_MS);
    return 0;
}

static enum found examine_failed(sqlite3 *db, struct err *err)
{
    sql_failed(db, err);
    return is_damage(sqlite3_errcode(db)) ? FOUND_DAMAGED : FOUND_ERROR;
}

static enum found examine_pages(sqlite3 *db, enum open_check check, struct err *err)
{
    AUTO_FREE char *answer = NULL;
    const char *question =
        check == OPEN_CHECK_ALL ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)";
    int code = ask(db, question, NULL, &answer);
    if (code != SQLITE_OK)
        return examine_failed(db, err);
    if (str_equal(answer, "ok"))
        return FOUND_OURS;
    const char *line = strrchr(answer, '\n'); /* after one that names the database */
    err_set(err, "%s", line ? line + 1 : answer);
    return FOUND_DAMAGED;
}

enum found open_examine(sqlite3 *db, enum open_check check, struct err *err)
{
    int64_t id = 0, version = 0, tables = 0;
    int code = ask(db, "PRAGMA application_id", &id, NULL);
    if (code == SQLITE_OK)
        code = ask(db, "PRAGMA user_version", &version, NULL);
    if (code == SQLITE_OK)
        code = ask(db, "SELECT count(*) FROM sqlite_schema", &tables, NULL);
    if (code != SQLITE_OK)
        return examine_failed(db, err);
    if (id == 0 && version == 0 && tables == 0) {
        err_set(err, "it is empty");
        return FOUND_EMPTY;
    }
    if (id != OPEN_APPLICATION_ID || version < 1) {
        err_set(err, "it is not a store of tocsin");
        return FOUND_DAMAGED;
    }
    if (version > STORE_SCHEMA_VERSION) {
        err_set(err, "it was written by a newer tocsin (schema %lld, this one knows %d)",
                (long long)version, STORE_SCHEMA_VERSION);
        return FOUND_NEWER;
    }
    bool is_whole;
    if (whole_schema(db, (int)version, &is_whole, err) < 0)
        return examine_failed(db, err);
    if (!is_whole)
        return FOUND_DAMAGED;
    return check == OPEN_CHECK_NONE ? FOUND_OURS : examine_pages(db, check, err);
}

int open_migrate(sqlite3 *db, struct err *err)
{
    int64_t version = 0;
    if (ask(db, "PRAGMA user_version", &version, NULL) != SQLITE_OK)
        return sql_failed(db, err);
    if (version == STORE_SCHEMA_VERSION)
        return 0;
    /* A table that is made anew is dropped with its rows' references in place. */
    int result = sql(db, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", err);
    for (int64_t n = version; result == 0 && n < STORE_SCHEMA_VERSION; n++)
        result = sql(db, store_migrations[n], err);
    AUTO_FREE char *marks = mem_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                       OPEN_APPLICATION_ID, STORE_SCHEMA_VERSION);
    if (result == 0)
        result = sql(db, marks, err);
    if (result == 0)
        result = sql(db, "COMMIT", err);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    if (result == 0)
        result = sql(db, "PRAGMA foreign_keys = ON", err);
    return result < 0 ? err_prefix(err, "bringing the store to schema %d", STORE_SCHEMA_VERSION)
                      : 0;
}

/* The writer checkpoints by hand (store.c), after the commits were told of. */
static int configure_writer(sqlite3 *db, bool in_memory, struct err *err)
{
    AUTO_FREE char *mode = NULL;
    if (ask(db, "PRAGMA journal_mode = WAL", NULL, &mode) != SQLITE_OK)
        return sql_failed(db, err);
    if (!in_memory && !str_equal(mode, "wal"))
        return err_set(err, "the file system does not allow a write-ahead log (mode %s)", mode);
    return sql(db,
               "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
               "PRAGMA secure_delete = ON;" /* see wipe.h */
               "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = " WRITER_CACHE_KIB ";"
               "PRAGMA journal_size_limit = " WAL_KEPT_BYTES,
               err);
}

static int configure_reader(sqlite3 *db, struct err *err)
{
    return sql(db,
               "PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;"
               "PRAGMA cache_size = " READER_CACHE_KIB,
               err);
}

/* Closes without a checkpoint: the bytes stay as they are. Without it, a log that only this reading
 * has made would stay, too. */
static void leave(sqlite3 **db, bool had_log)
{
    sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, had_log, NULL);
    sqlite3_close(*db);
    *db = NULL;
}

static int finish(const char *name, bool in_memory, struct open_result *result, struct err *err)
{
    if (configure_writer(result->writer, in_memory, err) == 0 &&
        open_migrate(result->writer, err) == 0 && open_connect(name, &result->reader, err) == 0 &&
        configure_reader(result->reader, err) == 0)
        return 0;
    sqlite3_close(result->reader);
    sqlite3_close(result->writer);
    result->reader = result->writer = NULL;
    return -1;
}

char *open_name_aside(const char *file, const char *why)
{
    char when[32];
    time_t now = time(NULL);
    struct tm tm;
    strftime(when, sizeof(when), "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
    char *aside = mem_printf("%s.%s-%s", file, why, when);
    for (int n = 2; access(aside, F_OK) == 0; n++) {
        free(aside);
        aside = mem_printf("%s.%s-%s.%d", file, why, when, n);
    }
    return aside;
}

static int move(const char *file, const char *aside, const char *suffix, struct err *err)
{
    AUTO_FREE char *from = mem_printf("%s%s", file, suffix);
    AUTO_FREE char *to = mem_printf("%s%s", aside, suffix);
    return rename(from, to) < 0 && errno != ENOENT ? err_errno(err, "moving %s aside", from) : 0;
}

int open_keep_aside(const char *file, const char *aside, struct err *err)
{
    if (move(file, aside, "-wal", err) < 0 || move(file, aside, "-shm", err) < 0)
        return -1;
    /* Where there are no second names, there is no store for a moment. */
    return link(file, aside) == 0 ? 0 : move(file, aside, "", err);
}

void open_remove(const char *path)
{
    static const char *const suffixes[] = {"-wal", "-shm", "-journal", ""};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        AUTO_FREE char *name = mem_printf("%s%s", path, suffixes[i]);
        unlink(name); /* most often it is not there */
    }
}

int open_sync(const char *path, int flags, struct err *err)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
    if (fd < 0 || fsync(fd) < 0)
        return err_errno(err, "bringing %s to the disk", path);
    return 0;
}

static char *mark_of(const char *file)
{
    return mem_printf("%s" MARK_SUFFIX, file);
}

void open_unmark_damage(const char *file)
{
    AUTO_FREE char *mark = mark_of(file);
    if (unlink(mark) < 0 && errno != ENOENT)
        log_warning("cannot remove %s: %m; the next start checks the whole store", mark);
}

void open_mark_damage(const char *file)
{
    AUTO_FREE char *mark = mark_of(file);
    AUTO_FD int fd = open(mark, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        log_warning("cannot make %s: %m; the next start does not check the store", mark);
}

/* The state's directory and file are nobody else's to read. `*is_new`: there was none. */
static int find_file(const char *dir, const char *file, bool *is_new, off_t *size, struct err *err)
{
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return err_errno(err, "making the state directory %s", dir);
    *is_new = access(file, F_OK) < 0 && errno == ENOENT;
    if (*is_new && begin_store(file, NULL, err) < 0)
        return -1;
    AUTO_FD int fd = open(file, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return err_errno(err, "opening the store %s", file);
    if (!S_ISREG(st.st_mode))
        return err_set(err, "the store %s is not a regular file", file);
    if ((st.st_mode & 0077) && fchmod(fd, 0600) < 0)
        return err_errno(err, "closing the store %s to others", file);
    *size = st.st_size;
    return 0;
}

static bool is_marked(const char *file)
{
    AUTO_FREE char *mark = mark_of(file);
    return access(mark, F_OK) == 0;
}

/* The damage that was met is none of the pages', so it is in what they say of the index of words,
 * which can be had again. */
static int mend(const char *file, sqlite3 *db, struct err *err)
{
    if (!is_marked(file))
        return 0;
    if (words_renew(db, err) < 0)
        return -1;
    log_notice("%s was found damaged at work: all of it was checked and is sound; its index of "
               "words was made anew",
               file);
    return 0;
}

/* What was found is opened; one that was begun since another was lost says what was lost. */
static enum store_opened open_ours(const char *file, struct open_result *result, struct err *err)
{
    AUTO_FREE char *lost = NULL;
    if (finish(file, false, result, err) < 0 || mend(file, result->writer, err) < 0 ||
        begin_lost(result->writer, &lost, err) < 0)
        return STORE_OPENED_FAILED;
    open_unmark_damage(file);
    if (!lost)
        return STORE_OPENED_OLD;
    err_set(err, "%s", lost);
    return STORE_OPENED_DAMAGED;
}

/* What the file is; the connection is there for OURS alone. */
static enum found examine_file(const char *file, off_t size, sqlite3 **db, struct err *err)
{
    AUTO_FREE char *log = mem_printf("%s-wal", file);
    bool had_log = access(log, F_OK) == 0;
    enum open_check check = is_marked(file)       ? OPEN_CHECK_ALL
                            : size <= SMALL_BYTES ? OPEN_CHECK_QUICK
                                                  : OPEN_CHECK_NONE;
    if (size == 0) { /* opening it would remove its log */
        err_set(err, "it is empty");
        return FOUND_EMPTY;
    }
    if (open_connect(file, db, err) < 0)
        return FOUND_ERROR;
    enum found found = open_examine(*db, check, err);
    if (found != FOUND_OURS)
        leave(db, had_log);
    return found;
}

static enum store_opened open_memory(struct open_result *result, struct err *err)
{
    static unsigned n;
    AUTO_FREE char *name = mem_printf("file:/tocsin-%u?vfs=memdb", ++n);
    if (open_connect(name, &result->writer, err) < 0 || finish(name, true, result, err) < 0)
        return STORE_OPENED_FAILED;
    return STORE_OPENED_NEW;
}

static enum store_opened open_file(const char *file, off_t size, struct open_result *result,
                                   struct err *err)
{
    switch (examine_file(file, size, &result->writer, err)) {
    case FOUND_OURS:
        return open_ours(file, result, err);
    case FOUND_NEWER:
        return STORE_OPENED_NEWER;
    case FOUND_EMPTY:
    case FOUND_DAMAGED:
        break;
    case FOUND_ERROR:
        return STORE_OPENED_FAILED;
    }
    struct err why = *err;
    if (begin_anew(file, why.text, err) < 0 || open_connect(file, &result->writer, err) < 0)
        return STORE_OPENED_FAILED;
    return open_ours(file, result, err);
}

char *open_file_of(const char *dir)
{
    return mem_printf("%s/" FILE_NAME, dir);
}

char *open_dir_of(const char *file)
{
    return mem_strndup(file, (size_t)(strrchr(file, '/') - file));
}

enum store_opened open_database(const char *dir, struct open_result *result, struct err *err)
{
    *result = (struct open_result){0};
    /* Or the two threads would take turns at one lock for every allocation; once is enough. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (str_equal(dir, ":memory:"))
        return open_memory(result, err);
    AUTO_FREE char *file = open_file_of(dir);
    bool is_new = false;
    off_t size = 0;
    if (find_file(dir, file, &is_new, &size, err) < 0)
        return STORE_OPENED_FAILED;
    snapshot_clear(file);
    enum store_opened opened = open_file(file, size, result, err);
    if (opened == STORE_OPENED_FAILED || opened == STORE_OPENED_NEWER)
        return err_prefix(err, "the store %s", file), opened;
    result->file = mem_strdup(file);
    return is_new ? STORE_OPENED_NEW : opened;
}
