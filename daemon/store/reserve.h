/*
 * Room on the disk for the store's log to be brought home. What stands in the log takes its room
 * twice until it is in the store itself, so a log that has filled a small disk could never be
 * brought there, and nothing could be written any more before somebody else made room.
 */
#ifndef TOCSIN_STORE_RESERVE_H
#define TOCSIN_STORE_RESERVE_H

#include <sqlite3.h>

enum reserve {
    RESERVE_AMPLE,
    RESERVE_TIGHT, /* a little at a time: what one group writes is not foreseen */
    RESERVE_GONE,  /* the log could hardly be brought home: nothing may be added to it */
};

/* Brings the log home and cuts it when that is needed to keep the reserve. The writer's, outside a
 * transaction; `file` is the store's. */
enum reserve reserve_keep(sqlite3 *db, const char *file);

#endif
