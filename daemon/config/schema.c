/* The tables; see schema.h. What each option does is told in man/tocsin.yaml.5. */
#include "config/schema.h"

#include <string.h>

#include "base/mem.h"
#include "config/config.h"
#include "config/timing.h"

#define KIB     1024LL
#define MIB     (1024 * KIB)
#define GIB     (1024 * MIB)
#define SECOND  1000LL
#define MINUTE  (60 * SECOND)
#define HOUR    (60 * MINUTE)
#define DAY     (24 * HOUR)
#define CENTURY (36500 * DAY)

const char schema_temporary_names[] =
    /* hidden files: vim's swap, GNOME's and rsync's temporaries, .#locks of emacs and office */
    ".* "
    /* editors' backups and autosaves, office's owner files, vim's probe for a writable folder */
    "*~ ~$* #*# *.swp 4913 "
    /* downloads and copies under way: browsers, aria2, WinSCP, yt-dlp, curl and the like */
    "*.tmp *.temp *.part *.partial *.crdownload *.download *.filepart *.aria2 *.ytdl";

#define FOLDER(member) offsetof(struct config_folder, member)
static const struct schema_item folder_items[] = {
    {.key = "path", .type = SCHEMA_PATH, .offset = FOLDER(path), .help = "the folder to watch"},
    {.key = "recursive",
     .type = SCHEMA_BOOL,
     .offset = FOLDER(recursive),
     .fallback = "yes",
     .help = "watch the folders below it, too"},
    {.key = "include",
     .type = SCHEMA_TEXTS,
     .offset = FOLDER(include),
     .fallback = "",
     .unset = "everything",
     .help = "patterns of the files to read"},
    {.key = "exclude",
     .type = SCHEMA_TEXTS,
     .offset = FOLDER(exclude),
     .fallback = schema_temporary_names,
     .help = "patterns of the files and folders to leave out"},
    {.key = "settle",
     .type = SCHEMA_DURATION,
     .offset = FOLDER(settle_ms),
     .fallback = "200ms",
     .max = HOUR,
     .help = "how long a closed file must rest before it is read"},
    {.key = "max-size",
     .type = SCHEMA_SIZE,
     .offset = FOLDER(max_size_bytes),
     .fallback = "16M",
     .min = 1,
     .max = GIB,
     .help = "larger files are counted, not read"},
    {.key = "growth",
     .type = SCHEMA_CHOICE,
     .offset = FOLDER(growth),
     .fallback = "whole",
     .choices = "whole|log",
     .help = "whether files are replaced as a whole or only grow"},
    {.key = "first-start",
     .type = SCHEMA_CHOICE,
     .offset = FOLDER(first_start),
     .extra_offset = FOLDER(newer_than_ms),
     .fallback = "baseline",
     .choices = "baseline|newer-than AGE|all",
     .help = "which files that were there before tocsin may ring"},
    {.key = "follow-symlinks",
     .type = SCHEMA_BOOL,
     .offset = FOLDER(follow_symlinks),
     .fallback = "no",
     .help = "read files and folders that symbolic links point to"},
    {.key = "expect-within",
     .type = SCHEMA_DURATION,
     .offset = FOLDER(expect_ms),
     .fallback = "0s",
     .max = 3650 * INT64_C(86400000),
     .help = "alert when nothing new has come for so long; 0s: never"},
};

/* Options that detectors and notifiers share; MEMBER gives the offset in either struct. */
#define PLUGIN_ITEM(MEMBER)                                                                        \
    {                                                                                              \
        .key = "plugin", .type = SCHEMA_NAME, .offset = MEMBER(plugin), .unset = "its own name",   \
        .help = "the plugin's name, as tocsinctl plugin list shows it"                             \
    }
#define DEADLINE_ITEM(MEMBER, default_text)                                                        \
    {                                                                                              \
        .key = "deadline", .type = SCHEMA_DURATION, .offset = MEMBER(deadline_ms),                 \
        .fallback = (default_text), .min = 100, .max = HOUR,                                       \
        .help = "how long one job may take before its host is killed"                              \
    }
#define MEMORY_ITEM(MEMBER)                                                                        \
    {                                                                                              \
        .key = "memory", .type = SCHEMA_SIZE, .offset = MEMBER(memory_bytes), .fallback = "512M",  \
        .min = MIB, .max = 1024 * GIB,                                                             \
        .help = "address space of its host beyond what the host needs itself"                      \
    }
#define OPTIONS_ITEM(MEMBER)                                                                       \
    {                                                                                              \
        .key = "options", .type = SCHEMA_OPTIONS, .offset = MEMBER(options),                       \
        .extra_offset = MEMBER(n_options), .fallback = "", .unset = "the plugin's defaults",       \
        .help = "the plugin's own options, as tocsinctl plugin info shows them"                    \
    }

#define DETECTOR(member) offsetof(struct config_plugin, member)
static const struct schema_item detector_items[] = {
    PLUGIN_ITEM(DETECTOR),
    DEADLINE_ITEM(DETECTOR, "10s"),
    MEMORY_ITEM(DETECTOR),
    {.key = "match",
     .type = SCHEMA_CHOICE,
     .offset = DETECTOR(match),
     .fallback = "new-text",
     .choices = "new-text|whole",
     .help = "what of a changed document topics can ring for: what is new in it, or all"},
    OPTIONS_ITEM(DETECTOR),
};

#define NOTIFIER(member)        offsetof(struct config_notifier, member)
#define NOTIFIER_PLUGIN(member) offsetof(struct config_notifier, plugin.member)
static const struct schema_item notifier_items[] = {
    PLUGIN_ITEM(NOTIFIER_PLUGIN),
    DEADLINE_ITEM(NOTIFIER_PLUGIN, "1m"),
    MEMORY_ITEM(NOTIFIER_PLUGIN),
    {.key = "per-minute",
     .type = SCHEMA_INT,
     .offset = NOTIFIER(per_minute),
     .fallback = "auto",
     .max = 100000,
     .choices = "auto",
     .base = -1,
     .help = "alerts a minute before the rest becomes one summary; 0: no limit"},
    {.key = "retry-first",
     .type = SCHEMA_DURATION,
     .offset = NOTIFIER(retry_first_ms),
     .fallback = "5s",
     .min = 10,
     .max = DAY,
     .help = "the pause before the second attempt, doubled before each further one"},
    {.key = "retry-max",
     .type = SCHEMA_DURATION,
     .offset = NOTIFIER(retry_max_ms),
     .fallback = "10m",
     .min = 10,
     .max = 7 * DAY,
     .help = "the longest pause between attempts"},
    {.key = "give-up-after",
     .type = SCHEMA_DURATION,
     .offset = NOTIFIER(give_up_ms),
     .fallback = "3d",
     .min = SECOND,
     .max = CENTURY,
     .help = "after so long a delivery is dead, and listed as that"},
    {.key = "concurrency",
     .type = SCHEMA_INT,
     .offset = NOTIFIER(concurrency),
     .fallback = "1",
     .min = 1,
     .max = 64,
     .help = "deliveries on their way at once, each in its own host"},
    OPTIONS_ITEM(NOTIFIER_PLUGIN),
};

#define ROUTE(member) offsetof(struct config_route, member)
static const struct schema_item route_items[] = {
    {.key = "topic",
     .type = SCHEMA_TEXTS,
     .offset = ROUTE(topics),
     .fallback = "",
     .unset = "any",
     .help = "patterns of topics, or of the statuses of facts"},
    {.key = "detector",
     .type = SCHEMA_TEXTS,
     .offset = ROUTE(detectors),
     .fallback = "",
     .unset = "any",
     .help = "names of detectors; tocsin is its own trouble"},
    {.key = "source",
     .type = SCHEMA_TEXTS,
     .offset = ROUTE(sources),
     .fallback = "",
     .unset = "any",
     .help = "names of folders"},
    {.key = "label",
     .type = SCHEMA_TEXTS,
     .offset = ROUTE(labels),
     .fallback = "",
     .unset = "any",
     .help = "labels, every one of which the alert must have"},
    {.key = "severity",
     .type = SCHEMA_CHOICE,
     .offset = ROUTE(min_severity),
     .fallback = "low",
     .choices = "low|normal|high|urgent",
     .base = 1,
     .help = "at least this severe"},
    {.key = "notify",
     .type = SCHEMA_TEXTS,
     .offset = ROUTE(notify),
     .help = "names of notifiers; [] lists the alert and rings nobody"},
    {.key = "quiet",
     .type = SCHEMA_HOURS,
     .offset = ROUTE(quiet),
     .fallback = "",
     .unset = "none",
     .help =
         "hours in which nothing rings but what is urgent; the rest comes after them, together"},
    {.key = "zone",
     .type = SCHEMA_ZONE,
     .offset = ROUTE(zone),
     .fallback = TIMING_SYSTEM,
     .help = "time zone of quiet and digest"},
    {.key = "batch-for",
     .type = SCHEMA_DURATION,
     .offset = ROUTE(batch_ms),
     .fallback = "0s",
     .max = 7 * INT64_C(86400000),
     .help = "wait so long after the first for others, and tell them together"},
    {.key = "at-most",
     .type = SCHEMA_RATE,
     .offset = ROUTE(at_most),
     .fallback = TIMING_NONE,
     .help = "rings in any time, as 10/1h; the rest comes later, together"},
    {.key = "digest",
     .type = SCHEMA_CALENDAR,
     .offset = ROUTE(digest),
     .fallback = TIMING_NONE,
     .help = "when all that came since is told together, as Mon..Fri 08:00"},
    {.key = "remind-after",
     .type = SCHEMA_DELAYS,
     .offset = ROUTE(remind),
     .fallback = "",
     .unset = "none",
     .help = "tell what nobody acknowledged once more after so long; a list: again and again"},
    {.key = "escalate-after",
     .type = SCHEMA_DURATION,
     .offset = ROUTE(escalate_ms),
     .fallback = "0s",
     .max = 365 * INT64_C(86400000),
     .help = "tell the first notifier, and each next one so much later if nobody acknowledged"},
    {.key = "stop",
     .type = SCHEMA_BOOL,
     .offset = ROUTE(stop),
     .fallback = "no",
     .help = "ask no later route when this one matched"},
    {.key = "shadow",
     .type = SCHEMA_BOOL,
     .offset = ROUTE(shadow),
     .fallback = "no",
     .help = "on trial: record whom it would tell, and tell nobody"},
};

#define KEEP(member) offsetof(struct config, keep.member)
static const struct schema_item keep_items[] = {
    {.key = "archive",
     .type = SCHEMA_DURATION,
     .offset = KEEP(archive_ms),
     .fallback = "90d",
     .max = CENTURY,
     .help = "texts of documents"},
    {.key = "archive-size",
     .type = SCHEMA_SIZE,
     .offset = KEEP(archive_bytes),
     .fallback = "1G",
     .max = 1024 * 1024 * GIB,
     .help = "texts of documents, all together; the oldest go first"},
    {.key = "removed",
     .type = SCHEMA_DURATION,
     .offset = KEEP(removed_ms),
     .fallback = "7d",
     .max = CENTURY,
     .help = "texts of files that are gone"},
    {.key = "sent",
     .type = SCHEMA_DURATION,
     .offset = KEEP(sent_ms),
     .fallback = "30d",
     .max = CENTURY,
     .help = "deliveries that are done"},
    {.key = "alerts",
     .type = SCHEMA_DURATION,
     .offset = KEEP(alert_ms),
     .fallback = "365d",
     .max = CENTURY,
     .help = "alerts, with their quotes"},
    {.key = "identities",
     .type = SCHEMA_DURATION,
     .offset = KEEP(identity_ms),
     .fallback = "365d",
     .max = CENTURY,
     .help = "what makes a document known again, after it is gone"},
    {.key = "stories",
     .type = SCHEMA_DURATION,
     .offset = KEEP(story_ms),
     .fallback = "7d",
     .max = CENTURY,
     .help = "how long another's text of the same story joins it; 0s: never"},
};

#define CANARY(member) offsetof(struct config, canary.member)
static const struct schema_item canary_items[] = {
    {.key = "schedule",
     .type = SCHEMA_CALENDAR,
     .offset = CANARY(schedule),
     .fallback = TIMING_NONE,
     .help = "when a document of the daemon's own is sent the whole way, as hourly"},
    {.key = "word",
     .type = SCHEMA_NAME,
     .offset = CANARY(word),
     .fallback = "tocsincanary",
     .help = "a word in it, which a topic of yours has to find"},
    {.key = "within",
     .type = SCHEMA_DURATION,
     .offset = CANARY(within_ms),
     .fallback = "5m",
     .min = SECOND,
     .max = 7 * DAY,
     .help = "somebody has to be told of it within so long"},
};

#define EXPECT(member) offsetof(struct config_expect, member)
static const struct schema_item expect_items[] = {
    {.key = "topic",
     .type = SCHEMA_TEXTS,
     .offset = EXPECT(topics),
     .fallback = "",
     .unset = "any",
     .help = "patterns of topics, or of the statuses of facts"},
    {.key = "detector",
     .type = SCHEMA_TEXTS,
     .offset = EXPECT(detectors),
     .fallback = "",
     .unset = "any",
     .help = "names of detectors"},
    {.key = "within",
     .type = SCHEMA_DURATION,
     .offset = EXPECT(within_ms),
     .fallback = "0s",
     .max = CENTURY,
     .help = "alert when nothing of it was found for so long; 0s: never"},
};

static const struct schema_item hosts_items[] = {
    {.key = "max",
     .type = SCHEMA_INT,
     .offset = offsetof(struct config, hosts_max),
     .fallback = "auto",
     .min = 1,
     .max = 256,
     .choices = "auto",
     .base = 0,
     .help = "detector hosts under backlog; auto: one for each core"},
};

static const struct schema_item metrics_items[] = {
    {.key = "listen",
     .type = SCHEMA_LISTEN,
     .offset = offsetof(struct config, metrics_listen),
     .fallback = SCHEMA_NOWHERE,
     .help = "where programs of this machine may ask by HTTP, 127.0.0.1:PORT or [::1]:PORT"},
};

#define ITEMS(table) .items = (table), .n_items = ARRAY_LEN(table)
#define ARRAY(member, type)                                                                        \
    .array_offset = offsetof(struct config, member),                                               \
    .count_offset = offsetof(struct config, n_##member), .entry_size = sizeof(struct type)

static const struct schema_section sections[] = {
    {.key = "folders",
     .word = "folder",
     .shape = SCHEMA_NAMED,
     ITEMS(folder_items),
     ARRAY(folders, config_folder),
     .name_offset = FOLDER(name),
     .at_offset = FOLDER(at),
     .places_offset = FOLDER(places),
     .help = "what is watched"},
    {.key = "detectors",
     .word = "detector",
     .shape = SCHEMA_NAMED,
     ITEMS(detector_items),
     ARRAY(detectors, config_plugin),
     .name_offset = DETECTOR(name),
     .at_offset = DETECTOR(at),
     .places_offset = DETECTOR(places),
     .help = "what reads each document"},
    {.key = "notifiers",
     .word = "notifier",
     .shape = SCHEMA_NAMED,
     ITEMS(notifier_items),
     ARRAY(notifiers, config_notifier),
     .name_offset = NOTIFIER_PLUGIN(name),
     .at_offset = NOTIFIER_PLUGIN(at),
     .places_offset = NOTIFIER_PLUGIN(places),
     .help = "what carries an alert to a person"},
    {.key = "routes",
     .word = "route",
     .shape = SCHEMA_LIST,
     ITEMS(route_items),
     ARRAY(routes, config_route),
     .at_offset = ROUTE(at),
     .places_offset = ROUTE(places),
     .help = "which alert goes to which notifier; without any, every alert to every notifier"},
    {.key = "canary",
     .word = "canary",
     .shape = SCHEMA_SINGLE,
     ITEMS(canary_items),
     .places_offset = offsetof(struct config, canary_places),
     .help = "a document of the daemon's own that shows that everything works"},
    {.key = "expect",
     .word = "expect",
     .shape = SCHEMA_LIST,
     ITEMS(expect_items),
     ARRAY(expect, config_expect),
     .at_offset = EXPECT(at),
     .places_offset = EXPECT(places),
     .help = "what is to be found now and then: its silence is an alert"},
    {.key = "keep",
     .word = "keep",
     .shape = SCHEMA_SINGLE,
     ITEMS(keep_items),
     .places_offset = offsetof(struct config, keep_places),
     .help = "how long things are kept"},
    {.key = "hosts",
     .word = "hosts",
     .shape = SCHEMA_SINGLE,
     ITEMS(hosts_items),
     .places_offset = offsetof(struct config, hosts_places),
     .help = "the processes in which detectors run"},
    {.key = "metrics",
     .word = "metrics",
     .shape = SCHEMA_SINGLE,
     ITEMS(metrics_items),
     .places_offset = offsetof(struct config, metrics_places),
     .help = "what tocsin counts and measures, for Prometheus"},
};

const struct schema_section *schema_sections(size_t *n)
{
    *n = ARRAY_LEN(sections);
    return sections;
}

const struct schema_section *schema_section_find(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(sections); i++) {
        if (strcmp(sections[i].key, key) == 0)
            return &sections[i];
    }
    return NULL;
}

const struct schema_item *schema_item_find(const struct schema_section *section, const char *key,
                                           size_t *index)
{
    for (size_t i = 0; i < section->n_items; i++) {
        if (strcmp(section->items[i].key, key) != 0)
            continue;
        if (index)
            *index = i;
        return &section->items[i];
    }
    return NULL;
}

bool schema_item_required(const struct schema_item *item)
{
    return !item->fallback && !item->unset;
}

const char *schema_item_default(const struct schema_item *item)
{
    if (item->fallback && *item->fallback)
        return item->fallback;
    return item->unset ? item->unset : "";
}

const char *schema_type_name(enum schema_type type)
{
    switch (type) {
    case SCHEMA_NAME:
        return "name";
    case SCHEMA_PATH:
        return "path";
    case SCHEMA_BOOL:
        return "bool";
    case SCHEMA_INT:
        return "number";
    case SCHEMA_DURATION:
        return "duration";
    case SCHEMA_SIZE:
        return "size";
    case SCHEMA_CHOICE:
        return "choice";
    case SCHEMA_TEXTS:
        return "list";
    case SCHEMA_LISTEN:
        return "address";
    case SCHEMA_HOURS:
    case SCHEMA_DELAYS:
        return "list";
    case SCHEMA_ZONE:
        return "zone";
    case SCHEMA_CALENDAR:
        return "calendar";
    case SCHEMA_RATE:
        return "rate";
    case SCHEMA_OPTIONS:
        return "map";
    }
    return "";
}
