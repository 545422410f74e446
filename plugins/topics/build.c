/* Building an image: topics, their words, and the keys that they are filed under. */
#include <stdlib.h>

#include "topics/build_inner.h"
#include "topics/keys.h"

#define NAME_SLOTS 64 /* at first */

void *rows_add(struct rows *rows, const void *element, size_t bytes)
{
    rows->bytes = mem_grow(rows->bytes, &rows->cap, rows->n + 1, bytes);
    return memcpy(rows->bytes + rows->n++ * bytes, element, bytes);
}

struct build *build_new(uint64_t seed)
{
    struct build *build = NEW(struct build);
    build->seed = seed;
    buf_putc(&build->strings, '\0'); /* "" is at 0 */
    vocabulary_init(&build->vocabulary, seed);
    build->n_name_slots = NAME_SLOTS;
    build->name_slots = NEW_N(uint32_t, build->n_name_slots);
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
    struct rows *const rows[] = {
        &gone->classes,  &gone->buckets,    &gone->languages, &gone->topics, &gone->topic_names,
        &gone->lists,    &gone->aliases,    &gone->regexes,   &gone->pieces, &gone->filings,
        &gone->warnings, &gone->base_lines, &gone->order};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        free(rows[i]->bytes);
    vocabulary_deinit(&gone->vocabulary);
    map_free(&gone->class_numbers, NULL);
    map_free(&gone->list_numbers, NULL);
    map_free(&gone->regex_numbers, NULL);
    map_free(&gone->texts, NULL);
    buf_deinit(&gone->strings);
    buf_deinit(&gone->names);
    free(gone->name_slots);
    free(gone->code.numbers);
    free(gone);
    *build = NULL;
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
        return group_key(GROUP_CLASS, 0, build_word(build, key->first, key->node->text));
    case KEY_PAIR:
        return group_key(GROUP_PAIR, mark_word(build, key->first, ID_IS_FIRST),
                         mark_word(build, key->second, ID_IS_SECOND));
    case KEY_LIST:
        return group_key(GROUP_LIST, 0, build_list_number(build, key->node->text));
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
    struct code_names names = build_names(build);
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
    build_number(build->list_numbers, list->name, build->lists.n, &is_new);
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
    struct image_warning row = {.piece = (uint32_t)build->pieces.n - 1,
                                .line = (uint32_t)line,
                                .column = (uint32_t)column,
                                .text = build_text(build, text)};
    rows_add(&build->warnings, &row, sizeof(row));
}

void build_piece(struct build *build, const struct piece *piece)
{
    struct image_piece row = {.path = build_shared_text(build, piece->path),
                              .topics = (uint32_t)build->topics.n,
                              .lines = (uint32_t)piece->lines};
    memcpy(row.hash, piece->hash.bytes, sizeof(row.hash));
    rows_add(&build->pieces, &row, sizeof(row));
}

void build_base(struct build *build, const struct image *base, const uint32_t *lines)
{
    build->base = base->seed;
    for (size_t i = 0; i < base->n_pieces; i++)
        rows_add(&build->base_lines, &lines[i], sizeof(lines[i]));
}

void build_order(struct build *build, uint32_t base_piece)
{
    uint32_t place =
        base_piece == UINT32_MAX ? (uint32_t)build->pieces.n - 1 : base_piece | ORDER_BASE;
    rows_add(&build->order, &place, sizeof(place));
}

static struct image_piece *last_piece(struct build *build)
{
    return &ROWS(build->pieces, struct image_piece)[build->pieces.n - 1];
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

void build_row(struct build *build, const struct image_topic *row, const char *name)
{
    uint32_t name_at = (uint32_t)build->names.len;
    buf_append(&build->names, name, strlen(name) + 1);
    rows_add(&build->topic_names, &name_at, sizeof(name_at));
    build_name(build, (uint32_t)build->topics.n, name);
    struct image_topic *topic = rows_add(&build->topics, row, sizeof(*row));
    topic->piece = (uint32_t)build->pieces.n - 1;
    last_piece(build)->n++;
}

uint32_t build_count(const struct build *build)
{
    return (uint32_t)build->topics.n;
}

const char *build_where(const struct build *build, uint32_t topic, int *line)
{
    const struct image_topic *row = &ROWS(build->topics, struct image_topic)[topic];
    const struct image_piece *piece = &ROWS(build->pieces, struct image_piece)[row->piece];
    *line = (int)(piece->lines + row->line);
    return build->strings.data + piece->path;
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
    size_t start = build->code.n;
    code_put(&build->code, (uint32_t)build->topics.n);
    struct image_topic row = {
        .code = (uint32_t)build->code.n, .severity = topic->severity, .shadow = topic->shadow};
    struct code_names names = build_names(build);
    const struct node *unknown = code_compile(&build->code, topic->query, &names, NULL);
    if (unknown) {
        build->code.n = start;
        return query_fail(error, unknown->start, "name its file in the option lists",
                          "there is no list @%s", unknown->text);
    }
    if (asks_what_is_new(topic->query))
        build->uses |= IMAGE_USES_NEW;
    struct filer filer = {build, row.code};
    *cost = keys_choose(topic->query, file_key, &filer);
    row.query = build_text(build, topic->text);
    row.description = build_text(build, topic->description);
    row.language = build_shared_text(build, topic->language);
    row.labels = add_labels(build, topic->labels);
    row.line = (uint32_t)topic->at.line - last_piece(build)->lines;
    row.column = (uint32_t)topic->at.column;
    build_row(build, &row, topic->name);
    return 0;
}
