/* From the files of topics and lists to an image. */
#ifndef TOCSIN_TOPICS_LOAD_H
#define TOCSIN_TOPICS_LOAD_H

#include "config/diag.h"
#include "topics/index.h"

enum load_result {
    LOAD_FAILED, /* something is wrong, which `diags` says */
    LOAD_SAME,   /* the index from before is what the files say */
    LOAD_BASE,   /* `out` was replaced: it is the whole index */
    LOAD_UPDATE, /* `out` was replaced: it is an update of the base from before */
};

/* Both lists of files end with NULL, and may be NULL. From `before`, an earlier index or NULL, what
 * it holds of unchanged files is taken over; when that is most of very many topics, the rest comes
 * as an update. */
enum load_result load_index(const char *const *files, const char *const *lists,
                            const struct index *before, struct buf *out, struct diags *diags);

#endif
