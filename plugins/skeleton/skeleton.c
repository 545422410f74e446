/*
 * skeleton: a complete detector to copy. It reports every document that holds one word.
 *
 *     cc -std=c17 -fPIC -shared -o skeleton.so skeleton.c $(pkg-config --cflags --libs
 * tocsin-plugin)
 *
 * README.md beside it is the way from here to a plugin of your own; tocsin-plugin(7) has the rest.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/plugin.h>
#include <tocsin/text.h>

/* The configuration is checked against this table before init is called. */
static const struct tocsin_option options[] = {
    {.name = "word",
     .type = TOCSIN_OPTION_TEXT,
     .required = true,
     .help = "The word to look for; case and accents do not count"},
    {0},
};

/* Reads the options and builds the state, here just a word. Files can be read only here. */
static int skeleton_init(struct tocsin_instance *instance, void **state)
{
    const char *word = tocsin_option_text(instance, "word");
    char *folded = tocsin_fold(word, strlen(word)); /* as the words of documents are */
    if (!folded[0] || strchr(folded, ' ')) {
        free(folded);
        return tocsin_fail(instance, NULL, 0, 0, "word: \"%s\" is not one word", word);
    }
    *state = folded;
    return 0;
}

/* Looks at one document. Every finding needs evidence: the bytes of the text that prove it. */
static int skeleton_detect(void *state, const struct tocsin_document *document,
                           struct tocsin_report *report)
{
    const char *wanted = state;
    struct tocsin_finding *finding = NULL;
    size_t n, len = strlen(wanted);
    const struct tocsin_word *words = tocsin_document_words(document, &n);
    for (size_t i = 0; i < n; i++) {
        if (words[i].folded_len != len || memcmp(words[i].folded, wanted, len) != 0)
            continue;
        if (!finding)
            finding = tocsin_report_topic(report, wanted);
        tocsin_finding_evidence(finding, words[i].start, words[i].end);
    }
    if (finding)
        tocsin_finding_summary(finding, "%s: %s", wanted, tocsin_document_title(document));
    return 0;
}

static void skeleton_fini(void *state)
{
    free(state);
}

/* The calls that a detector has; explain and topics are optional. */
static const struct tocsin_detector detector = {
    .size = sizeof(struct tocsin_detector),
    .init = skeleton_init,
    .detect = skeleton_detect,
    .fini = skeleton_fini,
};

/* The one symbol that the host looks for. The name is the file's name. */
TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "skeleton",
    .version = "1",        .summary = "Reports documents that hold one word",
    .licence = "ISC",      .options = options,
    .detector = &detector,
};
