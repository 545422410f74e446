/*
 * What holds whatever happens: nothing is lost, nothing is told twice without news, nothing rings
 * while it must not, what is held is released. Looked at after each line of a script, and at its
 * end.
 */
#ifndef TOCSIN_TESTS_PROMISES_H
#define TOCSIN_TESTS_PROMISES_H

#include "base/map.h"
#include "script.h"

struct promises {
    struct map *texts; /* "document topic quote": it was there before */
    struct map *told;  /* "notifier delivery": it went well */
    bool paused;
    const char *quiet; /* the notifier that is to be quiet by night, NULL: none is at present */
};

void promises_init(struct promises *promises);
void promises_deinit(struct promises *promises);
/* A document with this text was just decided about: is it news if and only if it is new? */
int promises_of_text(struct promises *promises, struct script *script, const char *document,
                     const char *topic, const char *quote);
/* What rang since: at a time when it may, once. Topics that begin with "urgent" may at any time. */
int promises_of_rings(struct promises *promises, struct script *script);
/* Time enough has passed, and nothing is in the way: every revision was told to everybody it was
 * made for, once, or it is said why not. */
int promises_at_the_end(struct script *script);

#endif
