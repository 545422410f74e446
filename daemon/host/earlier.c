/* The detector on the text of before; see earlier.h. */
#include "host/earlier.h"

#include <string.h>

void earlier_deinit(struct earlier *earlier)
{
    if (earlier->is_known)
        tocsin_host_report_deinit(&earlier->report);
    buf_deinit(&earlier->text);
}

/* What the detector cannot judge, it has not found. */
static void find(struct earlier *earlier)
{
    const struct tocsin_document *now = earlier->document;
    const struct tocsin_detector *detector = earlier->plugin->table->detector;
    /* A copy, so that a NUL stands behind it, as plugins are promised. */
    buf_append(&earlier->text, now->before, now->before_len);
    struct tocsin_document document = {.text = buf_text(&earlier->text),
                                       .len = earlier->text.len,
                                       .title = now->title,
                                       .path = now->path,
                                       .source = now->source,
                                       .media_type = now->media_type,
                                       .date = now->date};
    earlier->report = (struct tocsin_report){.text_len = document.len};
    earlier->is_known = true;
    if (detector->detect(earlier->plugin->state, &document, &earlier->report) < 0) {
        tocsin_host_report_deinit(&earlier->report);
        earlier->report = (struct tocsin_report){0};
    }
    tocsin_host_document_deinit(&document);
}

bool earlier_has(struct earlier *earlier, const char *topic)
{
    if (!earlier->is_known)
        find(earlier);
    for (size_t i = 0; i < earlier->report.n; i++) {
        const struct tocsin_finding *finding = earlier->report.findings[i];
        if (!finding->is_fact && strcmp(finding->topic, topic) == 0)
            return true;
    }
    return false;
}
