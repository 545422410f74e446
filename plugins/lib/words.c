/*
 * The words of a text, as tocsin/plugin.h defines them.
 *
 * The definition speaks of the whole text: NFKD, case folding, NFKD, marks (Mn) dropped, then runs
 * of letters, numbers and the other marks. Here it is applied character by character, which gives
 * the same words and keeps the byte offsets: decompositions are independent of each other but for
 * the canonical order of marks, and of the marks that stay only a handful can be out of order.
 * Those wait in `late` until the next starter.
 *
 * ASCII goes through one table. Folded words stand end to end in one buffer, so that a word needs
 * no allocation, and their pointers are set when the buffer has stopped moving.
 */
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "base/mem.h"
#include "lib/utf8.h"

#define DECOMPOSED_MAX 32     /* the longest is U+FDFA with 18 */
#define LATE_MIN       64     /* characters */
#define YPOGEGRAMMENI  0x0345 /* the one mark that folds to a letter */

/* A character that waits for its place in the canonical order. */
struct late {
    int32_t c;
    uint8_t order; /* canonical combining class */
    uint32_t start, end;
};

struct maker {
    const char *text;
    size_t len;
    char *folded;
    size_t folded_len, folded_cap;
    struct tocsin_word *words;
    size_t n, cap;
    bool open;  /* the last word can still grow */
    bool marks; /* the last word takes the marks that follow */
    struct late *late;
    size_t n_late, late_cap;
};

/* The folded byte of an ASCII letter or digit, else 0. */
static const char ascii_fold[128] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z'};

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

static void word_open(struct maker *m, uint32_t start)
{
    if (m->n == m->cap)
        m->words = mem_grow(m->words, &m->cap, m->n + 1, sizeof(*m->words));
    m->words[m->n++] = (struct tocsin_word){.start = start, .end = start};
    m->open = true;
}

/* Adds the bytes of one folded character to the word at hand, or to a new one. */
static void word_append(struct maker *m, const char *bytes, size_t n, uint32_t start, uint32_t end)
{
    if (!m->open)
        word_open(m, start);
    /* Always room for the rest of the text in ASCII, so that the fast path need not look. */
    size_t need = m->folded_len + n + (m->len - end);
    if (need > m->folded_cap)
        m->folded = mem_grow(m->folded, &m->folded_cap, need, 1);
    memcpy(m->folded + m->folded_len, bytes, n);
    m->folded_len += n;
    struct tocsin_word *word = &m->words[m->n - 1];
    word->folded_len += (uint32_t)n;
    if (end > word->end)
        word->end = end;
    if (start < word->start)
        word->start = start;
    m->marks = true;
}

/* One character of the folded text. */
static void emit(struct maker *m, int32_t c, uint32_t start, uint32_t end)
{
    if (!is_word_character(c)) {
        m->open = m->marks = false;
        return;
    }
    bool alone = is_unspaced(c);
    if (alone)
        m->open = false;
    char bytes[UTF8_MAX_LEN];
    size_t n = (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)bytes);
    word_append(m, bytes, n, start, end);
    if (alone)
        m->open = false;
}

/* The second half of the definition: case folding and NFKD of a character that is NFKD already. */
static void fold_character(struct maker *m, int32_t c, uint32_t start, uint32_t end)
{
    utf8proc_int32_t out[DECOMPOSED_MAX];
    utf8proc_ssize_t n = utf8proc_decompose_char(
        c, out, DECOMPOSED_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < DECOMPOSED_MAX; i++)
        if (utf8proc_category(out[i]) != UTF8PROC_CATEGORY_MN)
            emit(m, out[i], start, end);
}

/* Folds the waiting characters by their classes; equal classes keep their order. */
static void flush_late(struct maker *m)
{
    for (unsigned done = 0, left = 1; left;) {
        unsigned order = 256;
        left = 0;
        for (size_t i = 0; i < m->n_late; i++)
            if (m->late[i].order > done && m->late[i].order < order)
                order = m->late[i].order;
        for (size_t i = 0; i < m->n_late; i++) {
            if (m->late[i].order == order)
                fold_character(m, m->late[i].c, m->late[i].start, m->late[i].end);
            left |= m->late[i].order > order;
        }
        done = order;
    }
    m->n_late = 0;
}

static void wait_late(struct maker *m, struct late late)
{
    if (m->n_late == m->late_cap)
        m->late = mem_grow(m->late, &m->late_cap, m->n_late + (m->n_late ? 1 : LATE_MIN),
                           sizeof(*m->late));
    m->late[m->n_late++] = late;
}

/* One character of the text in NFKD. */
static void take(struct maker *m, int32_t c, uint32_t start, uint32_t end)
{
    const utf8proc_property_t *property = utf8proc_get_property(c);
    uint8_t order = (uint8_t)property->combining_class;
    bool dropped = property->category == UTF8PROC_CATEGORY_MN && c != YPOGEGRAMMENI;
    if (order && !dropped) {
        wait_late(m, (struct late){.c = c, .order = order, .start = start, .end = end});
        return;
    }
    if (!order && m->n_late)
        flush_late(m);
    if (!dropped)
        fold_character(m, c, start, end);
    else if (m->marks && end > m->words[m->n - 1].end)
        m->words[m->n - 1].end = end;
}

/* The character at `at` that is not ASCII; returns where the next begins. */
static size_t take_unicode(struct maker *m, size_t at)
{
    size_t start = at;
    int32_t c = utf8_next(m->text, m->len, &at);
    if (c == UTF8_BAD)
        c = UTF8_REPLACED;
    utf8proc_int32_t out[DECOMPOSED_MAX];
    utf8proc_ssize_t n =
        utf8proc_decompose_char(c, out, DECOMPOSED_MAX, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT, NULL);
    for (utf8proc_ssize_t i = 0; i < n && i < DECOMPOSED_MAX; i++)
        take(m, out[i], (uint32_t)start, (uint32_t)at);
    return at;
}

/* ASCII from `at` on; returns where it ends. */
static size_t take_ascii(struct maker *m, size_t at)
{
    const unsigned char *text = (const unsigned char *)m->text;
    while (at < m->len && text[at] < 0x80) {
        char c = ascii_fold[text[at]];
        if (!c) {
            m->open = m->marks = false;
            at++;
            continue;
        }
        if (!m->open)
            word_open(m, (uint32_t)at);
        size_t start = at;
        do {
            m->folded[m->folded_len++] = c;
            at++;
        } while (at < m->len && text[at] < 0x80 && (c = ascii_fold[text[at]]));
        struct tocsin_word *word = &m->words[m->n - 1];
        word->folded_len += (uint32_t)(at - start);
        word->end = (uint32_t)at;
        m->marks = true;
    }
    return at;
}

void tocsin_words_make(const char *text, size_t len, struct tocsin_words *words)
{
    struct maker m = {.text = text, .len = len, .folded_cap = len + 1, .cap = len / 6 + 8};
    m.folded = mem_alloc(m.folded_cap);
    m.words = mem_alloc(m.cap * sizeof(*m.words));
    for (size_t at = 0; at < len;) {
        if ((unsigned char)text[at] >= 0x80) {
            at = take_unicode(&m, at);
            continue;
        }
        if (m.n_late)
            flush_late(&m);
        at = take_ascii(&m, at);
    }
    if (m.n_late)
        flush_late(&m);
    mem_free_p(&m.late);

    const char *folded = m.folded;
    for (size_t i = 0; i < m.n; i++) {
        m.words[i].folded = folded;
        folded += m.words[i].folded_len;
    }
    *words = (struct tocsin_words){.words = m.words, .n = m.n, .folded = m.folded};
}

void tocsin_words_free(struct tocsin_words *words)
{
    free(words->words);
    free(words->folded);
    *words = (struct tocsin_words){0};
}
