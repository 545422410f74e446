/*
 * A hash map from byte strings to pointers. Keys are copied; values are the caller's. Open
 * addressing, hashed with a key drawn per process (SipHash by libsodium), because keys come from
 * strangers' file names.
 */
#ifndef TOCSIN_BASE_MAP_H
#define TOCSIN_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct map;

struct map *map_new(void);
/* free_value may be NULL. */
void map_free(struct map **map, void (*free_value)(void *value));

/* The value, NULL when there is none. */
void *map_get(const struct map *map, const void *key, size_t key_len);
/* Returns the value that stood there before, NULL if none. `value` must not be NULL. */
void *map_set(struct map *map, const void *key, size_t key_len, void *value);
/* Returns the value that was removed, NULL if none. */
void *map_remove(struct map *map, const void *key, size_t key_len);
size_t map_count(const struct map *map);

void *map_get_text(const struct map *map, const char *key);
void *map_set_text(struct map *map, const char *key, void *value);
void *map_remove_text(struct map *map, const char *key);

/* Walks in no order: size_t at = 0; while (map_next(map, &at, &key, &len, &value)) ...
 * Only map_remove of the element at hand is allowed meanwhile. */
bool map_next(const struct map *map, size_t *at, const void **key, size_t *key_len, void **value);

#endif
