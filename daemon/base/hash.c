/* BLAKE2b-256; see hash.h. */
#include "base/hash.h"

#include <string.h>

struct hash hash_bytes(const void *bytes, size_t len)
{
    struct hash hash;
    crypto_generichash(hash.bytes, sizeof(hash.bytes), bytes, len, NULL, 0);
    return hash;
}

static crypto_generichash_state *state_of(struct hasher *hasher)
{
    const uintptr_t step = _Alignof(crypto_generichash_state);
    uintptr_t first = (uintptr_t)hasher->room;
    return (void *)(hasher->room + (step - first % step) % step);
}

void hasher_init(struct hasher *hasher)
{
    crypto_generichash_init(state_of(hasher), NULL, 0, HASH_BYTES);
}

void hasher_part(struct hasher *hasher, const void *bytes, size_t len)
{
    uint8_t length[8];
    for (size_t i = 0; i < sizeof(length); i++)
        length[i] = (uint8_t)((uint64_t)len >> (8 * i));
    crypto_generichash_update(state_of(hasher), length, sizeof(length));
    crypto_generichash_update(state_of(hasher), bytes, len);
}

void hasher_text(struct hasher *hasher, const char *text)
{
    hasher_part(hasher, text, strlen(text));
}

void hasher_hash(struct hasher *hasher, const struct hash *hash)
{
    hasher_part(hasher, hash->bytes, sizeof(hash->bytes));
}

struct hash hasher_final(struct hasher *hasher)
{
    struct hash hash;
    crypto_generichash_final(state_of(hasher), hash.bytes, sizeof(hash.bytes));
    return hash;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

bool hash_is_zero(const struct hash *hash)
{
    return sodium_is_zero(hash->bytes, HASH_BYTES);
}

void hash_hex(const struct hash *hash, size_t n_bytes, char *out)
{
    sodium_bin2hex(out, n_bytes * 2 + 1, hash->bytes, n_bytes);
}

bool hash_from_hex(struct hash *hash, const char *hex)
{
    size_t len = 0;
    return strlen(hex) == 2 * HASH_BYTES &&
           sodium_hex2bin(hash->bytes, HASH_BYTES, hex, 2 * HASH_BYTES, NULL, &len, NULL) == 0 &&
           len == HASH_BYTES;
}
