/* Texts by origin and by band; see stories.h. */
#include "batch/stories.h"

#include <stdlib.h>

#include "base/filing.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

#define KEPT_MS    (INT64_C(7) * 24 * 3600 * 1000) /* what `keep: stories` is by default */
#define MARKS_MOST 32                              /* documents of a story whose marks are asked */

struct text {
    char *origin;
    size_t story; /* the text that began it */
    size_t next;  /* another of the story, 0: none; from the one that began it */
    int64_t seen_ms;
    struct sketch *sketch; /* NULL: too old to be found */
};

/* The latest under one shingle, in a ring. */
struct band {
    size_t texts[FILING_BAND_MOST];
    size_t n;
};

struct stories {
    struct text *texts; /* [0] is none */
    size_t n, cap;
    size_t n_old;          /* of them, without a sketch */
    struct map *by_origin; /* texts + n */
    struct map *by_band;
};

struct stories *stories_new(void)
{
    struct stories *stories = NEW(struct stories);
    stories->by_origin = map_new();
    stories->by_band = map_new();
    stories->texts = mem_grow(NULL, &stories->cap, 1, sizeof(struct text));
    stories->texts[0] = (struct text){0};
    stories->n = stories->n_old = 1;
    return stories;
}

void stories_free(struct stories **stories)
{
    struct stories *s = *stories;
    if (!s)
        return;
    for (size_t i = 1; i < s->n; i++) {
        free(s->texts[i].origin);
        free(s->texts[i].sketch);
    }
    free(s->texts);
    map_free(&s->by_origin, NULL);
    map_free(&s->by_band, free);
    free(s);
    *stories = NULL;
}

static size_t text_of(const struct stories *stories, const char *origin)
{
    return (size_t)(uintptr_t)map_get_text(stories->by_origin, origin);
}

static void forget_old(struct stories *stories, int64_t seen_ms)
{
    for (; stories->n_old < stories->n; stories->n_old++) {
        struct text *text = &stories->texts[stories->n_old];
        if (text->seen_ms >= seen_ms - KEPT_MS)
            return;
        free(text->sketch);
        text->sketch = NULL;
    }
}

/* An earlier text that is alike, 0: none is. */
static size_t look_up(const struct stories *stories, const struct sketch *sketch)
{
    struct filing filing = {.n = 0};
    for (size_t i = 0; i < FILING_ASKED && i < sketch->shingles.n; i++) {
        const uint32_t *shingle = &sketch->shingles.hashes[i];
        const struct band *band = map_get(stories->by_band, shingle, sizeof(*shingle));
        for (size_t k = 0; band && k < band->n && k < FILING_BAND_MOST; k++)
            filing_take(&filing, (int64_t)band->texts[k]);
    }
    int64_t row;
    for (int i = 0; i < FILING_COMPARE_MOST && (row = filing_likeliest(&filing)); i++) {
        const struct text *text = &stories->texts[row];
        if (text->sketch && sketch_alike(sketch, text->sketch))
            return (size_t)row;
    }
    return 0;
}

static void file(struct stories *stories, const struct sketch *sketch, size_t number)
{
    for (size_t i = 0; i < FILING_BANDS && i < sketch->shingles.n; i++) {
        const uint32_t *shingle = &sketch->shingles.hashes[i];
        struct band *band = map_get(stories->by_band, shingle, sizeof(*shingle));
        if (!band) {
            band = NEW(struct band);
            map_set(stories->by_band, shingle, sizeof(*shingle), band);
        }
        band->texts[band->n++ % FILING_BAND_MOST] = number;
    }
}

static size_t add(struct stories *stories, const char *origin, const struct sketch *sketch,
                  int64_t seen_ms)
{
    size_t alike = look_up(stories, sketch), number = stories->n;
    size_t story = alike ? stories->texts[alike].story : number;
    stories->texts =
        mem_grow(stories->texts, &stories->cap, stories->n + 1, sizeof(*stories->texts));
    stories->texts[stories->n++] = (struct text){.origin = mem_strdup(origin),
                                                 .story = story,
                                                 .seen_ms = seen_ms,
                                                 .sketch = mem_copy(sketch, sizeof(*sketch))};
    if (alike) {
        struct text *first = &stories->texts[story];
        stories->texts[number].next = first->next;
        first->next = number;
    }
    map_set_text(stories->by_origin, origin, (void *)(uintptr_t)number);
    file(stories, sketch, number);
    return number;
}

const char *stories_find(struct stories *stories, const char *origin, const struct sketch *sketch,
                         int64_t seen_ms)
{
    size_t number = text_of(stories, origin);
    if (!number && sketch->shingles.n < SKETCH_LEAST)
        return origin;
    forget_old(stories, seen_ms);
    if (!number)
        number = add(stories, origin, sketch, seen_ms);
    return stories->texts[stories->texts[number].story].origin;
}

bool stories_marks(const struct stories *stories, const char *story, const char *origin,
                   struct retold *retold)
{
    bool any = false;
    size_t at = text_of(stories, story);
    for (int n = 0; at && n < MARKS_MOST; at = stories->texts[at].next, n++) {
        const struct text *text = &stories->texts[at];
        if (str_equal(text->origin, origin))
            continue;
        any = true;
        if (text->sketch)
            retold_add_marks(retold, &text->sketch->marks);
    }
    return any;
}
