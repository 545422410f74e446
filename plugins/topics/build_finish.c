/* Building an image: the tables by which keys lead to topics, and the whole in one piece. */
#include <stdlib.h>

#include "topics/build_inner.h"
#include "topics/frequency.h"
#include "topics/regex.h"

#define ALIGNMENT        16
#define FILTER_BITS      16 /* of a filter, for each word or key */
#define FILTER_MIN_WORDS 64

struct tables {
    struct image_group *groups;
    size_t n_slots;
    uint32_t *posts;
    size_t n_posts;
    uint64_t *group_filter, *word_filter;
    size_t n_group_filter, n_word_filter;
};

static int compare_filings(const void *a, const void *b)
{
    const struct filing *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->post < y->post ? -1 : x->post > y->post;
}

static int compare_buckets(const void *a, const void *b)
{
    const struct image_bucket *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->class < y->class ? -1 : x->class > y->class;
}

static size_t power_above(size_t n, size_t least)
{
    size_t power = least;
    while (power < n)
        power *= 2;
    return power;
}

static void add_group(const struct build *build, struct tables *tables, uint64_t key, size_t start,
                      size_t n)
{
    uint64_t hash = key_hash(build->seed, key);
    size_t mask = tables->n_slots - 1, at = hash & mask;
    while (tables->groups[at].key)
        at = (at + 1) & mask;
    uint32_t at_posts = n == 1 ? tables->posts[start] : (uint32_t)start;
    tables->groups[at] = (struct image_group){.key = key, .start = at_posts, .n = (uint32_t)n};
    tables->group_filter[filter_word(hash, tables->n_group_filter)] |= filter_bit(hash);
}

static size_t filter_size(size_t n)
{
    return power_above(n * FILTER_BITS / 64, FILTER_MIN_WORDS);
}

static void make_word_filter(const struct build *build, struct tables *tables)
{
    const struct vocabulary *vocabulary = &build->vocabulary;
    tables->n_word_filter = filter_size(vocabulary->n);
    tables->word_filter = NEW_N(uint64_t, tables->n_word_filter);
    for (size_t i = 0; i < vocabulary->n_slots; i++) {
        if (vocabulary->words[i].id == ID_NONE)
            continue;
        const struct image_word *word = &vocabulary->words[i];
        uint64_t hash = word_key_hash(build->seed, word->key, !word->string);
        tables->word_filter[filter_word(hash, tables->n_word_filter)] |= filter_bit(hash);
    }
}

static void make_tables(struct build *build, struct tables *tables)
{
    struct filing *filings = ROWS(build->filings, struct filing);
    size_t n = build->filings.n;
    if (n)
        qsort(filings, n, sizeof(*filings), compare_filings);
    size_t n_groups = 0;
    for (size_t i = 0; i < n; i++)
        n_groups += !i || filings[i].key != filings[i - 1].key;
    tables->n_slots = power_above(n_groups + n_groups / 3, 16); /* a quarter empty, or more */
    tables->groups = NEW_N(struct image_group, tables->n_slots);
    tables->n_group_filter = filter_size(n_groups);
    tables->group_filter = NEW_N(uint64_t, tables->n_group_filter);
    tables->posts = NEW_N(uint32_t, n + 1);
    for (size_t start = 0, end; start < n; start = end) {
        for (end = start; end < n && filings[end].key == filings[start].key; end++)
            tables->posts[end] = filings[end].post;
        add_group(build, tables, filings[start].key, start, end - start);
    }
    tables->n_posts = n;
    mem_free_p(&build->filings.bytes);
}

static void put_section(struct buf *out, enum image_section section, const void *elements, size_t n,
                        size_t bytes)
{
    buf_append(out, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
               (ALIGNMENT - out->len % ALIGNMENT) % ALIGNMENT);
    struct image_head *head = (struct image_head *)(void *)out->data;
    head->sections[section].at = out->len;
    head->sections[section].n = n;
    if (n)
        buf_append(out, elements, n * bytes);
}

static int make_regex_set(const struct build *build, struct buf *set, struct err *err)
{
    size_t n = build->regexes.n;
    struct regex_source *sources = NEW_N(struct regex_source, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct image_regex *regex = &ROWS(build->regexes, struct image_regex)[i];
        sources[i].source = build->strings.data + regex->source;
        sources[i].any_case = regex->any_case;
    }
    char what[256];
    int result = n ? regex_set_build(sources, n, set, what, sizeof(what)) : 0;
    free(sources);
    return result < 0 ? err_set(err, "the regular expressions of all topics together: %s", what)
                      : 0;
}

/* The same, and frees them: all of it twice would be much. */
static void put_rows(struct buf *out, enum image_section section, struct rows *rows, size_t bytes)
{
    put_section(out, section, rows->bytes, rows->n, bytes);
    free(rows->bytes);
    *rows = (struct rows){0};
}

static void put_text(struct buf *out, enum image_section section, struct buf *text)
{
    put_section(out, section, text->data, text->len, 1);
    buf_deinit(text);
}

static void put_tables(struct buf *out, struct tables *tables)
{
    put_section(out, IMAGE_GROUPS, tables->groups, tables->n_slots, sizeof(*tables->groups));
    put_section(out, IMAGE_POSTS, tables->posts, tables->n_posts, sizeof(*tables->posts));
    put_section(out, IMAGE_GROUP_FILTER, tables->group_filter, tables->n_group_filter,
                sizeof(uint64_t));
    put_section(out, IMAGE_WORD_FILTER, tables->word_filter, tables->n_word_filter,
                sizeof(uint64_t));
    free(tables->groups);
    free(tables->posts);
    free(tables->group_filter);
    free(tables->word_filter);
}

static void put_words(struct buf *out, struct vocabulary *vocabulary)
{
    put_section(out, IMAGE_WORDS, vocabulary->words, vocabulary->n_slots,
                sizeof(struct image_word));
    put_text(out, IMAGE_LONG_WORDS, &vocabulary->long_words);
}

static void put_code(struct buf *out, struct code *code)
{
    put_section(out, IMAGE_CODE, code->numbers, code->n, sizeof(uint32_t));
    free(code->numbers);
    *code = (struct code){0};
}

#define PUT_ROWS(NAME, rows, type) put_rows(out, IMAGE_##NAME, &(rows), sizeof(type))

int build_finish(struct build *build, struct buf *out, struct err *err)
{
    AUTO_BUF struct buf set = {0};
    struct tables tables = {0};
    if (make_regex_set(build, &set, err) < 0)
        return -1;
    make_tables(build, &tables);
    make_word_filter(build, &tables);
    if (build->buckets.n)
        qsort(build->buckets.bytes, build->buckets.n, sizeof(struct image_bucket), compare_buckets);

    struct image_head head = {.magic = IMAGE_MAGIC,
                              .version = IMAGE_VERSION,
                              .uses = build->uses,
                              .seed = build->seed,
                              .base = build->base,
                              .learnt = frequency_id()};
    memcpy(head.lists_hash, build->lists_hash.bytes, sizeof(head.lists_hash));
    buf_clear(out);
    buf_append(out, &head, sizeof(head));
    put_tables(out, &tables);
    put_words(out, &build->vocabulary);
    put_code(out, &build->code);
    put_text(out, IMAGE_REGEX_SET, &set);
    put_text(out, IMAGE_STRINGS, &build->strings);
    put_text(out, IMAGE_NAMES, &build->names);
    put_section(out, IMAGE_NAME_SLOTS, build->name_slots, build->n_name_slots, sizeof(uint32_t));
    PUT_ROWS(CLASSES, build->classes, struct image_class);
    PUT_ROWS(BUCKETS, build->buckets, struct image_bucket);
    PUT_ROWS(LANGUAGES, build->languages, uint32_t);
    PUT_ROWS(TOPICS, build->topics, struct image_topic);
    PUT_ROWS(TOPIC_NAMES, build->topic_names, uint32_t);
    PUT_ROWS(LISTS, build->lists, struct image_list);
    PUT_ROWS(ALIASES, build->aliases, struct image_alias);
    PUT_ROWS(REGEXES, build->regexes, struct image_regex);
    PUT_ROWS(PIECES, build->pieces, struct image_piece);
    PUT_ROWS(WARNINGS, build->warnings, struct image_warning);
    PUT_ROWS(BASE_LINES, build->base_lines, uint32_t);
    PUT_ROWS(ORDER, build->order, uint32_t);
    ((struct image_head *)(void *)out->data)->bytes = out->len;
    return 0;
}
