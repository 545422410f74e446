/*
 * What facts come to, worked out from all that was said at once: a ladder has everything said of
 * its driver and edition in the order of the documents' dates; news is a status that stands, did
 * not before, and was never told of.
 */
#ifndef TOCSIN_TESTS_LADDERS_H
#define TOCSIN_TESTS_LADDERS_H

#include "script.h"

struct ladders;

struct ladders_said {
    const char *document, *status, *driver;
    int32_t date;
    int year; /* 0: it names none */
};

struct ladders *ladders_new(void);
void ladders_free(struct ladders **ladders);
/* Of the script's last version, which has said so: did it come to what it has to, and is the ladder
 * right? `alert` gets the alert's id where it was news, and else "". */
int ladders_said(struct ladders *ladders, struct script *script, const struct ladders_said *said,
                 char alert[HASH_HEX_SIZE]);

#endif
