/* The order of the steps; see policy.h. */
#include "alert/policy.h"

#include <stdlib.h>
#include <string.h>

#include "alert/story.h"
#include "base/mem.h"
#include "store/documents.h"
#include "store/forget.h"

void policy_news_init(struct policy_news *news, const struct policy *policy, bool is_followed)
{
    policy_news_deinit(news);
    news->queued = NEW_N(bool, policy->config->n_notifiers + 1);
    news->events = is_followed ? json_array() : NULL;
}

void policy_news_deinit(struct policy_news *news)
{
    free(news->queued);
    for (size_t i = 0; i < news->n_ready; i++)
        store_due_free(&news->ready[i].due);
    free(news->ready);
    store_withdrawn_deinit(&news->withdrawn);
    json_decref(news->events);
    *news = (struct policy_news){0};
}

int policy_ready(struct policy_run *run, struct err *err)
{
    for (size_t i = 0; i < run->news->n_ready; i++) {
        struct policy_ready *ready = &run->news->ready[i];
        if (store_delivery_load(run->txn, &ready->id, 1, &ready->due, err) < 0)
            return -1;
    }
    return 0;
}

int policy_commit(struct policy_run *run, struct err *err)
{
    const struct detect_result *result = run->result;
    /* A person had the document forgotten while a detector was at work on it. */
    int forgotten = 0;
    if (result->n_findings)
        forgotten = store_version_is_forgotten(run->txn, result->version, err);
    if (forgotten)
        return forgotten < 0 ? -1 : 0;
    AUTO_FREE char *only = NULL;
    if (result->resumed) {
        int pending = store_pending_only(run->txn, result->version, result->detector, &only, err);
        if (pending <= 0)
            return pending; /* it was judged meanwhile */
    }
    run->only = only;
    if ((result->n_findings && story_find(run, &run->story, err) < 0) ||
        policy_topics(run, err) < 0 || (!only && policy_facts(run, err) < 0) ||
        store_pending_done(run->txn, result->version, result->detector, err) < 0)
        return -1;
    run->only = NULL;
    return policy_ready(run, err);
}
