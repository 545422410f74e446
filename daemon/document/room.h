/*
 * What the files of this room share: the room, a source as it sees it, and a flight, which is one
 * file between its change and the end of its commit. Private to this folder; loop thread only.
 *
 * documents.c  the room, its sources, what is loaded at the start, counts
 * changes.c    what sources say: changes, moves, listings
 * flight.c     a file's way: look-up, reading (by detect/), commit, credit
 * commit.c     the transaction of a version, on the writer's thread
 * notes.c      small writes that nobody waits for
 * expected.c   sources that are silent for too long
 * forget.c     letting go of what a document said
 * catalogue.c  which files are known      archive.c  their texts
 */
#ifndef TOCSIN_DOCUMENT_ROOM_H
#define TOCSIN_DOCUMENT_ROOM_H

#include "base/list.h"
#include "base/map.h"
#include "base/vigil.h"
#include "document/catalogue.h"
#include "document/document.h"
#include "store/documents.h"

struct documents {
    struct loop *loop;
    struct store *store;
    const struct documents_ops *ops;
    void *arg;
    struct map *sources;           /* name -> struct watched */
    struct map *by_work;           /* struct document_work * -> struct flight */
    struct archive_packer *packer; /* for commits, on the writer's thread */
    struct documents_counts counts;
    size_t n_flights;
    size_t n_ahead, ahead_bytes; /* of them: paid early, and their texts */
    size_t n_notes;              /* on their way to the store */
    bool store_was_lost;
};

/* A source of the configuration or of the store; lives as long as the room. */
struct watched {
    struct documents *documents;
    char *name, *root;
    struct source *source; /* NULL: not watched at present */
    enum config_first_start first_start;
    int64_t newer_than_ms, max_size_bytes;
    bool growing;
    struct catalogue *catalogue;
    struct map *flights; /* path -> struct flight */
    struct list parked;  /* files of this listing that may be renamed ones */
    uint32_t scan;       /* number of the listing, the last or the one under way */
    bool scanning;
    int64_t first_scan_end_us; /* 0: not ended in this run */
    int64_t baseline_ms;       /* 0: the first start is not over */
    size_t n_quiet;            /* flights of the baseline */
    unsigned n_out;            /* opened files that no credit was given back for */
    int64_t expect_ms;         /* something new is expected within so long; 0: nothing is */
    struct vigil *expected;
    size_t n_tree_moves; /* directories on their way to the store */
    struct documents_counts counts;
};
/* Adds to a count of the source, and to that of all. */
#define ROOM_COUNT(watched, member, n)                                                             \
    ((watched)->counts.member += (n), (watched)->documents->counts.member += (n))

/* A file that is opened: its descriptor is out with `credit` of one. */
struct arrival {
    int fd;
    struct source_key key;
    int64_t seen_us;
    bool from_scan;
};

struct flight {
    struct watched *watched;
    struct document_work *work; /* out at detect/ from ops.read until it comes back */
    char *path;                 /* at present: a rename meanwhile changes it */
    struct source_key key;
    int64_t document; /* as work's */
    bool quiet;
    bool gone; /* the file was removed or overwritten meanwhile */
    bool paid; /* its credit was given back before its commit */
    size_t ahead_bytes;
    bool has_next; /* it changed again meanwhile */
    struct arrival next;
    struct store_document found; /* by the look-up */
    bool is_found;
    bool by_inode;
};

/* ---- flight.c ---- */

/* A new flight, or the next of the one that is under way at this path. Takes the descriptor. */
void flight_arrive(struct watched *watched, const char *path, const struct arrival *arrival);
struct flight *flight_at(const struct watched *watched, const char *path);
bool flight_has_key(struct watched *watched, const char *path, const struct source_key *key);
/* The file is gone from this path; what was read is still committed. */
void flight_gone(struct watched *watched, const char *path);
void flight_moved(struct watched *watched, const char *from, const char *to);
/* Those below a directory; to == NULL: left. */
void flight_tree_moved(struct watched *watched, const char *from, const char *to);
void flight_free(void *flight);

/* ---- changes.c ---- */

struct parked {
    struct list link;
    char *path;
    struct source_key key;
    int64_t document; /* the one it may be, last seen at known_path */
    char *known_path;
};
void parked_free(struct parked *parked);
void changes_park(struct watched *watched, const char *path, const struct source_key *key,
                  const struct store_document *candidate);
/* Has the listing under way met the candidate at its old path? */
bool changes_may_be_renamed(struct watched *watched, const struct store_document *candidate);
/* Records the end of the first start once nothing of it is left to do. */
void changes_settle_baseline(struct watched *watched);
void changes_tell_state(struct watched *watched);

/* ---- expected.c ---- */

/* `within_ms` 0: nothing is expected. */
void expected_begin(struct watched *watched, int64_t within_ms);
/* A version was committed. */
void expected_came(struct watched *watched);
void expected_end(struct watched *watched);

/* ---- commit.c ---- */

struct commit {
    /* asked */
    struct flight *flight;
    struct archive_packer *packer;    /* the room's */
    struct document_version *version; /* the caller's */
    char *source, *path;
    struct source_key key;
    int64_t document; /* used only when the file is gone */
    bool gone, quiet;
    bool was_met; /* the catalogue had its path, as it has every path that is unread */
    char **detectors;
    size_t n_detectors;
    int64_t now_ms;
    void (*done)(void *arg, struct document_version *version);
    void *arg;
    /* answered */
    bool is_unchanged, is_renamed;
    bool is_new_text; /* no version had it before, as far as was looked */
};
int commit_run(struct store_txn *txn, void *commit, struct err *err);
void commit_free(struct commit *commit);

/* ---- notes.c ---- */

void note_source_begin(struct watched *watched);
void note_baseline(struct watched *watched);
void note_removed(struct watched *watched, const char *path);
void note_renamed(struct watched *watched, const char *from, const char *to,
                  const struct source_key *key);
void note_tree_moved(struct watched *watched, const char *from, const char *to);
void note_key(struct watched *watched, const char *path, int64_t document,
              const struct source_key *key);
void note_unread(struct watched *watched, const char *path, const struct source_key *key,
                 const char *status, const char *text);
/* Both arrays are taken. */
void note_swept(struct watched *watched, int64_t *documents, size_t n_documents, uint64_t *unread,
                size_t n_unread);

static inline struct store_key room_key(const struct source_key *key)
{
    return (struct store_key){key->inode, key->size_bytes, key->mtime_ns, key->ctime_ns};
}

#endif
