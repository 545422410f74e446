/* The numbers of an image's words, lists and expressions, by their names. */
#include "topics/lookup.h"

#include <string.h>

#include "topics/stems.h"

static uint32_t class_number(const struct image *image, const struct image_class *wanted,
                             const char *text)
{
    for (size_t i = 0; i < image->n_classes; i++) {
        const struct image_class *class = &image->classes[i];
        if (class->kind == wanted->kind && class->slips == wanted->slips &&
            class->word == wanted->word && !strcmp(image_text(image, class->text), text))
            return (uint32_t)i | ID_CLASS;
    }
    return UINT32_MAX;
}

static uint32_t find_word(void *arg, const struct query_word *word, const char *language)
{
    const struct image *image = arg;
    AUTO_BUF struct buf stem = {0};
    struct image_class wanted = {.kind = word->kind, .slips = word->slips};
    uint32_t id;
    switch (word->kind) {
    case WORD_PLAIN:
        id = image_word(image, word->folded, word->len) & ID_MASK;
        return id ? id : UINT32_MAX;
    case WORD_EXACT:
        wanted.word = image_word(image, word->folded, word->len) & ID_MASK;
        return class_number(image, &wanted, word->exact);
    case WORD_STEM:
        buf_printf(&stem, "%s ", language);
        stems_append(language, word->folded, word->len, &stem);
        return class_number(image, &wanted, buf_text(&stem));
    case WORD_WILD:
    case WORD_FUZZY:
        break;
    }
    return class_number(image, &wanted, word->folded);
}

static uint32_t find_list(void *arg, const char *name)
{
    const struct image *image = arg;
    for (size_t i = 0; i < image->n_lists; i++)
        if (!strcmp(image_text(image, image->lists[i].name), name))
            return (uint32_t)i;
    return UINT32_MAX;
}

static uint32_t find_regex(void *arg, const char *source, bool any_case)
{
    const struct image *image = arg;
    for (size_t i = 0; i < image->n_regexes; i++)
        if (image->regexes[i].any_case == any_case &&
            !strcmp(image_text(image, image->regexes[i].source), source))
            return (uint32_t)i;
    return UINT32_MAX;
}

bool lookup_code(const struct image *image, const struct node *query, struct code *code,
                 struct code *places)
{
    struct image copy = *image; /* the callbacks take what they may not change */
    struct code_names names = {
        .word = find_word, .list = find_list, .regex = find_regex, .arg = &copy};
    return !code_compile(code, query, &names, places);
}
