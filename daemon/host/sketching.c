/* From words to shingles and marks; see sketching.h. */
#include "host/sketching.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

#include "lib/objects.h"

static bool is_capital(const char *text, const struct tocsin_word *word)
{
    unsigned char first = (unsigned char)text[word->start];
    if (first < 0x80)
        return isupper(first) != 0;
    utf8proc_int32_t character;
    utf8proc_ssize_t got =
        utf8proc_iterate((const utf8proc_uint8_t *)text + word->start,
                         (utf8proc_ssize_t)(word->end - word->start), &character);
    return got > 0 && utf8proc_category(character) == UTF8PROC_CATEGORY_LU;
}

/* Where a capital says nothing: behind an end, a quotation mark, at the very beginning. */
static bool begins_sentence(const char *text, const struct tocsin_word *word)
{
    size_t at = word->start;
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    return at == 0 || (unsigned char)text[at - 1] >= 0x80 || strchr(".!?:\n\"'", text[at - 1]);
}

static bool is_mark(const char *text, const struct tocsin_word *word)
{
    for (uint32_t i = 0; i < word->folded_len; i++) {
        if (isdigit((unsigned char)word->folded[i]))
            return true;
    }
    return is_capital(text, word) && !begins_sentence(text, word);
}

void sketch_document(const struct tocsin_document *document, struct sketch *sketch)
{
    size_t n;
    const struct tocsin_word *words = tocsin_document_words(document, &n);
    uint32_t before = 0, before_that = 0;
    sketch->shingles.n = sketch->marks.n = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t hash = sketch_word(words[i].folded, words[i].folded_len);
        if (i >= 2)
            sketch_add(&sketch->shingles, sketch_shingle(before_that, before, hash));
        if (is_mark(document->text, &words[i]))
            sketch_add(&sketch->marks, hash);
        before_that = before;
        before = hash;
    }
}
