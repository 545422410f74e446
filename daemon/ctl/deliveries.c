/* Deliveries and the notifiers that carry them: what there is, and what a person does to one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/diag.h"
#include "ctl/ctl.h"

#define DELIVERIES_MAX 1000 /* in one list */

/* ---- deliveries ---- */

/* What it tells, in a line. */
static const char *headline_of(const json_t *delivery)
{
    const char *summary = ctl_text(delivery, "summary");
    return *summary ? summary : ctl_text(delivery, "headline");
}

/* "in 5m", "now"; what has no time of its own waits for a person, what is done for nothing. */
static char *next_try(const json_t *delivery, int64_t now_ms)
{
    static const char *const open[] = {"queued", "held", "deferred", "unknown"};
    int64_t next_ms = ctl_int(delivery, "next_ms");
    bool is_open = false;
    for (size_t i = 0; i < ARRAY_LEN(open); i++)
        is_open |= str_equal(ctl_text(delivery, "state"), open[i]);
    if (!is_open)
        return mem_strdup("");
    if (!next_ms)
        return mem_strdup("after resume");
    if (next_ms <= now_ms)
        return mem_strdup("now");
    AUTO_FREE char *span = ctl_span(next_ms - now_ms);
    return mem_printf("in %s", span);
}

static json_t *row_of(const json_t *delivery, int64_t now_ms)
{
    AUTO_FREE char *id = mem_strndup(ctl_text(delivery, "id"), 8);
    AUTO_FREE char *age = ctl_span(now_ms - ctl_int(delivery, "created_ms"));
    AUTO_FREE char *next = next_try(delivery, now_ms);
    return json_pack(
        "{s:s, s:O, s:O, s:O, s:s, s:s, s:s, s:O}", "id", id, "notifier",
        json_object_get(delivery, "notifier"), "state", json_object_get(delivery, "state"),
        "attempts", json_object_get(delivery, "attempts"), "age", age, "next_try", next, "headline",
        headline_of(delivery), "reason", json_object_get(delivery, "reason"));
}

static void show_deliveries(const struct ctl *ctl, const json_t *list)
{
    static const char *const columns[] = {"id",  "notifier", "state",    "attempts",
                                          "age", "next_try", "headline", "reason"};
    json_t *rows = json_array(), *delivery;
    int64_t now_ms = ctl_now_ms();
    size_t i;
    json_array_foreach(list, i, delivery)
    {
        json_array_append_new(rows, row_of(delivery, now_ms));
    }
    if (json_array_size(rows))
        ctl_print_table(ctl, rows, columns, ARRAY_LEN(columns));
    else
        puts("no deliveries");
    if (json_array_size(rows) >= DELIVERIES_MAX)
        printf("(only the latest %d are listed)\n", DELIVERIES_MAX);
    json_decref(rows);
}

int ctl_delivery_list(struct ctl *ctl)
{
    static const char *const states[] = {"open", "dead", "sent", "cancelled", "superseded", "all"};
    const char *state = ctl->n_args ? ctl->args[0] : "all";
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (str_equal(state, states[i]))
            return ctl_ask_and_show(
                ctl, "delivery list",
                json_pack("{s:s, s:i}", "state", state, "limit", DELIVERIES_MAX), show_deliveries);
    }
    AUTO_FREE char *hint = diag_hint(state, states, ARRAY_LEN(states));
    ctl_complain("there is no state \"%s\"%s: it is open, dead, sent, cancelled, superseded or all",
                 state, hint);
    return EX_USAGE;
}

static void print_when(const char *what, int64_t at_ms)
{
    if (!at_ms)
        return;
    printf("  %s ", what);
    ctl_print_time(at_ms);
    putchar('\n');
}

static void show_told(const json_t *told)
{
    size_t i;
    json_t *revision;
    json_array_foreach(told, i, revision)
    {
        printf("    %.8s  %lld  ", ctl_text(revision, "alert"),
               (long long)ctl_int(revision, "number"));
        ctl_print_time(ctl_int(revision, "created_ms"));
        fputs("  ", stdout);
        ctl_print("%s", ctl_text(revision, "headline"));
        if (*ctl_text(revision, "change"))
            ctl_print("  [%s]", ctl_text(revision, "change"));
        ctl_print("  (%s: %s", ctl_text(revision, "detector"), ctl_text(revision, "topic"));
        if (*ctl_text(revision, "path"))
            ctl_print(", %s in %s", ctl_text(revision, "path"), ctl_text(revision, "source"));
        puts(")");
    }
    if (!json_array_size(told))
        puts("    nothing any more");
}

static void show_delivery(const struct ctl *ctl, const json_t *delivery)
{
    const char *state = ctl_text(delivery, "state");
    AUTO_FREE char *next = next_try(delivery, ctl_now_ms());
    fputs(ctl_colour(ctl, CTL_BOLD), stdout);
    ctl_print_safe(headline_of(delivery));
    printf("%s\n  delivery %s\n  ", ctl_colour(ctl, CTL_PLAIN), ctl_text(delivery, "id"));
    ctl_print_safe(ctl_text(delivery, "notifier"));
    printf(": %s%s%s, ", ctl_colour(ctl, ctl_state_colour(state)), state,
           ctl_colour(ctl, CTL_PLAIN));
    ctl_print_count(ctl_int(delivery, "attempts"), "attempt");
    if (*next)
        printf(", next try %s", next);
    putchar('\n');
    if (*ctl_text(delivery, "reason"))
        ctl_print("  reason: %s\n", ctl_text(delivery, "reason"));
    print_when("made", ctl_int(delivery, "created_ms"));
    print_when("last change", ctl_int(delivery, "updated_ms"));
    print_when("retried by a person", ctl_int(delivery, "retried_ms"));
    if (*ctl_text(delivery, "notice"))
        printf("  notice: %s\n", ctl_text(delivery, "notice"));
    print_when("since", ctl_int(delivery, "notice_ms"));
    print_when("until", ctl_int(delivery, "until_ms"));
    puts("  it tells (alert, revision):");
    show_told(json_object_get(delivery, "told"));
}

int ctl_delivery_show(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "delivery show", json_pack("{s:s}", "id", ctl->args[0]),
                            show_delivery);
}

/* One request for each argument: one that is refused keeps no other from being done. The answers
 * are one list; the status is the first that was not 0. */
static int each_argument(struct ctl *ctl, const char *verb, const char *key,
                         void (*show)(const char *what, const json_t *result))
{
    if (!ctl_args_are_utf8(ctl))
        return EX_USAGE;
    int first = EX_OK;
    json_t *list = json_array();
    for (int i = 0; i < ctl->n_args && first != EX_UNAVAILABLE; i++) {
        int status;
        json_t *result = ctl_ask(ctl, verb, json_pack("{s:s}", key, ctl->args[i]), &status);
        if (first == EX_OK)
            first = status;
        if (!result)
            continue;
        json_object_set_new(result, key, json_string(ctl->args[i]));
        if (!ctl->json)
            show(ctl->args[i], result);
        json_array_append_new(list, result);
    }
    if (ctl->json && json_array_size(list))
        ctl_print_json(list);
    json_decref(list);
    return first;
}

static void show_retried(const char *what, const json_t *result)
{
    int64_t n = ctl_int(result, "queued");
    ctl_print("%s: %lld %s queued again\n", what, (long long)n, n == 1 ? "delivery" : "deliveries");
}

int ctl_delivery_retry(struct ctl *ctl)
{
    return each_argument(ctl, "delivery retry", "what", show_retried);
}

static void show_dropped(const char *what, const json_t *result)
{
    (void)result;
    ctl_print("dropped %s\n", what);
}

int ctl_delivery_drop(struct ctl *ctl)
{
    return each_argument(ctl, "delivery drop", "id", show_dropped);
}

/* ---- notifiers ---- */

static void show_notifier(const struct ctl *ctl, const json_t *notifier)
{
    static const char *const counts[] = {"queued", "held", "deferred", "unknown", "dead", "sent"};
    const char *state = ctl_text(notifier, "state");
    printf("%s", ctl_colour(ctl, CTL_BOLD));
    ctl_print("%s", ctl_text(notifier, "notifier"));
    printf("%s  %s%s%s", ctl_colour(ctl, CTL_PLAIN), ctl_colour(ctl, ctl_state_colour(state)),
           state, ctl_colour(ctl, CTL_PLAIN));
    if (*ctl_text(notifier, "plugin"))
        ctl_print("  plugin %s, powers %s, concurrency %lld", ctl_text(notifier, "plugin"),
                  ctl_text(notifier, "powers"), (long long)ctl_int(notifier, "concurrency"));
    fputs("\n   ", stdout);
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        printf("%s %lld %s", i ? "," : "", (long long)ctl_int(notifier, counts[i]), counts[i]);
    putchar('\n');
    if (*ctl_text(notifier, "why"))
        ctl_print("    %s\n", ctl_text(notifier, "why"));
}

static void show_hosts(const struct ctl *ctl, const json_t *hosts)
{
    size_t i;
    json_t *host;
    json_array_foreach(hosts, i, host)
    {
        const char *state = ctl_text(host, "state");
        printf("    host %lld  %s%s%s  sandbox: %s\n", (long long)ctl_int(host, "pid"),
               ctl_colour(ctl, ctl_state_colour(state)), state, ctl_colour(ctl, CTL_PLAIN),
               ctl_text(host, "layers"));
    }
}

static void show_notifiers(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *notifier;
    json_array_foreach(list, i, notifier)
    {
        show_notifier(ctl, notifier);
        show_hosts(ctl, json_object_get(notifier, "hosts"));
    }
    if (!json_array_size(list))
        puts("no notifiers");
}

int ctl_notifier_list(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "notifier list", NULL, show_notifiers);
}

static void show_test(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("%s took it\n", ctl->args[0]);
}

int ctl_notifier_test(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "notifier test", json_pack("{s:s}", "name", ctl->args[0]),
                            show_test);
}
