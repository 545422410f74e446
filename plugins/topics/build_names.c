/* Building an image: its texts, and the numbers of words, classes, lists and expressions. */
#include "topics/build_inner.h"
#include "topics/classes.h"
#include "topics/stems.h"

#include <stdlib.h>

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

uint32_t build_number(struct map *map, const char *text, size_t next, bool *is_new)
{
    uintptr_t number = (uintptr_t)map_get_text(map, text);
    *is_new = !number;
    if (*is_new) {
        number = next + 1;
        map_set_text(map, text, (void *)number); // NOLINT(performance-no-int-to-ptr)
    }
    return (uint32_t)(number - 1);
}

static const char *name_of(const struct build *build, uint32_t topic)
{
    return build->names.data + ROWS(build->topic_names, uint32_t)[topic];
}

static void put_name(struct build *build, uint32_t topic, const char *name)
{
    size_t at = name_slot(build->seed, name, build->n_name_slots);
    while (build->name_slots[at])
        at = (at + 1) & (build->n_name_slots - 1);
    build->name_slots[at] = topic + 1;
}

void build_name(struct build *build, uint32_t topic, const char *name)
{
    if ((size_t)topic + topic / 3 >= build->n_name_slots) { /* a quarter empty, or more */
        free(build->name_slots);
        build->n_name_slots *= 2;
        build->name_slots = NEW_N(uint32_t, build->n_name_slots);
        for (uint32_t i = 0; i < topic; i++)
            put_name(build, i, name_of(build, i));
    }
    put_name(build, topic, name);
}

uint32_t build_find(const struct build *build, const char *name)
{
    size_t mask = build->n_name_slots - 1, at = name_slot(build->seed, name, build->n_name_slots);
    for (; build->name_slots[at]; at = (at + 1) & mask)
        if (!strcmp(name_of(build, build->name_slots[at] - 1), name))
            return build->name_slots[at] - 1;
    return UINT32_MAX;
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
    bool exact = wanted->kind == WORD_EXACT;
    AUTO_FREE char *name = mem_printf("%d %u %s %s", (int)wanted->kind, wanted->slips, text,
                                      exact ? folded : ""); /* one writing may be several words */
    bool is_new;
    uint32_t number = build_number(build->class_numbers, name, build->classes.n, &is_new);
    if (!is_new)
        return number | ID_CLASS;
    struct image_class class = *wanted;
    class.text = build_text(build, text);
    class.len = (uint32_t)strlen(text);
    if (exact) {
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

uint32_t build_word(struct build *build, const struct query_word *word, const char *language)
{
    struct image_class class = {.kind = word->kind, .slips = word->slips};
    if (word->kind == WORD_PLAIN)
        return vocabulary_word(&build->vocabulary, word->folded, word->len)->id & ID_MASK;
    if (word->kind == WORD_EXACT)
        return build_class(build, &class, word->exact, word->folded);
    if (word->kind != WORD_STEM)
        return build_class(build, &class, word->folded, word->folded);
    AUTO_BUF struct buf stem = {0};
    buf_printf(&stem, "%s ", language);
    stems_append(language, word->folded, word->len, &stem);
    return build_class(build, &class, buf_text(&stem), word->folded);
}

uint32_t build_list_number(const struct build *build, const char *name)
{
    uintptr_t number = (uintptr_t)map_get_text(build->list_numbers, name);
    return number ? (uint32_t)(number - 1) : UINT32_MAX;
}

uint32_t build_regex(struct build *build, const char *source, bool any_case)
{
    AUTO_FREE char *name = mem_printf("%d %s", any_case, source);
    bool is_new;
    uint32_t number = build_number(build->regex_numbers, name, build->regexes.n, &is_new);
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

static uint32_t name_word(void *arg, const struct query_word *word, const char *language)
{
    return build_word(arg, word, language);
}

static uint32_t name_list(void *arg, const char *name)
{
    return build_list_number(arg, name);
}

struct code_names build_names(struct build *build)
{
    return (struct code_names){
        .word = name_word, .list = name_list, .regex = name_regex, .arg = build};
}
