/*
 * What holds whatever happens: nothing is lost, nothing is told twice without news, nothing rings
 * while it must not, what is held is released. Looked at after each line of a script, and at its
 * end. What is news is worked out apart: ladders.h, stories.h, troubles.h; who was told: ledger.h.
 */
#ifndef TOCSIN_TESTS_PROMISES_H
#define TOCSIN_TESTS_PROMISES_H

#include "base/map.h"
#include "ladders.h"
#include "ledger.h"
#include "stories.h"
#include "troubles.h"

struct promises {
    struct map *texts; /* "document topic quote": it was there before */
    struct map *told;  /* "notifier delivery": it went well */
    struct map *shown; /* "notifier alert": it has a popup */
    struct ladders *ladders;
    struct stories *stories;
    struct troubles *troubles;
    struct ledger *ledger;
    bool paused;
    const char *quiet; /* the notifier that is to be quiet by night, NULL: none is at present */
};

void promises_init(struct promises *promises);
void promises_deinit(struct promises *promises);
/* A document with this text was just decided about: is it news if and only if it is new? */
int promises_of_text(struct promises *promises, struct script *script, const char *document,
                     const char *topic, const char *quote);
int promises_of_fact(struct promises *promises, struct script *script,
                     const struct ladders_said *said);
int promises_of_story(struct promises *promises, struct script *script,
                      const struct stories_text *text);
int promises_of_trouble(struct promises *promises, struct script *script, const char *subject,
                        const char *text);
int promises_of_its_end(struct promises *promises, struct script *script, const char *subject);
/* What rang since: at a time when it may, once. Topics that begin with "urgent" may at any time. */
int promises_of_rings(struct promises *promises, struct script *script);
/* Time enough has passed, and nothing is in the way: every revision was told to everybody it was
 * made for, once, or it is said why not. */
int promises_at_the_end(struct promises *promises, struct script *script);

#endif
