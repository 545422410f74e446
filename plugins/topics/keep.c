/*
 * Topics of an earlier image in a new one; see keep.h. Words, classes and expressions have other
 * numbers there, so code and keys are written anew with the numbers changed.
 */
#include "topics/keep.h"

#include <stdlib.h>

#include "topics/build_inner.h"

struct keep {
    struct build *build;
    const struct image *before;
    /* From old numbers to new ones, UINT32_MAX as long as nobody asked; words by their id. */
    uint32_t *words, *classes, *lists, *regexes;
    const struct image_word **word_of; /* by id */
    /* The keys of topic i: keys[first_key[i]] up to those of the next. */
    uint64_t *keys;
    uint32_t *first_key;
};

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
    for (size_t i = 0; i < before->n_posts; i++)
        if (!(before->posts[i] & POST_LIST))
            keep->first_key[before->posts[i] + 1]++;
    for (size_t i = 0; i < before->n_topics; i++)
        keep->first_key[i + 1] += keep->first_key[i];
    uint32_t *next = NEW_N(uint32_t, before->n_topics + 1);
    memcpy(next, keep->first_key, before->n_topics * sizeof(*next));
    for (size_t g = 0; g < before->n_groups; g++) {
        const struct image_group *group = &before->groups[g];
        const uint32_t *posts = before->posts + group->start;
        for (uint32_t i = 0; group->key && i < group->n; i++)
            if (!(posts[i] & POST_LIST))
                keep->keys[next[posts[i]]++] = group->key;
    }
    free(next);
}

static uint32_t *unknown(size_t n)
{
    uint32_t *numbers = NEW_N(uint32_t, n + 1);
    memset(numbers, 0xFF, (n + 1) * sizeof(*numbers));
    return numbers;
}

static bool find_lists(struct keep *keep)
{
    const struct image *before = keep->before;
    for (size_t i = 0; i < before->n_lists; i++) {
        uintptr_t number = (uintptr_t)map_get_text(keep->build->list_numbers,
                                                   image_text(before, before->lists[i].name));
        if (!number)
            return false;
        keep->lists[i] = (uint32_t)(number - 1);
    }
    return true;
}

struct keep *keep_new(struct build *build, const struct image *before)
{
    struct keep *keep = NEW(struct keep);
    keep->build = build;
    keep->before = before;
    keep->lists = unknown(before->n_lists);
    if (!find_lists(keep)) {
        keep_free(&keep);
        return NULL;
    }
    keep->words = unknown(before->n_words);
    keep->classes = unknown(before->n_classes);
    keep->regexes = unknown(before->n_regexes);
    keep->word_of = NEW_N(const struct image_word *, before->n_words + 1);
    keep->keys = NEW_N(uint64_t, before->n_posts + 1);
    keep->first_key = NEW_N(uint32_t, before->n_topics + 2);
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

size_t keep_find(const struct image *before, const char *path, const struct hash *content)
{
    for (size_t i = 0; i < before->n_files; i++)
        if (!memcmp(before->files[i].hash, content->bytes, sizeof(content->bytes)) &&
            !strcmp(image_text(before, before->files[i].path), path))
            return i;
    return SIZE_MAX;
}

/* ---- numbers ---- */

/* A word's bytes. `room` is for those of a short one. */
static const char *spell(const struct keep *keep, uint32_t id, char room[WORD_KEY_BYTES],
                         size_t *len)
{
    const struct image_word *word = keep->word_of[id & ID_MASK];
    uint32_t its;
    if (word->string) {
        memcpy(&its, keep->before->strings + word->string, sizeof(its));
        *len = its;
        return keep->before->strings + word->string + sizeof(its);
    }
    memcpy(room, &word->key, WORD_KEY_BYTES);
    *len = strnlen(room, WORD_KEY_BYTES);
    return room;
}

static struct image_word *add_word(struct keep *keep, uint32_t id)
{
    char room[WORD_KEY_BYTES];
    size_t len;
    const char *folded = spell(keep, id, room, &len);
    return vocabulary_word(&keep->build->vocabulary, folded, len);
}

static uint32_t add_class(struct keep *keep, uint32_t id)
{
    const struct image_class *class = &keep->before->classes[id & ~ID_CLASS];
    char room[WORD_KEY_BYTES];
    size_t len = 0;
    const char *word = class->kind == WORD_EXACT ? spell(keep, class->word, room, &len) : "";
    AUTO_FREE char *folded = mem_strndup(word, len);
    const struct image_class wanted = {.kind = class->kind, .slips = class->slips};
    return build_class(keep->build, &wanted, image_text(keep->before, class->text), folded);
}

/* Of a word or a class. */
static uint32_t new_id(struct keep *keep, uint32_t id)
{
    uint32_t *known = id & ID_CLASS ? &keep->classes[id & ~ID_CLASS] : &keep->words[id];
    if (*known == UINT32_MAX)
        *known = id & ID_CLASS ? add_class(keep, id) : add_word(keep, id)->id & ID_MASK;
    return *known;
}

static uint32_t new_regex(struct keep *keep, uint32_t number)
{
    const struct image_regex *regex = &keep->before->regexes[number];
    if (keep->regexes[number] == UINT32_MAX)
        keep->regexes[number] =
            build_regex(keep->build, image_text(keep->before, regex->source), regex->any_case);
    return keep->regexes[number];
}

/* ---- code ---- */

static void renumber_ids(struct keep *keep, uint32_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ids[i] = new_id(keep, ids[i]);
}

static void renumber(struct keep *keep, uint32_t *code)
{
    const uint32_t *end = code_next(code);
    uint32_t *children = (uint32_t *)(uintptr_t)code_children(code);
    switch (code_kind(code)) {
    case NODE_TERM:
        renumber_ids(keep, code + CODE_ARGS, code_n(code));
        break;
    case NODE_WINDOW:
        renumber_ids(keep, code + CODE_ARGS + 1, code_n(code));
        break;
    case NODE_LIST:
        code[CODE_ARGS] = keep->lists[code[CODE_ARGS]];
        break;
    case NODE_REGEX:
        code[CODE_ARGS] = new_regex(keep, code[CODE_ARGS]);
        break;
    case NODE_DATE:
    case NODE_WORDS:
    case NODE_LANG:
        break;
    case NODE_NEAR:
    case NODE_OF:
    case NODE_AND:
    case NODE_OR:
    case NODE_NOT:
    case NODE_SENTENCE:
    case NODE_PARAGRAPH:
    case NODE_NEW:
        for (uint32_t *child = children; child < end; child += child[CODE_SIZE])
            renumber(keep, child);
        break;
    }
}

static uint32_t add_code(struct keep *keep, uint32_t at)
{
    const uint32_t *code = keep->before->code + at;
    struct code *to = &keep->build->code;
    uint32_t start = (uint32_t)to->n;
    for (uint32_t i = 0; i < code[CODE_SIZE]; i++)
        code_put(to, code[i]);
    renumber(keep, to->numbers + start);
    return start;
}

/* ---- keys ---- */

static uint32_t mark(struct keep *keep, uint32_t id, uint32_t flag)
{
    struct image_word *word = add_word(keep, id);
    word->id |= flag;
    return word->id & ID_MASK;
}

static uint64_t new_key(struct keep *keep, uint64_t key)
{
    enum group_kind kind = (enum group_kind)(key >> 60);
    uint32_t a = key >> 28 & ID_MASK, b = key & ID_MASK;
    switch (kind) {
    case GROUP_WORD:
        return group_key(kind, 0, mark(keep, b, ID_IS_KEY));
    case GROUP_PAIR:
        a = mark(keep, a, ID_IS_FIRST);
        return group_key(kind, a, mark(keep, b, ID_IS_SECOND));
    case GROUP_CLASS:
        return group_key(kind, 0, new_id(keep, b));
    case GROUP_LIST:
        return group_key(kind, 0, keep->lists[b]);
    case GROUP_REGEX:
        return group_key(kind, 0, new_regex(keep, b));
    case GROUP_ALWAYS:
        break;
    }
    return key;
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
    for (uint32_t i = keep->first_key[number]; i < keep->first_key[number + 1]; i++)
        build_file_under(build, new_key(keep, keep->keys[i]), (uint32_t)build->topics.n);
    row.code = add_code(keep, row.code);
    row.name = build_text(build, image_text(before, row.name));
    row.query = build_text(build, image_text(before, row.query));
    row.description = build_text(build, image_text(before, row.description));
    row.language = build_shared_text(build, image_text(before, row.language));
    row.labels = add_labels(keep, row.labels);
    build_row(build, &row);
}

void keep_topics(struct keep *keep, size_t file)
{
    const struct image_file *from = &keep->before->files[file];
    keep->build->uses |= keep->before->head->uses;
    for (uint32_t i = 0; i < from->n; i++)
        keep_topic(keep, from->topics + i);
}
