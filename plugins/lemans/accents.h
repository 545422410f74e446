/*
 * Words that only an accent tells from another word. Folding takes accents away, so that "Perez" is
 * Pérez; but Spanish "sí" (yes) is not "si" (if), nor Italian "è" (is) "e" (and). A language's file
 * lists such words, and each is then looked up by its spelling.
 */
#ifndef LEMANS_ACCENTS_H
#define LEMANS_ACCENTS_H

#include <stdbool.h>
#include <stddef.h>

struct accents;

struct accents *accents_new(void);
void accents_free(struct accents **accents);
/* False when the word is nothing but its folded form. */
bool accents_add(struct accents *accents, const char *word);
/* The spelling of a listed word, in lower case; the caller frees it. NULL when `text` is none. */
char *accents_spelling(const struct accents *accents, const char *text, size_t len,
                       const char *folded, size_t folded_len);

#endif
