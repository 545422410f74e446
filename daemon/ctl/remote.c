/* Commands that ask the daemon, and how its answers are shown. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/diag.h"
#include "ctl/ctl.h"

static json_t *optional_arg(const char *name, const char *value)
{
    return json_pack("{s:s*}", name, value);
}

static const char *arg(const struct ctl *ctl, int i)
{
    return i < ctl->n_args ? ctl->args[i] : NULL;
}

/* ---- status ---- */

/* "3 watches, 17 events"; of what should not happen, only what did. */
static void print_counts(const json_t *object, const char *const *names, bool all)
{
    for (size_t i = 0; names[i]; i++) {
        long long n = (long long)ctl_int(object, names[i]);
        if (!n && !all)
            continue;
        printf("%s%lld ", i || !all ? ", " : "", n);
        for (const char *at = names[i]; *at; at++)
            putchar(*at == '_' ? ' ' : *at);
    }
}

static void show_sources(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *source;
    json_array_foreach(list, i, source)
    {
        const char *state = ctl_text(source, "state");
        fputs("  ", stdout);
        ctl_print_safe(ctl_text(source, "name"));
        printf("  %s%s%s  ", ctl_colour(ctl, ctl_state_colour(state)), state,
               ctl_colour(ctl, CTL_PLAIN));
        ctl_print_safe(ctl_text(source, "path"));
        fputs("\n      ", stdout);
        print_counts(source, (const char *const[]){"watches", "events", "opened", "waiting", NULL},
                     true);
        print_counts(source,
                     (const char *const[]){"too_large", "special", "unreadable", "vanished",
                                           "overflows", NULL},
                     false);
        putchar('\n');
        if (*ctl_text(source, "why")) {
            fputs("      ", stdout);
            ctl_print_safe(ctl_text(source, "why"));
            putchar('\n');
        }
    }
}

/* Detectors that the others do not wait for. */
static void show_apart(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *apart;
    json_array_foreach(list, i, apart)
    {
        char time[48];
        str_duration_format(ctl_int(apart, "for_ms") / 1000 * 1000, time, sizeof(time));
        printf("%sdetector \"", ctl_colour(ctl, CTL_YELLOW));
        ctl_print_safe(ctl_text(apart, "detector"));
        fputs("\" ", stdout);
        ctl_print_safe(ctl_text(apart, "why"));
        printf("%s: it has hosts of its own, for %s unless that comes again\n",
               ctl_colour(ctl, CTL_PLAIN), time);
    }
}

static void show_hosts(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *host;
    json_array_foreach(list, i, host)
    {
        const char *state = ctl_text(host, "state");
        fputs("  ", stdout);
        ctl_print_safe(ctl_text(host, "name"));
        printf("  %s%s%s  pid %lld  sandbox: ", ctl_colour(ctl, ctl_state_colour(state)), state,
               ctl_colour(ctl, CTL_PLAIN), (long long)ctl_int(host, "pid"));
        ctl_print_safe(ctl_text(host, "layers"));
        if (*ctl_text(host, "program_layers")) {
            fputs("; its programs': ", stdout);
            ctl_print_safe(ctl_text(host, "program_layers"));
        }
        putchar('\n');
    }
}

/* Nothing, when nobody wants it. */
static void show_listener(const struct ctl *ctl, const json_t *listener)
{
    const char *state = ctl_text(listener, "state"), *why = ctl_text(listener, "why");
    if (!*state || strcmp(state, "off") == 0)
        return;
    printf("metrics: http://%s/metrics  %s%s%s", ctl_text(listener, "listen"),
           ctl_colour(ctl, ctl_state_colour(state)), state, ctl_colour(ctl, CTL_PLAIN));
    if (*why)
        fputs(": ", stdout);
    ctl_print_safe(why);
    putchar('\n');
}

static void show_status(const struct ctl *ctl, const json_t *status)
{
    const json_t *documents = json_object_get(status, "documents");
    const json_t *detect = json_object_get(status, "detect");
    printf("tocsind %s, pid %lld, configuration ", ctl_text(status, "version"),
           (long long)ctl_int(status, "pid"));
    ctl_print_safe(ctl_text(status, "config"));
    putchar('\n');
    if (json_is_true(json_object_get(status, "paused")))
        printf("%spaused%s: alerts are kept and ring after tocsinctl resume\n",
               ctl_colour(ctl, CTL_YELLOW), ctl_colour(ctl, CTL_PLAIN));
    if (*ctl_text(status, "store_fault"))
        printf("%sthe store fails: %s%s\n", ctl_colour(ctl, CTL_RED),
               ctl_text(status, "store_fault"), ctl_colour(ctl, CTL_PLAIN));
    if (*ctl_text(status, "store_lost")) {
        printf("%sthe store is a new one%s: ", ctl_colour(ctl, CTL_RED),
               ctl_colour(ctl, CTL_PLAIN));
        ctl_print_safe(ctl_text(status, "store_lost"));
        putchar('\n');
    }
    printf("documents: %lld known; since start %lld read, %lld unchanged, %lld no text, %lld "
           "unreadable, %lld too large, %lld removed, %lld renamed\n",
           (long long)ctl_int(documents, "known"), (long long)ctl_int(documents, "read"),
           (long long)ctl_int(documents, "unchanged"), (long long)ctl_int(documents, "unsupported"),
           (long long)ctl_int(documents, "unreadable"), (long long)ctl_int(documents, "too_large"),
           (long long)ctl_int(documents, "removed"), (long long)ctl_int(documents, "renamed"));
    printf("rang: %lld since start; detection: %lld queued, %lld quarantined; longest turn of the "
           "loop: %.1f ms\n",
           (long long)ctl_int(status, "rang"), (long long)ctl_int(detect, "queued"),
           (long long)ctl_int(detect, "quarantined"),
           (double)ctl_int(status, "longest_turn_us") / 1000.);
    show_apart(ctl, json_object_get(detect, "apart"));
    show_listener(ctl, json_object_get(status, "metrics"));
    puts("folders:");
    show_sources(ctl, json_object_get(status, "sources"));
    puts("hosts:");
    show_hosts(ctl, json_object_get(status, "hosts"));
    puts("notifiers:");
    static const char *const columns[] = {"notifier", "state", "queued", "held",
                                          "deferred", "sent",  "dead"};
    const json_t *notifiers = json_object_get(status, "deliver");
    ctl_print_table(ctl, notifiers, columns, ARRAY_LEN(columns));
    size_t i;
    json_t *notifier;
    json_array_foreach(notifiers, i, notifier)
    {
        if (!*ctl_text(notifier, "why"))
            continue;
        ctl_print_safe(ctl_text(notifier, "notifier"));
        fputs(": ", stdout);
        ctl_print_safe(ctl_text(notifier, "why"));
        putchar('\n');
    }
}

int ctl_status(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "status", NULL, show_status);
}

/* ---- metrics ---- */

static void show_metrics(const struct ctl *ctl, const json_t *result)
{
    (void)ctl;
    ctl_print_lines(stdout, ctl_text(result, "text"));
}

int ctl_metrics(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "metrics", json_pack("{s:s}", "form", ctl->json ? "json" : "text"),
                            show_metrics);
}

/* ---- sources ---- */

int ctl_source_list(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "source list", NULL, show_sources);
}

static void show_rescan(const struct ctl *ctl, const json_t *result)
{
    (void)ctl;
    fputs("listing ", stdout);
    ctl_print_count(ctl_int(result, "rescanning"), "folder");
    puts(" again");
}

int ctl_source_rescan(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "source rescan", optional_arg("name", arg(ctl, 0)), show_rescan);
}

/* ---- topics, quarantine ---- */

static void show_topics(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *topic;
    json_array_foreach(list, i, topic)
    {
        printf("%s", ctl_colour(ctl, CTL_BOLD));
        ctl_print_safe(ctl_text(topic, "name"));
        printf("%s  ", ctl_colour(ctl, CTL_PLAIN));
        ctl_print_safe(ctl_text(topic, "query"));
        printf("  %s", ctl_colour(ctl, CTL_DIM));
        ctl_print_safe(ctl_text(topic, "file"));
        printf(":%lld%s\n", (long long)ctl_int(topic, "line"), ctl_colour(ctl, CTL_PLAIN));
    }
    if (!json_array_size(list))
        puts("no topics");
}

int ctl_topic_list(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "topic list", NULL, show_topics);
}

static void show_quarantine(const struct ctl *ctl, const json_t *list)
{
    static const char *const columns[] = {"document", "detector", "strikes", "path", "reason"};
    if (json_array_size(list))
        ctl_print_table(ctl, list, columns, ARRAY_LEN(columns));
    else
        puts("nothing is quarantined");
}

int ctl_quarantine_list(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "quarantine list", NULL, show_quarantine);
}

static void show_released(const struct ctl *ctl, const json_t *result)
{
    (void)ctl;
    int64_t n = ctl_int(result, "released");
    if (!n) {
        puts("nothing of that is quarantined");
        return;
    }
    ctl_print_count(n, "document");
    puts(" to be tried again");
}

int ctl_quarantine_release(struct ctl *ctl)
{
    json_t *args = optional_arg("detector", arg(ctl, 0));
    int64_t document = 0;
    if (arg(ctl, 1) && !str_int_parse(arg(ctl, 1), &document)) {
        ctl_complain("\"%s\" is no document's number (tocsinctl quarantine list)", arg(ctl, 1));
        json_decref(args);
        return EX_USAGE;
    }
    if (document)
        json_object_set_new(args, "document", json_integer(document));
    return ctl_ask_and_show(ctl, "quarantine release", args, show_released);
}

/* ---- the daemon itself ---- */

static void show_pause(const struct ctl *ctl, const json_t *result)
{
    (void)ctl;
    puts(json_is_true(json_object_get(result, "paused")) ? "paused" : "resumed");
}

int ctl_pause(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "pause", NULL, show_pause);
}

int ctl_resume(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "resume", NULL, show_pause);
}

static void show_reload(const struct ctl *ctl, const json_t *result)
{
    ctl_print_plan(ctl, json_object_get(result, "plan"));
    puts("reloaded");
}

int ctl_reload(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "reload", NULL, show_reload);
}

static bool show_event(struct ctl *ctl, const json_t *event)
{
    if (ctl->json)
        return ctl_print_json_line(event) && fflush(stdout) == 0;
    printf("%s%s%s", ctl_colour(ctl, CTL_DIM), ctl_text(event, "event"),
           ctl_colour(ctl, CTL_PLAIN));
    static const char *const keys[] = {"alert", "notifier", "state", "headline", "change",
                                       "topic", "outcome",  "path",  "subject",  "reason"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const char *text = ctl_text(event, keys[i]);
        if (!*text)
            continue;
        fputs("  ", stdout);
        if (strcmp(keys[i], "alert") == 0)
            printf("%.8s", text);
        else
            ctl_print_safe(text);
    }
    putchar('\n');
    return fflush(stdout) == 0;
}

int ctl_follow_events(struct ctl *ctl)
{
    return ctl_follow(ctl, show_event);
}
