/*
 * Regular expressions, by Hyperscan: linear in the text, whatever the expression. A build without
 * it refuses them.
 *
 * Debian's Vectorscan 5.4.9 has the same interface and misses matches on processors with AVX-512;
 * so the library is tried with a known expression before it is used.
 */
#ifndef TOCSIN_TOPICS_REGEX_H
#define TOCSIN_TOPICS_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define REGEX_MAX_BYTES 1000

/* 0, or -1 with `what` saying what is wrong with it. */
int regex_check(const char *source, bool any_case, char *what, size_t size);

struct regex_set; /* many expressions that are looked for in one go */

struct regex_source {
    const char *source;
    bool any_case;
};
/* Appends the compiled set in a form that can be stored. 0, or -1 with `what`. */
int regex_set_build(const struct regex_source *sources, size_t n, struct buf *out, char *what,
                    size_t size);
/* From that form; NULL when it is none of this library and processor, or there is no library. */
struct regex_set *regex_set_open(const char *bytes, size_t len);
void regex_set_free(struct regex_set **set);
/* Calls `found` with the number of each expression that is in the text, once. The text is UTF-8. */
void regex_set_scan(struct regex_set *set, const char *text, size_t len,
                    void (*found)(void *arg, uint32_t number), void *arg);

/* Where one expression matches: `use` returns false to stop. False when the places cannot be told
 * for this expression. */
bool regex_places(const char *source, bool any_case, const char *text, size_t len,
                  bool (*use)(void *arg, size_t start, size_t end), void *arg);

#endif
