/*
 * The full stops that end no sentence: a small table of the abbreviations that news and mail are
 * full of (English, German, French, Italian, Spanish), initials ("J. Doe"), and German ordinals
 * ("die 24. Ausgabe"). Only asked where UAX #29 would end a sentence, so what is followed by a
 * small letter needs no entry, and an abbreviation that often ends a sentence (etc., Inc.) has
 * none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lib/sentences.h"
#include "lib/utf8.h"

#define TOKEN_MAX      15 /* bytes of a word looked at */
#define ORDINAL_DIGITS 3

enum holds {
    HOLDS_ALWAYS,
    HOLDS_NUMBER,  /* when a digit follows: "No. 50", "Dec. 14" */
    HOLDS_ARTICLE, /* not an abbreviation: before a German ordinal */
    HOLDS_MONTH,   /* not an abbreviation: after a German ordinal */
    HOLDS_OPENER,  /* not an abbreviation: begins a sentence rather than ends a name */
};

/* In lower case, sorted by strcmp. */
static const struct entry {
    const char *word;
    enum holds holds;
} entries[] = {
    {"a.k.a", HOLDS_ALWAYS},    {"abs", HOLDS_NUMBER},     {"adm", HOLDS_ALWAYS},
    {"am", HOLDS_ARTICLE},      {"and", HOLDS_OPENER},     {"approx", HOLDS_ALWAYS},
    {"apr", HOLDS_NUMBER},      {"april", HOLDS_MONTH},    {"art", HOLDS_NUMBER},
    {"at", HOLDS_OPENER},       {"aug", HOLDS_NUMBER},     {"august", HOLDS_MONTH},
    {"ave", HOLDS_NUMBER},      {"beim", HOLDS_ARTICLE},   {"brig", HOLDS_ALWAYS},
    {"but", HOLDS_OPENER},      {"bzgl", HOLDS_ALWAYS},    {"bzw", HOLDS_ALWAYS},
    {"ca", HOLDS_ALWAYS},       {"capt", HOLDS_ALWAYS},    {"cf", HOLDS_ALWAYS},
    {"ch", HOLDS_NUMBER},       {"cmdr", HOLDS_ALWAYS},    {"col", HOLDS_ALWAYS},
    {"d.h", HOLDS_ALWAYS},      {"das", HOLDS_ARTICLE},    {"dec", HOLDS_NUMBER},
    {"dem", HOLDS_ARTICLE},     {"den", HOLDS_ARTICLE},    {"der", HOLDS_ARTICLE},
    {"des", HOLDS_ARTICLE},     {"dez", HOLDS_NUMBER},     {"dezember", HOLDS_MONTH},
    {"die", HOLDS_ARTICLE},     {"dipl", HOLDS_ALWAYS},    {"dott", HOLDS_ALWAYS},
    {"dr", HOLDS_ALWAYS},       {"dra", HOLDS_ALWAYS},     {"drs", HOLDS_ALWAYS},
    {"e.g", HOLDS_ALWAYS},      {"eds", HOLDS_ALWAYS},     {"elle", HOLDS_OPENER},
    {"er", HOLDS_OPENER},       {"es", HOLDS_OPENER},      {"evtl", HOLDS_ALWAYS},
    {"feb", HOLDS_NUMBER},      {"februar", HOLDS_MONTH},  {"fig", HOLDS_NUMBER},
    {"figs", HOLDS_NUMBER},     {"fr", HOLDS_ALWAYS},      {"gen", HOLDS_ALWAYS},
    {"ggf", HOLDS_ALWAYS},      {"gov", HOLDS_ALWAYS},     {"he", HOLDS_OPENER},
    {"her", HOLDS_OPENER},      {"his", HOLDS_OPENER},     {"hon", HOLDS_ALWAYS},
    {"i.e", HOLDS_ALWAYS},      {"if", HOLDS_OPENER},      {"il", HOLDS_OPENER},
    {"im", HOLDS_ARTICLE},      {"in", HOLDS_OPENER},      {"ing", HOLDS_ALWAYS},
    {"inkl", HOLDS_ALWAYS},     {"it", HOLDS_OPENER},      {"jan", HOLDS_NUMBER},
    {"januar", HOLDS_MONTH},    {"jul", HOLDS_NUMBER},     {"juli", HOLDS_MONTH},
    {"jun", HOLDS_NUMBER},      {"juni", HOLDS_MONTH},     {"lt", HOLDS_ALWAYS},
    {"mai", HOLDS_MONTH},       {"maj", HOLDS_ALWAYS},     {"mar", HOLDS_NUMBER},
    {"max", HOLDS_NUMBER},      {"messrs", HOLDS_ALWAYS},  {"min", HOLDS_NUMBER},
    {"mio", HOLDS_ALWAYS},      {"mlle", HOLDS_ALWAYS},    {"mme", HOLDS_ALWAYS},
    {"mr", HOLDS_ALWAYS},       {"mrd", HOLDS_ALWAYS},     {"mrs", HOLDS_ALWAYS},
    {"ms", HOLDS_ALWAYS},       {"mt", HOLDS_ALWAYS},      {"my", HOLDS_OPENER},
    {"m\u00E4rz", HOLDS_MONTH}, {"no", HOLDS_NUMBER},      {"nos", HOLDS_NUMBER},
    {"nov", HOLDS_NUMBER},      {"november", HOLDS_MONTH}, {"nr", HOLDS_NUMBER},
    {"oct", HOLDS_NUMBER},      {"okt", HOLDS_NUMBER},     {"oktober", HOLDS_MONTH},
    {"on", HOLDS_OPENER},       {"p", HOLDS_NUMBER},       {"pp", HOLDS_NUMBER},
    {"pres", HOLDS_ALWAYS},     {"prof", HOLDS_ALWAYS},    {"rep", HOLDS_ALWAYS},
    {"rev", HOLDS_ALWAYS},      {"s", HOLDS_NUMBER},       {"sen", HOLDS_ALWAYS},
    {"sep", HOLDS_NUMBER},      {"sept", HOLDS_NUMBER},    {"september", HOLDS_MONTH},
    {"sgt", HOLDS_ALWAYS},      {"she", HOLDS_OPENER},     {"sie", HOLDS_OPENER},
    {"sig", HOLDS_ALWAYS},      {"sog", HOLDS_ALWAYS},     {"sr", HOLDS_ALWAYS},
    {"sra", HOLDS_ALWAYS},      {"srta", HOLDS_ALWAYS},    {"st", HOLDS_ALWAYS},
    {"ste", HOLDS_ALWAYS},      {"tel", HOLDS_NUMBER},     {"that", HOLDS_OPENER},
    {"the", HOLDS_OPENER},      {"they", HOLDS_OPENER},    {"this", HOLDS_OPENER},
    {"u.a", HOLDS_ALWAYS},      {"v", HOLDS_ALWAYS},       {"vgl", HOLDS_ALWAYS},
    {"vol", HOLDS_NUMBER},      {"vom", HOLDS_ARTICLE},    {"vs", HOLDS_ALWAYS},
    {"we", HOLDS_OPENER},       {"when", HOLDS_OPENER},    {"wir", HOLDS_OPENER},
    {"you", HOLDS_OPENER},      {"z.b", HOLDS_ALWAYS},     {"z.t", HOLDS_ALWAYS},
    {"zum", HOLDS_ARTICLE},     {"zur", HOLDS_ARTICLE},
};

static int compare(const void *key, const void *entry)
{
    return strcmp(key, ((const struct entry *)entry)->word);
}

/* A word of the text with its ASCII capitals made small. */
struct token {
    char lower[TOKEN_MAX + 1];
    size_t start, end;
};

static bool is_token_byte(unsigned char c, bool dots)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c >= 0x80 || (dots && c == '.');
}

/* False when it is empty or too long to matter. */
static bool token_set(struct token *token, const char *text, size_t start, size_t end)
{
    size_t n = end - start;
    if (!n || n > TOKEN_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text[start + i];
        token->lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    token->lower[n] = '\0';
    token->start = start;
    token->end = end;
    return true;
}

/* The word that ends before `end`; with dots it may have full stops inside ("z.B"). */
static bool token_before(struct token *token, const char *text, size_t end, bool dots)
{
    size_t start = end;
    while (start > 0 && end - start <= TOKEN_MAX &&
           is_token_byte((unsigned char)text[start - 1], dots))
        start--;
    return token_set(token, text, start, end);
}

static bool token_at(struct token *token, const char *text, size_t len, size_t start)
{
    size_t end = start;
    while (end < len && end - start <= TOKEN_MAX && is_token_byte((unsigned char)text[end], false))
        end++;
    return token_set(token, text, start, end);
}

static bool is(const struct token *token, enum holds holds)
{
    const struct entry *entry =
        bsearch(token->lower, entries, ARRAY_LEN(entries), sizeof(*entries), compare);
    return entry && entry->holds == holds;
}

/* "J", "U.S": single capitals, with full stops between. */
static bool is_initials(const char *text, const struct token *token)
{
    for (size_t at = token->start; at < token->end;) {
        int32_t c = utf8_next(text, token->end, &at);
        if (c < 0 || utf8proc_category(c) != UTF8PROC_CATEGORY_LU)
            return false;
        if (at < token->end && text[at++] != '.')
            return false;
    }
    return true;
}

static bool is_ordinal(const char *text, size_t len, const struct token *number, size_t next)
{
    size_t digits = strspn(number->lower, "0123456789");
    if (digits > ORDINAL_DIGITS || number->lower[digits])
        return false;
    struct token token;
    if (token_at(&token, text, len, next) && is(&token, HOLDS_MONTH))
        return true;
    size_t end = number->start;
    while (end > 0 && text[end - 1] == ' ')
        end--;
    return end < number->start && token_before(&token, text, end, false) &&
           is(&token, HOLDS_ARTICLE);
}

bool abbrev_holds(const char *text, size_t len, size_t dot, size_t next)
{
    struct token word, follower;
    if (text[dot] != '.' || !token_before(&word, text, dot, true))
        return false;
    if (text[next] >= '0' && text[next] <= '9' && is(&word, HOLDS_NUMBER))
        return true;
    if (is(&word, HOLDS_ALWAYS) || is_ordinal(text, len, &word, next))
        return true;
    return is_initials(text, &word) && token_at(&follower, text, len, next) &&
           !is(&follower, HOLDS_OPENER);
}
