/* Quotes compared word by word; see retold.h. */
#include "base/retold.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"

#define MOST_WORDS    0.6 /* of a quote that have to be in one that was told */
#define DATELINE_MOST 40  /* bytes */
#define HALF_WORDS    0.5 /* of a title that have to be in any */

struct retold_quote {
    char *text;
    struct tocsin_words words;
    int n_negations;
};

/* Folded, of the languages that libtocsin-plugin tells apart; "didn't" is "didn" and "t". */
static const char *const negations[] = {
    "not",    "no",      "never",  "none",    "nor",     "nobody", "nothing", "neither", "cannot",
    "t",      "without", "ne",     "n",       "pas",     "jamais", "aucun",   "aucune",  "sans",
    "rien",   "nicht",   "kein",   "keine",   "keinen",  "keinem", "keiner",  "nie",     "niemals",
    "nichts", "ohne",    "nunca",  "ningun",  "ninguna", "nada",   "sin",     "tampoco", "non",
    "mai",    "senza",   "nessun", "nessuna", "nessuno", "niente",
};

static bool is_negation(const struct tocsin_word *word)
{
    for (size_t i = 0; i < ARRAY_LEN(negations); i++) {
        if (strlen(negations[i]) == word->folded_len &&
            memcmp(negations[i], word->folded, word->folded_len) == 0)
            return true;
    }
    return false;
}

static void quote_init(struct retold_quote *quote, const char *text)
{
    *quote = (struct retold_quote){.text = mem_strdup(text)};
    tocsin_words_make(quote->text, strlen(quote->text), &quote->words);
    for (size_t i = 0; i < quote->words.n; i++)
        quote->n_negations += is_negation(&quote->words.words[i]);
}

static void quote_deinit(struct retold_quote *quote)
{
    tocsin_words_free(&quote->words);
    free(quote->text);
}

void retold_deinit(struct retold *retold)
{
    for (size_t i = 0; i < retold->n; i++)
        quote_deinit(&retold->quotes[i]);
    free(retold->quotes);
    free(retold->marks);
    *retold = (struct retold){0};
}

void retold_add(struct retold *retold, const char *quote)
{
    retold->quotes = mem_grow(retold->quotes, &retold->cap, retold->n + 1, sizeof(*retold->quotes));
    quote_init(&retold->quotes[retold->n++], quote);
}

void retold_add_marks(struct retold *retold, const struct sketch_set *marks)
{
    retold->marks =
        mem_grow(retold->marks, &retold->cap_marks, retold->n_marks + 1, sizeof(*retold->marks));
    retold->marks[retold->n_marks++] = *marks;
}

static bool has_word(const struct retold_quote *quote, const struct tocsin_word *word)
{
    for (size_t i = 0; i < quote->words.n; i++) {
        const struct tocsin_word *own = &quote->words.words[i];
        if (own->folded_len == word->folded_len &&
            memcmp(own->folded, word->folded, word->folded_len) == 0)
            return true;
    }
    return false;
}

static bool any_has_word(const struct retold *retold, const struct tocsin_word *word)
{
    for (size_t i = 0; i < retold->n; i++) {
        if (has_word(&retold->quotes[i], word))
            return true;
    }
    return false;
}

/* A number, or a name perhaps: what is not ASCII counts as one, too. */
static bool is_telling(const char *text, const struct tocsin_word *word)
{
    unsigned char first = (unsigned char)text[word->start];
    if (isupper(first) || first >= 0x80)
        return true;
    for (uint32_t i = word->start; i < word->end; i++) {
        if (isdigit((unsigned char)text[i]))
            return true;
    }
    return false;
}

static bool is_mark_of_story(const struct retold *retold, const struct tocsin_word *word)
{
    uint32_t hash = sketch_word(word->folded, word->folded_len);
    for (size_t i = 0; i < retold->n_marks; i++) {
        if (sketch_has(&retold->marks[i], hash))
            return true;
    }
    return false;
}

/* Where the place and the agency end that begin a report: "PARIS (ABC) - "; 0: there are none. */
static size_t dateline_end(const char *text)
{
    static const char *const dashes[] = {" - ", " \xe2\x80\x93 ", " \xe2\x80\x94 "};
    for (size_t i = 0; i < ARRAY_LEN(dashes); i++) {
        const char *dash = strstr(text, dashes[i]);
        if (dash && dash - text <= DATELINE_MOST)
            return (size_t)(dash - text);
    }
    return 0;
}

static bool says_who_is_new(const struct retold *retold, const struct retold_quote *quote)
{
    size_t begin = dateline_end(quote->text);
    for (size_t i = 0; i < quote->words.n; i++) {
        if (quote->words.words[i].start >= begin &&
            is_telling(quote->text, &quote->words.words[i]) &&
            !any_has_word(retold, &quote->words.words[i]) &&
            !is_mark_of_story(retold, &quote->words.words[i]))
            return true;
    }
    return false;
}

static bool is_told_by(const struct retold_quote *quote, const struct retold_quote *told)
{
    size_t n_common = 0;
    for (size_t i = 0; i < quote->words.n; i++)
        n_common += has_word(told, &quote->words.words[i]);
    return quote->n_negations == told->n_negations &&
           (double)n_common >= MOST_WORDS * (double)quote->words.n;
}

static bool is_told_title(const struct retold *retold, const struct retold_quote *title)
{
    size_t n_known = 0;
    bool says_no_alike = false;
    for (size_t i = 0; i < title->words.n; i++)
        n_known += any_has_word(retold, &title->words.words[i]);
    for (size_t i = 0; i < retold->n && !says_no_alike; i++)
        says_no_alike = retold->quotes[i].n_negations == title->n_negations;
    return says_no_alike && (double)n_known >= HALF_WORDS * (double)title->words.n;
}

bool retold_has(const struct retold *retold, const char *text, bool is_title)
{
    struct retold_quote quote;
    if (!retold->n)
        return false;
    quote_init(&quote, text);
    bool told = false;
    if (quote.words.n && !says_who_is_new(retold, &quote)) {
        told = is_title && is_told_title(retold, &quote);
        for (size_t i = 0; i < retold->n && !told; i++)
            told = is_told_by(&quote, &retold->quotes[i]);
    }
    quote_deinit(&quote);
    return told;
}
