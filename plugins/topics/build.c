/* Building an image: topics, their words, and the keys that they are filed under. */
#include <stdlib.h>

#include "topics/build_inner.h"
#include "topics/classes.h"
#include "topics/keys.h"

void *rows_add(struct rows *rows, const void *element, size_t bytes)
{
    rows->bytes = mem_grow(rows->bytes, &rows->cap, rows->n + 1, bytes);
    return memcpy(rows->bytes + rows->n++ * bytes, element, bytes);
}

struct build *build_new(uint64_t seed)
{
    struct build *build = NEW(struct build);
    build->seed = seed;
    buf_append(&build->strings, "\0\0\0\0", 4); /* "" is at 0, and no long word is */
    vocabulary_init(&build->vocabulary, seed, &build->strings);
    build->class_numbers = map_new();
    build->list_numbers = map_new();
    build->regex_numbers = map_new();
    build->texts = map_new();
    return build;
}

void build_free(struct build **build)
{
    struct build *gone = *build;
    if (!gone)
        return;
    struct rows *const rows[] = {&gone->classes, &gone->buckets, &gone->languages, &gone->topics,
                                 &gone->lists,   &gone->aliases, &gone->regexes,   &gone->files,
                                 &gone->filings, &gone->warnings};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        free(rows[i]->bytes);
    vocabulary_deinit(&gone->vocabulary);
    map_free(&gone->class_numbers, NULL);
    map_free(&gone->list_numbers, NULL);
    map_free(&gone->regex_numbers, NULL);
    map_free(&gone->texts, NULL);
    buf_deinit(&gone->strings);
    free(gone->code.numbers);
    free(gone);
    *build = NULL;
}

/* ---- texts and numbers ---- */

uint32_t build_text(struct build *build, const char *text)
{
    if (!text || !text[0])
        return 0;
    uint32_t at = (uint32_t)build->strings.len;
    buf_append(&build->strings, text, strlen(text) + 1);
    return at;
}

uint32_t build_shared_text(struct build *build, const char *text)
{
    if (!text || !text[0])
        return 0;
    uintptr_t at = (uintptr_t)map_get_text(build->texts, text);
    if (!at) {
        at = build_text(build, text);
        map_set_text(build->texts, text, (void *)at); // NOLINT(performance-no-int-to-ptr)
    }
    return (uint32_t)at;
}

/* The number under this text, or the next one, which is remembered. */
static uint32_t number_of(struct map *map, const char *text, size_t next, bool *is_new)
{
    uintptr_t number = (uintptr_t)map_get_text(map, text);
    *is_new = !number;
    if (*is_new) {
        number = next + 1;
        map_set_text(map, text, (void *)number); // NOLINT(performance-no-int-to-ptr)
    }
    return (uint32_t)(number - 1);
}

static void add_language(struct build *build, uint32_t language)
{
    for (size_t i = 0; i < build->languages.n; i++)
        if (ROWS(build->languages, uint32_t)[i] == language)
            return;
    rows_add(&build->languages, &language, sizeof(language));
}

static void add_bucket(void *arg, uint64_t key)
{
    struct build *build = arg;
    struct image_bucket bucket = {.key = key, .class = (uint32_t)build->classes.n - 1};
    rows_add(&build->buckets, &bucket, sizeof(bucket));
}

uint32_t build_class(struct build *build, const struct image_class *wanted, const char *text,
                     const char *folded)
{
    AUTO_FREE char *name = mem_printf("%d %u %s", (int)wanted->kind, wanted->slips, text);
    bool is_new;
    uint32_t number = number_of(build->class_numbers, name, build->classes.n, &is_new);
    if (!is_new)
        return number | ID_CLASS;
    struct image_class class = *wanted;
    class.text = build_text(build, text);
    class.len = (uint32_t)strlen(text);
    if (class.kind == WORD_EXACT) {
        struct image_word *word = vocabulary_word(&build->vocabulary, folded, strlen(folded));
        word->id |= ID_HAS_EXACT;
        class.word = word->id & ID_MASK;
    } else if (class.kind == WORD_STEM) {
        add_language(build, build_shared_text(build, (const char[]){text[0], text[1], 0}));
    }
    rows_add(&build->classes, &class, sizeof(class));
    classes_buckets(&class, text, add_bucket, build);
    return number | ID_CLASS;
}

static uint32_t name_word(void *arg, const struct query_word *word, const char *language)
{
    struct build *build = arg;
    struct image_class class = {.kind = word->kind, .slips = word->slips};
    if (word->kind == WORD_PLAIN)
        return vocabulary_word(&build->vocabulary, word->folded, word->len)->id & ID_MASK;
    if (word->kind == WORD_EXACT)
        return build_class(build, &class, word->exact, word->folded);
    if (word->kind != WORD_STEM)
        return build_class(build, &class, word->folded, word->folded);
    AUTO_BUF struct buf stem = {0};
    buf_printf(&stem, "%s ", language);
    classes_stem(language, word->folded, word->len, &stem);
    return build_class(build, &class, buf_text(&stem), word->folded);
}

static uint32_t name_list(void *arg, const char *name)
{
    const struct build *build = arg;
    uintptr_t number = (uintptr_t)map_get_text(build->list_numbers, name);
    return number ? (uint32_t)(number - 1) : UINT32_MAX;
}

uint32_t build_regex(struct build *build, const char *source, bool any_case)
{
    AUTO_FREE char *name = mem_printf("%d %s", any_case, source);
    bool is_new;
    uint32_t number = number_of(build->regex_numbers, name, build->regexes.n, &is_new);
    if (is_new) {
        struct image_regex regex = {.source = build_text(build, source), .any_case = any_case};
        rows_add(&build->regexes, &regex, sizeof(regex));
    }
    return number;
}

static uint32_t name_regex(void *arg, const char *source, bool any_case)
{
    return build_regex(arg, source, any_case);
}

static struct code_names names_of(struct build *build)
{
    return (struct code_names){
        .word = name_word, .list = name_list, .regex = name_regex, .arg = build};
}

/* ---- keys ---- */

void build_file_under(struct build *build, uint64_t key, uint32_t post)
{
    struct filing filing = {.key = key, .post = post};
    rows_add(&build->filings, &filing, sizeof(filing));
}

/* The id of a plain or exact word, marked as being a key. */
static uint32_t mark_word(struct build *build, const struct query_word *word, uint32_t flag)
{
    struct image_word *slot = vocabulary_word(&build->vocabulary, word->folded, word->len);
    slot->id |= flag;
    return slot->id & ID_MASK;
}

static uint64_t key_of(struct build *build, const struct key *key)
{
    switch (key->kind) {
    case KEY_WORD:
        if (key->first->kind == WORD_PLAIN || key->first->kind == WORD_EXACT)
            return group_key(GROUP_WORD, 0, mark_word(build, key->first, ID_IS_KEY));
        return group_key(GROUP_CLASS, 0, name_word(build, key->first, key->node->text));
    case KEY_PAIR:
        return group_key(GROUP_PAIR, mark_word(build, key->first, ID_IS_FIRST),
                         mark_word(build, key->second, ID_IS_SECOND));
    case KEY_LIST:
        return group_key(GROUP_LIST, 0, name_list(build, key->node->text));
    case KEY_REGEX:
        build->uses |= IMAGE_USES_REGEX;
        return group_key(GROUP_REGEX, 0, build_regex(build, key->node->text, key->node->any_case));
    case KEY_ALWAYS:
        break;
    }
    return group_key(GROUP_ALWAYS, 0, 0);
}

struct filer {
    struct build *build;
    uint32_t post;
};

static void file_key(void *arg, const struct key *key)
{
    struct filer *filer = arg;
    if (key->node->field == FIELD_TITLE)
        filer->build->uses |= IMAGE_USES_TITLE;
    build_file_under(filer->build, key_of(filer->build, key), filer->post);
}

/* ---- what is added ---- */

static uint32_t add_alias(struct build *build, const char *name, const char *alias)
{
    struct query_error error = {0};
    AUTO_FREE char *quoted = mem_printf("\"%s\"", alias);
    struct node *term = query_parse(quoted, strlen(quoted), NULL, NULL, &error);
    if (!term)
        return 0; /* lists_read has refused such names */
    struct image_alias row = {.code = (uint32_t)build->code.n,
                              .name = build_shared_text(build, name)};
    struct code_names names = names_of(build);
    code_compile(&build->code, term, &names, NULL);
    rows_add(&build->aliases, &row, sizeof(row));
    struct filer filer = {build, POST_LIST | (uint32_t)build->lists.n};
    keys_choose(term, file_key, &filer);
    query_free(&term);
    return 1;
}

void build_lists_hash(struct build *build, const struct hash *hash)
{
    build->lists_hash = *hash;
}

void build_list(struct build *build, const struct topic_word_list *list)
{
    bool is_new;
    number_of(build->list_numbers, list->name, build->lists.n, &is_new);
    if (!is_new)
        return;
    struct image_list row = {.name = build_text(build, list->name),
                             .aliases = (uint32_t)build->aliases.n};
    for (size_t i = 0; i < list->n; i++)
        row.n += add_alias(build, list->items[i].name, list->items[i].alias);
    build->uses |= IMAGE_USES_TITLE;
    rows_add(&build->lists, &row, sizeof(row));
}

void build_warning(struct build *build, int line, int column, const char *text)
{
    struct image_warning row = {.file = (uint32_t)build->files.n - 1,
                                .line = (uint32_t)line,
                                .column = (uint32_t)column,
                                .text = build_text(build, text)};
    rows_add(&build->warnings, &row, sizeof(row));
}

void build_file(struct build *build, const char *path, const unsigned char hash[32])
{
    struct image_file row = {.path = build_text(build, path), .topics = (uint32_t)build->topics.n};
    memcpy(row.hash, hash, sizeof(row.hash));
    rows_add(&build->files, &row, sizeof(row));
}

static uint32_t add_labels(struct build *build, char *const *labels)
{
    if (!labels || !labels[0])
        return 0;
    uint32_t at = (uint32_t)build->strings.len;
    for (; *labels; labels++)
        buf_append(&build->strings, *labels, strlen(*labels) + 1);
    buf_putc(&build->strings, '\0');
    return at;
}

void build_row(struct build *build, const struct image_topic *row)
{
    struct image_topic *topic = rows_add(&build->topics, row, sizeof(*row));
    topic->file = (uint32_t)build->files.n - 1;
    ROWS(build->files, struct image_file)[topic->file].n++;
}

static bool asks_what_is_new(const struct node *node)
{
    bool asks = node->kind == NODE_NEW;
    for (size_t i = 0; i < node->n && !asks; i++)
        asks = asks_what_is_new(node->children[i]);
    return asks;
}

int build_topic(struct build *build, const struct topic *topic, double *cost,
                struct query_error *error)
{
    struct image_topic row = {.code = (uint32_t)build->code.n, .severity = topic->severity};
    struct code_names names = names_of(build);
    const struct node *unknown = code_compile(&build->code, topic->query, &names, NULL);
    if (unknown) {
        build->code.n = row.code;
        return query_fail(error, unknown->start, "name its file in the option lists",
                          "there is no list @%s", unknown->text);
    }
    if (asks_what_is_new(topic->query))
        build->uses |= IMAGE_USES_NEW;
    struct filer filer = {build, (uint32_t)build->topics.n};
    *cost = keys_choose(topic->query, file_key, &filer);
    row.name = build_text(build, topic->name);
    row.query = build_text(build, topic->text);
    row.description = build_text(build, topic->description);
    row.language = build_shared_text(build, topic->language);
    row.labels = add_labels(build, topic->labels);
    row.line = (uint32_t)topic->at.line;
    row.column = (uint32_t)topic->at.column;
    build_row(build, &row);
    return 0;
}
