/* Hash map with open addressing and tombstones; see map.h. */
#include "base/map.h"

#include <sodium.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

struct slot {
    char *key; /* NULL: never used; TOMBSTONE: was used */
    void *value;
    uint32_t key_len;
    uint32_t hash;
};

struct map {
    struct slot *slots;
    size_t n_slots; /* a power of two */
    size_t n_live;
    size_t n_used; /* live and tombstones */
};

static char tombstone_mark;
#define TOMBSTONE (&tombstone_mark)

static uint32_t hash_of(const void *key, size_t key_len)
{
    static unsigned char secret[crypto_shorthash_KEYBYTES];
    static bool ready;
    if (!ready) {
        if (sodium_init() < 0)
            log_fatal("libsodium cannot be initialised");
        randombytes_buf(secret, sizeof(secret));
        ready = true;
    }
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, key, key_len, secret);
    uint32_t hash;
    memcpy(&hash, out, sizeof(hash));
    return hash;
}

struct map *map_new(void)
{
    struct map *map = NEW(struct map);
    map->n_slots = 16;
    map->slots = NEW_N(struct slot, map->n_slots);
    return map;
}

static bool is_live(const struct slot *slot)
{
    return slot->key && slot->key != TOMBSTONE;
}

void map_free(struct map **map, void (*free_value)(void *value))
{
    if (!*map)
        return;
    for (size_t i = 0; i < (*map)->n_slots; i++) {
        struct slot *slot = &(*map)->slots[i];
        if (!is_live(slot))
            continue;
        if (free_value)
            free_value(slot->value);
        free(slot->key);
    }
    free((*map)->slots);
    free(*map);
    *map = NULL;
}

/* The slot that holds the key, or the one where it belongs. */
static struct slot *find(const struct map *map, const void *key, size_t key_len, uint32_t hash)
{
    struct slot *free_slot = NULL;
    size_t mask = map->n_slots - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &map->slots[i];
        if (!slot->key)
            return free_slot ? free_slot : slot;
        if (slot->key == TOMBSTONE) {
            if (!free_slot)
                free_slot = slot;
        } else if (slot->hash == hash && slot->key_len == key_len &&
                   memcmp(slot->key, key, key_len) == 0) {
            return slot;
        }
    }
}

static void resize(struct map *map, size_t n_slots)
{
    struct slot *old = map->slots;
    size_t n_old = map->n_slots;
    map->slots = NEW_N(struct slot, n_slots);
    map->n_slots = n_slots;
    map->n_used = map->n_live;
    for (size_t i = 0; i < n_old; i++) {
        if (is_live(&old[i]))
            *find(map, old[i].key, old[i].key_len, old[i].hash) = old[i];
    }
    free(old);
}

void *map_get(const struct map *map, const void *key, size_t key_len)
{
    const struct slot *slot = find(map, key, key_len, hash_of(key, key_len));
    return is_live(slot) ? slot->value : NULL;
}

void *map_set(struct map *map, const void *key, size_t key_len, void *value)
{
    if (!value)
        log_panic("map_set without a value");
    if ((map->n_used + 1) * 4 > map->n_slots * 3)
        resize(map, map->n_live * 2 >= map->n_slots ? map->n_slots * 2 : map->n_slots);
    uint32_t hash = hash_of(key, key_len);
    struct slot *slot = find(map, key, key_len, hash);
    if (is_live(slot)) {
        void *before = slot->value;
        slot->value = value;
        return before;
    }
    if (!slot->key)
        map->n_used++;
    map->n_live++;
    *slot = (struct slot){mem_strndup(key, key_len), value, (uint32_t)key_len, hash};
    return NULL;
}

void *map_remove(struct map *map, const void *key, size_t key_len)
{
    struct slot *slot = find(map, key, key_len, hash_of(key, key_len));
    if (!is_live(slot))
        return NULL;
    void *value = slot->value;
    free(slot->key);
    *slot = (struct slot){.key = TOMBSTONE};
    map->n_live--;
    return value;
}

size_t map_count(const struct map *map)
{
    return map->n_live;
}

void *map_get_text(const struct map *map, const char *key)
{
    return map_get(map, key, strlen(key));
}

void *map_set_text(struct map *map, const char *key, void *value)
{
    return map_set(map, key, strlen(key), value);
}

void *map_remove_text(struct map *map, const char *key)
{
    return map_remove(map, key, strlen(key));
}

bool map_next(const struct map *map, size_t *at, const void **key, size_t *key_len, void **value)
{
    while (*at < map->n_slots) {
        const struct slot *slot = &map->slots[(*at)++];
        if (!is_live(slot))
            continue;
        if (key)
            *key = slot->key;
        if (key_len)
            *key_len = slot->key_len;
        if (value)
            *value = slot->value;
        return true;
    }
    return false;
}
