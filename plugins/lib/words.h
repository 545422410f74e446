/*
 * The parts from which tocsin_words_make is put together (words.c), shown for its tests.
 *
 * An ASCII word is folded where it stands: byte i of the text becomes byte i of `folded`. What the
 * slow path folds is appended behind that, and a block of bytes behind it all may be read.
 */
#ifndef TOCSIN_LIB_WORDS_H
#define TOCSIN_LIB_WORDS_H

#include <stdbool.h>
#include <tocsin/text.h>

#define WORDS_BLOCK 64 /* bytes that are looked at together */

struct words_maker {
    const char *text;
    size_t len;
    char *folded;
    size_t folded_len, folded_cap; /* folded_len: the end of what the slow path wrote */
    struct tocsin_word *words;
    size_t n, cap;
};

/* Takes ASCII words from `at` on, which must be where no word is open. Returns the length of the
 * text, or the place of the first character that the slow path has to take: one that is not ASCII,
 * or the beginning of the ASCII word that it may go on. */
typedef size_t words_ascii(struct words_maker *maker, size_t at);
words_ascii words_ascii_portable;
#ifdef __x86_64__
#define WORDS_HAVE_AVX2 1
words_ascii words_ascii_avx2; /* for processors with AVX2 and BMI */
bool words_can_avx2(void);
#endif

/* words_fold.c: any characters from `at` on by the whole definition. Returns the length of the
 * text, or the place of an ASCII character behind which no word is open. */
size_t words_fold(struct words_maker *maker, size_t at);

/* Room for the words of one more block. */
void words_reserve(struct words_maker *maker);
/* An ASCII word whose folded bytes stand where they are in the text. There must be room. */
static inline void words_emit(struct words_maker *maker, size_t start, size_t end)
{
    maker->words[maker->n++] = (struct tocsin_word){.folded = maker->folded + start,
                                                    .folded_len = (uint32_t)(end - start),
                                                    .start = (uint32_t)start,
                                                    .end = (uint32_t)end};
}

/* words.c, with the given fast path. */
void words_make_by(words_ascii *ascii, const char *text, size_t len, struct tocsin_words *words);

#endif
