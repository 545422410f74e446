/*
 * A query as a checked tree, and its canonical form; tocsin-query(7) says what it means.
 *
 * The tree of a parsed query is flat where it can be (no AND directly below AND, no OR below OR, no
 * NOT below NOT), every term holds at least one word, and the whole requires something: it does not
 * match an empty document. So every topic can be filed under what it requires (keys.h).
 */
#ifndef TOCSIN_TOPICS_QUERY_H
#define TOCSIN_TOPICS_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "topics/lex.h"

/* Limits that keep the worst query cheap. */
#define QUERY_MAX_BYTES    65536
#define QUERY_MAX_DEPTH    64
#define QUERY_MAX_NODES    4096
#define QUERY_MAX_WORDS    64  /* of one phrase */
#define QUERY_MAX_WORD     255 /* bytes of a word with a wildcard or slips */
#define QUERY_MAX_CLASSES  256 /* words with wildcards or slips in one query */
#define QUERY_MAX_DISTANCE 1000
#define QUERY_MAX_NEAR     64 /* NEAR, ADJ and "..."~ in one query: the dearest parts */
#define QUERY_WILD_LETTERS 2  /* of a word with wildcards, at least */
#define QUERY_FIRST_WORDS  50 /* what ^ means by the first words of a text */

enum query_field {
    FIELD_TEXT,
    FIELD_TITLE,
    FIELD_PATH,
    FIELD_SOURCE,
    FIELD_TYPE,
    N_FIELDS,
};

enum word_kind {
    WORD_PLAIN,
    WORD_WILD,  /* with * and ? */
    WORD_FUZZY, /* up to `slips` letters added, dropped, replaced or swapped with the next */
    WORD_EXACT, /* case and accents count */
    WORD_STEM,  /* every word with the same stem */
};

struct query_word {
    enum word_kind kind;
    char *folded; /* of WORD_WILD: the pattern */
    char *exact;  /* of WORD_EXACT: as written, in NFC */
    char *shown;  /* of WORD_EXACT: the whole writing that this word and those behind it without one
                     came of, in NFC: one sign may be several words, as a half is 1 and 2 */
    uint32_t len; /* of folded */
    uint32_t slips;
};

enum node_kind {
    NODE_TERM,   /* words that follow each other; one is a plain word */
    NODE_WINDOW, /* words within so many, in any order */
    NODE_LIST,   /* an entry of a named list */
    NODE_REGEX,
    NODE_DATE,
    NODE_WORDS,
    NODE_LANG,
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_OF,        /* at least so many of its children */
    NODE_NEAR,      /* each child near the next */
    NODE_SENTENCE,  /* its child holds within one sentence */
    NODE_PARAGRAPH, /* or one paragraph */
    NODE_NEW,       /* or what an edit has added */
};

/* Between two children of a NODE_NEAR. */
struct query_gap {
    uint32_t distance; /* in words */
    bool ordered;
};

/* A span of days or of counts; with what has no bound at its extreme. */
struct query_range {
    int32_t low, high;              /* YYYYMMDD, or days before today, or a count */
    bool low_is_days, high_is_days; /* NODE_DATE */
};

struct node {
    enum node_kind kind;
    size_t start, end;      /* in the query's text */
    enum query_field field; /* of TERM, WINDOW, LIST, REGEX, NEAR */
    bool first;             /* TERM: among the first words */
    bool grouped;           /* stood in parentheses */
    struct query_word *words;
    size_t n_words;
    uint32_t number;          /* OF: how many; WINDOW: within how many words */
    char *text;               /* LIST: its name; REGEX: its source; LANG: the code; STEM terms: */
                              /* the language */
    bool any_case;            /* REGEX */
    struct query_range range; /* DATE, WORDS */
    struct node **children;   /* NOT and the scopes have one, the rest two or more */
    struct query_gap *gaps;   /* NEAR: n - 1 */
    size_t n, cap;
};

/* What deserves attention in a query that holds. */
struct query_note {
    size_t at;
    char text[QUERY_ERROR_MAX];
};
struct query_notes {
    struct query_note *items;
    size_t n, cap;
};
void query_notes_deinit(struct query_notes *notes);

/* `language` is for stem: (NULL: none was said). `notes` may be NULL. NULL on failure. */
struct node *query_parse(const char *query, size_t len, const char *language,
                         struct query_notes *notes, struct query_error *error);
void query_free(struct node **node);

/* The tree as text: folded, AND written out, parentheses where the kind changes. Parsing it gives
 * the same tree. */
void query_canon(const struct node *node, struct buf *out);
/* The error for a person: the text, the line of the query with a caret under the place, the hint.
 * Every line but the first is indented. `hint` may be "". */
void query_error_print(const char *query, size_t len, const struct query_error *error,
                       struct buf *out);
/* "AND", "title:" and so on; "" for the text. */
const char *query_field_name(enum query_field field);

/* Would it match a document without any word? (check.c) */
bool query_matches_nothing(const struct node *node);
/* Refuses what requires nothing. (check.c) */
int query_check(const struct node *root, struct query_error *error);
void query_note(struct query_notes *notes, size_t at, const char *fmt, ...) PRINTF(3, 4);

#endif
