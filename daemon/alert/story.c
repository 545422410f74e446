/* Looking a story up; see story.h. */
#include "alert/story.h"

#include "base/filing.h"
#include "base/sketch.h"
#include "store/stories.h"

static void take(void *arg, int64_t row)
{
    filing_take(arg, row);
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
    struct filing filing = {.n = 0};
    for (size_t i = 0; i < FILING_ASKED && i < sketch->shingles.n; i++) {
        if (store_story_band(run->txn, sketch->shingles.hashes[i], FILING_BAND_MOST, take, &filing,
                             err) < 0)
            return -1;
    }
    int64_t row;
    for (int i = 0; i < FILING_COMPARE_MOST && (row = filing_likeliest(&filing)); i++) {
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
    size_t n = sketch.shingles.n < FILING_BANDS ? sketch.shingles.n : FILING_BANDS;
    return alike < 0
               ? -1
               : store_story_add(run->txn, &result->origin, story, result->sketch,
                                 result->sketch_len, sketch.shingles.hashes, n, run->now_ms, err);
}
