/* tocsinctl alert list, search and suppressed: which alerts there are, and what did not ring. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/str.h"
#include "config/diag.h"
#include "ctl/ctl.h"

#define ALERTS_MAX 1000 /* in one list, unless more are asked for */

/* An open one whose news waits is not as open as the others. */
static const char *state_of(const json_t *alert)
{
    const char *state = ctl_text(alert, "state");
    bool is_snoozed = ctl_int(alert, "snoozed_until_ms") > (int64_t)time(NULL) * 1000;
    return str_equal(state, "open") && is_snoozed ? "snoozed" : state;
}

static void show_alert(const struct ctl *ctl, const json_t *alert)
{
    const char *state = state_of(alert);
    printf("%.8s  ", ctl_text(alert, "id"));
    ctl_print_time(ctl_int(alert, "updated_ms"));
    printf("  %s%-12s%s ", ctl_colour(ctl, ctl_state_colour(state)), state,
           ctl_colour(ctl, CTL_PLAIN));
    fputs(ctl_colour(ctl, CTL_BOLD), stdout);
    ctl_print_safe(ctl_text(alert, "headline"));
    printf("%s  (", ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(alert, "detector"));
    fputs(": ", stdout);
    ctl_print_safe(ctl_text(alert, "topic"));
    fputs(", ", stdout);
    ctl_print_count(ctl_int(alert, "sources"), "source");
    puts(")");
}

#define LIMIT "limit="

/* How many were asked for. */
static int64_t limit_of(const struct ctl *ctl)
{
    int64_t limit = ALERTS_MAX;
    for (int i = 0; i < ctl->n_args; i++) {
        if (str_starts(ctl->args[i], LIMIT))
            str_int_parse(ctl->args[i] + strlen(LIMIT), &limit);
    }
    return limit;
}

static void show_alerts(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *alert;
    json_array_foreach(list, i, alert) show_alert(ctl, alert);
    if (!json_array_size(list))
        puts("no alerts");
    if ((int64_t)json_array_size(list) >= limit_of(ctl))
        printf("(only the first %zu are listed; those after: after=%.8s)\n", json_array_size(list),
               ctl_text(json_array_get(list, json_array_size(list) - 1), "id"));
}

/* ---- filters ---- */

static int set_state(json_t *filter, const char *state)
{
    static const char *const states[] = {"all", "open", "acknowledged", "closed"};
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (!str_equal(state, states[i]))
            continue;
        if (i > 0)
            json_object_set_new(filter, "state", json_string(state));
        return EX_OK;
    }
    AUTO_FREE char *hint = diag_hint(state, states, ARRAY_LEN(states));
    ctl_complain("there is no state \"%s\"%s: it is open, acknowledged, closed or all", state,
                 hint);
    return EX_USAGE;
}

static int set_moment(json_t *filter, const char *name, const char *when)
{
    int64_t ms;
    if (!ctl_moment_parse(when, &ms)) {
        ctl_complain("\"%s\" is no time: write how long ago (90d), or a day or a minute "
                     "(2026-06-13, \"2026-06-13 16:00\")",
                     when);
        return EX_USAGE;
    }
    json_object_set_new(filter, name, json_integer(ms));
    return EX_OK;
}

static int set_limit(json_t *filter, const char *value)
{
    int64_t limit;
    if (!str_int_parse(value, &limit) || limit < 1) {
        ctl_complain("\"%s\" is no limit: it is a number from 1", value);
        return EX_USAGE;
    }
    json_object_set_new(filter, "limit", json_integer(limit));
    return EX_OK;
}

/* -1: it is no filter. */
static int set_filter(json_t *filter, const char *word)
{
    static const char *const texts[] = {"topic", "detector", "person", "after"};
    const char *equals = strchr(word, '=');
    if (!equals)
        return -1;
    AUTO_FREE char *key = mem_strndup(word, (size_t)(equals - word));
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (str_equal(texts[i], key))
            return json_object_set_new(filter, key, json_string(equals + 1)) == 0 ? EX_OK : -1;
    if (str_equal(key, "state"))
        return set_state(filter, equals + 1);
    if (str_equal(key, "since"))
        return set_moment(filter, "since_ms", equals + 1);
    if (str_equal(key, "until"))
        return set_moment(filter, "until_ms", equals + 1);
    return str_equal(key, "limit") ? set_limit(filter, equals + 1) : -1;
}

/* What is no filter is a word to look for, or with `words` NULL a state. */
static int read_filters(struct ctl *ctl, json_t *filter, json_t *words)
{
    if (!ctl_args_are_utf8(ctl))
        return EX_USAGE;
    int status = EX_OK;
    for (int i = 0; i < ctl->n_args && status == EX_OK; i++) {
        status = set_filter(filter, ctl->args[i]);
        if (status == -1)
            status = words ? json_array_append_new(words, json_string(ctl->args[i]))
                           : set_state(filter, ctl->args[i]);
    }
    return status;
}

static int ask(struct ctl *ctl, json_t *words)
{
    json_t *filter = json_pack("{s:i, s:o*}", "limit", ALERTS_MAX, "words", words);
    int status = read_filters(ctl, filter, words);
    if (status == EX_OK)
        return ctl_ask_and_show(ctl, "alert list", filter, show_alerts);
    json_decref(filter);
    return status;
}

int ctl_alert_list(struct ctl *ctl)
{
    return ask(ctl, NULL);
}

int ctl_alert_search(struct ctl *ctl)
{
    return ask(ctl, json_array());
}

/* ---- what did not ring ---- */

#define SUPPRESSED_SINCE_MS (INT64_C(7) * 86400000)
#define SUPPRESSED_MAX      100

static void show_suppressed_one(const struct ctl *ctl, const json_t *finding)
{
    printf("%.8s  ", ctl_text(finding, "alert"));
    ctl_print_time(ctl_int(finding, "seen_ms"));
    fputs("  ", stdout);
    ctl_print_safe(ctl_text(finding, "summary"));
    const char *file = ctl_text(finding, "file");
    putchar('\n');
    if (*file) {
        fputs("    ", stdout);
        ctl_print_safe(file);
        putchar('\n');
    }
    ctl_print_outcome(ctl, 4, finding);
}

static void show_suppressed(const struct ctl *ctl, const json_t *result)
{
    const json_t *reasons = json_object_get(result, "reasons");
    size_t i;
    json_t *item;
    if (!json_array_size(reasons))
        puts("everything that was found rang");
    json_array_foreach(reasons, i, item)
    {
        printf("%8lld  ", (long long)ctl_int(item, "n"));
        printf("%s%-14s%s  ", ctl_colour(ctl, CTL_YELLOW), ctl_text(item, "outcome"),
               ctl_colour(ctl, CTL_PLAIN));
        ctl_print_safe(ctl_text(item, "why"));
        putchar('\n');
    }
    json_array_foreach(json_object_get(result, "findings"), i, item)
    {
        show_suppressed_one(ctl, item);
    }
}

int ctl_alert_suppressed(struct ctl *ctl)
{
    json_t *filter = json_pack("{s:i, s:I}", "limit", SUPPRESSED_MAX, "since_ms",
                               (json_int_t)(ctl_now_ms() - SUPPRESSED_SINCE_MS));
    int status = ctl_args_are_utf8(ctl) ? EX_OK : EX_USAGE;
    for (int i = 0; i < ctl->n_args && status == EX_OK; i++) {
        const char *word = ctl->args[i];
        if (strncmp(word, "since=", strlen("since=")) == 0)
            status = set_moment(filter, "since_ms", word + strlen("since="));
        else
            json_object_set_new(filter, "outcome", json_string(word));
    }
    if (status == EX_OK)
        return ctl_ask_and_show(ctl, "alert suppressed", filter, show_suppressed);
    json_decref(filter);
    return status;
}
