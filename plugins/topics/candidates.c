/* From the words of a document to the topics that are filed under them. */
#include "topics/candidates.h"

#include <stdlib.h>

#define BATCH    64 /* keys that are looked up together */
#define LINE     64 /* bytes that memory comes in */
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

/* Leaves out what the filter knows to be under no key. */
static void sift(struct keys *keys)
{
    const uint64_t *filter = keys->candidates->image->group_filter;
    size_t n_filter = keys->candidates->image->n_group_filter, n = keys->n, kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct wanted wanted = keys->wanted[i];
        keys->wanted[kept] = wanted;
        kept += filter[filter_word(wanted.hash, n_filter)] >> (wanted.hash & 63) & 1;
    }
    keys->n = kept;
}

static void look_up_all(struct keys *keys)
{
    const struct image *image = keys->candidates->image;
    const struct image_group *groups = image->groups;
    size_t mask = image->n_groups - 1;
    sift(keys);
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

/* Adds a key, or, without a branch, leaves it out. */
static inline void want(struct keys *keys, uint64_t key, bool really)
{
    uint64_t hash = key_hash(keys->seed, key);
    keys->wanted[keys->n] = (struct wanted){.key = key, .hash = hash};
    keys->n += really;
    if (keys->n == BATCH)
        look_up_all(keys);
}

static inline void want_key(struct keys *keys, enum group_kind kind, uint32_t number)
{
    want(keys, group_key(kind, 0, number), true);
}

static void want_words(struct keys *keys, const struct view_field *field)
{
    const uint32_t *ids = field->ids;
    uint32_t before = 0, n = field->n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t id = ids[i];
        if (id & ID_IS_KEY)
            want_key(keys, GROUP_WORD, id & ID_MASK);
        if (before & ID_IS_FIRST)
            want(keys, group_key(GROUP_PAIR, before & ID_MASK, id & ID_MASK), id & ID_IS_SECOND);
        before = id;
    }
    for (size_t i = 0; i < field->n_extras; i++)
        want_key(keys, GROUP_CLASS, field->extras[i].id);
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
