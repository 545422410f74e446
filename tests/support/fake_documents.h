/* Stands in for the documents room: commits versions into a real store, and counts. */
#ifndef TOCSIN_TESTS_FAKE_DOCUMENTS_H
#define TOCSIN_TESTS_FAKE_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "document/document.h"

struct documents {
    struct store *store;
    bool hold;     /* commits wait for fake_documents_go */
    bool old_text; /* what is committed is a text that the document had before */
    bool settles;  /* commits look at what was found by then; else every result is handed on */
    struct fake_commit *held;
    int n_committed;
    int n_unread;
    int last_status;
    char last_note[512];
};

void fake_documents_go(struct documents *documents);
/* Work for detect_read: a file with this text, opened and unlinked. */
struct document_work *fake_work(const char *path, const char *text);

#endif
