/* The steps, told from what they left in the store; see steps.h. */
#include "alert/steps.h"

#include <string.h>

#include "alert/outcome.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

struct case_at_hand {
    const json_t *alert, *finding, *revision;
    enum outcome_step decided; /* by which it was decided, OUTCOME_STEPS: none was against it */
    json_t *steps;
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void add(struct case_at_hand *at, enum outcome_step step, const char *decision,
                const char *why, const char *place)
{
    json_array_append_new(at->steps,
                          json_pack("{s:s, s:s, s:s, s:s}", "step", outcome_step_word(step),
                                    "decision", decision, "why", why, "place", place));
}

/* ---- what a step says that let it pass ---- */

static char *pass_identity(const struct case_at_hand *at)
{
    const char *key = text_of(at->alert, "key");
    if (*key)
        return mem_printf("the fact %s %s", key, text_of(at->alert, "edition"));
    if (!*text_of(at->finding, "origin") || !json_object_get(at->finding, "document"))
        return mem_strdup("tocsin's own trouble");
    bool own = str_equal(text_of(at->alert, "subject"), text_of(at->finding, "origin"));
    return mem_strdup(own ? "the topic in this document"
                          : "the topic in a story that another document began");
}

static char *pass_news(const struct case_at_hand *at)
{
    const json_t *evidence = json_object_get(at->finding, "evidence");
    size_t n_new = 0, i;
    json_t *piece;
    if (*text_of(at->finding, "status"))
        return mem_printf("the status %s was not told before", text_of(at->finding, "status"));
    json_array_foreach(evidence, i, piece)
    {
        n_new += json_is_true(json_object_get(piece, "new"));
    }
    if (!n_new)
        return mem_strdup("it had not been told");
    return mem_printf("%zu of %zu quotes had not been told", n_new, json_array_size(evidence));
}

static char *pass_mute(const struct case_at_hand *at)
{
    (void)at;
    return mem_strdup("it is neither on trial, closed, muted nor silenced");
}

/* Is the delivery at `i` for the same notifier, by the same line, as one before it? */
static bool was_named(const json_t *revision, size_t i)
{
    const json_t *deliveries = json_object_get(revision, "deliveries");
    const json_t *own = json_array_get(deliveries, i);
    for (size_t j = 0; j < i; j++) {
        const json_t *other = json_array_get(deliveries, j);
        if (str_equal(text_of(own, "notifier"), text_of(other, "notifier")) &&
            str_equal(text_of(own, "place"), text_of(other, "place")))
            return true;
    }
    return false;
}

static char *pass_route(const struct case_at_hand *at)
{
    struct buf text = {0};
    size_t i;
    json_t *delivery;
    json_array_foreach(json_object_get(at->revision, "deliveries"), i, delivery)
    {
        const char *place = text_of(delivery, "place");
        if (was_named(at->revision, i))
            continue; /* what follows goes the same way */
        buf_printf(&text, "%s%s", text.len ? ", " : "to ", text_of(delivery, "notifier"));
        if (str_equal(text_of(delivery, "reason"), outcome_word(OUTCOME_SHADOW)))
            buf_puts(&text, " on trial");
        if (*place)
            buf_printf(&text, " (%s)", place);
    }
    if (!text.len)
        buf_puts(&text, "what it told is not kept any more");
    return buf_take(&text);
}

static char *pass_rest(const struct case_at_hand *at)
{
    (void)at;
    return mem_strdup("it holds nothing back");
}

static char *(*const passes[OUTCOME_STEPS])(const struct case_at_hand *at) = {
    [STEP_IDENTITY] = pass_identity, [STEP_NEWS] = pass_news,     [STEP_MUTE] = pass_mute,
    [STEP_ROUTE] = pass_route,       [STEP_HOLD] = pass_rest,     [STEP_TIMING] = pass_rest,
    [STEP_VALVE] = pass_rest,        [STEP_FOLLOWUP] = pass_rest,
};

/* ---- what is held ---- */

/* The deliveries that this step holds. Returns how many. */
static size_t add_held(struct case_at_hand *at, enum outcome_step step)
{
    size_t n = 0, i;
    json_t *delivery;
    json_array_foreach(json_object_get(at->revision, "deliveries"), i, delivery)
    {
        const char *reason = text_of(delivery, "reason");
        if (!str_equal(text_of(delivery, "state"), "held") || outcome_step(reason) != step)
            continue;
        AUTO_FREE char *why =
            mem_printf("%s: %s", text_of(delivery, "notifier"), outcome_sentence(reason));
        add(at, step, "held", why, text_of(delivery, "place"));
        n++;
    }
    return n;
}

/* What held it is over, and nothing of it is left but the word. */
static bool was_held(const struct case_at_hand *at, enum outcome_step step)
{
    return at->revision && at->decided == step && step >= STEP_HOLD;
}

static void add_step(struct case_at_hand *at, enum outcome_step step)
{
    const char *outcome = text_of(at->finding, "outcome");
    bool is_over = at->decided < STEP_HOLD && step > at->decided;
    if (is_over) {
        add(at, step, "not asked", "", "");
    } else if (step >= STEP_HOLD && add_held(at, step)) {
        return;
    } else if (was_held(at, step)) {
        add(at, step, "held", outcome_sentence(outcome), text_of(at->finding, "place"));
    } else if (step == at->decided) {
        add(at, step, "against", outcome_sentence(outcome), text_of(at->finding, "place"));
    } else {
        AUTO_FREE char *why = passes[step](at);
        add(at, step, "passed", why, "");
    }
}

/* A topic on trial makes no revision, a route on trial does. */
static enum outcome_step step_of(const char *outcome, const json_t *revision)
{
    if (revision && str_equal(outcome, outcome_word(OUTCOME_SHADOW)))
        return STEP_ROUTE;
    return outcome_step(outcome);
}

json_t *steps_of(const json_t *alert, const json_t *finding, const json_t *revision)
{
    struct case_at_hand at = {.alert = alert,
                              .finding = finding,
                              .revision = revision,
                              .decided = step_of(text_of(finding, "outcome"), revision),
                              .steps = json_array()};
    for (int step = 0; step < OUTCOME_STEPS; step++)
        add_step(&at, (enum outcome_step)step);
    return at.steps;
}
