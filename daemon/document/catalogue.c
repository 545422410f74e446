/* Known files of a source, by linear probing without tombstones; see catalogue.h. */
#include "document/catalogue.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

#define N_SLOTS_MIN 16

struct catalogue {
    struct catalogue_entry *slots; /* path 0: free */
    size_t n_slots;                /* below 2^32 */
    size_t n;
};

static unsigned char secret[crypto_shorthash_KEYBYTES];

static void draw_secret(void)
{
    if (sodium_init() < 0)
        log_fatal("libsodium cannot be initialised");
    randombytes_buf(secret, sizeof(secret));
}

static uint64_t keyed_hash(const void *bytes, size_t len)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, draw_secret);
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, bytes, len, secret);
    uint64_t hash;
    memcpy(&hash, out, sizeof(hash));
    return hash ? hash : 1;
}

uint64_t catalogue_hash(const char *path)
{
    return keyed_hash(path, strlen(path));
}

static uint64_t key_hash(const struct source_key *key)
{
    const uint64_t parts[] = {key->inode, (uint64_t)key->size_bytes, (uint64_t)key->mtime_ns,
                              (uint64_t)key->ctime_ns};
    return keyed_hash(parts, sizeof(parts));
}

/* Where a hash belongs: its high half, scaled to the number of slots. */
static size_t home_of(const struct catalogue *catalogue, uint64_t hash)
{
    return (size_t)((hash >> 32) * catalogue->n_slots >> 32);
}

static size_t after(const struct catalogue *catalogue, size_t at)
{
    return at + 1 == catalogue->n_slots ? 0 : at + 1;
}

/* The slot that holds the hash, or the free one where it belongs. */
static struct catalogue_entry *slot_of(const struct catalogue *catalogue, uint64_t hash)
{
    size_t at = home_of(catalogue, hash);
    while (catalogue->slots[at].path && catalogue->slots[at].path != hash)
        at = after(catalogue, at);
    return &catalogue->slots[at];
}

static void resize(struct catalogue *catalogue, size_t n_slots)
{
    struct catalogue_entry *old = catalogue->slots;
    size_t n_old = catalogue->n_slots;
    if (n_slots > UINT32_MAX)
        log_fatal("more than %u files in one source", UINT32_MAX);
    catalogue->slots = NEW_N(struct catalogue_entry, n_slots);
    catalogue->n_slots = n_slots;
    for (size_t i = 0; i < n_old; i++) {
        if (old[i].path)
            *slot_of(catalogue, old[i].path) = old[i];
    }
    free(old);
}

struct catalogue *catalogue_new(void)
{
    struct catalogue *catalogue = NEW(struct catalogue);
    resize(catalogue, N_SLOTS_MIN);
    return catalogue;
}

void catalogue_free(struct catalogue **catalogue)
{
    if (!*catalogue)
        return;
    free((*catalogue)->slots);
    free(*catalogue);
    *catalogue = NULL;
}

struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, const char *path)
{
    struct catalogue_entry *entry = slot_of(catalogue, catalogue_hash(path));
    return entry->path ? entry : NULL;
}

bool catalogue_has_key(const struct catalogue_entry *entry, const struct source_key *key)
{
    return entry->key == key_hash(key);
}

static void put(struct catalogue *catalogue, const struct catalogue_entry *entry)
{
    if ((catalogue->n + 1) * 4 > catalogue->n_slots * 3)
        resize(catalogue, catalogue->n_slots + catalogue->n_slots / 2);
    struct catalogue_entry *slot = slot_of(catalogue, entry->path);
    if (!slot->path)
        catalogue->n++;
    *slot = *entry;
}

void catalogue_put(struct catalogue *catalogue, const char *path, const struct source_key *key,
                   int64_t document, uint32_t scan)
{
    if (document > UINT32_MAX)
        log_fatal("document number %lld: the store has used up its numbers", (long long)document);
    put(catalogue, &(struct catalogue_entry){.path = catalogue_hash(path),
                                             .key = key_hash(key),
                                             .document = (uint32_t)document,
                                             .scan = scan});
}

/* Frees a slot and moves up what was pushed past it. */
static void vacate(struct catalogue *catalogue, size_t hole)
{
    size_t n = catalogue->n_slots;
    catalogue->n--;
    for (size_t at = after(catalogue, hole); catalogue->slots[at].path; at = after(catalogue, at)) {
        size_t home = home_of(catalogue, catalogue->slots[at].path);
        if ((at + n - home) % n >= (at + n - hole) % n) {
            catalogue->slots[hole] = catalogue->slots[at];
            hole = at;
        }
    }
    catalogue->slots[hole] = (struct catalogue_entry){0};
}

bool catalogue_move(struct catalogue *catalogue, const char *from, const char *to, uint32_t scan)
{
    struct catalogue_entry *entry = catalogue_find(catalogue, from);
    if (!entry)
        return false;
    struct catalogue_entry moved = *entry;
    vacate(catalogue, (size_t)(entry - catalogue->slots));
    moved.path = catalogue_hash(to);
    moved.scan = scan;
    put(catalogue, &moved);
    return true;
}

void catalogue_remove(struct catalogue *catalogue, const char *path)
{
    struct catalogue_entry *entry = catalogue_find(catalogue, path);
    if (entry)
        vacate(catalogue, (size_t)(entry - catalogue->slots));
}

void catalogue_sweep(struct catalogue *catalogue, uint32_t scan,
                     void (*gone)(void *arg, const struct catalogue_entry *entry), void *arg)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < catalogue->n_slots; i++) {
        struct catalogue_entry *entry = &catalogue->slots[i];
        if (entry->path && entry->scan != scan) {
            gone(arg, entry);
            entry->path = 0;
        }
        n_kept += entry->path != 0;
    }
    if (n_kept == catalogue->n)
        return;
    /* The holes break the chains: lay the table out anew, to the measure of what is left. */
    catalogue->n = n_kept;
    resize(catalogue, n_kept * 2 < N_SLOTS_MIN ? N_SLOTS_MIN : n_kept * 2);
}

size_t catalogue_count(const struct catalogue *catalogue)
{
    return catalogue->n;
}

size_t catalogue_bytes(const struct catalogue *catalogue)
{
    return sizeof(*catalogue) + catalogue->n_slots * sizeof(*catalogue->slots);
}
