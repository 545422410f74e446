/* The plugins that are installed: which there are, and what each says of itself. */
#ifndef TOCSIN_CTL_PLUGINS_H
#define TOCSIN_CTL_PLUGINS_H

#include "ctl/offline.h"

/* NAME of each NAME.so in these folders (separated by ':'), sorted, each once; the caller's. */
struct config_texts plugin_names(const char *dirs);
/* The description of each, or {"name", "kind": "unusable", "summary": why}; a new reference. */
json_t *plugin_list(struct offline *offline);

#endif
