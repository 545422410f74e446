/*
 * The words of ASCII text, 64 bytes at a time: which bytes are letters or digits becomes the bits
 * of one number, and where that changes a word begins or ends.
 */
#include "lib/words.h"

#ifdef WORDS_HAVE_AVX2
#include <immintrin.h>
#include <string.h>

#define HALF     (WORDS_BLOCK / 2)
#define USE_AVX2 __attribute__((target("avx2,bmi")))

bool words_can_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
}

/* 0xFF in each byte that lies in [first, first + n). Bytes above 0x7F lie in none below it. */
USE_AVX2 static inline __m256i in_range(__m256i bytes, char first, char n)
{
    __m256i shifted = _mm256_sub_epi8(bytes, _mm256_set1_epi8(first));
    __m256i last = _mm256_set1_epi8((char)(n - 1));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(shifted, last), shifted);
}

/* Folds 32 bytes; the result says which are part of a word. */
USE_AVX2 static inline uint32_t fold_half(__m256i bytes, char *folded)
{
    __m256i upper = in_range(bytes, 'A', 26);
    __m256i lower = _mm256_or_si256(bytes, _mm256_and_si256(upper, _mm256_set1_epi8(0x20)));
    _mm256_storeu_si256((__m256i *)(void *)folded, lower);
    __m256i word = _mm256_or_si256(in_range(lower, 'a', 26), in_range(bytes, '0', 10));
    return (uint32_t)_mm256_movemask_epi8(word);
}

USE_AVX2 static inline __m256i load(const char *bytes)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)bytes);
}

/* How many bytes from `at` on are ASCII, up to a block. */
USE_AVX2 static inline size_t ascii_length(const char *text)
{
    uint64_t low = (uint32_t)_mm256_movemask_epi8(load(text));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(load(text + HALF));
    uint64_t other = low | high << HALF;
    return other ? (size_t)_tzcnt_u64(other) : WORDS_BLOCK;
}

/* The word that is open from one block to the next. */
struct open {
    bool is;
    size_t start;
};

/* A whole block that stands at `block` and is the text from `at` on. */
USE_AVX2 static inline void take_block(struct words_maker *maker, const char *block, size_t at,
                                       struct open *open)
{
    words_reserve(maker);
    uint64_t low = fold_half(load(block), maker->folded + at);
    uint64_t high = fold_half(load(block + HALF), maker->folded + at + HALF);
    uint64_t word = low | high << HALF;
    uint64_t edges = word ^ (word << 1 | open->is);
    if (open->is && edges) {
        words_emit(maker, open->start, at + _tzcnt_u64(edges));
        edges = _blsr_u64(edges);
    }
    while (edges) {
        size_t start = at + _tzcnt_u64(edges);
        edges = _blsr_u64(edges);
        if (!edges) {
            open->start = start;
            break;
        }
        words_emit(maker, start, at + _tzcnt_u64(edges));
        edges = _blsr_u64(edges);
    }
    open->is = word >> (WORDS_BLOCK - 1);
}

USE_AVX2 size_t words_ascii_avx2(struct words_maker *maker, size_t at)
{
    const char *text = maker->text;
    struct open open = {.is = false};
    size_t n = 0;
    for (;; at += WORDS_BLOCK) {
        size_t left = maker->len - at;
        n = left < WORDS_BLOCK ? left : ascii_length(text + at);
        if (n < WORDS_BLOCK)
            break;
        take_block(maker, text + at, at, &open);
    }
    /* The last bytes stand alone in a block of zeros, which ends every word. */
    char block[WORDS_BLOCK] = {0};
    memcpy(block, text + at, n);
    size_t ascii = ascii_length(block), end = at + (ascii < n ? ascii : n);
    memset(block + (end - at), 0, WORDS_BLOCK - (end - at));
    take_block(maker, block, at, &open);
    if (end < maker->len && maker->n && maker->words[maker->n - 1].end == end) {
        end = maker->words[maker->n - 1].start; /* what follows may go on with it */
        maker->n--;
    }
    return end;
}
#endif
