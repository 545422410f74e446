/*
 * Stems of words, by libstemmer. The library is opened when the first query asks for stems.
 */
#ifndef TOCSIN_TOPICS_STEMS_H
#define TOCSIN_TOPICS_STEMS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Does it name a language of which stems are known? Of those that every release of the library
 * knows it is said without asking it. 0 or -1. */
int stems_check(const char *language, struct err *err);
/* The same, ready for stems_append: 0 or -1. */
int stems_open(const char *language, struct err *err);
/* Appends the stem of a folded word; the word itself when the language is none of these. */
void stems_append(const char *language, const char *folded, size_t len, struct buf *out);

#endif
