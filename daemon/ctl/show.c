/* The two long answers: one alert whole, and the explanation of a document. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/str.h"
#include "ctl/ctl.h"

static void show_quotes(const struct ctl *ctl, const json_t *evidence)
{
    size_t i;
    json_t *quote;
    json_array_foreach(evidence, i, quote)
    {
        const json_t *mark = json_object_get(quote, "mark");
        fputs("      ", stdout);
        ctl_print_quote(ctl, ctl_text(quote, "quote"),
                        (size_t)json_integer_value(json_array_get(mark, 0)),
                        (size_t)json_integer_value(json_array_get(mark, 1)));
        putchar('\n');
    }
}

static void show_findings(const struct ctl *ctl, const json_t *findings)
{
    size_t i;
    json_t *finding;
    json_array_foreach(findings, i, finding)
    {
        char date[16];
        str_date_format((int32_t)ctl_int(finding, "date"), date, sizeof(date));
        printf("    %s ", date);
        if (*ctl_text(finding, "status"))
            printf("%s ", ctl_text(finding, "status"));
        ctl_print_safe(ctl_text(finding, "path"));
        printf("  %s%s%s\n", ctl_colour(ctl, CTL_DIM), ctl_text(finding, "outcome"),
               ctl_colour(ctl, CTL_PLAIN));
        show_quotes(ctl, json_object_get(finding, "evidence"));
    }
}

static void show_alert(const struct ctl *ctl, const json_t *alert)
{
    printf("%s", ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(alert, "headline"));
    printf("%s\n  alert %s\n  %s, %s: ", ctl_colour(ctl, CTL_PLAIN), ctl_text(alert, "id"),
           ctl_text(alert, "state"), ctl_text(alert, "detector"));
    ctl_print_safe(ctl_text(alert, "topic"));
    fputs("\n  since ", stdout);
    ctl_print_time(ctl_int(alert, "created_ms"));
    fputs(", last news ", stdout);
    ctl_print_time(ctl_int(alert, "updated_ms"));
    puts("\n  sources:");
    show_findings(ctl, json_object_get(alert, "findings"));
    puts("  revisions:");
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(alert, "revisions"), i, item)
    {
        printf("    %lld ", (long long)ctl_int(item, "number"));
        ctl_print_time(ctl_int(item, "created_ms"));
        fputs("  ", stdout);
        ctl_print_safe(ctl_text(item, "headline"));
        if (*ctl_text(item, "change"))
            printf("  [%s]", ctl_text(item, "change"));
        putchar('\n');
    }
    puts("  deliveries:");
    json_array_foreach(json_object_get(alert, "deliveries"), i, item)
    {
        printf("    %s: %s after %lld attempt(s)", ctl_text(item, "notifier"),
               ctl_text(item, "state"), (long long)ctl_int(item, "attempts"));
        if (*ctl_text(item, "reason")) {
            fputs(", ", stdout);
            ctl_print_safe(ctl_text(item, "reason"));
        }
        putchar('\n');
    }
}

int ctl_alert_show(struct ctl *ctl)
{
    int status;
    json_t *alert = ctl_ask(ctl, "alert show", json_pack("{s:s}", "id", ctl->args[0]), &status);
    if (alert && ctl->json)
        ctl_print_json(alert);
    else if (alert)
        show_alert(ctl, alert);
    json_decref(alert);
    return status;
}

static void show_topic(const struct ctl *ctl, const json_t *topic)
{
    bool matches = json_is_true(json_object_get(topic, "matches"));
    printf("  %s%s%s ", ctl_colour(ctl, matches ? CTL_GREEN : CTL_YELLOW), matches ? "✓" : "✗",
           ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(topic, "topic"));
    printf("  (%s)\n", ctl_text(topic, "detector"));
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(topic, "parts"), i, part)
    {
        printf("    %*s%s ", 2 * (int)ctl_int(part, "depth"), "",
               json_is_true(json_object_get(part, "holds")) ? "✓" : "✗");
        ctl_print_safe(ctl_text(part, "part"));
        if (*ctl_text(part, "text")) {
            fputs(": ", stdout);
            ctl_print_safe(ctl_text(part, "text"));
        }
        putchar('\n');
    }
}

static void show_explanation(const struct ctl *ctl, const json_t *result)
{
    char date[16];
    str_date_format((int32_t)ctl_int(result, "date"), date, sizeof(date));
    printf("document %lld, ", (long long)ctl_int(result, "document"));
    ctl_print_safe(ctl_text(result, "path"));
    printf(" in %s%s, version %lld%s%s\n  “", ctl_text(result, "source"),
           json_is_true(json_object_get(result, "removed")) ? " (removed)" : "",
           (long long)ctl_int(result, "version"), *date ? ", dated " : "", date);
    ctl_print_safe(ctl_text(result, "title"));
    puts("”");
    const json_t *findings = json_object_get(result, "findings");
    puts(json_array_size(findings) ? "what was found, and what came of it:"
                                   : "nothing was found in it");
    size_t i;
    json_t *item;
    json_array_foreach(findings, i, item)
    {
        printf("  %s: ", ctl_text(item, "detector"));
        ctl_print_safe(ctl_text(item, "topic"));
        printf(": %s (alert %.8s)\n", ctl_text(item, "outcome"), ctl_text(item, "alert"));
    }
    if (*ctl_text(result, "problem"))
        printf("%s%s%s\n", ctl_colour(ctl, CTL_YELLOW), ctl_text(result, "problem"),
               ctl_colour(ctl, CTL_PLAIN));
    const json_t *topics = json_object_get(result, "topics");
    if (json_array_size(topics))
        puts("topics, as they are now:");
    json_array_foreach(topics, i, item) show_topic(ctl, item);
}

int ctl_explain(struct ctl *ctl)
{
    /* A path is known to the daemon as it stands in its folder. */
    AUTO_FREE char *path = realpath(ctl->args[0], NULL);
    json_t *args = json_pack("{s:s}", "document", path ? path : ctl->args[0]);
    if (ctl->n_args > 1)
        json_object_set_new(args, "topic", json_string(ctl->args[1]));
    int status;
    json_t *result = ctl_ask(ctl, "explain", args, &status);
    if (result && ctl->json)
        ctl_print_json(result);
    else if (result)
        show_explanation(ctl, result);
    json_decref(result);
    return status;
}
