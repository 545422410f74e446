/*
 * Words and sentences with what the other steps want to know about them; see reading.h. Nothing
 * here knows about races.
 */
#include "reading.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#include "writing.h"

#define HEADER_LEAD "date "
/* What runs on longer is no sentence; every step may look at a whole one. */
#define SENTENCE_MAX_WORDS 400
#define DATE_LEN           10

bool token_is(const struct token *token, const char *folded)
{
    return strlen(folded) == token->folded_len && !memcmp(token->folded, folded, token->folded_len);
}

bool token_joined(const struct token *token)
{
    return token->gap == GAP_HYPHEN || token->gap == GAP_APOSTROPHE;
}

bool token_initial(const struct token *token)
{
    return token->flags & TOKEN_CAPITAL && token->end - token->start == 1;
}

int token_number(const struct token *token)
{
    if (!(token->flags & TOKEN_NUMBER) || token->folded_len > 6)
        return -1;
    int number = 0;
    for (uint32_t i = 0; i < token->folded_len; i++)
        number = number * 10 + (token->folded[i] - '0');
    return number;
}

char *reading_text(const struct reading *reading, size_t first, size_t end)
{
    uint32_t from = reading->tokens[first].start;
    return mem_strndup(reading->text + from, reading->tokens[end - 1].end - from);
}

/* Where the text proper begins; takes the date from the header. */
static size_t header_skip(const char *text, size_t len, int32_t *date)
{
    size_t at = 0, lead = strlen(HEADER_LEAD);
    while (at < len && text[at] == ' ')
        at++;
    int32_t day = 0;
    if (len - at < lead + DATE_LEN || memcmp(text + at, HEADER_LEAD, lead) != 0 ||
        !str_date_parse(text + at + lead, DATE_LEN, &day))
        return 0;
    if (!*date)
        *date = day;
    return at + lead + DATE_LEN;
}

static void tokens_read(struct reading *reading, const struct tocsin_word *words, size_t n_words,
                        size_t skip)
{
    size_t before = skip;
    bool quoted = false;
    reading->tokens = NEW_N(struct token, n_words + 1);
    for (size_t i = 0; i < n_words; i++) {
        if (words[i].start < skip)
            continue;
        if (!reading->n_tokens)
            reading->words = &words[i];
        struct token *token = &reading->tokens[reading->n_tokens++];
        token->folded = words[i].folded;
        token->folded_len = words[i].folded_len;
        token->start = words[i].start;
        token->end = words[i].end;
        token->gap = gap_read(reading->text, before, words[i].start, &quoted);
        token->flags = token_writing(reading->text, words[i].start, words[i].end);
        if (quoted)
            token->flags |= TOKEN_QUOTED;
        before = words[i].end;
    }
}

/* Sentences are cut anew along the library's ends, which are dropped after an initial and within
 * "no. 7". */
static bool sentence_ends_before(const struct reading *reading, size_t i, bool cut)
{
    const struct token *token = &reading->tokens[i], *before = token - 1;
    const struct sentence *sentence = &reading->sentences[reading->n_sentences - 1];
    if (token->gap & GAP_LINE || i - sentence->first >= SENTENCE_MAX_WORDS)
        return true;
    if (!cut)
        return false;
    bool dotted = token->gap == (GAP_STOP | GAP_SPACE);
    return !(dotted &&
             (token_initial(before) || (token_is(before, "no") && token->flags & TOKEN_NUMBER)));
}

static bool span_asks(const struct reading *reading, const struct sentence *sentence)
{
    size_t at = reading->tokens[sentence->end - 1].end;
    while (at < reading->len && strchr(" \"')\xbb\xc2\xe2\x80\x9d\x9c", reading->text[at]))
        at++;
    return at < reading->len && reading->text[at] == '?';
}

static void sentences_read(struct reading *reading, const struct tocsin_span *spans, size_t n_spans)
{
    size_t span = 0, cap = 0;
    uint32_t paragraph = 0;
    for (size_t i = 0; i < reading->n_tokens; i++) {
        struct token *token = &reading->tokens[i];
        bool cut = false;
        while (span < n_spans && spans[span].end <= token->start) {
            span++;
            cut = true;
        }
        paragraph += token->gap & GAP_LINE ? 1 : 0;
        if (!reading->n_sentences || sentence_ends_before(reading, i, cut)) {
            reading->sentences = mem_grow(reading->sentences, &cap, reading->n_sentences + 1,
                                          sizeof(struct sentence));
            reading->sentences[reading->n_sentences++] =
                (struct sentence){.first = (uint32_t)i, .paragraph = paragraph};
        }
        token->sentence = (uint32_t)reading->n_sentences - 1;
        reading->sentences[token->sentence].end = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < reading->n_sentences; i++)
        reading->sentences[i].question = span_asks(reading, &reading->sentences[i]);
}

/* In a sentence with hardly a small letter, capitals mark nothing. */
static void titles_mark(struct reading *reading)
{
    for (size_t s = 0; s < reading->n_sentences; s++) {
        const struct sentence *sentence = &reading->sentences[s];
        size_t n = 0, upper = 0;
        for (size_t i = sentence->first; i < sentence->end; i++) {
            n += reading->tokens[i].flags & TOKEN_NUMBER ? 0 : 1;
            upper += reading->tokens[i].flags & TOKEN_UPPER ? 1 : 0;
        }
        for (size_t i = sentence->first; upper * 3 > n * 2 && i < sentence->end; i++)
            reading->tokens[i].flags |= TOKEN_TITLE;
    }
}

void reading_init(struct reading *reading, const char *text, size_t len,
                  const struct tocsin_word *words, size_t n_words,
                  const struct tocsin_span *sentences, size_t n_sentences, int32_t date)
{
    *reading = (struct reading){.text = text, .len = len, .date = date};
    size_t skip = header_skip(text, len, &reading->date);
    if (n_words > READING_MAX_WORDS)
        n_words = READING_MAX_WORDS;
    tokens_read(reading, words, n_words, skip);
    sentences_read(reading, sentences, n_sentences);
    titles_mark(reading);
}

void reading_deinit(struct reading *reading)
{
    mem_free_p(&reading->tokens);
    mem_free_p(&reading->sentences);
}
