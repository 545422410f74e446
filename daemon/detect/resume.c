/*
 * Pending rows of the store: what detectors still have to say about versions that are durable
 * already. Takes them up after a start, after a reload that mended a detector, and when a person
 * releases documents from quarantine; and writes strikes and quarantine.
 *
 * Rows come in batches, with their texts from the archive, read on the store's reader thread; the
 * next batch is asked for when the documents of this one are done, so that memory is bounded. What
 * is in hand is left alone. A follower takes up rows that it is told of, one after the other.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "detect/pool.h"
#include "document/archive.h"
#include "store/documents.h"

#define BATCH 32
/* Of a follower: they may be in hand for long, with their texts. */
#define BATCH_FOLLOWED 8
#define RETRY_MS       10000 /* after an error of the store */

struct resume {
    struct list link;
    struct detect *detect;
    char *detector;   /* NULL: any */
    int64_t document; /* 0: any */
    int64_t after_version;
    char *after_detector;
    size_t n_docs; /* of this batch, not done */
    bool last;     /* no batch after this one */
    bool follows;  /* these versions, and those it is told of, instead of all there are */
    bool idle;     /* a follower that waits for one */
    int64_t *versions;
    size_t n_versions, n_taken, versions_cap;
    struct loop_timer *retry; /* NULL: there was no error yet */
};

/* One batch on its way through the reader thread. */
struct batch {
    struct resume *resume;
    int64_t versions[BATCH_FOLLOWED]; /* of a follower */
    size_t n_versions;
    struct store_pendings rows;
    int texts[BATCH];     /* of the row, -1: none, or that of a row before it */
    int old_texts[BATCH]; /* with the text: what the document was before */
    bool compares;
};

static void resume_next(struct resume *resume);

static void resume_free(struct resume *resume)
{
    list_remove(&resume->link);
    free(resume->detector);
    free(resume->after_detector);
    free(resume->versions);
    loop_timer_free(&resume->retry);
    free(resume);
}

static bool resume_wants(const struct resume *resume, const struct store_pending *row)
{
    return (!resume->detector || str_equal(resume->detector, row->detector)) &&
           (!resume->document || resume->document == row->document);
}

static bool same_version(const struct batch *batch, size_t i)
{
    return i && batch->rows.items[i].version == batch->rows.items[i - 1].version;
}

/* ---- on the reader thread ---- */

static void batch_clear(struct batch *batch)
{
    store_pendings_deinit(&batch->rows);
    batch->rows = (struct store_pendings){0};
    for (size_t i = 0; i < BATCH; i++) {
        fd_close(&batch->texts[i]);
        fd_close(&batch->old_texts[i]);
    }
}

static int batch_list(struct store_txn *txn, struct batch *batch, struct err *err)
{
    const struct resume *resume = batch->resume;
    if (!resume->follows)
        return store_pending_list(txn, resume->after_version, resume->after_detector, BATCH,
                                  &batch->rows, err);
    for (size_t i = 0; i < batch->n_versions; i++)
        if (store_pending_get(txn, batch->versions[i], resume->detector, &batch->rows, err) < 0)
            return -1;
    return 0;
}

static int batch_run(struct store_txn *txn, void *arg, struct err *err)
{
    struct batch *batch = arg;
    const struct resume *resume = batch->resume;
    batch_clear(batch);
    if (batch_list(txn, batch, err) < 0)
        return -1;
    for (size_t i = 0; i < batch->rows.n; i++) {
        const struct store_pending *row = &batch->rows.items[i];
        bool loaded = same_version(batch, i) && batch->texts[i - 1] >= 0;
        struct err why;
        if (!loaded && resume_wants(resume, row) &&
            archive_get(txn, &row->text_hash, &batch->texts[i], &why) < 0)
            log_warning("the archived text of %s in %s: %s", row->path, row->source, why.text);
        if (batch->texts[i] >= 0 && batch->compares)
            batch->old_texts[i] = before_read(txn, row->document, row->version);
    }
    return 0;
}

/* ---- on the loop ---- */

static bool in_hand(const struct detect *detect, const struct store_pending *row)
{
    list_each (link, &detect->docs) {
        const struct doc *doc = LIST_ITEM(link, struct doc, link);
        /* Before its commit is told the version's number is the writer's. */
        if (!doc->committed || doc->version->version != row->version)
            continue;
        size_t slot = lineup_find(doc->lineup, row->detector);
        if (slot < doc->n_slots &&
            (doc->slots[slot].state == SLOT_WAITING || doc->slots[slot].state == SLOT_REPORTED))
            return true;
    }
    return false;
}

static struct doc *doc_from_row(struct batch *batch, const struct store_pending *row, size_t text)
{
    struct resume *resume = batch->resume;
    struct detect *detect = resume->detect;
    struct doc *doc = doc_new(detect, row->source, row->path, detect->lineup->n);
    for (size_t i = 0; i < doc->n_slots; i++)
        doc->slots[i].state = SLOT_LEFT;
    struct document_version *version = NEW(struct document_version);
    *version = (struct document_version){.version = row->version,
                                         .document = row->document,
                                         .text_hash = row->text_hash,
                                         .origin = row->origin,
                                         .date = row->date,
                                         .title = mem_strdup(row->title),
                                         .media_type = mem_strdup(row->media_type),
                                         .charset = mem_strdup(""),
                                         .note = mem_strdup(""),
                                         .text_fd = fd_take(&batch->texts[text])};
    doc->version = version;
    doc->before_fd = fd_take(&batch->old_texts[text]);
    doc->day = str_date_from_ms(row->seen_ms);
    doc->committed = true;
    doc->resume = resume;
    resume->n_docs++;
    return doc;
}

static void row_without_text(struct detect *detect, const struct store_pending *row)
{
    const char *reason = "its text is no longer in the archive";
    AUTO_FREE char *name = mem_printf("%s:%s", row->detector, row->path);
    AUTO_FREE char *text = mem_printf("detector \"%s\" has not judged %s in %s, and %s",
                                      row->detector, row->path, row->source, reason);
    pending_strike(detect, row->version, row->detector, 0, reason, true);
    detect->n_quarantined++;
    detect_trouble(detect, "quarantine", name, text);
}

/* The rows [from, to) of one version: one document, one job. */
static void take_version(struct batch *batch, size_t from, size_t to)
{
    struct resume *resume = batch->resume;
    struct doc *doc = NULL;
    uint64_t together = 0, alone = 0;
    size_t text = SIZE_MAX;
    for (size_t i = from; i < to; i++)
        if (batch->texts[i] >= 0)
            text = i;
    for (size_t i = from; i < to; i++) {
        const struct store_pending *row = &batch->rows.items[i];
        size_t slot = lineup_find(resume->detect->lineup, row->detector);
        if (slot == SIZE_MAX || !resume_wants(resume, row) || in_hand(resume->detect, row))
            continue;
        if (text == SIZE_MAX) {
            row_without_text(resume->detect, row);
            continue;
        }
        if (!doc)
            doc = doc_from_row(batch, row, text);
        doc->slots[slot].strikes = row->strikes;
        *(row->strikes ? &alone : &together) |= 1ull << slot;
    }
    if (together)
        doc_submit(doc, together, false);
    if (alone)
        doc_submit_alone(doc, alone);
}

static void batch_take(struct batch *batch)
{
    for (size_t from = 0, to; from < batch->rows.n; from = to) {
        for (to = from + 1; to < batch->rows.n && same_version(batch, to); to++)
            ;
        take_version(batch, from, to);
    }
}

/* Of those that a follower was told of. */
static void versions_taken(struct resume *resume, size_t n)
{
    resume->n_taken += n;
    size_t n_left = resume->n_versions - resume->n_taken;
    if (n_left > resume->n_taken)
        return;
    /* It may be told of more for ever. */
    memmove(resume->versions, resume->versions + resume->n_taken,
            n_left * sizeof(*resume->versions));
    resume->n_versions = n_left;
    resume->n_taken = 0;
}

static void resume_advance(struct resume *resume, const struct batch *batch)
{
    const struct store_pendings *rows = &batch->rows;
    if (resume->follows) {
        versions_taken(resume, batch->n_versions);
        return;
    }
    resume->last = rows->n < BATCH;
    if (!rows->n)
        return;
    const struct store_pending *row = &rows->items[rows->n - 1];
    resume->after_version = row->version;
    free(resume->after_detector);
    resume->after_detector = mem_strdup(row->detector);
}

static void resume_again(void *arg)
{
    resume_next(arg);
}

static void resume_failed(struct resume *resume, const char *error)
{
    log_error("what is pending cannot be read from the store, it is tried again in %d s: %s",
              RETRY_MS / 1000, error);
    if (!resume->retry)
        resume->retry = loop_timer_new(resume->detect->loop, resume_again, resume);
    loop_timer_set(resume->retry, RETRY_MS);
}

static void batch_done(void *arg, const char *error)
{
    struct batch *batch = arg;
    struct resume *resume = batch->resume;
    struct pool *pool = resume->detect->pool;
    if (error) {
        resume_failed(resume, error);
        batch_clear(batch);
        free(batch);
        return;
    }
    resume->n_docs = 1; /* ourselves, until all are submitted */
    resume_advance(resume, batch);
    batch_take(batch);
    batch_clear(batch);
    free(batch);
    resume_doc_over(resume);
    pool_pump(pool);
}

static void resume_next(struct resume *resume)
{
    struct batch *batch = NEW(struct batch);
    batch->resume = resume;
    for (size_t i = resume->n_taken; i < resume->n_versions && batch->n_versions < BATCH_FOLLOWED;
         i++)
        batch->versions[batch->n_versions++] = resume->versions[i];
    for (size_t i = 0; i < BATCH; i++)
        batch->texts[i] = batch->old_texts[i] = -1;
    batch->compares = before_is_wanted(resume->detect);
    store_read(resume->detect->store, batch_run, batch_done, batch);
}

void resume_doc_over(struct resume *resume)
{
    if (--resume->n_docs || resume->detect->going)
        return;
    resume->idle = resume->follows && resume->n_taken == resume->n_versions;
    if (resume->last)
        resume_free(resume);
    else if (!resume->idle)
        resume_next(resume);
}

static struct resume *resume_new(struct detect *detect, const char *detector, int64_t document)
{
    struct resume *resume = NEW(struct resume);
    *resume = (struct resume){.detect = detect,
                              .detector = mem_strdup(detector),
                              .document = document,
                              .after_detector = mem_strdup("")};
    list_append(&detect->resumes, &resume->link);
    return resume;
}

void resume_start(struct detect *detect, const char *detector, int64_t document)
{
    resume_next(resume_new(detect, detector, document));
}

void resume_follow(struct resume **follower, struct detect *detect, const char *detector,
                   int64_t version)
{
    if (!*follower) {
        *follower = resume_new(detect, detector, 0);
        (*follower)->follows = (*follower)->idle = true;
    }
    struct resume *resume = *follower;
    resume->versions = mem_grow(resume->versions, &resume->versions_cap, resume->n_versions + 1,
                                sizeof(*resume->versions));
    resume->versions[resume->n_versions++] = version;
    if (!resume->idle)
        return;
    resume->idle = false;
    resume_next(resume);
}

bool resume_follows(const struct resume *resume)
{
    return resume->follows;
}

/* The store does not give it anything, or its hosts do not last. */
static bool resume_gives_up(const struct resume *resume)
{
    return (resume->retry && loop_timer_active(resume->retry)) ||
           (resume->follows && pool_gives_up(apart_pool(resume->detect, resume->detector)));
}

bool resumes_give_up(const struct detect *detect)
{
    list_each (link, &detect->resumes) {
        const struct resume *resume = LIST_ITEM(link, struct resume, link);
        if (!resume->idle && !resume_gives_up(resume))
            return false;
    }
    return true;
}

size_t resumes_busy(const struct detect *detect)
{
    size_t n = 0;
    list_each (link, &detect->resumes)
        n += !LIST_ITEM(link, struct resume, link)->idle;
    return n;
}

void resumes_free(struct detect *detect)
{
    list_each_safe (link, &detect->resumes)
        resume_free(LIST_ITEM(link, struct resume, link));
}

/* ---- strikes and releases ---- */

struct strike {
    int64_t version, now_ms;
    char *detector, *reason;
    int strikes;
    bool quarantine;
};

static int strike_run(struct store_txn *txn, void *arg, struct err *err)
{
    const struct strike *strike = arg;
    int total;
    for (int i = 0; i < strike->strikes; i++)
        if (store_pending_strike(txn, strike->version, strike->detector, strike->reason, &total,
                                 err) < 0)
            return -1;
    if (!strike->quarantine)
        return 0;
    return store_pending_quarantine(txn, strike->version, strike->detector, strike->reason,
                                    strike->now_ms, err);
}

static void strike_done(void *arg, const char *error)
{
    struct strike *strike = arg;
    if (error)
        log_error("a strike of detector \"%s\" cannot be written: %s", strike->detector, error);
    free(strike->detector);
    free(strike->reason);
    free(strike);
}

void pending_strike(struct detect *detect, int64_t version, const char *detector, int strikes,
                    const char *reason, bool quarantine)
{
    struct strike *strike = NEW(struct strike);
    *strike = (struct strike){.version = version,
                              .now_ms = loop_wall_ms(detect->loop),
                              .detector = mem_strdup(detector),
                              .reason = mem_strdup(reason),
                              .strikes = strikes,
                              .quarantine = quarantine};
    store_write(detect->store, strike_run, strike_done, strike);
}

struct release {
    struct detect *detect;
    char *detector;
    int64_t document;
    int n;
    void (*done)(void *arg, int n_released, const char *error);
    void *arg;
};

static int release_run(struct store_txn *txn, void *arg, struct err *err)
{
    struct release *release = arg;
    return store_pending_release(txn, release->detector, release->document, &release->n, err);
}

static void release_done(void *arg, const char *error)
{
    struct release *release = arg;
    if (!error && release->n)
        resume_start(release->detect, release->detector, release->document);
    release->done(release->arg, release->n, error);
    free(release->detector);
    free(release);
}

void detect_release(struct detect *detect, const char *detector, int64_t document,
                    void (*done)(void *arg, int n_released, const char *error), void *arg)
{
    struct release *release = NEW(struct release);
    *release = (struct release){.detect = detect,
                                .detector = mem_strdup(detector),
                                .document = document,
                                .done = done,
                                .arg = arg};
    store_write(detect->store, release_run, release_done, release);
}
