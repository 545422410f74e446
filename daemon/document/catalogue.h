/*
 * The catalogue of one source: which files are known, with which key, as which document. Small: 24
 * bytes a file in a table that is at least half full, so at most 48 (and the old table beside the
 * new one while it grows by half).
 *
 * Neither paths nor keys are kept, but 64-bit keyed hashes of them (SipHash, drawn per process);
 * the paths are in the store. Two paths of a million fall together with a chance of 1 in 10^7, and
 * a commit looks the document up by its real path, so that even then nothing is mixed up: one of
 * the two files is read more often than needed.
 */
#ifndef TOCSIN_DOCUMENT_CATALOGUE_H
#define TOCSIN_DOCUMENT_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source/source.h"

struct catalogue;

struct catalogue_entry {
    uint64_t path; /* hashes */
    uint64_t key;
    uint32_t document; /* 0: a file that could not be read */
    uint32_t scan;     /* the last listing that met it */
};

struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue **catalogue);

/* NULL: not known. Valid until the next put, remove or sweep. */
struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, const char *path);
bool catalogue_has_key(const struct catalogue_entry *entry, const struct source_key *key);
/* Adds or replaces. */
void catalogue_put(struct catalogue *catalogue, const char *path, const struct source_key *key,
                   int64_t document, uint32_t scan);
/* The entry keeps its key. False: `from` is not known. */
bool catalogue_move(struct catalogue *catalogue, const char *from, const char *to, uint32_t scan);
void catalogue_remove(struct catalogue *catalogue, const char *path);
/* Takes out what the listing `scan` did not meet, telling each. */
void catalogue_sweep(struct catalogue *catalogue, uint32_t scan,
                     void (*gone)(void *arg, const struct catalogue_entry *entry), void *arg);
size_t catalogue_count(const struct catalogue *catalogue);
size_t catalogue_bytes(const struct catalogue *catalogue);

/* The hash that stands for a path; safe on every thread. */
uint64_t catalogue_hash(const char *path);

#endif
