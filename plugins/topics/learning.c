/* When to learn; see learning.h. */
#include "topics/learning.h"

/* It pays to file anew when a document is held against so many times as many topics as at first,
 * and some more. */
#define STALE_TIMES 2
#define STALE_MORE  8

static void begin(struct learning *learning)
{
    learning->state = LEARNING_NOW;
    learning->counts = frequency_counts_new();
    learning->n_seen = 0;
}

void learning_init(struct learning *learning, size_t n_topics, bool has_learnt)
{
    *learning = (struct learning){.state = LEARNING_OVER};
    if (n_topics < LEARNING_TOPICS)
        return;
    if (has_learnt)
        learning->state = LEARNING_WATCHES;
    else
        begin(learning);
}

void learning_deinit(struct learning *learning)
{
    frequency_counts_free(&learning->counts);
}

static bool is_stale(const struct learning *learning)
{
    size_t most = learning->n_at_first * STALE_TIMES + (size_t)LEARNING_WINDOW * STALE_MORE;
    return learning->n_at_first && learning->n_candidates > most;
}

static void watch(struct learning *learning, size_t n_candidates)
{
    learning->n_candidates += n_candidates;
    if (++learning->n_seen < LEARNING_WINDOW)
        return;
    if (is_stale(learning)) {
        begin(learning);
        return;
    }
    if (!learning->n_at_first)
        learning->n_at_first = learning->n_candidates + 1;
    learning->n_seen = learning->n_candidates = 0;
}

bool learning_see(struct learning *learning, const struct tocsin_word *words, size_t n_words,
                  size_t n_candidates)
{
    if (learning->state == LEARNING_WATCHES)
        watch(learning, n_candidates);
    else if (learning->state == LEARNING_NOW && learning->n_seen++ % LEARNING_STEP == 0 &&
             frequency_counts_learn(learning->counts, words, n_words) == LEARNING_DOCUMENTS) {
        learning->state = LEARNING_OVER;
        return true;
    }
    return false;
}
