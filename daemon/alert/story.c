/* Looking a story up; see story.h. */
#include "alert/story.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/sketch.h"
#include "store/stories.h"

/* The smallest hashes are what a text is filed under. Of two texts that are alike enough, one in
 * three shingles is common: that none of the twelve smallest is, happens once in a hundred times.
 */
#define BANDS_FILED  12
#define BANDS_ASKED  16
#define BAND_MOST    32 /* texts under one of them that are looked at, the latest */
#define COMPARE_MOST 16

struct candidates {
    int64_t rows[BANDS_ASKED * BAND_MOST];
    size_t n;
};

static void take(void *arg, int64_t row)
{
    struct candidates *candidates = arg;
    candidates->rows[candidates->n++] = row;
}

static int compare_rows(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* The row that stands in the sorted list most often, taken out of it; 0: none is left. */
static int64_t take_likeliest(struct candidates *candidates)
{
    size_t best = 0, n_best = 0;
    for (size_t i = 0; i < candidates->n;) {
        size_t end = i;
        while (end < candidates->n && candidates->rows[end] == candidates->rows[i])
            end++;
        if (candidates->rows[i] && end - i > n_best) {
            best = i;
            n_best = end - i;
        }
        i = end;
    }
    int64_t row = n_best ? candidates->rows[best] : 0;
    for (size_t i = 0; i < n_best; i++)
        candidates->rows[best + i] = 0;
    return row;
}

/* 1: this row's text is alike. */
static int compare(struct policy_run *run, int64_t row, const struct sketch *sketch,
                   struct hash *story, struct err *err)
{
    const void *bytes;
    size_t len;
    struct sketch other;
    int got = store_story_sketch(run->txn, row, &bytes, &len, story, err);
    if (got <= 0)
        return got;
    return sketch_unpack(bytes, len, &other) && sketch_alike(sketch, &other);
}

/* An earlier story that is alike: 1. */
static int look_up(struct policy_run *run, const struct sketch *sketch, struct hash *story,
                   struct err *err)
{
    struct candidates candidates = {.n = 0};
    for (size_t i = 0; i < BANDS_ASKED && i < sketch->shingles.n; i++) {
        if (store_story_band(run->txn, sketch->shingles.hashes[i], BAND_MOST, take, &candidates,
                             err) < 0)
            return -1;
    }
    if (candidates.n)
        qsort(candidates.rows, candidates.n, sizeof(int64_t), compare_rows);
    int64_t row;
    for (int i = 0; i < COMPARE_MOST && (row = take_likeliest(&candidates)); i++) {
        int alike = compare(run, row, sketch, story, err);
        if (alike)
            return alike;
    }
    return 0;
}

int story_find(struct policy_run *run, struct hash *story, struct err *err)
{
    const struct detect_result *result = run->result;
    struct sketch sketch;
    *story = result->origin;
    if (!run->policy->config->keep.story_ms ||
        !sketch_unpack(result->sketch, result->sketch_len, &sketch))
        return 0;
    int known = store_story_get(run->txn, &result->origin, story, err);
    if (known)
        return known < 0 ? -1 : 0;
    int alike = look_up(run, &sketch, story, err);
    if (alike <= 0)
        *story = result->origin;
    size_t n = sketch.shingles.n < BANDS_FILED ? sketch.shingles.n : BANDS_FILED;
    return alike < 0
               ? -1
               : store_story_add(run->txn, &result->origin, story, result->sketch,
                                 result->sketch_len, sketch.shingles.hashes, n, run->now_ms, err);
}
