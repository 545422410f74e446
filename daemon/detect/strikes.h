/* The policy on what goes wrong: pure, given how often it went wrong before. */
#ifndef TOCSIN_DETECT_STRIKES_H
#define TOCSIN_DETECT_STRIKES_H

#include <stdbool.h>
#include <stdint.h>

/* A plugin that fails on a document as often as this is not asked about it again. */
#define STRIKES_OF_PLUGIN 2
/* Reading is the host's own code, and a host may be killed for reasons that are not the document's
 * fault. */
#define STRIKES_OF_READING 3
/* So many kills from outside over one document are nobody's fault; more are: it may be the document
 * that eats the memory. */
#define STRIKES_FREE_KILLS 3

/* A detector that cost a host its life, or was late, has hosts of its own for so long. */
#define STRIKES_APART_MS 600000

/* Nobody waits for a pause as long as this. */
#define STRIKES_LONG_PAUSE_MS 5000

enum strikes_verdict {
    STRIKES_AGAIN,      /* as before, with another host */
    STRIKES_ALONE,      /* one plugin a job, so that it is sure who fails */
    STRIKES_QUARANTINE, /* no more, visibly */
};

/* A plugin failed on a document; `strikes` counts this failure. */
enum strikes_verdict strikes_of_plugin(int strikes);
/* A host died while it read a document, before any plugin was at work. */
enum strikes_verdict strikes_of_reading(int strikes);
/* A host was killed from outside while it was at work on a document; `kills` counts this one. Is it
 * a failure? */
bool strikes_count_kill(int kills);
/* How long to wait before the next host is started, after so many deaths in a row without a job
 * done between them: the first is replaced at once. */
int64_t strikes_pause_ms(int deaths);

#endif
