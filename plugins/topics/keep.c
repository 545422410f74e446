/* Topics of an earlier image in a new one; see keep.h. Their numbers are in keep_numbers.c. */
#include "topics/keep_inner.h"

#include <stdlib.h>

/* ---- what the earlier image is made of ---- */

static void index_words(struct keep *keep)
{
    const struct image *before = keep->before;
    for (size_t i = 0; i < before->n_words; i++)
        if (before->words[i].id != ID_NONE)
            keep->word_of[before->words[i].id & ID_MASK] = &before->words[i];
}

/* The groups lead from keys to topics; here it is the other way round. */
static void index_keys(struct keep *keep)
{
    const struct image *before = keep->before;
    for (size_t g = 0; g < before->n_groups; g++) {
        const uint32_t *posts = image_posts(before, &before->groups[g]);
        for (uint32_t i = 0; i < before->groups[g].n; i++)
            if (!(posts[i] & POST_LIST))
                keep->first_key[image_post_topic(before, posts[i]) + 1]++;
    }
    for (size_t i = 0; i < before->n_topics; i++)
        keep->first_key[i + 1] += keep->first_key[i];
    uint32_t *next = NEW_N(uint32_t, before->n_topics + 1);
    memcpy(next, keep->first_key, before->n_topics * sizeof(*next));
    for (size_t g = 0; g < before->n_groups; g++) {
        const struct image_group *group = &before->groups[g];
        const uint32_t *posts = image_posts(before, group);
        for (uint32_t i = 0; i < group->n; i++)
            if (!(posts[i] & POST_LIST))
                keep->keys[next[image_post_topic(before, posts[i])]++] = group->key;
    }
    free(next);
}

static uint32_t *unknown(size_t n)
{
    uint32_t *numbers = NEW_N(uint32_t, n + 1);
    memset(numbers, 0xFF, (n + 1) * sizeof(*numbers));
    return numbers;
}

static void find_lists(struct keep *keep)
{
    const struct image *before = keep->before;
    for (size_t i = 0; i < before->n_lists; i++)
        keep->lists[i] = build_list_number(keep->build, image_text(before, before->lists[i].name));
}

struct keep *keep_new(struct build *build, const struct image *before)
{
    struct keep *keep = NEW(struct keep);
    keep->build = build;
    keep->before = before;
    keep->lists = unknown(before->n_lists);
    keep->words = unknown(before->n_words);
    keep->classes = unknown(before->n_classes);
    keep->regexes = unknown(before->n_regexes);
    keep->word_of = NEW_N(const struct image_word *, before->n_words + 1);
    keep->keys = NEW_N(uint64_t, before->n_posts + 1);
    keep->first_key = NEW_N(uint32_t, before->n_topics + 2);
    find_lists(keep);
    index_words(keep);
    index_keys(keep);
    return keep;
}

void keep_free(struct keep **keep)
{
    struct keep *gone = *keep;
    *keep = NULL;
    if (!gone)
        return;
    free(gone->words);
    free(gone->classes);
    free(gone->lists);
    free(gone->regexes);
    free(gone->word_of);
    free(gone->keys);
    free(gone->first_key);
    free(gone);
}

/* ---- topics ---- */

static uint32_t add_labels(struct keep *keep, uint32_t at)
{
    const char *labels = image_text(keep->before, at), *end = labels;
    struct buf *strings = &keep->build->strings;
    if (!*labels)
        return 0;
    while (*end)
        end += strlen(end) + 1;
    uint32_t start = (uint32_t)strings->len;
    buf_append(strings, labels, (size_t)(end - labels) + 1);
    return start;
}

static void keep_topic(struct keep *keep, size_t number)
{
    struct build *build = keep->build;
    const struct image *before = keep->before;
    struct image_topic row = before->topics[number];
    code_put(&build->code, (uint32_t)build->topics.n);
    row.code = keep_code(keep, row.code);
    for (uint32_t i = keep->first_key[number]; i < keep->first_key[number + 1]; i++)
        build_file_under(build, keep_key(keep, keep->keys[i]), row.code);
    row.query = build_text(build, image_text(before, row.query));
    row.description = build_text(build, image_text(before, row.description));
    row.language = build_shared_text(build, image_text(before, row.language));
    row.labels = add_labels(keep, row.labels);
    build_row(build, &row, image_topic_name(before, (uint32_t)number));
}

void keep_topics(struct keep *keep, uint32_t piece)
{
    const struct image_piece *from = &keep->before->pieces[piece];
    keep->build->uses |= keep->before->head->uses;
    for (uint32_t i = 0; i < from->n; i++)
        keep_topic(keep, from->topics + i);
}
