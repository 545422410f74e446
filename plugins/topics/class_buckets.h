/* Where classes are filed: classes.c files them, class_finder.c looks there. */
#ifndef TOCSIN_TOPICS_CLASS_BUCKETS_H
#define TOCSIN_TOPICS_CLASS_BUCKETS_H

#include "lib/utf8.h"
#include "topics/classes.h"

#define BEGINNING_MAX 3 /* bytes of the beginning of a pattern that are a key */

enum bucket_kind {
    BUCKET_BEGINNING = 1,
    BUCKET_FIRST,
    BUCKET_LAST,
    BUCKET_ANY,
    BUCKET_STEM,
    BUCKET_EXACT
};

static inline uint64_t bucket(enum bucket_kind kind, uint64_t value)
{
    return (uint64_t)kind << 56 | value;
}

static inline uint64_t beginning_key(const char *bytes, size_t n)
{
    return bucket(BUCKET_BEGINNING, (uint64_t)n << 48 | hash_load(bytes, n));
}

static inline uint64_t stem_key(const char *text, size_t len)
{
    return bucket(BUCKET_STEM, hash_text(0, text, len) >> 8);
}

static inline int32_t first_letter(const char *text, size_t len)
{
    size_t at = 0;
    return utf8_next(text, len, &at);
}

static inline int32_t last_letter(const char *text, size_t len)
{
    size_t at = len - 1;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return utf8_next(text, len, &at);
}

#endif
