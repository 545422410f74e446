/*
 * What the files that find names share; names.h is what the others see.
 *
 *   names.c        the order of it, and who of the persons drives
 *   persons.c      everybody, once
 *   full_names.c   names in full
 *   short_names.c  surnames, nicknames, given names
 *   stand_ins.c    "he", "the Dane"
 */
#ifndef LEMANS_NAMING_H
#define LEMANS_NAMING_H

#include "language.h"
#include "names.h"

#define BACK_WORDS 300 /* how far back somebody was spoken of */

struct map;

struct naming {
    struct story *story;
    struct map *by_last;  /* folded last word → number of the latest person + 1 */
    struct map *by_given; /* the same by given name */
    struct map *alone;    /* capitalised words that stand alone somewhere */
    uint8_t *words;       /* of each token: bits of enum name_word, and that they are known */
};

/* lists_name_word, looked up once a token. */
unsigned naming_word(const struct naming *names, const struct token *token);
/* Whether token i may be part of a name, and is of no mention yet. */
bool naming_may(const struct naming *names, size_t i);
/* Whether a word with this role stands within `reach` words of tokens [first, end). */
bool naming_role_near(const struct naming *names, size_t first, size_t end, enum word_role role,
                      size_t reach);

/* Adds the person named by tokens [first, end), or finds them. `name`: as they are called, NULL: as
 * written there. NULL when there are too many. */
struct person *naming_person_make(struct naming *names, size_t first, size_t end, const char *name,
                                  const struct driver *driver);
/* Whoever a map has under the token; NULL: nobody. */
struct person *naming_person(struct naming *names, const struct map *map,
                             const struct token *token);
uint32_t naming_number(const struct naming *names, const struct person *person);
/* Puts the person under both names, where nobody is yet. */
void naming_index(struct naming *names, const struct person *person);
/* Mentions a person, or NULL: nobody. */
void naming_mention(struct naming *names, const struct person *person, size_t first, size_t end,
                    bool stands_for);
/* The person last spoken of before token i: who begins the nearest sentence that names somebody;
 * with a nation, rather whoever is known to be of it. NULL: nobody. */
struct person *naming_spoken_of(struct naming *names, size_t i, const char *nation);

void full_names_find(struct naming *names);
void short_names_find(struct naming *names);
void stand_ins_find(struct naming *names);

#endif
