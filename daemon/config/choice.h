/* Choices as the tables write them, "a|b AGE|c", and text as YAML scalars. No state. */
#ifndef TOCSIN_CONFIG_CHOICE_H
#define TOCSIN_CONFIG_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

/* The place of a word in the choices, -1 if it is not there. *with_age tells whether an age has to
 * follow it; with_age may be NULL. */
int choice_index(const char *choices, const char *word, size_t len, bool *with_age);
/* The word at a place, "" behind the last. The caller frees it. */
char *choice_word(const char *choices, int index, bool *with_age);
/* "a, b AGE or c". The caller frees it. */
char *choice_list(const char *choices);
/* " (did you mean "a"?)" or "". The caller frees it. */
char *choice_hint(const char *choices, const char *word);

#endif
