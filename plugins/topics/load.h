/* From the files of topics and lists to an image. */
#ifndef TOCSIN_TOPICS_LOAD_H
#define TOCSIN_TOPICS_LOAD_H

#include "config/diag.h"
#include "topics/image.h"

/* Replaces what `out` holds. Both lists of files end with NULL, and may be NULL. -1 when something
 * is wrong, which `diags` says then. */
int load_image(const char *const *files, const char *const *lists, struct buf *out,
               struct diags *diags);

#endif
