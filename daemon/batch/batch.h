/*
 * tocsin-topics: queries and topics without a daemon. What tocsinctl runs for `topic check`,
 * `topic tree`, `topic match`, `topic test` and `topic backtest`.
 *
 * No plugin host is between it and the documents: it runs with the powers of whoever started it,
 * for it reads what they name and nothing else.
 */
#ifndef TOCSIN_BATCH_BATCH_H
#define TOCSIN_BATCH_BATCH_H

#include <stdio.h>

#include "base/buf.h"
#include "config/diag.h"
#include "topics/engine.h"

/* The command line after the command. Texts are those of argv. */
struct batch {
    const char **topics, **lists, **only, **paths; /* NULL-terminated */
    size_t n_topics, n_lists, n_only, n_paths;
    int jobs;
    bool stats, json;
};

/* ---- match.c, check.c, test.c and backtest.c: commands; the exit status ---- */
int batch_match(const struct batch *batch);
int batch_check(const struct batch *batch);
int batch_tree(const struct batch *batch);
int batch_test(const struct batch *batch);
int batch_backtest(const struct batch *batch);

/* ---- say.c: on standard error, without what steers a terminal ---- */
void say_lines(const char *text);
/* A line in the name of tocsinctl. */
void say_complaint(const char *fmt, ...) PRINTF(1, 2);
void say_diags(const struct diags *diags);
/* The same on standard output, of a text on one line. */
void put_safe(const char *text);

/* ---- paths.c ---- */

struct paths {
    char **items;
    size_t n, cap;
};
/* Every regular file of the paths and below them, in the order given, those of a folder by name. -1
 * when one cannot be read, which has been said. */
int paths_collect(struct paths *paths, const char *const *given);
void paths_deinit(struct paths *paths);

/* ---- index.c ---- */

/* The index of the batch's topics, keyed by how common words are in these documents. `image` points
 * into `bytes`, the caller's in any case. -1: something is wrong with the topics, which was said.
 */
int batch_index(const struct batch *batch, const struct paths *paths, struct buf *bytes,
                struct image *image);

/* ---- reading.c ---- */

struct reading {
    struct buf bytes, decoded;
    char *title;
    struct tocsin_words words;
    struct view_document document; /* points into the rest */
    const char *path;
};
/* The day at this place, YYYYMMDD. */
int32_t reading_today(void);
/* A document as hosts read it. False: it is no text, or cannot be read; `why` says it. */
bool reading_read(struct reading *reading, const char *path, int32_t today, struct buf *why);
/* The same of bytes that stand for a file of that name. */
bool reading_take(struct reading *reading, const char *bytes, size_t len, const char *path,
                  int32_t today, struct buf *why);
void reading_deinit(struct reading *reading);

#endif
