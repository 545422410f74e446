/*
 * The exact path of tocsin_words_make, for all that is not plain ASCII.
 *
 * The definition speaks of the whole text: NFKD, case folding, NFKD, marks (Mn) dropped, then runs
 * of letters, numbers and the other marks. Here it is applied character by character, which gives
 * the same words and keeps the byte offsets: decompositions are independent of each other but for
 * the canonical order of marks, and of the marks that stay only a handful can be out of order.
 * Those wait in `late` until the next starter.
 *
 * It goes back to the fast path at the next ASCII character that is part of no word.
 */
#include <string.h>

#include "base/mem.h"
#include "lib/utf8.h"
#include "lib/words.h"

#define DECOMPOSED_MAX 32     /* the longest is U+FDFA with 18 */
#define LATE_MIN       64     /* characters */
#define YPOGEGRAMMENI  0x0345 /* the one mark that folds to a letter */

/* A character that waits for its place in the canonical order. */
struct late {
    int32_t c;
    uint8_t order; /* canonical combining class */
    uint32_t start, end;
};

struct folder {
    struct words_maker *maker;
    bool open;  /* the last word can still grow */
    bool marks; /* the last word takes the marks that follow */
    struct late *late;
    size_t n_late, late_cap;
};

/* Scripts written without spaces: each character is a word of its own. Sorted. */
static const struct {
    int32_t first, last;
} unspaced[] = {
    {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF}, {0x3005, 0x3007},
    {0x3040, 0x30FF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF},
    {0xA9E0, 0xA9FF}, {0xAA60, 0xAA7F}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF},
};

static bool is_unspaced(int32_t c)
{
    for (size_t i = 0; i < ARRAY_LEN(unspaced) && c >= unspaced[i].first; i++)
        if (c <= unspaced[i].last)
            return true;
    return false;
}

static bool is_word_character(int32_t c)
{
    switch (utf8proc_category(c)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return true;
    default: /* utf8proc's enum, not ours */
        return false;
    }
}

static struct tocsin_word *last_word(struct folder *f)
{
    return &f->maker->words[f->maker->n - 1];
}

/* Room for n more folded bytes and a block behind them; the words move with their buffer. */
static void reserve_folded(struct words_maker *maker, size_t n)
{
    if (maker->folded_len + n + WORDS_BLOCK <= maker->folded_cap)
        return;
    uintptr_t before = (uintptr_t)maker->folded;
    maker->folded =
        mem_grow(maker->folded, &maker->folded_cap, maker->folded_len + n + WORDS_BLOCK, 1);
    for (size_t i = 0; i < maker->n; i++)
        maker->words[i].folded = maker->folded + ((uintptr_t)maker->words[i].folded - before);
}

static void word_open(struct folder *f, uint32_t start)
{
    struct words_maker *maker = f->maker;
    words_reserve(maker);
    maker->words[maker->n++] = (struct tocsin_word){
        .folded = maker->folded + maker->folded_len, .start = start, .end = start};
    f->open = true;
}

/* Adds the bytes of one folded character to the word at hand, or to a new one. */
static void word_append(struct folder *f, const char *bytes, size_t n, uint32_t start, uint32_t end)
{
    struct words_maker *maker = f->maker;
    reserve_folded(maker, n);
    if (!f->open)
        word_open(f, start);
    memcpy(maker->folded + maker->folded_len, bytes, n);
    maker->folded_len += n;
    struct tocsin_word *word = last_word(f);
    word->folded_len += (uint32_t)n;
    if (end > word->end)
        word->end = end;
    if (start < word->start)
        word->start = start;
    f->marks = true;
}

/* One character of the folded text. */
static void emit(struct folder *f, int32_t c, uint32_t start, uint32_t end)
{
    if (!is_word_character(c)) {
        f->open = f->marks = false;
        return;
    }
    bool alone = is_unspaced(c);
    if (alone)
        f->open = false;
    char bytes[UTF8_MAX_LEN];
    size_t n = (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)bytes);
    word_append(f, bytes, n, start, end);
    if (alone)
        f->open = false;
}

/* The second half of the definition: case folding and NFKD of a character that is NFKD already. */
static void fold_character(struct folder *f, int32_t c, uint32_t start, uint32_t end)
{
    utf8proc_int32_t out[DECOMPOSED_MAX];
    utf8proc_ssize_t n = utf8proc_decompose_char(
        c, out, DECOMPOSED_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < DECOMPOSED_MAX; i++)
        if (utf8proc_category(out[i]) != UTF8PROC_CATEGORY_MN)
            emit(f, out[i], start, end);
}

/* Folds the waiting characters by their classes; equal classes keep their order. */
static void flush_late(struct folder *f)
{
    for (unsigned done = 0, left = 1; left;) {
        unsigned order = 256;
        left = 0;
        for (size_t i = 0; i < f->n_late; i++)
            if (f->late[i].order > done && f->late[i].order < order)
                order = f->late[i].order;
        for (size_t i = 0; i < f->n_late; i++) {
            if (f->late[i].order == order)
                fold_character(f, f->late[i].c, f->late[i].start, f->late[i].end);
            left |= f->late[i].order > order;
        }
        done = order;
    }
    f->n_late = 0;
}

static void wait_late(struct folder *f, struct late late)
{
    if (f->n_late == f->late_cap)
        f->late = mem_grow(f->late, &f->late_cap, f->n_late + (f->n_late ? 1 : LATE_MIN),
                           sizeof(*f->late));
    f->late[f->n_late++] = late;
}

/* One character of the text in NFKD. */
static void take(struct folder *f, int32_t c, uint32_t start, uint32_t end)
{
    const utf8proc_property_t *property = utf8proc_get_property(c);
    uint8_t order = (uint8_t)property->combining_class;
    bool dropped = property->category == UTF8PROC_CATEGORY_MN && c != YPOGEGRAMMENI;
    if (order && !dropped) {
        wait_late(f, (struct late){.c = c, .order = order, .start = start, .end = end});
        return;
    }
    if (!order && f->n_late)
        flush_late(f);
    if (!dropped)
        fold_character(f, c, start, end);
    else if (f->marks && end > last_word(f)->end)
        last_word(f)->end = end;
}

/* The character at `at` that is not ASCII; returns where the next begins. */
static size_t take_unicode(struct folder *f, size_t at)
{
    size_t start = at;
    int32_t c = utf8_next(f->maker->text, f->maker->len, &at);
    if (c == UTF8_BAD)
        c = UTF8_REPLACED;
    utf8proc_int32_t out[DECOMPOSED_MAX];
    utf8proc_ssize_t n =
        utf8proc_decompose_char(c, out, DECOMPOSED_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < DECOMPOSED_MAX; i++)
        take(f, out[i], (uint32_t)start, (uint32_t)at);
    return at;
}

/* An ASCII character; false when it is part of no word. */
static bool take_ascii(struct folder *f, char c, uint32_t at)
{
    if (f->n_late)
        flush_late(f);
    if (c >= 'A' && c <= 'Z')
        c = (char)(c | 0x20);
    if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
        return false;
    word_append(f, &c, 1, at, at + 1);
    return true;
}

size_t words_fold(struct words_maker *maker, size_t at)
{
    struct folder f = {.maker = maker};
    while (at < maker->len) {
        if ((unsigned char)maker->text[at] >= 0x80)
            at = take_unicode(&f, at);
        else if (take_ascii(&f, maker->text[at], (uint32_t)at))
            at++;
        else
            break;
    }
    if (f.n_late)
        flush_late(&f);
    mem_free_p(&f.late);
    return at;
}
