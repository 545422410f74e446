/*
 * The text that a changed document had before, from the archive, for detectors that ask what is
 * new in it. A document waits for it before it is submitted; one whose text is not kept any more is
 * new as a whole.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "detect/pool.h"
#include "document/archive.h"
#include "store/documents.h"

struct fetch {
    struct doc *doc;
    uint64_t slots;
    int64_t document;
    int text;
};

bool before_is_wanted(const struct detect *detect)
{
    for (size_t i = 0; i < detect->lineup->n; i++)
        if (detect->lineup->items[i].compares)
            return true;
    return false;
}

int before_read(struct store_txn *txn, int64_t document, int64_t version)
{
    struct err why;
    struct hash text_hash;
    int text = -1;
    int got = store_version_text_before(txn, document, version, &text_hash, &why);
    if (got < 0 || (got > 0 && archive_get(txn, &text_hash, &text, &why) < 0))
        log_warning("what document %lld was before: %s", (long long)document, why.text);
    return text;
}

static int fetch_run(struct store_txn *txn, void *arg, struct err *err)
{
    (void)err;
    struct fetch *fetch = arg;
    fd_close(&fetch->text); /* of a run that is repeated */
    fetch->text = before_read(txn, fetch->document, 0);
    return 0;
}

static void fetch_done(void *arg, const char *error)
{
    struct fetch *fetch = arg;
    struct doc *doc = fetch->doc;
    struct detect *detect = doc->detect;
    if (error)
        log_warning("what document %lld was before: %s", (long long)fetch->document, error);
    detect->n_fetching--;
    doc->before_fd = fd_take(&fetch->text);
    doc_submit(doc, fetch->slots, false);
    free(fetch);
    pool_pump(detect->pool);
}

void before_fetch(struct doc *doc, uint64_t slots)
{
    struct fetch *fetch = NEW(struct fetch);
    *fetch =
        (struct fetch){.doc = doc, .slots = slots, .document = doc->work->document, .text = -1};
    doc->detect->n_fetching++;
    store_read(doc->detect->store, fetch_run, fetch_done, fetch);
}
