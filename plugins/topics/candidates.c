/* From the words of a document to the topics that are filed under them. */
#include "topics/candidates.h"

#include <stdlib.h>

#define BATCH    128 /* keys that are looked up together, at most */
#define WORDS    64  /* that are made into keys together */
#define LINE     64  /* bytes that memory comes in */
#define PER_LINE (LINE / sizeof(uint32_t))

struct keys {
    struct candidates *candidates;
    uint64_t seed;
    struct wanted {
        uint64_t key, hash;
    } wanted[BATCH + 1]; /* one more is written and left out again */
    size_t n;
};

void candidates_init(struct candidates *candidates, const struct image *image)
{
    *candidates = (struct candidates){.image = image};
    candidates->met = NEW_N(uint64_t, image->n_groups / 64 + 1);
}

void candidates_deinit(struct candidates *candidates)
{
    free(candidates->met);
    free(candidates->groups.numbers);
    free(candidates->items);
    *candidates = (struct candidates){0};
}

/* ---- from keys to groups ---- */

static void fetch_code(const uint32_t *code)
{
    __builtin_prefetch(code - 1);
    __builtin_prefetch(code + PER_LINE - 1);
}

/* Once for each group. */
static void meet(struct candidates *candidates, const struct image_group *group)
{
    const struct image *image = candidates->image;
    size_t number = (size_t)(group - image->groups);
    uint64_t bit = UINT64_C(1) << (number % 64), *met = &candidates->met[number / 64];
    if (*met & bit)
        return;
    *met |= bit;
    code_put(&candidates->groups, (uint32_t)number);
    if (group->n > 1)
        __builtin_prefetch(image->posts + group->start);
    else if (!(group->start & POST_LIST))
        fetch_code(image->code + group->start);
}

static void look_up_all(struct keys *keys)
{
    const struct image *image = keys->candidates->image;
    const struct image_group *groups = image->groups;
    size_t mask = image->n_groups - 1;
    for (size_t i = 0; i < keys->n; i++)
        __builtin_prefetch(&groups[keys->wanted[i].hash & mask]);
    for (size_t i = 0; i < keys->n; i++) {
        const struct wanted *wanted = &keys->wanted[i];
        const struct image_group *group = image_group_at(image, wanted->key, wanted->hash & mask);
        if (group)
            meet(keys->candidates, group);
    }
    keys->n = 0;
}

static inline void want_key(struct keys *keys, enum group_kind kind, uint32_t number)
{
    uint64_t key = group_key(kind, 0, number);
    keys->wanted[keys->n++] = (struct wanted){.key = key, .hash = key_hash(keys->seed, key)};
    if (keys->n == BATCH)
        look_up_all(keys);
}

/* Positions from `start` on of words that may be the second of a pair with the word before. Told
 * without a branch, which could not be foretold. */
static size_t find_pairs(const uint32_t *ids, uint32_t start, uint32_t end, uint32_t *found)
{
    size_t n = 0;
    for (uint32_t i = start; i < end; i++) {
        found[n] = i;
        n += ids[i - 1] / ID_IS_FIRST & ids[i] / ID_IS_SECOND & 1;
    }
    return n;
}

/* Keys of these pairs, but for those that the filter knows to be under none. What the loop reads is
 * kept at hand, for its stores could be to it. */
static void want_pairs(struct keys *keys, const uint32_t *ids, const uint32_t *found, size_t n)
{
    const struct image *image = keys->candidates->image;
    const uint64_t *filter = image->group_filter, seed = keys->seed;
    size_t n_filter = image->n_group_filter, n_kept = keys->n;
    for (size_t i = 0; i < n; i++) {
        uint32_t second = found[i];
        uint64_t key = group_key(GROUP_PAIR, ids[second - 1] & ID_MASK, ids[second] & ID_MASK);
        uint64_t hash = key_hash(seed, key);
        keys->wanted[n_kept] = (struct wanted){.key = key, .hash = hash};
        n_kept += filter_has(filter, n_filter, hash);
    }
    keys->n = n_kept;
}

static void want_words(struct keys *keys, const struct view_field *field)
{
    const uint32_t *ids = field->ids;
    uint32_t n = field->n;
    for (uint32_t i = 0; i < n; i++)
        if (ids[i] & ID_IS_KEY)
            want_key(keys, GROUP_WORD, ids[i] & ID_MASK);
    for (size_t i = 0; i < field->n_extras; i++)
        want_key(keys, GROUP_CLASS, field->extras[i].id);
    for (uint32_t start = 1; start < n; start += WORDS) {
        uint32_t found[WORDS], end = n - start < WORDS ? n : start + WORDS;
        size_t n_found = find_pairs(ids, start, end, found);
        if (keys->n + n_found > BATCH)
            look_up_all(keys);
        want_pairs(keys, ids, found, n_found);
    }
    look_up_all(keys);
}

static void want_regexes(struct keys *keys, struct view *view, enum query_field which)
{
    for (uint32_t i = 0; i < view->image->n_regexes; i++)
        if (view_has_regex(view, which, i))
            want_key(keys, GROUP_REGEX, i);
    look_up_all(keys);
}

static void find_groups(struct candidates *candidates, struct view *view)
{
    struct keys keys = {.candidates = candidates, .seed = candidates->image->seed};
    want_words(&keys, view_field(view, FIELD_TEXT));
    candidates->n_in_text = candidates->groups.n;
    if (candidates->image->head->uses & IMAGE_USES_TITLE)
        want_words(&keys, view_field(view, FIELD_TITLE));
    if (candidates->image->head->uses & IMAGE_USES_REGEX) {
        want_regexes(&keys, view, FIELD_TEXT);
        want_regexes(&keys, view, FIELD_TITLE);
    }
    want_key(&keys, GROUP_ALWAYS, 0);
    look_up_all(&keys);
}

/* ---- from groups to code ---- */

static void add(struct candidates *candidates, uint32_t code, struct pair pair)
{
    if (candidates->n == candidates->cap)
        candidates->items = mem_grow(candidates->items, &candidates->cap, candidates->n + 1,
                                     sizeof(*candidates->items));
    candidates->items[candidates->n++] = (struct candidate){.code = code, .pair = pair};
}

/* A list's group stands for those of the topics that name it. */
static void take_list(struct candidates *candidates, uint32_t number)
{
    const struct image_group *group =
        image_group(candidates->image, group_key(GROUP_LIST, 0, number));
    if (group)
        meet(candidates, group);
}

static void take_group(struct candidates *candidates, size_t i)
{
    const struct image *image = candidates->image;
    const struct image_group *group = &image->groups[candidates->groups.numbers[i]];
    const uint32_t *posts = image_posts(image, group);
    struct pair pair = {ID_NONE, ID_NONE};
    if (i < candidates->n_in_text)
        pair = group_pair(group->key);
    for (uint32_t at = 0; at < group->n; at++) {
        if (posts[at] & POST_LIST) {
            take_list(candidates, posts[at] & ~POST_LIST);
            continue;
        }
        if (group->n > 1)
            fetch_code(image->code + posts[at]);
        add(candidates, posts[at], pair);
    }
}

static void forget_groups(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->groups.n; i++)
        candidates->met[candidates->groups.numbers[i] / 64] = 0;
    candidates->groups.n = candidates->n = 0;
}

void candidates_find(struct candidates *candidates, struct view *view)
{
    forget_groups(candidates);
    find_groups(candidates, view);
    for (size_t i = 0; i < candidates->groups.n; i++) /* lists add to them */
        take_group(candidates, i);
}
