/*
 * The table of phrases: a map from the first word to a chain, longest first.
 */
#include "phrases.h"

#include <string.h>

#include <tocsin/text.h>

#include "base/map.h"
#include "base/mem.h"

#include "sieve.h"

struct phrases {
    struct map *by_first_word;
    struct sieve sieve; /* of the first words */
};

struct phrases *phrases_new(void)
{
    struct phrases *phrases = NEW(struct phrases);
    phrases->by_first_word = map_new();
    return phrases;
}

static void chain_free(void *value)
{
    for (struct phrase *phrase = value, *next; phrase; phrase = next) {
        next = phrase->next;
        for (size_t i = 0; i < phrase->n; i++)
            mem_free_p(&phrase->words[i]);
        mem_free_p(&phrase->words);
        mem_free_p(&phrase);
    }
}

void phrases_free(struct phrases **phrases)
{
    if (!*phrases)
        return;
    map_free(&(*phrases)->by_first_word, chain_free);
    mem_free_p(phrases);
}

static struct phrase *phrase_make(const char *text)
{
    struct tocsin_words words;
    tocsin_words_make(text, strlen(text), &words);
    struct phrase *phrase = NULL;
    if (words.n) {
        phrase = NEW(struct phrase);
        phrase->n = words.n;
        phrase->words = NEW_N(char *, words.n);
        for (size_t i = 0; i < words.n; i++)
            phrase->words[i] = mem_strndup(words.words[i].folded, words.words[i].folded_len);
    }
    tocsin_words_free(&words);
    return phrase;
}

bool phrases_add(struct phrases *phrases, const char *text, enum phrase_kind kind, const void *item,
                 bool capital)
{
    struct phrase *phrase = phrase_make(text);
    if (!phrase)
        return false;
    phrase->kind = kind;
    phrase->item = item;
    phrase->capital = capital;
    struct phrase *head = map_get_text(phrases->by_first_word, phrase->words[0]);
    struct phrase **at = &head;
    while (*at && (*at)->n >= phrase->n)
        at = &(*at)->next;
    phrase->next = *at;
    *at = phrase;
    map_set_text(phrases->by_first_word, phrase->words[0], head);
    sieve_add(&phrases->sieve, phrase->words[0], strlen(phrase->words[0]));
    return true;
}

static bool phrase_fits(const struct phrase *phrase, const struct token *tokens, size_t n)
{
    if (phrase->n > n || (phrase->capital && !(tokens[0].flags & TOKEN_CAPITAL)))
        return false;
    for (size_t i = 1; i < phrase->n; i++)
        if (tokens[i].sentence != tokens[0].sentence || tokens[i].gap & GAP_WALL ||
            !token_is(&tokens[i], phrase->words[i]))
            return false;
    return true;
}

const struct phrase *phrases_at(const struct phrases *phrases, const struct token *tokens, size_t n)
{
    if (!n || !sieve_may_hold(&phrases->sieve, tokens[0].folded, tokens[0].folded_len))
        return NULL;
    const struct phrase *phrase =
        map_get(phrases->by_first_word, tokens[0].folded, tokens[0].folded_len);
    while (phrase && !phrase_fits(phrase, tokens, n))
        phrase = phrase->next;
    return phrase;
}
