/*
 * What plugins say besides their results: log lines, problems of `init`, actions. They go to the
 * daemon under the plugin's number; lines beyond a bound are counted instead, job by job.
 */
#ifndef TOCSIN_HOST_VOICE_H
#define TOCSIN_HOST_VOICE_H

#include "host/plugin.h"

/* Makes plugin->handle. */
void voice_attach(struct plugin *plugin);
/* From now on problems are log lines, and actions are passed on. */
void voice_set_up_is_over(void);
/* A job of this plugin begins: nothing was said yet. */
void voice_begin(struct plugin *plugin);
/* What the plugin logged last as an error since then; NULL. The caller frees it with free(3). */
char *voice_end(struct plugin *plugin);

#endif
