/*
 * The types of plugins' options (enum tocsin_option_type, by their names in lower case): one row a
 * type, each with the function that checks one value and says what a host is given for it. Used by
 * options.c alone.
 */
#ifndef TOCSIN_CONFIG_OPTION_TYPE_H
#define TOCSIN_CONFIG_OPTION_TYPE_H

#include <jansson.h>

#include "base/hash.h"
#include "config/config.h"
#include "config/path.h"

/* The option that a value belongs to. */
struct option_value {
    const json_t *described;
    bool written;     /* false: the default */
    const char *file; /* what relative paths are relative to */
    struct config_at at;
    size_t index;      /* among the values of a list */
    const char *owner; /* opens a message */
    struct hasher *stamp;
    struct diags *diags;
    bool elsewhere; /* the configuration is another process's, as in config.h */
    bool *unseen;   /* set when a credential could not be looked at for that */
};

struct option_type {
    const char *name;
    bool is_list;
    enum config_option_kind kind;
    /* Adds what `text` comes to; a pattern may come to several. */
    int (*resolve)(const struct option_value *value, const char *text, struct config_texts *out);
};

/* NULL when there is no such type; NULL is none. */
const struct option_type *option_type_find(const char *name);

/* What the file of a secret holds, without the newline at its end; NULL, and said why, when it
 * cannot be read, is empty, larger than 64 KiB or no text. The caller frees it. */
char *option_secret(const struct option_value *value, const char *path);

/* What tells one state of a file, or of the files in a folder, from the next. */
void option_stamp(struct hasher *stamp, const char *path);

#endif
