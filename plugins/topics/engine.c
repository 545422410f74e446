/* Which topics match a document: candidates, held against it by the sieve and then by their code.
 */
#include "topics/engine.h"

#include <stdlib.h>

#define FEW 32 /* numbers that are sorted by insertion */

int engine_init(struct engine *engine, const struct image *image, struct err *err)
{
    *engine = (struct engine){.image = image};
    candidates_init(&engine->candidates, image);
    engine->taken = NEW_N(uint64_t, image->n_topics / 64 + 1);
    return view_init(&engine->view, image, err);
}

void engine_deinit(struct engine *engine)
{
    view_deinit(&engine->view);
    candidates_deinit(&engine->candidates);
    free(engine->taken);
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

static void sort(uint32_t *numbers, size_t n)
{
    if (n > FEW) {
        qsort(numbers, n, sizeof(*numbers), compare_numbers);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        uint32_t number = numbers[i];
        size_t at = i;
        for (; at > 0 && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

/* Finds the candidates, each topic once. */
static void find(struct engine *engine)
{
    struct candidates *candidates = &engine->candidates;
    candidates_find(candidates, &engine->view);
    struct candidate *items = candidates->items;
    size_t kept = 0;
    for (size_t i = 0; i < candidates->n; i++) {
        uint32_t topic = image_post_topic(engine->image, items[i].code);
        uint64_t bit = UINT64_C(1) << (topic % 64), *taken = &engine->taken[topic / 64];
        if (*taken & bit)
            continue;
        *taken |= bit;
        items[kept++] = items[i];
    }
    engine->n_candidates = candidates->n = kept;
    for (size_t i = 0; i < kept; i++)
        engine->taken[image_post_topic(engine->image, items[i].code) / 64] = 0;
    engine->found.n = 0;
}

static const uint32_t *in_order(struct engine *engine, size_t *n)
{
    *n = engine->found.n;
    sort(engine->found.numbers, *n);
    return engine->found.numbers;
}

const uint32_t *engine_candidates(struct engine *engine, size_t *n)
{
    find(engine);
    for (size_t i = 0; i < engine->candidates.n; i++) {
        uint32_t topic = image_post_topic(engine->image, engine->candidates.items[i].code);
        if (image_has_topic(engine->image, topic))
            code_put(&engine->found, topic);
    }
    return in_order(engine, n);
}

static bool holds(struct engine *engine, const struct view_field *text,
                  const struct candidate *candidate)
{
    const uint32_t *code = engine->image->code + candidate->code;
    const struct sieve_scope scope = {.text = text, .whole = true, .pair = candidate->pair};
    enum sieve answer = sieve(&scope, code);
    return answer == SIEVE_YES || (answer == SIEVE_MAYBE && eval(&engine->view, code, &SCOPE_ALL));
}

const uint32_t *engine_matches(struct engine *engine, size_t *n)
{
    find(engine);
    const struct view_field *text =
        engine->candidates.n ? view_marked(&engine->view, FIELD_TEXT) : NULL;
    for (size_t i = 0; i < engine->candidates.n; i++) {
        const struct candidate *candidate = &engine->candidates.items[i];
        if (!holds(engine, text, candidate))
            continue;
        uint32_t topic = image_post_topic(engine->image, candidate->code);
        if (!image_has_topic(engine->image, topic))
            continue;
        __builtin_prefetch(&engine->image->topic_names[topic]);
        code_put(&engine->found, topic);
    }
    return in_order(engine, n);
}
