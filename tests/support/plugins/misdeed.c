/*
 * A detector that does what plugins must not do, when, on which documents and what its options say,
 * and logs how it went: "done" or the error. Otherwise it finds the word "needle" wherever it
 * stands, so that a host can be seen to work.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/plugin.h>

#include "channel.h"
#include "deeds.h"

#define MAX_INSTANCES 64 /* in one host */

struct misdeed {
    struct tocsin_instance *instance;
    const char *deed, *path;
    const char *only; /* a word that a document must hold for a deed in detect; NULL: any */
    bool in_detect;
};

static void run_deed(const struct misdeed *misdeed)
{
    int result = deed_do(misdeed->deed, misdeed->path);
    if (result < 0)
        result = channel_do(misdeed->deed);
    if (result >= 0)
        tocsin_log(misdeed->instance, TOCSIN_NOTICE, "%s: %s", misdeed->deed,
                   result ? strerror(result) : "done");
}

static int misdeed_init(struct tocsin_instance *instance, void **state)
{
    /* Not from the heap: some hosts end without fini, and leaks are looked for. */
    static struct misdeed all[MAX_INSTANCES];
    static size_t n;
    if (n == MAX_INSTANCES)
        return tocsin_fail(instance, NULL, 0, 0, "more than %d of it", MAX_INSTANCES);
    struct misdeed *misdeed = &all[n++];
    *misdeed = (struct misdeed){.instance = instance,
                                .deed = tocsin_option_text(instance, "deed"),
                                .path = deed_path(tocsin_option_text(instance, "path")),
                                .only = tocsin_option_text(instance, "only"),
                                .in_detect = tocsin_option_bool(instance, "late")};
    *state = misdeed;
    if (strcmp(misdeed->deed, "fail") == 0)
        return tocsin_fail(instance, "names.txt", 3, 7, "the team \"%s\" is unknown", "Ferari");
    if (!misdeed->in_detect)
        run_deed(misdeed);
    return 0;
}

static void misdeed_fini(void *state)
{
    (void)state;
}

static void spam(struct tocsin_instance *instance, struct tocsin_report *report)
{
    for (int i = 0; i < 5000; i++) {
        tocsin_log(instance, TOCSIN_INFO, "line %d", i);
        struct tocsin_finding *finding = tocsin_report_topic(report, "spam");
        tocsin_finding_evidence(finding, 0, 1);
    }
}

static void find_needles(const struct tocsin_document *document, struct tocsin_report *report)
{
    size_t n;
    const struct tocsin_word *words = tocsin_document_words(document, &n);
    for (size_t i = 0; i < n; i++) {
        if (words[i].folded_len != 6 || memcmp(words[i].folded, "needle", 6) != 0)
            continue;
        struct tocsin_finding *finding = tocsin_report_topic(report, "needle");
        tocsin_finding_summary(finding, "a needle in %s", tocsin_document_path(document));
        tocsin_finding_severity(finding, TOCSIN_HIGH);
        tocsin_finding_label(finding, "sharp");
        tocsin_finding_field(finding, "date", tocsin_document_date(document) > 0 ? "yes" : "no");
        tocsin_finding_evidence(finding, words[i].start, words[i].end);
    }
}

static bool is_meant(const struct misdeed *misdeed, const struct tocsin_document *document)
{
    size_t len;
    return !misdeed->only || strstr(tocsin_document_text(document, &len), misdeed->only);
}

static int misdeed_detect(void *state, const struct tocsin_document *document,
                          struct tocsin_report *report)
{
    const struct misdeed *misdeed = state;
    if (misdeed->in_detect && is_meant(misdeed, document))
        run_deed(misdeed);
    if (strcmp(misdeed->deed, "spam") == 0)
        spam(misdeed->instance, report);
    if (strcmp(misdeed->deed, "unproven") == 0)
        tocsin_finding_summary(tocsin_report_topic(report, "unproven"), "no evidence");
    if (strcmp(misdeed->deed, "refuse") == 0 && is_meant(misdeed, document)) {
        tocsin_log(misdeed->instance, TOCSIN_ERROR, "this document is beyond me");
        return -1;
    }
    find_needles(document, report);
    return 0;
}

static int misdeed_explain(void *state, const struct tocsin_document *document, const char *topic,
                           struct tocsin_explain *explain)
{
    (void)state;
    size_t len;
    bool there = strstr(tocsin_document_text(document, &len), "needle") != NULL;
    tocsin_explain_topic(explain, topic ? topic : "needle", there);
    tocsin_explain_part(explain, 1, there, "needle", "%zu bytes were searched", len);
    return 0;
}

static int misdeed_topics(void *state, struct tocsin_topics *topics)
{
    (void)state;
    static const char *const labels[] = {"sharp", NULL};
    tocsin_topics_add(topics, "needle", TOCSIN_HIGH, labels, "needle", NULL, 0);
    return 0;
}

static const struct tocsin_option options[] = {
    {.name = "deed", .type = TOCSIN_OPTION_TEXT, .fallback = "none", .help = "what to do"},
    {.name = "only",
     .type = TOCSIN_OPTION_TEXT,
     .help = "a deed in detect is done only where this stands"},
    {.name = "late", .type = TOCSIN_OPTION_BOOL, .fallback = "no", .help = "in detect, not init"},
    {.name = "path", .type = TOCSIN_OPTION_TEXT, .help = "of the file to misuse"},
    {.name = "allowed", .type = TOCSIN_OPTION_PATH, .help = "a file that may be read"},
    {.name = "level",
     .type = TOCSIN_OPTION_CHOICE,
     .fallback = "low",
     .choices = "low|high",
     .help = "for nothing"},
    {.name = NULL},
};

static const struct tocsin_detector detector = {
    .size = sizeof(struct tocsin_detector),
    .init = misdeed_init,
    .fini = misdeed_fini,
    .detect = misdeed_detect,
    .explain = misdeed_explain,
    .topics = misdeed_topics,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "misdeed",
    .version = "1",        .summary = "does what plugins must not do",
    .licence = "ISC",      .options = options,
    .detector = &detector,
};
