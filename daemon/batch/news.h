/*
 * What of a version is news to a topic, in a backtest: what neither its own document nor another of
 * its story has told before, in these words or in others. alert/topics.c
 * decides so.
 */
#ifndef TOCSIN_BATCH_NEWS_H
#define TOCSIN_BATCH_NEWS_H

#include <stdint.h>

#include <tocsin/plugin.h>

#include "host/quote.h"

struct news;

struct news *news_new(void);
void news_free(struct news **news);

/* The next version that anything is found in, oldest first; texts are the caller's until the one
 * after it. */
void news_take(struct news *news, const struct tocsin_document *document, const char *origin,
               const char *title, int64_t seen_ms);
/* The first of the quotes that is news, NULL: none is. All of them count as told then. */
const char *news_find(struct news *news, uint32_t topic, const struct ipc_quotes *quotes);

#endif
