/* Looks at the disk before each group is written; see reserve.h. */
#include "store/reserve.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define AMPLE_BYTES (INT64_C(256) << 20)
#define KEPT_BYTES  (INT64_C(1) << 20)
#define KEPT_PART   8 /* of a disk that is smaller than this many times as much, so large a part */

/* 0 when it cannot be told: writing will meet the reason. */
static int64_t number(sqlite3 *db, const char *question)
{
    int64_t answer = 0;
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(db, question, -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW)
        answer = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return answer;
}

/* By how much the file grows when the log is brought home. */
static int64_t growth(sqlite3 *db, const char *file)
{
    struct stat info;
    int64_t bytes = number(db, "PRAGMA page_count") * number(db, "PRAGMA page_size");
    return stat(file, &info) == 0 && bytes > info.st_size ? bytes - info.st_size : 0;
}

static enum reserve look(sqlite3 *db, const char *file)
{
    struct statvfs disk;
    if (statvfs(file, &disk) < 0)
        return RESERVE_AMPLE; /* writing will meet the reason */
    int64_t available = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (available >= AMPLE_BYTES)
        return RESERVE_AMPLE;
    int64_t part = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize / KEPT_PART;
    int64_t kept = part < KEPT_BYTES ? part : KEPT_BYTES;
    return available >= growth(db, file) + kept ? RESERVE_TIGHT : RESERVE_GONE;
}

enum reserve reserve_keep(sqlite3 *db, const char *file)
{
    enum reserve reserve = look(db, file);
    if (reserve != RESERVE_GONE)
        return reserve;
    /* What keeps it from that, a reader for one, may have ended by the next try. */
    sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    return look(db, file);
}
