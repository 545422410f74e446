/*
 * The language of a text, for lang:. A guess by the commonest words of some languages, and by the
 * script where it says enough; 0 when nothing stands out.
 */
#include "lib/utf8.h"
#include "topics/view.h"

#define WORDS_LOOKED_AT 2000
#define HITS_MIN        2

#define LANGUAGE(a, b) ((uint32_t)(a) << 8 | (uint32_t)(b))

/* Folded words that are common in one language and not in the others. */
static const struct {
    uint32_t language;
    const char *words; /* each between spaces */
} common[] = {
    {LANGUAGE('e', 'n'), " the of and to is that for it with was are this from have not be at by "},
    {LANGUAGE('d', 'e'), " der die und das den von zu mit ist nicht ein eine auf fur dem sich im "},
    {LANGUAGE('f', 'r'), " le les des et est une dans pour pas qui du sur au plus ce avec sont "},
    {LANGUAGE('e', 's'), " el los las del y por para con una es su al lo como mas pero fue "},
    {LANGUAGE('i', 't'), " il di che gli della per non sono del con una nel alla anche piu dei "},
    {LANGUAGE('p', 't'), " os da do em nao para uma com por mais dos das ao foi seu pela "},
    {LANGUAGE('n', 'l'), " het een van en dat niet zijn voor met op aan ook er maar bij naar "},
};

static const struct {
    int32_t first, last;
    uint32_t language;
} scripts[] = {
    {0x0370, 0x03FF, LANGUAGE('e', 'l')}, {0x0400, 0x04FF, LANGUAGE('r', 'u')},
    {0x0590, 0x05FF, LANGUAGE('h', 'e')}, {0x0600, 0x06FF, LANGUAGE('a', 'r')},
    {0x0E00, 0x0E7F, LANGUAGE('t', 'h')}, {0x1100, 0x11FF, LANGUAGE('k', 'o')},
    {0x3040, 0x30FF, LANGUAGE('j', 'a')}, {0x4E00, 0x9FFF, LANGUAGE('z', 'h')},
};

#define N_COMMON  ARRAY_LEN(common)
#define N_SCRIPTS ARRAY_LEN(scripts)

static bool is_among(const char *words, const struct tocsin_word *word)
{
    for (const char *at = words + 1; *at;) {
        size_t len = strcspn(at, " ");
        if (len == word->folded_len && !memcmp(at, word->folded, len))
            return true;
        at += len + 1;
    }
    return false;
}

static void count_word(const struct tocsin_word *word, uint32_t *counts)
{
    if ((unsigned char)word->folded[0] < 0x80) {
        for (size_t i = 0; i < N_COMMON; i++)
            counts[i] += is_among(common[i].words, word);
        return;
    }
    size_t at = 0;
    int32_t c = utf8_next(word->folded, word->folded_len, &at);
    for (size_t i = 0; i < N_SCRIPTS; i++)
        counts[N_COMMON + i] += c >= scripts[i].first && c <= scripts[i].last;
}

uint32_t language_of(const struct tocsin_word *words, size_t n)
{
    uint32_t counts[N_COMMON + N_SCRIPTS] = {0};
    size_t best = 0;
    for (size_t i = 0; i < n && i < WORDS_LOOKED_AT; i++)
        count_word(&words[i], counts);
    for (size_t i = 1; i < ARRAY_LEN(counts); i++)
        if (counts[i] > counts[best])
            best = i;
    if (counts[best] < HITS_MIN)
        return 0;
    return best < N_COMMON ? common[best].language : scripts[best - N_COMMON].language;
}
