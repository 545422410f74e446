/* What the kinds of arguments are, and how each is completed; see command.h. What the daemon knows
 * is asked for by the verbs that tocsinctl has anyway. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/map.h"
#include "base/str.h"
#include "config/path.h"
#include "ctl/ctl.h"
#include "ctl/plugins.h"

#define WORDS_MAX   200  /* of alerts, the latest */
#define PATIENCE_MS 1000 /* somebody waits with a finger on the key */

static const char *const outputs[] = {"text", "json", "jsonl", NULL};
static const char *const statuses[] = {"interest",  "rumoured", "confirmed",
                                       "ruled_out", "result",   NULL};
static const char *const filters[] = {"open",   "acknowledged", "closed",  "all",
                                      "topic=", "detector=",    "person=", "since=",
                                      "until=", "after=",       "limit=",  NULL};
static const char *const searches[] = {
    "state=", "topic=", "detector=", "person=", "since=", "until=", "after=", "limit=", NULL};
static const char *const reasons[] = {"known-evidence", "old-text",     "same-story", "same-status",
                                      "older-source",   "known-status", "shadow",     "closed",
                                      "muted",          "silenced",     "not-routed", "snoozed",
                                      "paused",         "quiet",        "digest",     "batch",
                                      "limit",          "storm",        "since=",     NULL};
static const char *const all_silences[] = {"all", NULL};
static const char *const matches[] = {"topic=", "detector=", "source=", "label=", "comment=", NULL};
static const char *const examples[] = {
    "topic=", "detector=", "source=", "label=", "severity=", NULL};
static const char *const delivery_states[] = {"open",       "dead", "sent", "cancelled",
                                              "superseded", "all",  NULL};

static const char *const all_dead[] = {"dead", NULL};
static const char *const unread[] = {"unread", NULL};

/* A question to the daemon, and which parts of its answer are the words. */
struct question {
    const char *verb, *state;
    const char *list; /* in the answer; NULL: it is the list */
    const char *word, *about;
    int digits; /* of the word; 0: all of it */
};

static const struct kind {
    const char *name;
    const char *const *words; /* before those that are asked for */
    struct question ask;
    enum ctl_source source;
    enum ctl_kind also; /* so are the words of this one; CTL_FLAG: none */
} kinds[CTL_N_KINDS] = {
    [CTL_FLAG] = {.name = "flag", .source = CTL_FROM_NOTHING},
    [CTL_FILE] = {.name = "file", .source = CTL_FROM_FILES},
    [CTL_DIRECTORY] = {.name = "directory", .source = CTL_FROM_DIRECTORIES},
    [CTL_PLUGIN_FILE] = {.name = "plugin-file", .source = CTL_FROM_SHARED_OBJECTS},
    [CTL_OUTPUT] = {.name = "output", .source = CTL_FROM_LIST, .words = outputs},
    [CTL_TEXT] = {.name = "text", .source = CTL_FROM_NOTHING},
    [CTL_STATUS] = {.name = "status", .source = CTL_FROM_LIST, .words = statuses},
    [CTL_ALERT] = {.name = "alert",
                   .source = CTL_FROM_TOCSINCTL,
                   .ask = {.verb = "alert list", .word = "id", .about = "headline", .digits = 8}},
    [CTL_OPEN_ALERT] = {.name = "open-alert",
                        .source = CTL_FROM_TOCSINCTL,
                        .ask = {.verb = "alert list",
                                .state = "open",
                                .word = "id",
                                .about = "headline",
                                .digits = 8}},
    [CTL_FILTER] = {.name = "filter", .source = CTL_FROM_LIST, .words = filters},
    [CTL_REASON] = {.name = "reason", .source = CTL_FROM_LIST, .words = reasons},
    [CTL_SEARCH] = {.name = "search", .source = CTL_FROM_LIST, .words = searches},
    [CTL_FOLDER] = {.name = "folder",
                    .source = CTL_FROM_TOCSINCTL,
                    .ask = {.verb = "source list", .word = "name", .about = "path"}},
    [CTL_DOCUMENT] = {.name = "document", .source = CTL_FROM_FILES},
    [CTL_WHICH] = {.name = "which",
                   .source = CTL_FROM_TOCSINCTL,
                   .words = unread,
                   .also = CTL_FOLDER},
    [CTL_TOPIC] = {.name = "topic",
                   .source = CTL_FROM_TOCSINCTL,
                   .ask = {.verb = "topic list", .word = "name", .about = "query"}},
    [CTL_NOTIFIER] =
        {.name = "notifier",
         .source = CTL_FROM_TOCSINCTL,
         .ask = {.verb = "status", .list = "deliver", .word = "notifier", .about = "state"}},
    [CTL_DELIVERY] =
        {.name = "delivery",
         .source = CTL_FROM_TOCSINCTL,
         .ask = {.verb = "delivery list", .word = "id", .about = "headline", .digits = 8}},
    [CTL_OPEN_DELIVERY] = {.name = "open-delivery",
                           .source = CTL_FROM_TOCSINCTL,
                           .ask = {.verb = "delivery list",
                                   .state = "open",
                                   .word = "id",
                                   .about = "headline",
                                   .digits = 8}},
    [CTL_DEAD_DELIVERY] = {.name = "dead-delivery",
                           .source = CTL_FROM_TOCSINCTL,
                           .words = all_dead,
                           .ask = {.verb = "delivery list",
                                   .state = "dead",
                                   .word = "id",
                                   .about = "headline",
                                   .digits = 8},
                           .also = CTL_NOTIFIER},
    [CTL_DELIVERY_STATE] = {.name = "delivery-state",
                            .source = CTL_FROM_LIST,
                            .words = delivery_states},
    [CTL_PLUGIN] = {.name = "plugin", .source = CTL_FROM_TOCSINCTL},
    [CTL_QUARANTINER] = {.name = "quarantiner",
                         .source = CTL_FROM_TOCSINCTL,
                         .ask = {.verb = "quarantine list", .word = "detector"}},
    [CTL_QUARANTINED] = {.name = "quarantined",
                         .source = CTL_FROM_TOCSINCTL,
                         .ask = {.verb = "quarantine list", .word = "document", .about = "path"}},
    [CTL_SILENCE] = {.name = "silence",
                     .source = CTL_FROM_TOCSINCTL,
                     .ask = {.verb = "silence list", .word = "id", .about = "comment"}},
    [CTL_SILENCES] = {.name = "silences", .source = CTL_FROM_LIST, .words = all_silences},
    [CTL_MATCH] = {.name = "match", .source = CTL_FROM_LIST, .words = matches},
    [CTL_EXAMPLE] = {.name = "example", .source = CTL_FROM_LIST, .words = examples},
    [CTL_DURATION] = {.name = "duration", .source = CTL_FROM_NOTHING},
    [CTL_KIND] = {.name = "kind", .source = CTL_FROM_NOTHING},
};

const char *ctl_kind_name(enum ctl_kind kind)
{
    return kinds[kind].name;
}

enum ctl_source ctl_kind_source(enum ctl_kind kind)
{
    return kinds[kind].source;
}

const char *const *ctl_kind_words(enum ctl_kind kind)
{
    return kinds[kind].words;
}

/* ---- completion words ---- */

/* A word that the shell may put on the line, and what it is. */
static void print_word(struct map *said, const char *word, const char *about)
{
    if (!*word || !ctl_is_safe(word) || map_set_text(said, word, said))
        return;
    printf("%s\t", word);
    ctl_print_safe(about);
    putchar('\n');
}

static void print_item(const struct question *ask, struct map *said, const json_t *item)
{
    const json_t *value = json_object_get(item, ask->word);
    AUTO_FREE char *word = json_is_integer(value)
                               ? mem_printf("%lld", (long long)json_integer_value(value))
                               : mem_strdup(ctl_text(item, ask->word));
    if (ask->digits && strlen(word) > (size_t)ask->digits)
        word[ask->digits] = '\0';
    print_word(said, word, ask->about ? ctl_text(item, ask->about) : "");
}

static int print_answer(struct ctl *ctl, const struct question *ask, struct map *said)
{
    int status;
    AUTO_FREE char *why = NULL; /* nobody reads it while they type */
    json_t *answer =
        ctl_try(ctl, ask->verb, json_pack("{s:s*, s:i}", "state", ask->state, "limit", WORDS_MAX),
                &status, &why);
    const json_t *list = ask->list ? json_object_get(answer, ask->list) : answer;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) print_item(ask, said, item);
    json_decref(answer);
    return status;
}

static void print_plugins(const struct ctl *ctl, struct map *said)
{
    struct config_texts names = plugin_names(ctl->plugins ? ctl->plugins : PLUGINDIR);
    for (size_t i = 0; i < names.n; i++)
        print_word(said, names.items[i], "");
    texts_deinit(&names);
}

static int print_kind(struct ctl *ctl, enum ctl_kind kind, struct map *said)
{
    const struct kind *about = &kinds[kind];
    int status = EX_OK;
    for (const char *const *word = about->words; word && *word; word++)
        print_word(said, *word, "");
    if (kind == CTL_PLUGIN)
        print_plugins(ctl, said);
    if (about->ask.verb)
        status = print_answer(ctl, &about->ask, said);
    return about->also && status == EX_OK ? print_kind(ctl, about->also, said) : status;
}

int ctl_completion_words(struct ctl *ctl)
{
    enum ctl_kind kind = 0;
    while (kind < CTL_N_KINDS &&
           !(kinds[kind].source == CTL_FROM_TOCSINCTL && str_equal(kinds[kind].name, ctl->args[0])))
        kind++;
    if (kind == CTL_N_KINDS) {
        ctl_complain("there are no words of the kind \"%s\"", ctl->args[0]);
        return EX_USAGE;
    }
    struct map *said = map_new();
    ctl->patience_ms = PATIENCE_MS;
    int status = print_kind(ctl, kind, said);
    map_free(&said, NULL);
    return status;
}
