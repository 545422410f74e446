/* From the words of a document to the topics filed under them, and those that match. */
#include "topics/engine.h"

#include <stdlib.h>

#define FEW   32 /* numbers that are sorted by insertion */
#define AHEAD 4  /* topics whose code is fetched before it is needed */

void engine_init(struct engine *engine, const struct image *image)
{
    *engine = (struct engine){.image = image};
    view_init(&engine->view, image);
}

void engine_deinit(struct engine *engine)
{
    view_deinit(&engine->view);
    free(engine->groups.numbers);
    free(engine->found.numbers);
    *engine = (struct engine){0};
}

void engine_set(struct engine *engine, const struct view_document *document)
{
    view_set(&engine->view, document);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static void insertion_sort(uint32_t *numbers, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

/* Ascending, each once. */
static void make_set(struct code *code)
{
    if (code->n <= FEW)
        insertion_sort(code->numbers, code->n);
    else
        qsort(code->numbers, code->n, sizeof(*code->numbers), compare_numbers);
    size_t kept = 0;
    for (size_t i = 0; i < code->n; i++)
        if (!kept || code->numbers[kept - 1] != code->numbers[i])
            code->numbers[kept++] = code->numbers[i];
    code->n = kept;
}

/* Notes the group under this key, if there is one, by its number. */
static void look_up(struct engine *engine, uint64_t key)
{
    const struct image_group *group = image_group(engine->image, key);
    if (group)
        code_put(&engine->groups, (uint32_t)(group - engine->image->groups));
}

static void look_up_field(struct engine *engine, enum query_field which)
{
    const struct view_field *field = view_field(&engine->view, which);
    uint32_t before = 0;
    for (uint32_t i = 0; i < field->n; i++) {
        uint32_t id = field->ids[i];
        if (id & ID_IS_KEY)
            look_up(engine, group_key(GROUP_WORD, 0, id & ID_MASK));
        if ((before & ID_IS_FIRST) && (id & ID_IS_SECOND)) {
            uint64_t key = group_key(GROUP_PAIR, before & ID_MASK, id & ID_MASK);
            if (image_may_pair(engine->image, key))
                look_up(engine, key);
        }
        before = id;
    }
    for (size_t i = 0; i < field->n_extras; i++)
        look_up(engine, group_key(GROUP_CLASS, 0, field->extras[i].id));
}

static void look_up_regexes(struct engine *engine, enum query_field which)
{
    for (uint32_t i = 0; i < engine->image->n_regexes; i++)
        if (view_has_regex(&engine->view, which, i))
            look_up(engine, group_key(GROUP_REGEX, 0, i));
}

static void take_group(struct engine *engine, const struct image_group *group)
{
    const uint32_t *posts = engine->image->posts + group->start;
    for (uint32_t i = 0; i < group->n; i++) {
        if (!(posts[i] & POST_LIST)) {
            code_put(&engine->found, posts[i]);
            continue;
        }
        const struct image_group *of_list =
            image_group(engine->image, group_key(GROUP_LIST, 0, posts[i] & ~POST_LIST));
        if (of_list)
            code_put(&engine->groups, (uint32_t)(of_list - engine->image->groups));
    }
}

static void take_groups(struct engine *engine)
{
    make_set(&engine->groups);
    size_t n = engine->groups.n; /* taking them may add those of lists */
    for (size_t i = 0; i < n; i++)
        take_group(engine, &engine->image->groups[engine->groups.numbers[i]]);
    engine->groups.n -= n;
    memmove(engine->groups.numbers, engine->groups.numbers + n,
            engine->groups.n * sizeof(*engine->groups.numbers));
}

const uint32_t *engine_candidates(struct engine *engine, size_t *n)
{
    const struct image *image = engine->image;
    engine->groups.n = engine->found.n = 0;
    look_up_field(engine, FIELD_TEXT);
    if (image->head->uses & IMAGE_USES_TITLE)
        look_up_field(engine, FIELD_TITLE);
    if (image->head->uses & IMAGE_USES_REGEX) {
        look_up_regexes(engine, FIELD_TEXT);
        look_up_regexes(engine, FIELD_TITLE);
    }
    look_up(engine, group_key(GROUP_ALWAYS, 0, 0));
    while (engine->groups.n)
        take_groups(engine);
    make_set(&engine->found);
    *n = engine->n_candidates = engine->found.n;
    return engine->found.numbers;
}

const uint32_t *engine_matches(struct engine *engine, size_t *n)
{
    size_t n_candidates, kept = 0;
    engine_candidates(engine, &n_candidates);
    uint32_t *found = engine->found.numbers;
    for (size_t i = 0; i < n_candidates; i++) {
        if (i + AHEAD < n_candidates)
            __builtin_prefetch(engine_code(engine, found[i + AHEAD]));
        const uint32_t *code = engine_code(engine, found[i]);
        if (sieve(&engine->view, code, true) && eval(&engine->view, code, &SCOPE_ALL))
            found[kept++] = found[i];
    }
    *n = kept;
    return found;
}
