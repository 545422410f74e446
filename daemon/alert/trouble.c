/*
 * tocsin's own trouble, as alerts of the detector "tocsin": the topic is the kind ("source"), the
 * subject says what it is about ("source:news"). It rings once and is quiet until it was over; then
 * it may ring again. The end itself closes the alert and rings nobody.
 */
#include <string.h>

#include "alert/identity.h"
#include "alert/policy.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/views.h"

#define TROUBLE_DETECTOR "tocsin"

static char *kind_of(const char *subject)
{
    return mem_strndup(subject, strcspn(subject, ":"));
}

static int get_alert(struct policy_run *run, const char *kind, const char *subject,
                     struct store_alert *alert, struct err *err)
{
    struct hash id = identity_alert(TROUBLE_DETECTOR, kind, subject);
    int got = store_alert_get(run->txn, &id, alert, err);
    if (got == 0)
        alert_init(alert, run, TROUBLE_DETECTOR, kind, subject);
    return got;
}

static int add_finding(struct policy_run *run, const struct store_alert *alert, const char *text,
                       int64_t *id, struct err *err)
{
    struct store_finding row = {
        .alert = alert->id,
        .origin = alert->id,
        .date = str_date_from_ms(run->now_ms),
        .status = "",
        .edition = "",
        .summary = text,
        .severity = alert->severity,
        .score = 1,
        .fields = "{}",
        .evidence = "[]",
        .outcome = outcome_word(OUTCOME_KNOWN_EVIDENCE),
        .topic = alert->topic,
        .seen_ms = run->now_ms,
    };
    int result = store_finding_add(run->txn, &row, err);
    *id = row.id;
    return result;
}

static int ring(struct policy_run *run, struct store_alert *alert, const char *text,
                const struct hash *told, struct err *err)
{
    if (strcmp(alert->state, "closed") == 0) {
        alert_text(&alert->state, "open");
        if (policy_withdraw(run, &alert->id, "it began again", err) < 0)
            return -1;
    }
    alert_text(&alert->headline, text);
    alert->severity = TOCSIN_HIGH;
    struct hash unique = identity_trouble(text, alert->revisions + 1);
    struct config_texts no_labels = {0};
    struct policy_case news = {
        .alert = alert,
        .revision = identity_revision(&alert->id, &unique, 1),
        .told = told,
        .n_told = 1,
        .recorded = OUTCOME_KNOWN_EVIDENCE,
        .topic = alert->topic,
        .headline = text,
        .change = "",
        .labels = &no_labels,
        .severity = alert->severity,
    };
    if (store_alert_put(run->txn, alert, err) < 0 ||
        add_finding(run, alert, text, &news.finding, err) < 0)
        return -1;
    enum alert_outcome outcome;
    return policy_tell(run, &news, &outcome, NULL, err);
}

int policy_trouble(struct policy_run *run, const char *subject, const char *text, struct err *err)
{
    AUTO_FREE char *kind = kind_of(subject);
    struct hash told = identity_evidence(text);
    struct store_alert alert;
    int result = get_alert(run, kind, subject, &alert, err);
    int was_told = result > 0 ? store_told_has(run->txn, &alert.id, &told, err) : result;
    result = was_told < 0 ? -1 : 0;
    if (was_told == 0)
        result = ring(run, &alert, text, &told, err);
    store_alert_deinit(&alert);
    return result;
}

int policy_trouble_over(struct policy_run *run, const char *subject, struct err *err)
{
    AUTO_FREE char *kind = kind_of(subject);
    struct store_alert alert;
    int got = get_alert(run, kind, subject, &alert, err);
    int result = got < 0 ? -1 : 0;
    if (got > 0 && strcmp(alert.state, "closed") != 0) {
        alert_text(&alert.state, "closed");
        alert.updated_ms = run->now_ms;
        result = store_alert_put(run->txn, &alert, err);
        if (result == 0)
            result = store_alert_end(run->txn, &alert.id, err);
        if (result == 0)
            result = store_delivery_followed(run->txn, &alert.id, "the alert has ended",
                                             run->now_ms, &run->news->withdrawn, err);
        if (result == 0)
            result = policy_notice(run, &alert.id, TOCSIN_ENDED, 0, err);
        json_t *event = NULL;
        if (run->news->events)
            event = json_pack("{s:s, s:o, s:s}", "event", "over", "subject",
                              store_bytes_json(subject), "headline", alert.headline);
        if (event)
            json_array_append_new(run->news->events, event);
    }
    if (got > 0 && result == 0)
        result = store_told_clear(run->txn, &alert.id, err);
    store_alert_deinit(&alert);
    return result;
}
