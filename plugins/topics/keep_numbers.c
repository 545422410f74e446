/*
 * Words, classes, lists and expressions have other numbers in the new image: code and keys that are
 * taken over are written anew with the numbers changed.
 */
#include "topics/keep_inner.h"

/* A word's bytes. `room` is for those of a short one. */
static const char *spell(const struct keep *keep, uint32_t id, char room[WORD_KEY_BYTES],
                         size_t *len)
{
    const struct image_word *word = keep->word_of[id & ID_MASK];
    if (word->string)
        return image_long_word(keep->before, word->string, len);
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

uint32_t keep_code(struct keep *keep, uint32_t at)
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

uint64_t keep_key(struct keep *keep, uint64_t key)
{
    enum group_kind kind = (enum group_kind)(key >> 60);
    struct pair pair = group_pair(key);
    uint32_t b = key & ID_MASK;
    switch (kind) {
    case GROUP_WORD:
        return group_key(kind, 0, mark(keep, b, ID_IS_KEY));
    case GROUP_PAIR:
        pair.first = mark(keep, pair.first, ID_IS_FIRST);
        return group_key(kind, pair.first, mark(keep, pair.second, ID_IS_SECOND));
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
