/*
 * What one language says about races, as data: conf/lemans/cues-LANGUAGE.yaml.
 *
 * A file has the language's commonest words, those that only an accent tells from others
 * (accents.h), named sets of words, and cues. A cue is one or more patterns of words with what it
 * means when they match. In a pattern
 *
 *   word        that word, folded             word*    a word that begins so (two letters)
 *   a|b|c       any of them                   {set}    a word of a named set
 *   [x]         x or nothing                  ~3       up to three words of any kind
 *   <race>      a mention of the race; also <person> <team> <car> <class> <year> <nation>
 * <somebody>
 *
 * Everything is compiled to numbered sets of words; a word of a document is looked up once and then
 * compared by number.
 */
#ifndef LEMANS_LANGUAGE_H
#define LEMANS_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/diag.h"
#include "config/tree.h"

#include "reading.h"

/* The five statuses of a fact come first, ascending. */
enum cue_kind {
    CUE_INTEREST,
    CUE_RUMOURED,
    CUE_CONFIRMED,
    CUE_RULED_OUT,
    CUE_RESULT,
    CUE_NOT,      /* turns the cue after it */
    CUE_MAYBE,    /* makes a confirmation a rumour */
    CUE_TOGETHER, /* who stands on both sides shares a car */
    CUE_PARTNERS, /* "his partners": who is listed shares a car with whoever was spoken of */
    CUE_EDITION,  /* "next year" */
    CUE_WATCH,    /* to look on is not to race */
    CUE_RESERVE,  /* a reserve is no entry */
    CUE_UNREAL,   /* to win, would: what follows has not happened */
    CUE_ASIDE,    /* "ahead of <team>", "since <year>": what it mentions is not spoken of */
    CUE_ONLOOK,   /* to congratulate: the result that follows is another's */
    CUE_NONE,     /* not a status; also: nothing */
};

enum cue_who { CUE_WHO_ANY, CUE_WHO_BEFORE, CUE_WHO_AFTER };
enum cue_near { CUE_NEAR_STORY, CUE_NEAR_SENTENCE, CUE_NEAR_CLAUSE };
enum cue_outcome {
    CUE_OUTCOME_NONE,
    CUE_OUTCOME_WON,
    CUE_OUTCOME_CLASS,
    CUE_OUTCOME_PLACED,
    CUE_OUTCOME_RETIRED,
};
enum cue_edition { CUE_EDITION_OFFSET, CUE_EDITION_NEXT, CUE_EDITION_LAST, CUE_EDITION_OPEN };

struct cue {
    enum cue_kind kind;
    enum cue_kind negated; /* what it means after a CUE_NOT; CUE_NONE: nothing */
    enum cue_who who;      /* where its person stands */
    enum cue_near near;    /* how near the race has to be named */
    enum cue_outcome outcome;
    enum cue_edition edition;
    int years;        /* from the document's year, for CUE_EDITION_OFFSET */
    bool speaker;     /* in the first person: whoever speaks */
    bool application; /* an entry is asked for; pending.h */
    bool alone;       /* of one person, also within a list: "the 2009 winner" */
    double strength;
};

enum element_kind { ELEMENT_SET, ELEMENT_GAP, ELEMENT_MENTION };

struct element {
    enum element_kind kind;
    bool optional;
    uint16_t arg; /* the set, the words of the gap, the kind of mention */
};

struct pattern {
    size_t cue; /* index into cues */
    struct element *elements;
    size_t n;
};

/* The sets that the program itself asks for. A file must define each of them. */
enum word_role {
    ROLE_HE,     /* he, she: whoever was spoken of */
    ROLE_HIS,    /* his, her: nobody else in the clause, it is of whoever was spoken of */
    ROLE_THEY,   /* they, their: the crew spoken of */
    ROLE_SAY,    /* said, told: a speaker stands near */
    ROLE_AND,    /* joins names to a list */
    ROLE_FILLER, /* may stand between the names of a list: the, of, years, driver */
    ROLE_DRIVER, /* driver, champion, rookie: a person near is one */
    ROLE_BEARER, /* driver, champion, year-old: after an article it stands for a person */
    ROLE_OFFICE, /* team principal, spokesman: a person near does not drive */
    ROLE_FAMILY, /* brother, sons: a given name near takes the surname spoken of */
    ROLE_CREW,   /* crew, trio, line-up: the persons near share a car */
    ROLE_NUMBER, /* number, no: a car's number follows */
    ROLE_THE,    /* articles: "the Dane", "der Brasilianer" */
    ROLE_BREAK,  /* but, who, because: a clause begins */
    N_WORD_ROLES,
};

struct language;

/* What the vocabulary knows of one word; made once per word of a document. */
#define KNOWN_MAX_PREFIXES 4
struct known {
    uint64_t sets; /* one bit of 64 for each set that it is in: most questions end here */
    const struct entry *word;
    const struct entry *prefixes[KNOWN_MAX_PREFIXES];
    uint8_t n_prefixes;
};

/* NULL with the reasons in `diags` when the file is not as described. */
struct language *language_read(const char *file, struct diags *diags);
void language_free(struct language **language);

const char *language_name(const struct language *language);
/* Whether a sentence's verb may stand without its subject ("ha vinto"). */
bool language_drops_subject(const struct language *language);
/* Whether "not" may follow its verb ("reizt mich nicht"). */
bool language_negates_after(const struct language *language);
/* Whether a person's nation is written with a capital. */
bool language_capital_nations(const struct language *language);
/* Whether "the German" may go on with a noun. */
bool language_adjectives_first(const struct language *language);

/* `text`: the token as it is written. */
struct known language_known(const struct language *language, const struct token *token,
                            const char *text);
bool known_in(const struct known *known, uint16_t set);
/* Whether it is one of the commonest words. */
bool known_is_common(const struct known *known);
bool known_has_role(const struct language *language, const struct known *known,
                    enum word_role role);

/* Whether a pattern begins with the word. */
bool known_begins_cue(const struct known *known);

const struct cue *language_cue(const struct language *language, size_t index);
/* The patterns whose first element is a set that the word is in, and whose second, where that is a
 * set that must be there, the next word (NULL: none) is in; calls back for each. */
typedef void language_pattern_fn(void *arg, const struct pattern *pattern);
void language_patterns(const struct language *language, const struct known *known,
                       const struct known *next, language_pattern_fn *fn, void *arg);
/* The patterns that begin with a mention of this kind. */
void language_mention_patterns(const struct language *language, uint16_t mention_kind,
                               language_pattern_fn *fn, void *arg);

#endif
