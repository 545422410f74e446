/* Deliveries as questions, answers as outcomes; see exec.h. */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "exec/exec.h"

enum tocsin_severity exec_severity(const json_t *value)
{
    if (!value || json_is_null(value))
        return TOCSIN_NORMAL;
    for (int i = TOCSIN_LOW; i <= TOCSIN_URGENT; i++) {
        bool named =
            str_equal(json_string_value(value), tocsin_severity_name((enum tocsin_severity)i));
        if (named || (json_is_integer(value) && json_integer_value(value) == i))
            return (enum tocsin_severity)i;
    }
    return (enum tocsin_severity)0;
}

static json_t *delivery_json(const struct tocsin_delivery *delivery)
{
    const char *summary = tocsin_delivery_summary(delivery);
    json_t *alerts = json_array();
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        AUTO_FREE char *text = tocsin_delivery_json(delivery, i);
        json_array_append_new(alerts, json_loads(text, 0, NULL));
    }
    return json_pack("{s:s, s:i, s:s*, s:o}", "delivery", tocsin_delivery_id(delivery), "attempt",
                     tocsin_delivery_attempt(delivery), "summary", summary, "alerts", alerts);
}

/* "30s" or milliseconds. */
static int64_t read_delay(const json_t *value)
{
    int64_t delay_ms = 0;
    if (json_is_integer(value))
        return json_integer_value(value);
    const char *text = json_string_value(value);
    return text && str_duration_parse(text, &delay_ms) ? delay_ms : 0;
}

static enum tocsin_result read_answer(const json_t *answer, struct tocsin_outcome *outcome)
{
    static const char *const results[] = {
        [TOCSIN_OK] = "ok", [TOCSIN_LATER] = "later", [TOCSIN_NEVER] = "never"};
    const char *result = json_string_value(json_object_get(answer, "result"));
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    int64_t delay_ms = read_delay(json_object_get(answer, "delay"));
    if (reason)
        tocsin_outcome_reason(outcome, "%s", reason);
    if (delay_ms > 0)
        tocsin_outcome_delay(outcome, delay_ms);
    for (size_t i = 0; i < ARRAY_LEN(results); i++)
        if (str_equal(result, results[i]))
            return (enum tocsin_result)i;
    tocsin_outcome_reason(outcome, "the program's \"result\" is none of ok, later, never");
    return TOCSIN_LATER;
}

/* A program that knows no notices but ends would take the others for news. */
static bool wants(const struct exec *exec, enum tocsin_notice notice)
{
    return notice == TOCSIN_NEWS || notice == TOCSIN_ENDED ||
           json_is_true(json_object_get(process_hello(exec->process), "follows"));
}

enum tocsin_result exec_notify(void *state, const struct tocsin_delivery *delivery,
                               struct tocsin_outcome *outcome)
{
    struct exec *exec = state;
    struct err err;
    if (!wants(exec, tocsin_delivery_revision(delivery, 0)->notice))
        return TOCSIN_OK;
    json_t *answer =
        process_ask(exec->process, json_pack("{s:o}", "notify", delivery_json(delivery)), &err);
    if (!answer) {
        tocsin_outcome_reason(outcome, "%s", err.text);
        return TOCSIN_LATER;
    }
    enum tocsin_result result = read_answer(answer, outcome);
    json_decref(answer);
    return result;
}
