/* What is said of a topic that matches. */
#include "topics/report.h"

#include <stdlib.h>
#include <string.h>

#define HEADLINE_CHARS 100 /* of the document's title */
#define MATCHED_MAX    6   /* different words or phrases that are named */

/* Names what matched, as the document writes it, each once. */
static void add_matched(struct tocsin_finding *finding, const char *text,
                        const struct evidence *evidence)
{
    char *named[MATCHED_MAX];
    size_t n = 0;
    for (size_t i = 0; i < evidence->n && n < MATCHED_MAX; i++) {
        const struct evidence_span *span = &evidence->spans[i];
        named[n] = tocsin_display(text + span->start, span->end - span->start);
        bool known = false;
        for (size_t at = 0; at < n; at++)
            known |= !strcmp(named[at], named[n]);
        if (known)
            free(named[n]);
        else
            tocsin_finding_field(finding, "matched", named[n++]);
    }
    while (n > 0)
        free(named[--n]);
}

void report_topic(struct engine *engine, uint32_t number, struct tocsin_report *report)
{
    const struct image *image = engine->image;
    const struct view_document *document = engine->view.document;
    const struct image_topic *topic = &image->topics[number];
    struct evidence evidence;
    evidence_find(&engine->view, engine_code(engine, number), &evidence);

    const char *name = image_topic_name(image, number);
    struct tocsin_finding *finding = tocsin_report_topic(report, name);
    AUTO_FREE char *title = tocsin_shorten(document->title, HEADLINE_CHARS);
    tocsin_finding_summary(finding, "%s%s%s", name, title[0] ? ": " : "", title);
    tocsin_finding_severity(finding, (enum tocsin_severity)topic->severity);
    if (topic->shadow)
        tocsin_finding_shadow(finding, image_topic_path(image, topic),
                              image_topic_line(image, topic));
    for (const char *label = image_text(image, topic->labels); *label; label += strlen(label) + 1)
        tocsin_finding_label(finding, label);
    if (topic->description)
        tocsin_finding_field(finding, "description", image_text(image, topic->description));
    for (size_t i = 0; i < evidence.n_entries; i++)
        tocsin_finding_field(finding, evidence.entries[i].list, evidence.entries[i].entry);
    add_matched(finding, document->text, &evidence);
    for (size_t i = 0; i < evidence.n; i++)
        tocsin_finding_evidence(finding, evidence.spans[i].start, evidence.spans[i].end);
}
