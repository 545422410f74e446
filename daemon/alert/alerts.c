/*
 * The room: hands results, trouble and actions to the store's writer together with the policy in
 * force, and tells the loop's side what came of them. Everything here runs on the loop but the
 * functions named run_*, which run on the writer's thread.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "alert/actions.h"
#include "alert/expected.h"
#include "alert/inside.h"
#include "alert/policy.h"
#include "alert/valve.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/forget.h"
#include "store/silences.h"
#include "store/stories.h"

#define EXPIRE_EVERY_MS INT64_C(3600000)
#define EXPIRE_BATCH    200

/* The policy in force, shared by the operations under way; counted on the loop. */
struct in_force {
    int refs;
    struct policy policy;
    int64_t *per_minute;
};

struct alerts {
    struct loop *loop;
    struct store *store;
    struct alerts_ops ops;
    void *arg;
    struct in_force *in_force;
    struct loop_timer *expire;
    struct expected *expected;
    size_t n_under_way;
    uint64_t outcomes[OUTCOME_N], n_revisions; /* since the start */
    bool paused;
    bool says_tidings; /* an operation is under way */
};

static void in_force_unref(struct in_force **in_force)
{
    if (!*in_force)
        return;
    if (--(*in_force)->refs == 0) {
        config_unref(&(*in_force)->policy.config);
        free((*in_force)->per_minute);
        free(*in_force);
    }
    *in_force = NULL;
}

static int64_t per_minute_of(const struct config_notifier *notifier)
{
    if (notifier->per_minute >= 0)
        return notifier->per_minute;
    return notifier->plugin.interrupts ? VALVE_PER_MINUTE : 0;
}

/* Takes the reference to the config. */
static void set_in_force(struct alerts *alerts, struct config *config)
{
    struct in_force *new = NEW(struct in_force);
    new->refs = 1;
    new->per_minute = NEW_N(int64_t, config->n_notifiers + 1);
    for (size_t i = 0; i < config->n_notifiers; i++)
        new->per_minute[i] = per_minute_of(&config->notifiers[i]);
    new->policy = (struct policy){.config = config, .per_minute = new->per_minute};
    in_force_unref(&alerts->in_force);
    alerts->in_force = new;
}

/* ---- operations that run the policy ---- */

struct op {
    struct alerts *alerts;
    struct in_force *in_force;
    struct policy_news news;
    int64_t now_ms;
    bool is_followed;
    struct detect_result *result;
    char *subject, *text;
};

static void op_init(struct op *op, struct alerts *alerts)
{
    *op = (struct op){
        .alerts = alerts, .in_force = alerts->in_force, .now_ms = loop_wall_ms(alerts->loop)};
    op->is_followed = !alerts->ops.is_followed || alerts->ops.is_followed(alerts->arg);
    op->in_force->refs++;
    alerts->n_under_way++;
}

static void op_deinit(struct op *op)
{
    op->alerts->n_under_way--;
    policy_news_deinit(&op->news);
    in_force_unref(&op->in_force);
    detect_result_free(&op->result);
    free(op->subject);
    free(op->text);
}

static struct op *op_new(struct alerts *alerts)
{
    struct op *op = NEW(struct op);
    op_init(op, alerts);
    return op;
}

static struct policy_run run_of(struct op *op, struct store_txn *txn)
{
    policy_news_init(&op->news, &op->in_force->policy, op->is_followed);
    return (struct policy_run){.txn = txn,
                               .policy = &op->in_force->policy,
                               .news = &op->news,
                               .result = op->result,
                               .now_ms = op->now_ms};
}

static int run_result(struct store_txn *txn, void *arg, struct err *err)
{
    struct policy_run run = run_of(arg, txn);
    return policy_commit(&run, err);
}

static int run_trouble(struct store_txn *txn, void *arg, struct err *err)
{
    struct op *op = arg;
    struct policy_run run = run_of(op, txn);
    if (policy_trouble(&run, op->subject, op->text, err) < 0)
        return -1;
    return policy_ready(&run, err);
}

static int run_trouble_over(struct store_txn *txn, void *arg, struct err *err)
{
    struct op *op = arg;
    struct policy_run run = run_of(op, txn);
    return policy_trouble_over(&run, op->subject, err);
}

static void say_tidings(struct alerts *alerts);

static void tell(struct alerts *alerts, struct op *op)
{
    const struct config *config = op->in_force->policy.config;
    size_t i;
    for (i = 0; i < OUTCOME_N; i++)
        alerts->outcomes[i] += op->news.outcomes[i];
    alerts->n_revisions += op->news.n_revisions;
    json_t *event;
    json_array_foreach(op->news.events, i, event)
    {
        if (alerts->ops.event)
            alerts->ops.event(alerts->arg, event);
    }
    if (op->news.withdrawn.n)
        alerts->ops.withdrawn(alerts->arg, op->news.withdrawn.ids, op->news.withdrawn.n);
    for (i = 0; i < op->news.n_ready; i++) {
        struct policy_ready *ready = &op->news.ready[i];
        struct store_due *due = ready->due;
        ready->due = NULL;
        alerts->ops.queued(alerts->arg, config->notifiers[ready->notifier].plugin.name, due);
    }
    for (i = 0; i < config->n_notifiers; i++) {
        if (op->news.queued[i])
            alerts->ops.queued(alerts->arg, config->notifiers[i].plugin.name, NULL);
    }
    if (op->news.has_tidings)
        say_tidings(alerts);
}

static void op_done(void *arg, const char *error)
{
    struct op *op = arg;
    if (error)
        log_error("%s: an alert was not stored: %s", op->result ? op->result->path : op->subject,
                  error);
    else
        tell(op->alerts, op);
    if (!error && op->result)
        expected_found(op->alerts->expected, op->result);
    op_deinit(op);
    free(op);
}

void alerts_result(struct alerts *alerts, struct detect_result *result)
{
    struct op *op = op_new(alerts);
    op->result = result;
    store_write(alerts->store, run_result, op_done, op);
}

void alerts_trouble(struct alerts *alerts, const char *subject, const char *text)
{
    struct op *op = op_new(alerts);
    op->subject = mem_strdup(subject);
    op->text = tocsin_display(text, strlen(text)); /* it may name a file, and that be any bytes */
    store_write(alerts->store, run_trouble, op_done, op);
}

void alerts_trouble_over(struct alerts *alerts, const char *subject)
{
    struct op *op = op_new(alerts);
    op->subject = mem_strdup(subject);
    store_write(alerts->store, run_trouble_over, op_done, op);
}

/* ---- tidings ---- */

static int run_tidings(struct store_txn *txn, void *arg, struct err *err)
{
    struct policy_run run = run_of(arg, txn);
    return policy_tidings(&run, err);
}

static void tidings_said(void *arg, const char *error)
{
    struct op *op = arg;
    op->alerts->says_tidings = false;
    if (error)
        log_error("what was to be said of a topic was not stored: %s", error);
    else
        tell(op->alerts, op);
    op_deinit(op);
    free(op);
}

/* Part after part, each an operation of its own, so that nothing else waits for the writer. */
static void say_tidings(struct alerts *alerts)
{
    if (alerts->says_tidings)
        return;
    alerts->says_tidings = true;
    store_write(alerts->store, run_tidings, tidings_said, op_new(alerts));
}

/* ---- actions ---- */

struct action_op {
    struct op op;
    char *alert, *verb;
    void (*done)(void *arg, const char *error);
    void *arg;
};

static int run_action(struct store_txn *txn, void *arg, struct err *err)
{
    struct action_op *action = arg;
    struct policy_run run = run_of(&action->op, txn);
    return actions_do(&run, action->alert, action->verb, err);
}

static void action_done(void *arg, const char *error)
{
    struct action_op *action = arg;
    if (action->done)
        action->done(action->arg, error);
    else if (error)
        log_warning("%s %s: %s", action->verb, action->alert, error);
    if (!error)
        tell(action->op.alerts, &action->op);
    free(action->alert);
    free(action->verb);
    op_deinit(&action->op);
    free(action);
}

void alerts_action(struct alerts *alerts, const char *alert_id, const char *verb,
                   void (*done)(void *arg, const char *error), void *arg)
{
    struct action_op *action = NEW(struct action_op);
    *action = (struct action_op){
        .alert = mem_strdup(alert_id), .verb = mem_strdup(verb), .done = done, .arg = arg};
    op_init(&action->op, alerts);
    store_write(alerts->store, run_action, action_done, action);
}

/* ---- pause ---- */

struct pause_op {
    struct alerts *alerts;
    bool paused;
    int64_t now_ms;
};

static int run_pause(struct store_txn *txn, void *arg, struct err *err)
{
    const struct pause_op *op = arg;
    if (store_setting_set(txn, "paused", op->paused ? "true" : "false", err) < 0)
        return -1;
    return op->paused ? 0 : store_delivery_resume(txn, op->now_ms, err);
}

static void tell_pause(struct alerts *alerts, bool paused)
{
    json_t *event = json_pack("{s:s}", "event", paused ? "paused" : "resumed");
    if (alerts->ops.event)
        alerts->ops.event(alerts->arg, event);
    json_decref(event);
    const struct config *config = alerts->in_force->policy.config;
    for (size_t i = 0; i < config->n_notifiers; i++)
        alerts->ops.queued(alerts->arg, config->notifiers[i].plugin.name, NULL);
}

static void pause_done(void *arg, const char *error)
{
    struct pause_op *op = arg;
    op->alerts->n_under_way--;
    if (error)
        log_error("the pause was not stored: %s", error);
    else
        tell_pause(op->alerts, op->paused);
    free(op);
}

void alerts_pause(struct alerts *alerts, bool paused)
{
    struct pause_op *op = NEW(struct pause_op);
    *op = (struct pause_op){alerts, paused, loop_wall_ms(alerts->loop)};
    alerts->paused = paused;
    alerts->n_under_way++;
    store_write(alerts->store, run_pause, pause_done, op);
}

static int run_get_paused(struct store_txn *txn, void *arg, struct err *err)
{
    struct pause_op *op = arg;
    AUTO_FREE char *value = NULL;
    int got = store_setting_get(txn, "paused", &value, err);
    op->paused = got > 0 && strcmp(value, "true") == 0;
    return got < 0 ? -1 : 0;
}

/* By way of the writer, so that it comes before any alerts_pause of this run. */
static void got_paused(void *arg, const char *error)
{
    struct pause_op *op = arg;
    op->alerts->n_under_way--;
    if (error)
        log_error("the store does not say whether tocsin is paused: %s", error);
    else if (op->paused) {
        op->alerts->paused = true;
        tell_pause(op->alerts, true);
    }
    free(op);
}

bool alerts_paused(const struct alerts *alerts)
{
    return alerts->paused;
}

/* ---- retention ---- */

struct expire_op {
    struct alerts *alerts;
    int64_t sent_before_ms, alerts_before_ms, stories_before_ms;
    bool more;
};

static int run_expire(struct store_txn *txn, void *arg, struct err *err)
{
    struct expire_op *op = arg;
    int n_deliveries = store_delivery_expire(txn, op->sent_before_ms, EXPIRE_BATCH, err);
    if (n_deliveries < 0)
        return -1;
    int n_alerts = store_alert_expire(txn, op->alerts_before_ms, EXPIRE_BATCH, err);
    if (n_alerts < 0)
        return -1;
    if (store_silence_expire(txn, op->alerts_before_ms, err) < 0)
        return -1;
    int n_stories =
        store_story_expire(txn, op->stories_before_ms, op->alerts_before_ms, EXPIRE_BATCH, err);
    if (n_stories < 0)
        return -1;
    int n_told = store_told_expire(txn, op->alerts_before_ms, EXPIRE_BATCH, err);
    op->more = n_deliveries == EXPIRE_BATCH || n_alerts == EXPIRE_BATCH ||
               n_stories == EXPIRE_BATCH || n_told == EXPIRE_BATCH;
    return n_told < 0 ? -1 : 0;
}

static void expire_done(void *arg, const char *error)
{
    struct expire_op *op = arg;
    op->alerts->n_under_way--;
    if (error)
        log_error("old alerts were not removed: %s", error);
    loop_timer_set(op->alerts->expire, op->more && !error ? 0 : EXPIRE_EVERY_MS);
    free(op);
}

/* In small pieces, so that nothing else waits for the writer. */
static void expire(void *arg)
{
    struct alerts *alerts = arg;
    const struct config_keep *keep = &alerts->in_force->policy.config->keep;
    struct expire_op *op = NEW(struct expire_op);
    int64_t now_ms = loop_wall_ms(alerts->loop);
    /* 0: for good. */
    *op =
        (struct expire_op){.alerts = alerts,
                           .sent_before_ms = keep->sent_ms ? now_ms - keep->sent_ms : INT64_MIN,
                           .alerts_before_ms = keep->alert_ms ? now_ms - keep->alert_ms : INT64_MIN,
                           .stories_before_ms = now_ms - keep->story_ms};
    alerts->n_under_way++;
    store_write(alerts->store, run_expire, expire_done, op);
}

/* ---- the room ---- */

struct alerts *alerts_new(struct loop *loop, struct store *store, const struct alerts_ops *ops,
                          void *arg)
{
    struct alerts *alerts = NEW(struct alerts);
    *alerts = (struct alerts){.loop = loop, .store = store, .ops = *ops, .arg = arg};
    alerts->expire = loop_timer_new(loop, expire, alerts);
    alerts->expected = expected_new(alerts, loop);
    struct config *none = NEW(struct config);
    none->refs = 1;
    set_in_force(alerts, none);
    struct pause_op *op = NEW(struct pause_op);
    op->alerts = alerts;
    alerts->n_under_way++;
    store_write(store, run_get_paused, got_paused, op);
    return alerts;
}

void alerts_free(struct alerts **alerts)
{
    if (!*alerts)
        return;
    loop_timer_free(&(*alerts)->expire);
    expected_free(&(*alerts)->expected);
    in_force_unref(&(*alerts)->in_force);
    free(*alerts);
    *alerts = NULL;
}

void alerts_configure(struct alerts *alerts, struct config *config)
{
    set_in_force(alerts, config_ref(config));
    expected_configure(alerts->expected, config);
    say_tidings(alerts); /* that an earlier run has left, or a part that failed */
    if (!loop_timer_active(alerts->expire))
        loop_timer_set(alerts->expire, EXPIRE_EVERY_MS);
}

const uint64_t *alerts_outcome_counts(const struct alerts *alerts)
{
    return alerts->outcomes;
}

uint64_t alerts_revisions(const struct alerts *alerts)
{
    return alerts->n_revisions;
}

bool alerts_idle(const struct alerts *alerts)
{
    return alerts->n_under_way == 0;
}

struct store *alerts_store(const struct alerts *alerts)
{
    return alerts->store;
}

const struct config *alerts_config(const struct alerts *alerts)
{
    return alerts->in_force->policy.config;
}

int64_t alerts_now_ms(const struct alerts *alerts)
{
    return loop_wall_ms(alerts->loop);
}

void alerts_asked(struct alerts *alerts)
{
    alerts->n_under_way++;
}

void alerts_answered(struct alerts *alerts)
{
    alerts->n_under_way--;
}
