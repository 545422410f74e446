/*
 * BLAKE2b-256 (RFC 7693, by libsodium): the names of texts, alerts, revisions and deliveries.
 *
 * A hash over several parts puts each part's length before it, so that ("ab","c") and ("a","bc")
 * differ.
 */
#ifndef TOCSIN_BASE_HASH_H
#define TOCSIN_BASE_HASH_H

#include <sodium.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HASH_BYTES    32
#define HASH_HEX_SIZE (HASH_BYTES * 2 + 1)

struct hash {
    uint8_t bytes[HASH_BYTES];
};

/* Not to be copied. The state wants 64-byte alignment, which not every stack gives (the one that
 * AddressSanitizer keeps for use after return does not): it finds its place in more room. */
struct hasher {
    uint8_t room[sizeof(crypto_generichash_state) + _Alignof(crypto_generichash_state) - 1];
};

/* Plain bytes, without lengths: the hash that `b2sum -l 256` prints. */
struct hash hash_bytes(const void *bytes, size_t len);

void hasher_init(struct hasher *hasher);
/* One part: its length as 64 bits little-endian, then its bytes. */
void hasher_part(struct hasher *hasher, const void *bytes, size_t len);
void hasher_text(struct hasher *hasher, const char *text);
void hasher_hash(struct hasher *hasher, const struct hash *hash);
struct hash hasher_final(struct hasher *hasher);

bool hash_equal(const struct hash *a, const struct hash *b);
bool hash_is_zero(const struct hash *hash);
/* Lower-case hex; `n_bytes` of it (HASH_BYTES for all), NUL-terminated: out holds 2 * n + 1. */
void hash_hex(const struct hash *hash, size_t n_bytes, char *out);
/* Reads full hex. False when it is anything else. */
bool hash_from_hex(struct hash *hash, const char *hex);

#endif
