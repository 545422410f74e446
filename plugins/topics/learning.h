/*
 * Learning how common words are in the documents at hand, so that topics are filed under what is
 * rare among those (frequency.h): from the first documents that come, and again when they have
 * become others, which shows in how many topics each has to be held against.
 */
#ifndef TOCSIN_TOPICS_LEARNING_H
#define TOCSIN_TOPICS_LEARNING_H

#include <stdbool.h>

#include "topics/frequency.h"

/* Fewer topics are cheap under any keys. */
#define LEARNING_TOPICS 1000
/* From one document in so many, and from how many. */
#define LEARNING_STEP      4
#define LEARNING_DOCUMENTS 250
/* Documents whose candidates are counted together. */
#define LEARNING_WINDOW 1000

enum learning_state { LEARNING_OVER, LEARNING_NOW, LEARNING_WATCHES };

struct learning {
    enum learning_state state;
    struct frequency_counts *counts; /* while it learns */
    size_t n_seen;                   /* documents since that began, or of the window */
    size_t n_candidates;             /* of the window */
    size_t n_at_first;               /* of the first window; 0: that is not over */
};

/* `has_learnt`: the index is filed by what was learnt. */
void learning_init(struct learning *learning, size_t n_topics, bool has_learnt);
void learning_deinit(struct learning *learning);
/* A document, and how many topics it was held against. True: enough has been learnt; it is in
 * `counts` until learning_deinit, and nothing more is learnt. */
bool learning_see(struct learning *learning, const struct tocsin_word *words, size_t n_words,
                  size_t n_candidates);

#endif
