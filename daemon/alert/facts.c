/*
 * Facts: steps 1 and 2 of the policy for findings that name things in the world. The subject is the
 * fact's key and edition, so any document may speak of it; news is a change of the status that
 * stands on the ladder.
 */
#include <stdio.h>
#include <stdlib.h>

#include "alert/edition.h"
#include "alert/identity.h"
#include "alert/ladder.h"
#include "alert/run.h"
#include "base/mem.h"
#include "base/str.h"

/* An alert that findings of this result went to. */
struct touched {
    struct store_alert alert;
    char *before; /* the status that stood, NULL: none */
    bool known;   /* this version spoke of it before: nothing to add */
    size_t first, n;
};

struct added {
    size_t touched; /* index */
    const struct detect_finding *finding;
    int64_t id;
};

struct facts {
    struct policy_run *run;
    struct touched *touched;
    size_t n_touched, cap_touched;
    struct added *added;
    size_t n_added, cap_added;
};

struct years {
    int *items;
    size_t n, cap;
};

static void years_add(void *arg, const char *edition)
{
    struct years *years = arg;
    int year = edition_year(edition);
    if (year == EDITION_OPEN)
        return;
    years->items = mem_grow(years->items, &years->cap, years->n + 1, sizeof(*years->items));
    years->items[years->n++] = year;
}

static bool years_have(const struct years *years, int year)
{
    for (size_t i = 0; i < years->n; i++) {
        if (years->items[i] == year)
            return true;
    }
    return false;
}

static void stands_keep(void *arg, int32_t date, int rank, const struct hash *origin,
                        const char *status)
{
    struct ladder_entry *top = arg;
    struct ladder_entry entry = {date, rank, *origin, status};
    if (top->status && ladder_compare(&entry, top) < 0)
        return;
    free((char *)(uintptr_t)top->status);
    *top = entry;
    top->status = mem_strdup(status);
}

/* The status that stands, the caller's to free; NULL on an empty ladder. */
static int get_stands(struct policy_run *run, const struct hash *alert, char **stands,
                      struct err *err)
{
    struct ladder_entry top = {0};
    int result = store_finding_latest(run->txn, alert, stands_keep, &top, err);
    *stands = (char *)(uintptr_t)top.status;
    return result;
}

/* A new ladder. Its id was free, unless an open ladder of that name has become a year's. */
static int make_ladder(struct policy_run *run, const char *key, const char *edition,
                       struct store_alert *alert, struct err *err)
{
    for (int n = 1;; n++) {
        AUTO_FREE char *subject =
            *edition ? mem_printf("%s;edition=%s", key, edition)
                     : (n == 1 ? mem_strdup(key) : mem_printf("%s;open=%d", key, n));
        struct hash id = identity_alert(run->result->detector, "", subject);
        struct store_alert there;
        int got = *edition ? 0 : store_alert_get(run->txn, &id, &there, err);
        if (got < 0)
            return -1;
        if (got > 0) {
            store_alert_deinit(&there);
            continue;
        }
        alert->id = id;
        alert_init(alert, run, run->result->detector, "", subject);
        alert_text(&alert->key_base, key);
        alert_text(&alert->edition, edition);
        return alert_begin(run, alert, err) < 0 ? -1 : 0;
    }
}

static int get_ladder(struct policy_run *run, const char *key, const char *edition,
                      struct store_alert *alert, struct err *err)
{
    struct hash id;
    int got = store_alert_of_edition(run->txn, run->result->detector, key, edition, &id, err);
    if (got > 0)
        return store_alert_get(run->txn, &id, alert, err);
    return got < 0 ? -1 : make_ladder(run, key, edition, alert, err);
}

/* The ladder becomes the year's, when all its findings do. */
static int rename_ladder(struct policy_run *run, struct store_alert *from, const char *edition,
                         struct store_alert *to, struct err *err)
{
    *to = *from;
    *from = (struct store_alert){0};
    AUTO_FREE char *subject = mem_printf("%s;edition=%s", to->key_base, edition);
    alert_text(&to->edition, edition);
    alert_text(&to->subject, subject);
    return store_alert_put(run->txn, to, err);
}

static int split_ladder(struct policy_run *run, const struct store_alert *from, const char *edition,
                        int year, struct store_alert *to, struct err *err)
{
    if (make_ladder(run, from->key_base, edition, to, err) < 0)
        return -1;
    alert_text(&to->topic, from->topic);
    alert_text(&to->headline, from->headline);
    if (store_alert_put(run->txn, to, err) < 0 ||
        store_finding_move(run->txn, &from->id, &to->id, year, err) < 0)
        return -1;
    return store_told_copy(run->txn, &from->id, &to->id, err);
}

/* A year that comes up for the first time: takes what is its own from the ladder above. */
static int open_year(struct policy_run *run, const char *key, const char *edition, int year,
                     const struct years *years, struct store_alert *alert, struct err *err)
{
    int above = edition_above(years->items, years->n, year);
    char name[16] = "";
    if (above != EDITION_OPEN)
        snprintf(name, sizeof(name), "%d", above);
    struct hash id;
    int there = store_alert_of_edition(run->txn, run->result->detector, key, name, &id, err);
    int moves = there > 0 ? store_finding_moves(run->txn, &id, year, err) : there;
    if (moves <= 0)
        return moves < 0 ? -1 : make_ladder(run, key, edition, alert, err);
    struct store_alert from;
    int stays = store_finding_stays(run->txn, &id, year, err);
    if (stays < 0 || store_alert_get(run->txn, &id, &from, err) < 0)
        return -1;
    int result = stays ? split_ladder(run, &from, edition, year, alert, err)
                       : rename_ladder(run, &from, edition, alert, err);
    store_alert_deinit(&from);
    return result;
}

static int find_ladder(struct policy_run *run, const char *key, const char *edition,
                       struct store_alert *alert, struct err *err)
{
    struct years years = {0};
    int result = store_alert_editions(run->txn, run->result->detector, key, years_add, &years, err);
    int year = edition_year(edition);
    if (result == 0 && year != EDITION_OPEN && !years_have(&years, year)) {
        result = open_year(run, key, edition, year, &years, alert, err);
    } else if (result == 0) {
        char name[16] = "";
        int join = edition_join(years.items, years.n, run->result->date / 10000);
        if (join != EDITION_OPEN)
            snprintf(name, sizeof(name), "%d", join);
        result = get_ladder(run, key, *edition ? edition : name, alert, err);
    }
    free(years.items);
    return result < 0 ? -1 : 0;
}

/* The entry for an alert; takes the alert. */
static int touch(struct facts *facts, struct store_alert *alert, size_t *index, struct err *err)
{
    for (*index = 0; *index < facts->n_touched; ++*index) {
        struct touched *old = &facts->touched[*index];
        if (!hash_equal(&old->alert.id, &alert->id))
            continue;
        /* An open ladder may just have become a year's. */
        store_alert_deinit(&old->alert);
        old->alert = *alert;
        return 0;
    }
    facts->touched = mem_grow(facts->touched, &facts->cap_touched, facts->n_touched + 1,
                              sizeof(*facts->touched));
    struct touched *new = &facts->touched[facts->n_touched++];
    *new = (struct touched){.alert = *alert};
    int known = store_finding_known(facts->run->txn, &alert->id, facts->run->result->version, err);
    new->known = known > 0;
    return known < 0 ? -1 : get_stands(facts->run, &alert->id, &new->before, err);
}

static int add_row(struct facts *facts, const struct detect_finding *finding, const char *edition,
                   size_t touched, struct err *err)
{
    struct finding_row row;
    finding_row_init(&row, facts->run, finding, NULL);
    row.row.alert = facts->touched[touched].alert.id;
    row.row.rank = ladder_rank(&facts->run->result->statuses, finding->topic);
    row.row.edition = edition;
    row.row.outcome = outcome_word(OUTCOME_SAME_STATUS);
    int result = store_finding_add(facts->run->txn, &row.row, err);
    facts->added =
        mem_grow(facts->added, &facts->cap_added, facts->n_added + 1, sizeof(*facts->added));
    facts->added[facts->n_added++] = (struct added){touched, finding, row.row.id};
    finding_row_deinit(&row);
    return result;
}

static int add_fact(struct facts *facts, const struct detect_finding *finding, struct err *err)
{
    const struct detect_result *result = facts->run->result;
    AUTO_FREE char *key =
        identity_key(&result->key_fields, result->edition_field, &result->origin, finding);
    AUTO_FREE char *edition = identity_edition(result->edition_field, finding);
    struct store_alert alert = {0};
    if (find_ladder(facts->run, key, edition, &alert, err) < 0) {
        store_alert_deinit(&alert);
        return -1;
    }
    size_t touched;
    if (touch(facts, &alert, &touched, err) < 0)
        return -1;
    return facts->touched[touched].known ? 0 : add_row(facts, finding, edition, touched, err);
}

/* The surest of the new findings with the status that stands now; NULL: there is none. */
static const struct added *find_shown(const struct facts *facts, size_t touched, const char *stands)
{
    const struct added *shown = NULL;
    for (size_t i = 0; i < facts->n_added; i++) {
        const struct added *added = &facts->added[i];
        if (added->touched == touched && str_equal(added->finding->topic, stands) &&
            (!shown || added->finding->score > shown->finding->score))
            shown = added;
    }
    return shown;
}

static int tell_change(struct facts *facts, struct touched *touched, const struct added *shown,
                       enum alert_outcome *outcome, struct err *err)
{
    const struct detect_finding *finding = shown->finding;
    struct hash status = identity_status(finding->topic), told = status;
    AUTO_FREE char *change =
        touched->before ? mem_printf("%s → %s", touched->before, finding->topic) : mem_strdup("");
    struct policy_case news = {
        .alert = &touched->alert,
        .revision = identity_revision(&touched->alert.id, &status, 1),
        .told = &told,
        .n_told = 1,
        .finding = shown->id,
        .recorded = OUTCOME_SAME_STATUS,
        .topic = finding->topic,
        .headline = finding->summary,
        .change = change,
        .labels = &finding->labels,
        .severity = finding->severity,
        .shadow = finding->shadow,
    };
    return policy_tell(facts->run, &news, outcome, NULL, err);
}

/* The outcome of the findings that were not told: `told` is the one that was, 0 none. */
static int set_outcomes(struct facts *facts, size_t index, const char *after,
                        enum alert_outcome changed, int64_t told, struct err *err)
{
    const struct touched *touched = &facts->touched[index];
    for (size_t i = 0; i < facts->n_added; i++) {
        const struct added *added = &facts->added[i];
        if (added->touched != index || added->id == told)
            continue;
        enum alert_outcome outcome = ladder_judge(touched->before, after, added->finding->topic);
        if (outcome == OUTCOME_RANG)
            outcome = changed;
        if (store_finding_outcome(facts->run->txn, added->id, outcome_word(outcome), "", err) < 0)
            return -1;
        policy_silent(facts->run, &touched->alert, added->finding->summary, outcome);
    }
    return 0;
}

static int judge(struct facts *facts, size_t index, struct err *err)
{
    struct touched *touched = &facts->touched[index];
    AUTO_FREE char *after = NULL;
    if (touched->known)
        return 0;
    if (get_stands(facts->run, &touched->alert.id, &after, err) < 0)
        return -1;
    const struct added *shown = find_shown(facts, index, after);
    if (str_equal(touched->before, after) || !shown)
        return set_outcomes(facts, index, after, OUTCOME_OLDER_SOURCE, 0, err);
    struct hash status = identity_status(after);
    int was_told = store_told_has(facts->run->txn, &touched->alert.id, &status, err);
    if (was_told < 0)
        return -1;
    alert_show(&touched->alert, shown->finding);
    enum alert_outcome outcome = OUTCOME_KNOWN_STATUS;
    if (was_told ? store_alert_put(facts->run->txn, &touched->alert, err)
                 : tell_change(facts, touched, shown, &outcome, err))
        return -1;
    return set_outcomes(facts, index, after, outcome, was_told ? 0 : shown->id, err);
}

static void facts_deinit(struct facts *facts)
{
    for (size_t i = 0; i < facts->n_touched; i++) {
        store_alert_deinit(&facts->touched[i].alert);
        free(facts->touched[i].before);
    }
    free(facts->touched);
    free(facts->added);
}

int policy_facts(struct policy_run *run, struct err *err)
{
    struct facts facts = {.run = run};
    int result = 0;
    for (size_t i = 0; result == 0 && i < run->result->n_findings; i++) {
        if (run->result->findings[i].is_fact)
            result = add_fact(&facts, &run->result->findings[i], err);
    }
    for (size_t i = 0; result == 0 && i < facts.n_touched; i++)
        result = judge(&facts, i, err);
    facts_deinit(&facts);
    return result;
}
