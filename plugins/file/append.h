/*
 * Appending whole lines to a file that others rotate, read and may write to, too: all of them or
 * none, whatever the disk says, and never behind half a line.
 */
#ifndef TOCSIN_FILE_APPEND_H
#define TOCSIN_FILE_APPEND_H

#include <stdbool.h>

#include <tocsin/plugin.h>

#include "base/buf.h"

struct append {
    struct tocsin_instance *instance;
    const char *option; /* of type OUTPUT */
    bool sync;          /* done when it is on the disk */
};

/* `lines` ends with a newline. -1: nothing of it stays in the file, and `why` is for a person. */
int append_lines(const struct append *append, const struct buf *lines, struct buf *why);

#endif
