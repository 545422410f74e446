/*
 * What texts of stories come to: a text says where, whether it will be, and perhaps how many. It is
 * news when it says so in words that were not told, and one of these that no other document of the
 * story has told.
 */
#ifndef TOCSIN_TESTS_STORIES_H
#define TOCSIN_TESTS_STORIES_H

#include "script.h"

struct stories;

struct stories_text {
    unsigned story, document; /* a document is of one story */
    const char *topic;
    unsigned wording, place;
    bool is_denied, has_number;
};
#define STORIES_WORDINGS 3
#define STORIES_PLACES   3

struct stories *stories_new(void);
void stories_free(struct stories **stories);
/* The caller's. */
char *stories_quote(const struct stories_text *text);
/* Of the script's last version, which has this text: as ladders_said. */
int stories_said(struct stories *stories, struct script *script, const struct stories_text *text,
                 char alert[HASH_HEX_SIZE]);

#endif
