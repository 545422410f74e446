/*
 * Topics in bulk, one a line, in the order of their fields:
 *
 *     NAME <TAB> QUERY [<TAB> LABEL,LABEL... [<TAB> SEVERITY]]         files that end in .tsv
 *     {"name": ..., "query": ..., "labels": [...], "severity": ...,
 *      "description": ..., "language": ..., "shadow": true, "private": true}
 *                                                                       files that end in .jsonl
 *
 * Empty lines, and in the first form lines that begin with #, are passed over.
 */
#ifndef TOCSIN_TOPICS_BULK_H
#define TOCSIN_TOPICS_BULK_H

#include "topics/file.h"

/* What one line says; texts are the caller's and may be NULL but for name and query. */
struct bulk_topic {
    const char *name, *query, *severity, *description, *language;
    bool shadow, is_private;
    size_t query_len;
};

/* Whether a file of this name holds topics in bulk. */
bool bulk_is_name(const char *file);
/* The topics of such a file, as topics_each has them. */
void bulk_parse(const char *file, const char *text, size_t len, int lines, use_topic *use,
                void *arg, struct diags *diags);

#endif
