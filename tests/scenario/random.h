/* A script that is being made at random: random.c plays it, chance.c has what may happen. */
#ifndef TOCSIN_TESTS_RANDOM_H
#define TOCSIN_TESTS_RANDOM_H

#include "base/buf.h"
#include "promises.h"

struct game {
    struct script script;
    struct promises promises;
    struct buf lines; /* as played so far */
    uint64_t random;
    int n_starts;
};

/* One of 0 to n - 1. */
unsigned random_pick(struct game *game, unsigned n);
int random_play(struct game *game, const char *fmt, ...) PRINTF(2, 3);

/* The beginning, any line, and the end of a script: -1 when a promise is broken. */
int chance_begin(struct game *game);
int chance_line(struct game *game);
int chance_end(struct game *game);

#endif
