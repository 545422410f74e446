/*
 * Forgetting what a document said; see document.h and store/forget.h. Not while its file is on its
 * way: the version that is being read would come after. What detectors still have in their hands is
 * thrown away by the policy, which sees that the version is forgotten.
 */
#include <stdlib.h>
#include <string.h>

#include "document/room.h"

#define TEXTS_A_STEP 50 /* so that commits of documents pass between */

struct forget {
    struct documents *documents;
    int64_t document;
    struct documents_forgotten result;
    int n_deleted; /* texts, in this step */
    int64_t now_ms;
    documents_forgot_fn *done;
    void *arg;
};

static int run_forget(struct store_txn *txn, void *arg, struct err *err)
{
    struct forget *forget = arg;
    if (store_forget_texts(txn, forget->document, TEXTS_A_STEP, &forget->n_deleted, err) < 0)
        return -1;
    if (forget->n_deleted == TEXTS_A_STEP)
        return 0;
    return store_forget(txn, forget->document, forget->now_ms, &forget->result.rest, err);
}

static void forgot(void *arg, const char *error)
{
    struct forget *forget = arg;
    if (!error)
        forget->result.texts += forget->n_deleted;
    if (!error && forget->n_deleted == TEXTS_A_STEP) {
        store_write(forget->documents->store, run_forget, forgot, forget);
        return;
    }
    forget->documents->n_notes--;
    forget->done(forget->arg, &forget->result, error);
    store_forgotten_deinit(&forget->result.rest);
    free(forget);
}

/* By its number, or, in its first flight, by its path alone. */
static bool is_under_way(const struct watched *watched, const struct store_document *document)
{
    if (strcmp(watched->name, document->source) == 0 && flight_at(watched, document->path))
        return true;
    size_t at = 0;
    void *value;
    while (map_next(watched->flights, &at, NULL, NULL, &value)) {
        if (((const struct flight *)value)->document == document->id)
            return true;
    }
    return false;
}

bool documents_under_way(const struct documents *documents, const struct store_document *document)
{
    size_t at = 0;
    void *value;
    while (map_next(documents->sources, &at, NULL, NULL, &value)) {
        if (is_under_way(value, document))
            return true;
    }
    return false;
}

void documents_forget(struct documents *documents, int64_t document, documents_forgot_fn *done,
                      void *arg)
{
    struct forget *forget = NEW(struct forget);
    *forget = (struct forget){.documents = documents,
                              .document = document,
                              .now_ms = loop_wall_ms(documents->loop),
                              .done = done,
                              .arg = arg};
    documents->n_notes++;
    store_write(documents->store, run_forget, forgot, forget);
}
