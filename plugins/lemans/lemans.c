/*
 * The lemans detector: who will, may, would like to, will not, or did race the 24 Hours of Le Mans.
 * This file is its table and its three calls; how a document is read is told in story.h.
 *
 * A fact's key is its drivers, or the entrant where no driver is named, and the edition. Its
 * statuses ascend from a wish to a result.
 */
#include <tocsin/plugin.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/diag.h"

#include "headline.h"
#include "race.h"
#include "story.h"

static const char *const key_fields[] = {"driver", "entrant", "year", NULL};
static const char *const statuses[] = {"interest",  "rumoured", "confirmed",
                                       "ruled_out", "result",   NULL};

static void diags_tell(struct tocsin_instance *instance, const struct diags *diags)
{
    for (size_t i = 0; i < diags->n; i++) {
        const struct diag *diag = &diags->items[i];
        if (diag->warning)
            tocsin_warn(instance, diag->at.file, diag->at.line, diag->at.column, "%s", diag->text);
        else
            tocsin_fail(instance, diag->at.file, diag->at.line, diag->at.column, "%s", diag->text);
    }
}

static int lemans_init(struct tocsin_instance *instance, void **state)
{
    struct diags diags = {0};
    struct lists *lists = lists_read(tocsin_option_text(instance, "lists"), &diags);
    diags_tell(instance, &diags);
    diags_deinit(&diags);
    *state = lists;
    return lists ? 0 : -1;
}

/* The name under which a driver is the same in every document. */
static const char *driver_name(const struct person *person)
{
    return person->driver ? person->driver->name : person->name;
}

/* The drivers by their names in the lists, which are the key, and, where the document has others,
 * by those, too. */
static void drivers_report(const struct story *story, const struct fact *fact,
                           struct tocsin_finding *finding)
{
    bool other = false;
    for (size_t i = 0; i < fact->n_drivers; i++) {
        const struct person *person = &story->persons.items[fact->drivers[i]];
        tocsin_finding_field(finding, "driver", driver_name(person));
        other = other || !str_equal(driver_name(person), person->name);
    }
    for (size_t i = 0; other && i < fact->n_drivers; i++)
        tocsin_finding_field(finding, "named", story->persons.items[fact->drivers[i]].name);
}

static void fact_report(const struct story *story, const struct fact *fact,
                        struct tocsin_report *report)
{
    const struct reading *reading = &story->reading;
    struct tocsin_finding *finding = tocsin_report_fact(report, fact_status_name(fact->status));
    AUTO_FREE char *headline = headline_make(story, fact);
    tocsin_finding_summary(finding, "%s", headline);
    drivers_report(story, fact, finding);
    if (!fact->n_drivers && fact->team)
        tocsin_finding_field(finding, "entrant", fact->team);
    if (fact->team)
        tocsin_finding_field(finding, "team", fact->team);
    if (fact->car)
        tocsin_finding_field(finding, "car", fact->car);
    if (fact->race_class)
        tocsin_finding_field(finding, "class", fact->race_class);
    if (fact->year) {
        AUTO_FREE char *year = mem_printf("%d", fact->year);
        tocsin_finding_field(finding, "year", year);
    }
    tocsin_finding_field(finding, "language", language_name(story->language));
    tocsin_finding_score(finding, fact->score);
    uint32_t first = fact->quote_end ? fact->quote_first : fact->first;
    uint32_t end = fact->quote_end ? fact->quote_end : fact->end;
    tocsin_finding_evidence(finding, reading->tokens[first].start, reading->tokens[end - 1].end);
}

static int lemans_detect(void *state, const struct tocsin_document *document,
                         struct tocsin_report *report)
{
    const struct lists *lists = state;
    size_t n_words = 0, n_sentences = 0, len = 0;
    const struct tocsin_word *words = tocsin_document_words(document, &n_words);
    if (!race_anchored(lists, words, n_words))
        return 0;
    const struct tocsin_span *sentences = tocsin_document_sentences(document, &n_sentences);
    const char *text = tocsin_document_text(document, &len);
    struct story story;
    story_init(&story, lists, text, len, words, n_words, sentences, n_sentences,
               tocsin_document_date(document));
    for (size_t i = 0; i < story.facts.n; i++)
        fact_report(&story, &story.facts.items[i], report);
    story_deinit(&story);
    return 0;
}

static void lemans_fini(void *state)
{
    struct lists *lists = state;
    lists_free(&lists);
}

static const struct tocsin_option options[] = {
    {.name = "lists",
     .type = TOCSIN_OPTION_PATH,
     .fallback = LEMANS_LISTS,
     .help = "folder with the lists of drivers, teams, classes, races and cue words"},
    {.name = NULL},
};

static const struct tocsin_detector detector = {
    .size = sizeof(struct tocsin_detector),
    .key_fields = key_fields,
    .statuses = statuses,
    .edition_field = "year",
    .init = lemans_init,
    .detect = lemans_detect,
    .fini = lemans_fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,
    .name = "lemans",
    .version = PACKAGE_VERSION,
    .summary = "who races the 24 Hours of Le Mans: wishes, rumours, entries, results",
    .licence = "ISC",
    .options = options,
    .detector = &detector,
};
