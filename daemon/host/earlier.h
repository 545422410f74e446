/*
 * What a detector finds in the text that a document had before its last change. Where a match rests
 * on old words alone, this tells a match that was there before from one that the change has made by
 * taking words away: "alarm NOT drill" matches once the drill is gone.
 */
#ifndef TOCSIN_HOST_EARLIER_H
#define TOCSIN_HOST_EARLIER_H

#include "host/plugin.h"

struct earlier {
    struct plugin *plugin;
    const struct tocsin_document *document; /* as it is now */
    bool is_known;
    struct buf text;
    struct tocsin_report report;
};
#define EARLIER_INIT(plugin_, document_)                                                           \
    {                                                                                              \
        .plugin = (plugin_), .document = (document_)                                               \
    }
void earlier_deinit(struct earlier *earlier);
/* Was the topic found in that text, too? The detector is only asked when somebody wants to know. */
bool earlier_has(struct earlier *earlier, const char *topic);

#endif
