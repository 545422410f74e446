/* Words and phrases: what a term may be. Its words are read by term_words.c. */
#include <stdlib.h>
#include <string.h>

#include "topics/stems.h"
#include "topics/terms_inner.h"

/* A ? can be said only in a word by itself, for in a phrase it is a question mark. */
static bool has_lost_question(const struct node *term)
{
    for (size_t i = 0; term->n_words > 1 && i < term->n_words; i++)
        if (term->words[i].kind == WORD_WILD && strchr(term->words[i].folded, '?'))
            return true;
    return false;
}

static bool has_wild(const struct node *term)
{
    for (size_t i = 0; i < term->n_words; i++)
        if (term->words[i].kind == WORD_WILD)
            return true;
    return false;
}

static int check_words(struct reader *reader)
{
    const struct node *term = reader->term;
    bool plain = !reader->parser->token.exact && !reader->parser->stem;
    if (!term->n_words)
        return term_fail(reader, "a word is made of letters and digits",
                         "there is no word in this");
    if (has_lost_question(term))
        return term_fail(reader, "write the words apart", "a ? stands only in a word by itself");
    if (reader->parser->token.exact && reader->parser->stem)
        return term_fail(reader, "leave one of them out", "= and stem: exclude each other");
    if (!plain && has_wild(term))
        return term_fail(reader, "leave one of them out",
                         "a wildcard cannot be joined with = or stem:");
    return 0;
}

/* ~number behind a word: slips that are allowed. */
static int take_slips(struct reader *reader)
{
    struct query_word *word = &reader->term->words[0];
    uint32_t slips = reader->parser->token.number;
    if (reader->term->n_words > 1 || word->kind != WORD_PLAIN)
        return term_fail(reader, "write word~1, or \"some words\"~5 for words near each other",
                         "slips are allowed in one plain word only");
    if (slips < 1 || slips > 2)
        return term_fail(reader, "write ~1 or ~2", "1 or 2 slips can be allowed");
    if (term_letters(word->folded, word->len) < 2 * slips + 1 || word->len > QUERY_MAX_WORD)
        return term_fail(reader, "look for the word without ~",
                         "this word is too short or too long to allow slips");
    word->kind = WORD_FUZZY;
    word->slips = slips;
    return term_count_class(reader);
}

/* ~number behind a phrase: its words within so many. */
static int take_window(struct reader *reader)
{
    struct node *term = reader->term;
    uint32_t number = reader->parser->token.number;
    if (term->n_words < 2)
        return term_fail(reader, "write word~1 without quotes to allow a slip",
                         "\"...\"~ needs two words or more");
    if (number + 1 < term->n_words || number > QUERY_MAX_DISTANCE)
        return term_fail(reader, "write a number from the words of the phrase less one up to 1000",
                         "these words cannot be within so many");
    if (reader->parser->token.first)
        return term_fail(reader, "leave one of them out", "^ and ~ exclude each other");
    term->kind = NODE_WINDOW;
    term->number = number;
    return parser_count_near(reader->parser);
}

static int fill_term(struct reader *reader)
{
    const struct parser *parser = reader->parser;
    const struct token *token = &parser->token;
    if (term_read_words(reader, parser->lexer.query + token->text_start,
                        token->text_end - token->text_start) < 0 ||
        check_words(reader) < 0)
        return -1;
    if (!token->has_number)
        return 0;
    return token->quoted ? take_window(reader) : take_slips(reader);
}

/* Are there stems? */
static int check_stem(struct parser *parser)
{
    size_t at = parser->token.start;
    struct err err;
    if (!parser->language)
        return query_fail(parser->error, at, "add the option language to the topic: language: en",
                          "stem: needs to know the language");
    if (stems_open(parser->language, &err) < 0)
        return query_fail(parser->error, at, "look for the words as they are, without stem:", "%s",
                          err.text);
    return 0;
}

struct node *parse_term(struct parser *parser)
{
    const struct token *token = &parser->token;
    if (parser->stem && check_stem(parser) < 0)
        return NULL;
    struct reader reader = {.parser = parser};
    struct node *term = node_new(NODE_TERM, token->start, token->end);
    reader.term = term;
    term->field = parser->field;
    term->first = token->first;
    if (parser->stem)
        term->text = mem_strdup(parser->language);
    int result = fill_term(&reader);
    buf_deinit(&reader.pattern);
    if (result == 0 && term->first && term->field != FIELD_TEXT)
        result = query_fail(parser->error, token->start, "leave one of them out",
                            "^ is about the text, not about a field");
    if (result < 0)
        query_free(&term);
    return term;
}
