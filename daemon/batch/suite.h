/*
 * Files of tests that stand beside topics, NAME.test.yaml beside NAME.yaml:
 *
 *     topics: [other.yaml]     which topics, if not NAME.yaml; paths are relative to the file
 *     lists: [names.txt]       lists that their queries use by @name
 *     tests:
 *       - name: the budget     for people
 *         text: >              the document, or `file: budget.txt`
 *           The harbour bridge is over its budget.
 *         expect:              all topics that match, a name each, or with words that the alert
 *           - harbour-bridge     must quote
 *           - {topic: council-decisions, quote: over its budget}
 *         not: [tram]          or, without `expect`, topics that must not match
 */
#ifndef TOCSIN_BATCH_SUITE_H
#define TOCSIN_BATCH_SUITE_H

#include "base/buf.h"
#include "config/diag.h"
#include "config/tree.h"

struct suite_test {
    char *name;          /* or "test 3" */
    struct config_at at; /* where it begins */
    const char *text;    /* of the tree, or NULL: */
    size_t text_len;
    char *file;                       /* the path */
    bool is_whole;                    /* `expect` is there: nothing else may match */
    const struct tree *expect, *not ; /* lists, or NULL */
};

struct suite {
    struct tree *tree;
    char **topics, **lists; /* paths, NULL-terminated */
    struct suite_test *tests;
    size_t n;
};

/* 0, or -1 with what is wrong in `diags`; in any case suite_deinit. */
int suite_read(struct suite *suite, const char *path, struct diags *diags);
void suite_deinit(struct suite *suite);
/* The topic that an entry of `expect` or `not` names, and the quote that it asks for (NULL: none).
 */
const char *suite_topic(const struct tree *entry, const char **quote);

#endif
