/*
 * Stories among versions that come oldest first, in memory: decided as alert/story.h decides, for a
 * backtest.
 */
#ifndef TOCSIN_BATCH_STORIES_H
#define TOCSIN_BATCH_STORIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/retold.h"

struct stories;

struct stories *stories_new(void);
void stories_free(struct stories **stories);

/* The origin that stands for the story of a document: its own, or that of an earlier one; the
 * stories' or the caller's. */
const char *stories_find(struct stories *stories, const char *origin, const struct sketch *sketch,
                         int64_t seen_ms);
/* Adds the marks of the story's documents of other origins. False: there are none. */
bool stories_marks(const struct stories *stories, const char *story, const char *origin,
                   struct retold *retold);

#endif
