/*
 * What is wrong with a file that a person wrote: a list of findings, each with its place and a
 * hint.
 *
 *   tocsin.yaml:14:5: folder "seeds": unknown option "recursvie" (did you mean "recursive"?)
 */
#ifndef TOCSIN_CONFIG_DIAG_H
#define TOCSIN_CONFIG_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Where a value is written. `file` is shared and lives as long as the program; NULL: a default. */
struct config_at {
    const char *file;
    int line, column; /* from 1; 0: the whole file */
};

struct diag {
    bool warning;
    struct config_at at;
    char *text;
};

struct diags {
    struct diag *items;
    size_t n, cap;
    size_t n_errors;
};

void diags_deinit(struct diags *diags);
/* Both copy the text. diags_error returns -1. */
int diags_error(struct diags *diags, struct config_at at, const char *fmt, ...) PRINTF(3, 4);
void diags_warning(struct diags *diags, struct config_at at, const char *fmt, ...) PRINTF(3, 4);
/* " (did you mean "x"?)" when a candidate is near, else "". The caller frees it. */
char *diag_hint(const char *word, const char *const *candidates, size_t n);
/* One line an entry, in the order of files and lines: FILE:LINE:COLUMN: [warning: ]TEXT */
void diags_print(const struct diags *diags, struct buf *out);
/* A copy of a file's name that lives as long as the program, one for equal names; thread-safe. */
const char *config_file_intern(const char *file);

#endif
