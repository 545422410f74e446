/*
 * Topics: steps 1 and 2 of the policy for findings of stored queries. The subject is the story, by
 * its first document: so a copy, a renamed file or another's text of it is the same alert; news is
 * evidence that was not told, so a touch, an edit elsewhere and a return to an earlier text are
 * silent; and, of a changed document, what the change has added, unless the detector matches it as
 * a whole.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/identity.h"
#include "alert/place.h"
#include "alert/retold.h"
#include "alert/run.h"
#include "alert/told.h"
#include "base/mem.h"
#include "base/str.h"

/* *is_new: it was begun, and nothing was told of it in an earlier life. It is put with one
 * revision, for nearly all that begin have it a moment later. */
static int get_alert(struct policy_run *run, const struct detect_finding *finding,
                     struct store_alert *alert, bool *is_new, struct err *err)
{
    const struct detect_result *result = run->result;
    char subject[HASH_HEX_SIZE];
    hash_hex(&run->story, HASH_BYTES, subject);
    struct hash id = identity_alert(result->detector, finding->topic, subject);
    int got = store_alert_get(run->txn, &id, alert, err);
    if (got != 0)
        return got < 0 ? -1 : 0;
    alert_init(alert, run, result->detector, finding->topic, subject);
    alert_show(alert, finding);
    alert->revisions = 1;
    int recalled = alert_begin(run, alert, err);
    alert->revisions = 0;
    *is_new = recalled == 0;
    return recalled < 0 ? -1 : 0;
}

/* What the findings of one topic in one result come to. */
struct topic {
    struct store_alert alert;
    bool is_new;                          /* the alert */
    const struct config_plugin *only_new; /* the detector that matches new text alone; NULL: all */
    struct told told;
    struct retold retold;               /* what other documents of the story have told */
    const struct detect_finding *shown; /* the first with news */
    int64_t *with_news;                 /* findings that share the outcome */
    size_t n_with_news;
};

static bool has_old_text(const struct detect_result *result)
{
    for (size_t i = 0; i < result->n_findings; i++)
        for (size_t k = 0; k < result->findings[i].n_evidence; k++)
            if (result->findings[i].evidence[k].is_old)
                return true;
    return false;
}

/* Is it only what a change has added that can be news? Not when the detector never got to judge
 * what the document was before: nobody else would tell of that. */
static int judge_match(struct policy_run *run, struct topic *topic, struct err *err)
{
    const struct detect_result *result = run->result;
    const struct config_plugin *detector =
        config_detector_find(run->policy->config, result->detector);
    if (!detector || detector->match == CONFIG_MATCH_WHOLE)
        return 0;
    int waits =
        store_pending_earlier(run->txn, result->document, result->version, result->detector, err);
    topic->only_new = waits == 0 ? detector : NULL;
    return waits < 0 ? -1 : 0;
}

static int judge_quote(struct policy_run *run, const struct topic *topic,
                       const struct detect_quote *quote, const struct hash *evidence,
                       enum told_as *as, struct err *err)
{
    int was_told = topic->is_new ? 0 : store_told_has(run->txn, &topic->alert.id, evidence, err);
    if (was_told < 0)
        return -1;
    *as = TOLD_NOT;
    if (was_told)
        *as = TOLD_BEFORE;
    else if (topic->only_new && quote->is_old)
        *as = TOLD_OLD_TEXT;
    else if (retold_has(&topic->retold, quote->quote,
                        strcmp(quote->quote, run->result->title) == 0))
        *as = TOLD_SAME_STORY;
    return 0;
}

/* Records one finding; *finding_id is 0 when it holds nothing new. What does is recorded as having
 * rung, as nearly all of it will. */
static int add_finding(struct policy_run *run, struct topic *topic,
                       const struct detect_finding *finding, int64_t *finding_id, struct err *err)
{
    AUTO_FREE bool *is_new = NEW_N(bool, finding->n_evidence + 1);
    bool any_new = false;
    for (size_t i = 0; i < finding->n_evidence; i++) {
        struct hash evidence = identity_evidence(finding->evidence[i].quote);
        enum told_as as;
        if (judge_quote(run, topic, &finding->evidence[i], &evidence, &as, err) < 0)
            return -1;
        is_new[i] = told_consider(&topic->told, &evidence, as);
        any_new |= is_new[i];
    }
    struct finding_row row;
    finding_row_init(&row, run, finding, is_new);
    row.row.alert = topic->alert.id;
    row.row.outcome = outcome_word(any_new ? OUTCOME_RANG : told_silence(&topic->told));
    AUTO_FREE char *place = !any_new && topic->told.is_silent[TOLD_OLD_TEXT]
                                ? place_of(&topic->only_new->at)
                                : mem_strdup("");
    row.row.place = place;
    int result = store_finding_add(run->txn, &row.row, err);
    *finding_id = any_new ? row.row.id : 0;
    finding_row_deinit(&row);
    return result;
}

static int tell_topic(struct policy_run *run, struct topic *topic, struct err *err)
{
    const struct detect_finding *shown = topic->shown;
    if (!topic->is_new) /* else it began with the first, which is all news */
        alert_show(&topic->alert, shown);
    struct policy_case news = {
        .alert = &topic->alert,
        .is_begun = topic->is_new,
        .revision = identity_revision(&topic->alert.id, topic->told.news, topic->told.n),
        .told = topic->told.news,
        .n_told = topic->told.n,
        .finding = topic->with_news[0],
        .recorded = OUTCOME_RANG,
        .topic = shown->topic,
        .headline = shown->summary,
        .change = "",
        .labels = &shown->labels,
        .severity = shown->severity,
        .shadow = shown->shadow,
    };
    enum alert_outcome outcome;
    AUTO_BUF struct buf place = {0};
    if (policy_tell(run, &news, &outcome, &place, err) < 0)
        return -1;
    bool is_recorded = outcome == OUTCOME_RANG && !place.len;
    for (size_t i = 1; i < topic->n_with_news && !is_recorded; i++) {
        if (store_finding_outcome(run->txn, topic->with_news[i], outcome_word(outcome),
                                  buf_text(&place), err) < 0)
            return -1;
    }
    return 0;
}

static int add_findings(struct policy_run *run, struct topic *topic, size_t first, struct err *err)
{
    const struct detect_result *result = run->result;
    topic->with_news = NEW_N(int64_t, result->n_findings);
    for (size_t i = first; i < result->n_findings; i++) {
        const struct detect_finding *finding = &result->findings[i];
        if (finding->is_fact || !str_equal(finding->topic, result->findings[first].topic))
            continue;
        int64_t id;
        if (add_finding(run, topic, finding, &id, err) < 0)
            return -1;
        if (!id)
            continue;
        if (!topic->shown)
            topic->shown = finding;
        topic->with_news[topic->n_with_news++] = id;
    }
    return 0;
}

static int leave_silent(struct policy_run *run, const struct topic *topic,
                        const struct detect_finding *finding, struct err *err)
{
    policy_silent(run, &topic->alert, finding->summary, told_silence(&topic->told));
    return topic->alert.revisions ? 0 : store_alert_revised(run->txn, &topic->alert, err);
}

static int commit_topic(struct policy_run *run, size_t first, struct err *err)
{
    const struct detect_finding *finding = &run->result->findings[first];
    struct topic topic = {0};
    int result = get_alert(run, finding, &topic.alert, &topic.is_new, err);
    int known = result;
    if (result == 0 && !topic.is_new)
        known = store_finding_known(run->txn, &topic.alert.id, run->result->version, err);
    result = known < 0 ? -1 : 0;
    if (known == 0 && has_old_text(run->result) && !run->only)
        result = judge_match(run, &topic, err);
    if (known == 0 && result == 0 && !topic.is_new)
        result = retold_load(run, &topic.alert.id, &topic.retold, err);
    if (known == 0 && result == 0)
        result = add_findings(run, &topic, first, err);
    if (result == 0 && topic.shown)
        result = tell_topic(run, &topic, err);
    else if (result == 0)
        result = leave_silent(run, &topic, finding, err);
    store_alert_deinit(&topic.alert);
    told_deinit(&topic.told);
    retold_deinit(&topic.retold);
    free(topic.with_news);
    return result;
}

/* Does this topic count, in what was looked for afterwards? */
static bool wants(const struct policy_run *run, const char *topic)
{
    size_t len = strlen(topic);
    for (const char *name = run->only; name; name = strchr(name, '\n')) {
        name += *name == '\n';
        if (strncmp(name, topic, len) == 0 && (!name[len] || name[len] == '\n'))
            return true;
    }
    return !run->only;
}

int policy_topics(struct policy_run *run, struct err *err)
{
    const struct detect_result *result = run->result;
    for (size_t i = 0; i < result->n_findings; i++) {
        if (result->findings[i].is_fact || !wants(run, result->findings[i].topic))
            continue;
        bool is_first = true;
        for (size_t j = 0; j < i && is_first; j++)
            is_first = result->findings[j].is_fact ||
                       !str_equal(result->findings[j].topic, result->findings[i].topic);
        if (is_first && commit_topic(run, i, err) < 0)
            return -1;
    }
    return 0;
}
