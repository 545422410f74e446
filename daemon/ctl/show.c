/* The two long answers: one alert whole, and the explanation of a document. */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "ctl/ctl.h"

/* ---- one alert ---- */

void ctl_print_outcome(const struct ctl *ctl, int indent, const json_t *finding)
{
    bool rang = str_equal(ctl_text(finding, "outcome"), "rang");
    printf("%*s%s%s%s: ", indent, "", ctl_colour(ctl, rang ? CTL_GREEN : CTL_YELLOW),
           ctl_text(finding, "outcome"), ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(finding, "why"));
    if (*ctl_text(finding, "place"))
        ctl_print(" (%s)", ctl_text(finding, "place"));
    puts(json_is_true(json_object_get(finding, "backfilled")) ? ", backfilled" : "");
}

static void show_step(const struct ctl *ctl, const json_t *step)
{
    const char *decision = ctl_text(step, "decision");
    bool passed = str_equal(decision, "passed");
    printf("      %-10s%s%s%s", ctl_text(step, "step"),
           ctl_colour(ctl, passed ? CTL_GREEN : CTL_YELLOW), decision, ctl_colour(ctl, CTL_PLAIN));
    if (*ctl_text(step, "why")) {
        fputs(": ", stdout);
        ctl_print_safe(ctl_text(step, "why"));
    }
    if (*ctl_text(step, "place"))
        ctl_print(" (%s)", ctl_text(step, "place"));
    putchar('\n');
}

static void show_finding(const struct ctl *ctl, const json_t *finding)
{
    size_t i;
    json_t *step;
    fputs("    ", stdout);
    ctl_print_date(finding);
    fputs("  ", stdout);
    /* tocsin's own trouble is of no document. */
    const char *file = ctl_text(finding, "file");
    ctl_print_safe(*file ? file : ctl_text(finding, "summary"));
    putchar('\n');
    ctl_print_quotes(ctl, 6, json_object_get(finding, "evidence"));
    ctl_print_outcome(ctl, 6, finding);
    json_array_foreach(json_object_get(finding, "steps"), i, step)
    {
        if (ctl->why)
            show_step(ctl, step);
    }
}

/* Each status stands over the documents that say so; the last is the one that is true now. */
static void show_findings(const struct ctl *ctl, const json_t *findings)
{
    const char *before = NULL;
    size_t i;
    json_t *finding;
    puts(json_array_size(findings) && *ctl_text(json_array_get(findings, 0), "status")
             ? "  ladder, the latest last:"
             : "  sources:");
    json_array_foreach(findings, i, finding)
    {
        const char *status = ctl_text(finding, "status");
        if (*status && !str_equal(status, before)) {
            printf("   %s", ctl_colour(ctl, CTL_BOLD));
            ctl_print_safe(status);
            puts(ctl_colour(ctl, CTL_PLAIN));
        }
        before = status;
        show_finding(ctl, finding);
    }
}

/* In words, and where the configuration says so. */
static void show_reason(const json_t *delivery)
{
    const char *why = ctl_text(delivery, *ctl_text(delivery, "why") ? "why" : "reason");
    if (!*why)
        return;
    fputs(": ", stdout);
    ctl_print_safe(why);
    if (*ctl_text(delivery, "why") && *ctl_text(delivery, "place")) {
        fputs(" (", stdout);
        ctl_print_safe(ctl_text(delivery, "place"));
        putchar(')');
    }
}

/* What has become of the alert, when that is what it tells. */
static void show_notice(const json_t *delivery)
{
    const char *notice = ctl_text(delivery, "notice");
    if (!*notice)
        return;
    printf(" (notice: %s", notice);
    if (ctl_int(delivery, "until_ms")) {
        fputs(" until ", stdout);
        ctl_print_time(ctl_int(delivery, "until_ms"));
    }
    putchar(')');
}

static void show_delivery(const struct ctl *ctl, const json_t *delivery)
{
    const char *state = ctl_text(delivery, "state");
    int64_t attempts = ctl_int(delivery, "attempts"), next_ms = ctl_int(delivery, "next_ms");
    fputs("         ", stdout);
    ctl_print_safe(ctl_text(delivery, "notifier"));
    show_notice(delivery);
    printf(": %s%s%s", ctl_colour(ctl, ctl_state_colour(state)), state, ctl_colour(ctl, CTL_PLAIN));
    if (attempts) {
        fputs(" after ", stdout);
        ctl_print_count(attempts, "attempt");
    }
    if (next_ms && str_equal(state, "deferred")) {
        fputs(", next at ", stdout);
        ctl_print_time(next_ms);
    }
    if (next_ms && str_equal(state, "held")) {
        fputs(" until ", stdout);
        ctl_print_time(next_ms);
    }
    show_reason(delivery);
    putchar('\n');
}

static void show_revision(const struct ctl *ctl, const json_t *revision)
{
    const json_t *deliveries = json_object_get(revision, "deliveries");
    printf("    %lld  ", (long long)ctl_int(revision, "number"));
    ctl_print_time(ctl_int(revision, "created_ms"));
    fputs("  ", stdout);
    ctl_print_safe(ctl_text(revision, "headline"));
    if (*ctl_text(revision, "change")) {
        fputs("  [", stdout);
        ctl_print_safe(ctl_text(revision, "change"));
        putchar(']');
    }
    putchar('\n');
    size_t i;
    json_t *delivery;
    json_array_foreach(deliveries, i, delivery) show_delivery(ctl, delivery);
    if (!json_array_size(deliveries))
        puts("         told to nobody");
}

static void show_head(const struct ctl *ctl, const json_t *alert)
{
    const char *state = ctl_text(alert, "state");
    fputs(ctl_colour(ctl, CTL_BOLD), stdout);
    ctl_print_safe(ctl_text(alert, "headline"));
    printf("%s\n  alert %s\n  %s%s%s, %s, ", ctl_colour(ctl, CTL_PLAIN), ctl_text(alert, "id"),
           ctl_colour(ctl, ctl_state_colour(state)), state, ctl_colour(ctl, CTL_PLAIN),
           ctl_severity(ctl_int(alert, "severity")));
    ctl_print_safe(ctl_text(alert, "detector"));
    fputs(": ", stdout);
    ctl_print_safe(ctl_text(alert, "topic"));
    fputs(", ", stdout);
    ctl_print_count(ctl_int(alert, "sources"), "source");
    putchar('\n');
    ctl_print_fields(2, json_object_get(alert, "fields"));
}

static void show_alert(const struct ctl *ctl, const json_t *alert)
{
    const json_t *told = json_object_get(alert, "told");
    const json_t *last = json_array_get(told, json_array_size(told) - 1);
    show_head(ctl, alert);
    fputs("  first ", stdout);
    ctl_print_time(ctl_int(alert, "created_ms"));
    if (last) {
        fputs(", last news ", stdout);
        ctl_print_time(ctl_int(last, "created_ms"));
    }
    if (ctl_int(alert, "snoozed_until_ms")) {
        fputs(", snoozed until ", stdout);
        ctl_print_time(ctl_int(alert, "snoozed_until_ms"));
    }
    putchar('\n');
    show_findings(ctl, json_object_get(alert, "findings"));
    puts("  told:");
    size_t i;
    json_t *revision;
    json_array_foreach(told, i, revision) show_revision(ctl, revision);
    if (!last)
        puts("    nothing yet");
}

int ctl_alert_show(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "alert show", json_pack("{s:s}", "id", ctl->args[0]), show_alert);
}

/* ---- explain ---- */

void ctl_print_part(const struct ctl *ctl, int indent, const json_t *part)
{
    bool holds = json_is_true(json_object_get(part, "holds"));
    printf("%*s%s%s%s ", indent + 2 * (int)ctl_int(part, "depth"), "",
           ctl_colour(ctl, holds ? CTL_GREEN : CTL_RED), holds ? "✓" : "✗",
           ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(part, "part"));
    if (*ctl_text(part, "text")) {
        fputs(": ", stdout);
        ctl_print_safe(ctl_text(part, "text"));
    }
    putchar('\n');
}

static void show_topic(const struct ctl *ctl, const json_t *topic)
{
    bool matches = json_is_true(json_object_get(topic, "matches"));
    printf("  %s%s%s %s", ctl_colour(ctl, matches ? CTL_GREEN : CTL_RED), matches ? "✓" : "✗",
           ctl_colour(ctl, CTL_PLAIN), ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(topic, "topic"));
    printf("%s (", ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(topic, "detector"));
    puts(")");
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(topic, "parts"), i, part) ctl_print_part(ctl, 4, part);
}

static void show_document(const json_t *result)
{
    printf("document %lld, version %lld, ", (long long)ctl_int(result, "document"),
           (long long)ctl_int(result, "version"));
    ctl_print_date(result);
    fputs(": ", stdout);
    ctl_print_safe(*ctl_text(result, "file") ? ctl_text(result, "file") : ctl_text(result, "path"));
    puts(json_is_true(json_object_get(result, "removed")) ? " (removed)" : "");
    fputs("  “", stdout);
    ctl_print_safe(ctl_text(result, "title"));
    puts("”");
    ctl_print("  %s in %s, %lld bytes", ctl_text(result, "media_type"), ctl_text(result, "charset"),
              (long long)ctl_int(result, "size"));
    if (*ctl_text(result, "note"))
        ctl_print("; %s", ctl_text(result, "note"));
    putchar('\n');
}

/* A detector that has not judged it. */
static void show_pending(const struct ctl *ctl, const json_t *pending)
{
    fputs(ctl_colour(ctl, CTL_YELLOW), stdout);
    ctl_print_safe(ctl_text(pending, "detector"));
    if (ctl_int(pending, "quarantined_ms")) {
        fputs(" has it in quarantine: ", stdout);
        ctl_print_safe(ctl_text(pending, "reason"));
    } else {
        fputs(" has not judged it yet", stdout);
    }
    puts(ctl_colour(ctl, CTL_PLAIN));
}

/* Why nothing was found, though a topic would match. */
static void show_silence(const json_t *topics)
{
    size_t i;
    json_t *topic;
    json_array_foreach(topics, i, topic)
    {
        if (!json_is_true(json_object_get(topic, "matches")))
            continue;
        puts(
            "  a topic matches it by now: it is newer than the document, or the document was there\n"
            "  when its folder was first watched (first-start), or its text was known already;\n"
            "  tocsinctl topic backfill has a topic ring for what is there");
        return;
    }
}

static void show_explanation(const struct ctl *ctl, const json_t *result)
{
    const json_t *findings = json_object_get(result, "findings");
    const json_t *topics = json_object_get(result, "topics");
    show_document(result);
    puts(json_array_size(findings) ? "what was found, and what came of it:"
                                   : "nothing was found in it");
    if (!json_array_size(findings) && !json_array_size(json_object_get(result, "pending")))
        show_silence(topics);
    size_t i;
    json_t *item;
    json_array_foreach(findings, i, item)
    {
        printf("  %s", ctl_colour(ctl, CTL_BOLD));
        ctl_print_safe(ctl_text(item, "summary"));
        printf("%s  (", ctl_colour(ctl, CTL_PLAIN));
        ctl_print_safe(ctl_text(item, "detector"));
        fputs(": ", stdout);
        ctl_print_safe(ctl_text(item, "topic"));
        printf(", alert %.8s)\n", ctl_text(item, "alert"));
        ctl_print_outcome(ctl, 4, item);
    }
    json_array_foreach(json_object_get(result, "pending"), i, item) show_pending(ctl, item);
    if (*ctl_text(result, "problem")) {
        fputs(ctl_colour(ctl, CTL_YELLOW), stdout);
        ctl_print_safe(ctl_text(result, "problem"));
        puts(ctl_colour(ctl, CTL_PLAIN));
    }
    if (json_array_size(topics))
        puts("topics, as they are now:");
    else if (ctl->n_args > 1)
        printf("no detector explains a topic of that name (tocsinctl topic list)\n");
    json_array_foreach(topics, i, item) show_topic(ctl, item);
}

int ctl_explain(struct ctl *ctl)
{
    json_t *args = ctl_document_args(ctl->args[0]);
    if (ctl->n_args > 1)
        json_object_set_new(args, "topic", json_string(ctl->args[1]));
    return ctl_ask_of_document(ctl, "explain", args, show_explanation);
}
