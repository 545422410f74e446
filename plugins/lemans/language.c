/*
 * A language's tables: words and prefixes to sets, sets to patterns. Filled by language_read.c.
 */
#include "language.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"

#include "language_build.h"

static void chain_free(struct entry *entry)
{
    for (struct entry *next; entry; entry = next) {
        next = entry->next;
        mem_free_p(&entry->sets);
        mem_free_p(&entry->patterns.items);
        mem_free_p(&entry->text);
        free(entry);
    }
}

static void pattern_list_deinit(struct pattern_list *list)
{
    mem_free_p(&list->items);
}

void language_free(struct language **language_p)
{
    struct language *language = *language_p;
    if (!language)
        return;
    for (size_t i = 0; language->by_set && i < language->n_sets; i++)
        pattern_list_deinit(&language->by_set[i]);
    for (size_t i = 0; i < N_MENTION_KINDS; i++)
        pattern_list_deinit(&language->by_mention[i]);
    for (size_t i = 0; i < language->n_patterns; i++)
        mem_free_p(&language->patterns[i].elements);
    for (size_t i = 0; i < ARRAY_LEN(language->prefixes); i++)
        chain_free(language->prefixes[i]);
    for (size_t i = 0; i < ARRAY_LEN(language->words); i++)
        chain_free(language->words[i]);
    accents_free(&language->accents);
    map_free(&language->sets, NULL);
    mem_free_p(&language->by_set);
    mem_free_p(&language->patterns);
    mem_free_p(&language->cues);
    mem_free_p(&language->name);
    mem_free_p(language_p);
}

/* --- filling ---------------------------------------------------------------------------------- */

uint16_t language_set_find(const struct language *language, const char *name)
{
    uintptr_t number = (uintptr_t)map_get_text(language->sets, name);
    return number ? (uint16_t)(number - 1) : SET_NONE;
}

uint16_t language_set(struct language *language, const char *name, bool *fresh)
{
    uint16_t set = language_set_find(language, name);
    *fresh = set == SET_NONE;
    if (!*fresh || language->n_sets == SET_NONE)
        return set;
    set = language->n_sets++;
    map_set_text(language->sets, name, (void *)((uintptr_t)set + 1));
    return set;
}

static struct entry *chain_find(struct entry *entry, const char *folded, size_t len)
{
    while (entry && (entry->len != len || memcmp(entry->text, folded, len) != 0))
        entry = entry->next;
    return entry;
}

/* Finds it, or adds it. */
static struct entry *chain_entry(struct entry **head, const char *folded, size_t len)
{
    struct entry *entry = chain_find(*head, folded, len);
    if (entry)
        return entry;
    entry = NEW(struct entry);
    entry->text = mem_strndup(folded, len);
    entry->len = len;
    entry->next = *head;
    return *head = entry;
}

static size_t word_bucket(const char *folded, size_t len)
{
    return sieve_place(folded, len) % WORD_BUCKETS;
}

/* `folded` has two bytes at least. */
static size_t prefix_bucket(const char *folded)
{
    return ((unsigned char)folded[0] * 31u + (unsigned char)folded[1]) % PREFIX_BUCKETS;
}

static uint64_t set_bit(uint16_t set)
{
    return UINT64_C(1) << (set & 63);
}

/* The entry of a word, or of a beginning of words, that folds to exactly one; else NULL. */
static struct entry *entry_of(struct language *language, const char *word)
{
    size_t len = strlen(word);
    bool prefix = len > 1 && word[len - 1] == '*';
    struct entry *entry = NULL;
    struct tocsin_words words;
    tocsin_words_make(word, len, &words);
    const struct tocsin_word *w = words.words;
    if (words.n == 1 && prefix && w->folded_len > 1) /* one byte begins too many words */
        entry =
            chain_entry(&language->prefixes[prefix_bucket(w->folded)], w->folded, w->folded_len);
    if (words.n == 1 && !prefix) {
        AUTO_FREE char *accented =
            accents_spelling(language->accents, word, len, w->folded, w->folded_len);
        const char *text = accented ? accented : w->folded;
        size_t text_len = accented ? strlen(accented) : w->folded_len;
        entry = chain_entry(&language->words[word_bucket(text, text_len)], text, text_len);
    }
    tocsin_words_free(&words);
    return entry;
}

bool language_set_add(struct language *language, uint16_t set, const char *word)
{
    struct entry *entry = entry_of(language, word);
    if (!entry)
        return false;
    entry->sets = mem_grow(entry->sets, &entry->cap, entry->n + 1, sizeof(uint16_t));
    entry->sets[entry->n++] = set;
    entry->mask |= set_bit(set);
    return true;
}

bool language_common_add(struct language *language, const char *word)
{
    struct entry *entry = entry_of(language, word);
    if (entry)
        entry->common = true;
    return entry != NULL;
}

static void pattern_list_add(struct pattern_list *list, size_t pattern)
{
    list->items = mem_grow(list->items, &list->cap, list->n + 1, sizeof(size_t));
    list->items[list->n++] = pattern;
}

static int set_order(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void entry_index(const struct language *language, struct entry *entry)
{
    if (entry->n)
        qsort(entry->sets, entry->n, sizeof(uint16_t), set_order);
    for (size_t i = 0; i < entry->n; i++)
        for (size_t p = 0; p < language->by_set[entry->sets[i]].n; p++)
            pattern_list_add(&entry->patterns, language->by_set[entry->sets[i]].items[p]);
}

static void chains_index(const struct language *language, struct entry *const *heads, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (struct entry *entry = heads[i]; entry; entry = entry->next)
            entry_index(language, entry);
}

void language_index(struct language *language)
{
    language->by_set = NEW_N(struct pattern_list, (size_t)language->n_sets + 1);
    for (size_t i = 0; i < language->n_patterns; i++) {
        const struct element *first = &language->patterns[i].elements[0];
        pattern_list_add(first->kind == ELEMENT_SET ? &language->by_set[first->arg]
                                                    : &language->by_mention[first->arg],
                         i);
    }
    chains_index(language, language->words, WORD_BUCKETS);
    chains_index(language, language->prefixes, PREFIX_BUCKETS);
}

/* --- looking up ------------------------------------------------------------------------------- */

const char *language_name(const struct language *language)
{
    return language->name;
}

bool known_is_common(const struct known *known)
{
    return known->word && known->word->common;
}

bool language_drops_subject(const struct language *language)
{
    return language->drops_subject;
}

bool language_capital_nations(const struct language *language)
{
    return language->capital_nations;
}

bool language_adjectives_first(const struct language *language)
{
    return language->adjectives_first;
}

bool language_negates_after(const struct language *language)
{
    return language->negates_after;
}

static const struct entry *word_entry(const struct language *language, const char *folded,
                                      size_t len)
{
    return chain_find(language->words[word_bucket(folded, len)], folded, len);
}

struct known language_known(const struct language *language, const struct token *token,
                            const char *text)
{
    AUTO_FREE char *accented = accents_spelling(language->accents, text, token->end - token->start,
                                                token->folded, token->folded_len);
    if (accented) {
        const struct entry *word = word_entry(language, accented, strlen(accented));
        return (struct known){.word = word, .sets = word ? word->mask : 0};
    }
    struct known known = {.word = word_entry(language, token->folded, token->folded_len)};
    known.sets = known.word ? known.word->mask : 0;
    if (token->folded_len < 2)
        return known;
    for (const struct entry *entry = language->prefixes[prefix_bucket(token->folded)];
         entry && known.n_prefixes < KNOWN_MAX_PREFIXES; entry = entry->next)
        if (entry->len <= token->folded_len && !memcmp(entry->text, token->folded, entry->len)) {
            known.prefixes[known.n_prefixes++] = entry;
            known.sets |= entry->mask;
        }
    return known;
}

static bool entry_in(const struct entry *entry, uint16_t set)
{
    size_t low = 0, high = entry->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (entry->sets[middle] < set)
            low = middle + 1;
        else
            high = middle;
    }
    return low < entry->n && entry->sets[low] == set;
}

bool known_in(const struct known *known, uint16_t set)
{
    if (!(known->sets & set_bit(set)))
        return false;
    if (known->word && entry_in(known->word, set))
        return true;
    for (unsigned i = 0; i < known->n_prefixes; i++)
        if (entry_in(known->prefixes[i], set))
            return true;
    return false;
}

bool known_has_role(const struct language *language, const struct known *known, enum word_role role)
{
    return known_in(known, language->roles[role]);
}

bool known_begins_cue(const struct known *known)
{
    return known->word && known->word->patterns.n;
}

const struct cue *language_cue(const struct language *language, size_t index)
{
    return &language->cues[index];
}

/* Whether the pattern's second element lets the next word stand there. */
static bool goes_on(const struct pattern *pattern, const struct known *next)
{
    const struct element *second = pattern->n > 1 ? &pattern->elements[1] : NULL;
    if (!second || second->kind != ELEMENT_SET || second->optional)
        return true;
    return next && known_in(next, second->arg);
}

static void list_call(const struct language *language, const struct pattern_list *list,
                      const struct known *next, language_pattern_fn *fn, void *arg)
{
    for (size_t i = 0; i < list->n; i++)
        if (goes_on(&language->patterns[list->items[i]], next))
            fn(arg, &language->patterns[list->items[i]]);
}

void language_patterns(const struct language *language, const struct known *known,
                       const struct known *next, language_pattern_fn *fn, void *arg)
{
    if (known->word)
        list_call(language, &known->word->patterns, next, fn, arg);
    for (unsigned i = 0; i < known->n_prefixes; i++)
        list_call(language, &known->prefixes[i]->patterns, next, fn, arg);
}

void language_mention_patterns(const struct language *language, uint16_t mention_kind,
                               language_pattern_fn *fn, void *arg)
{
    const struct pattern_list *list = &language->by_mention[mention_kind];
    for (size_t i = 0; i < list->n; i++)
        fn(arg, &language->patterns[list->items[i]]);
}
