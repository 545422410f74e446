/* From the files of topics and lists to an image. */
#ifndef TOCSIN_TOPICS_LOAD_H
#define TOCSIN_TOPICS_LOAD_H

#include "config/diag.h"
#include "topics/image.h"

enum load_result {
    LOAD_FAILED, /* something is wrong, which `diags` says */
    LOAD_SAME,   /* the image from before is what the files say */
    LOAD_NEW,    /* `out` was replaced */
};

/* Both lists of files end with NULL, and may be NULL. From `before`, an earlier image or NULL, what
 * it holds of unchanged files is taken over. */
enum load_result load_image(const char *const *files, const char *const *lists,
                            const struct image *before, struct buf *out, struct diags *diags);

#endif
