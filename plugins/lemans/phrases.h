/*
 * Phrases: names of one or several words, each with what it stands for, found in a text in one step
 * per word. Lists of drivers, teams, classes, nations and races are phrases; the longest one that
 * begins at a word wins.
 */
#ifndef LEMANS_PHRASES_H
#define LEMANS_PHRASES_H

#include <stdbool.h>
#include <stddef.h>

#include "reading.h"

enum phrase_kind {
    PHRASE_DRIVER,      /* item: struct driver */
    PHRASE_TEAM,        /* item: struct team */
    PHRASE_CLASS,       /* item: struct race_class */
    PHRASE_NATION,      /* item: the nation's name */
    PHRASE_RACE_SURE,   /* "24 heures du mans": the race itself */
    PHRASE_RACE_LIKELY, /* "le mans": the race unless the document is about something else */
    PHRASE_RACE_LOOSE,  /* "the 24 hours": the race once it has been named */
    PHRASE_NOT_RACE,    /* "le mans cup": something else that bears the name */
    PHRASE_OTHER_RACE,  /* "daytona" */
    PHRASE_OTHER_TOPIC, /* "motogp": a document of these is not about the race; item: its name */
};

struct phrase {
    enum phrase_kind kind;
    const void *item;
    bool capital; /* only where the first word begins with a capital letter */
    size_t n;
    char **words; /* folded */
    struct phrase *next;
};

struct phrases;

struct phrases *phrases_new(void);
void phrases_free(struct phrases **phrases);
/* False when the text has no word at all. */
bool phrases_add(struct phrases *phrases, const char *text, enum phrase_kind kind, const void *item,
                 bool capital);
/* The longest phrase that begins at tokens[0]; NULL if none does. */
const struct phrase *phrases_at(const struct phrases *phrases, const struct token *tokens,
                                size_t n);

#endif
