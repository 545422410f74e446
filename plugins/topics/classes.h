/*
 * Words that stand for many: wildcards, slips, stems, exact writing. Which classes a document's
 * word is in is found by what a word must have to be in them: how it begins, its first or last
 * letter, its stem.
 */
#ifndef TOCSIN_TOPICS_CLASSES_H
#define TOCSIN_TOPICS_CLASSES_H

#include "topics/image.h"

/* Calls `use` with the keys of the buckets where a class is to be found. */
void classes_buckets(const struct image_class *class, const char *text,
                     void (*use)(void *arg, uint64_t key), void *arg);

/* Is a folded word in a class of wildcards or slips? */
bool classes_hold(const struct image_class *class, const char *text, const char *folded,
                  size_t len);

/* Finds classes, and remembers them for words that come again. */
struct class_finder;
struct class_finder *class_finder_new(const struct image *image);
void class_finder_free(struct class_finder **finder);
/* The numbers of the classes that a folded word is in, but for exact ones; the finder's own, until
 * the next call. The word must stand as words.h says. */
const uint32_t *class_finder_find(struct class_finder *finder, const char *folded, size_t len,
                                  size_t *n);
/* The same of exact ones: of the word with this id, written as in `text`. */
const uint32_t *class_finder_exact(struct class_finder *finder, uint32_t id, const char *text,
                                   size_t len, size_t *n);

#endif
