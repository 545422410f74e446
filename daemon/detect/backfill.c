/*
 * A new topic and old versions: writes down, some at a time so that others get their turn with the
 * store, that the detector has to look for it; then they are taken up like all that is pending.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "detect/pool.h"
#include "store/documents.h"

#define STEP 1000

struct backfill {
    struct detect *detect;
    char *detector, *topic;
    int64_t since_ms, after, n;
    int64_t next_after, next_n; /* as this step leaves them */
    void (*done)(void *arg, int64_t n_versions, const char *error);
    void *arg;
};

static void written(void *arg, const char *error);

static int run_step(struct store_txn *txn, void *arg, struct err *err)
{
    struct backfill *backfill = arg;
    backfill->next_after = backfill->after;
    backfill->next_n = backfill->n;
    return store_pending_backfill(txn, backfill->detector, backfill->topic, backfill->since_ms,
                                  STEP, &backfill->next_after, &backfill->next_n, err);
}

static void finish(struct backfill *backfill, const char *error)
{
    struct detect *detect = backfill->detect;
    if (backfill->n && !detect->going)
        resume_start(detect, backfill->detector, 0);
    backfill->done(backfill->arg, backfill->n, error);
    free(backfill->detector);
    free(backfill->topic);
    free(backfill);
}

static void written(void *arg, const char *error)
{
    struct backfill *backfill = arg;
    if (!error) {
        backfill->after = backfill->next_after;
        backfill->n = backfill->next_n;
    }
    if (error || !backfill->after || backfill->detect->going)
        finish(backfill, error);
    else
        store_write(backfill->detect->store, run_step, written, backfill);
}

void detect_backfill(struct detect *detect, const char *detector, const char *topic,
                     int64_t since_ms,
                     void (*done)(void *arg, int64_t n_versions, const char *error), void *arg)
{
    struct backfill *backfill = NEW(struct backfill);
    *backfill = (struct backfill){.detect = detect,
                                  .detector = mem_strdup(detector),
                                  .topic = mem_strdup(topic),
                                  .since_ms = since_ms,
                                  .done = done,
                                  .arg = arg};
    store_write(detect->store, run_step, written, backfill);
}
