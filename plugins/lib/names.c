/*
 * Names of persons by their form; see tocsin/text.h. A name is a run of words with a capital that
 * nothing but space, a hyphen or an apostrophe parts; small words like "van der" may lie within,
 * and a stop after an initial.
 */
#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"
#include "utf8.h"

#define MAX_WORDS        6
#define SHORT_CAPITALS   2 /* "JJ" may begin a name */
#define INNER_CAPITALS   3 /* "Leo DJK", and no longer: those are clubs */
#define MAX_WORD_LETTERS 32

/* Folded, sorted. */
static const char *const particles[] = {"al",  "bin", "d",   "da",  "das", "de",  "del", "della",
                                        "den", "der", "di",  "do",  "dos", "du",  "el",  "la",
                                        "le",  "los", "ten", "ter", "van", "von", "zu"};
static const char *const titles[] = {
    "dame", "dr", "frau", "herr",      "lady",  "lord",   "madame", "mme",     "monsieur", "mr",
    "mrs",  "ms", "prof", "professor", "senor", "senora", "signor", "signora", "sir"};

struct finding {
    const char *text;
    const struct tocsin_word *words;
    size_t n;
    unsigned (*knows)(void *arg, size_t i);
    void *arg;
};

enum join { JOIN_NONE, JOIN_SPACE, JOIN_HYPHEN, JOIN_APOSTROPHE, JOIN_STOP };

static int by_text(const void *key, const void *entry)
{
    const struct tocsin_word *word = key;
    const char *text = *(const char *const *)entry;
    int order = strncmp(word->folded, text, word->folded_len);
    return order ? order : text[word->folded_len] ? -1 : 0;
}

#define IS_IN(word, list)                                                                          \
    (bsearch(word, list, sizeof(list) / sizeof(*(list)), sizeof(*(list)), by_text) != NULL)

static unsigned known(const struct finding *finding, size_t i)
{
    return finding->knows ? finding->knows(finding->arg, i) : 0;
}

static bool is_upper(int32_t c)
{
    return c < 128 ? c >= 'A' && c <= 'Z' : utf8proc_isupper(c) != 0;
}

static bool has_capital(const struct finding *finding, size_t i)
{
    size_t at = finding->words[i].start;
    return is_upper(utf8_next(finding->text, finding->words[i].end, &at));
}

/* Letters of a word that has nothing but capitals, 0: it has others. */
static size_t capitals(const struct finding *finding, size_t i)
{
    size_t n = 0;
    for (size_t at = finding->words[i].start; at < finding->words[i].end && n < MAX_WORD_LETTERS;
         n++)
        if (!is_upper(utf8_next(finding->text, finding->words[i].end, &at)))
            return 0;
    return n;
}

static bool may_name(const struct finding *finding, size_t i)
{
    return has_capital(finding, i) && !(known(finding, i) & TOCSIN_NAME_NEVER) &&
           !IS_IN(&finding->words[i], titles);
}

static bool is_hyphen(int32_t c)
{
    return c == '-' || c == 0x2010 || c == 0x2011;
}

static bool is_apostrophe(int32_t c)
{
    return c == '\'' || c == 0x2018 || c == 0x2019;
}

/* What stands between word i and the one before it. */
static enum join join_of(const struct finding *finding, size_t i)
{
    size_t at = finding->words[i - 1].end, end = finding->words[i].start;
    int32_t first = at < end ? utf8_next(finding->text, end, &at) : UTF8_BAD;
    if (at == end && is_hyphen(first))
        return JOIN_HYPHEN;
    if (at == end && is_apostrophe(first))
        return JOIN_APOSTROPHE;
    bool stop = first == '.', space = utf8_is_space(first) && first != '\n';
    while ((stop || space) && at < end) {
        int32_t c = utf8_next(finding->text, end, &at);
        if (!utf8_is_space(c) || c == '\n')
            return JOIN_NONE;
        space = true;
    }
    return !space ? JOIN_NONE : stop ? JOIN_STOP : JOIN_SPACE;
}

static bool goes_on(const struct finding *finding, size_t i)
{
    if (i >= finding->n)
        return false;
    enum join join = join_of(finding, i);
    bool initial = join != JOIN_SPACE && join != JOIN_HYPHEN && capitals(finding, i - 1) == 1;
    if (join == JOIN_NONE || ((join == JOIN_STOP || join == JOIN_APOSTROPHE) && !initial))
        return false;
    if (may_name(finding, i))
        return capitals(finding, i) <= INNER_CAPITALS;
    return !has_capital(finding, i) && IS_IN(&finding->words[i], particles) &&
           goes_on(finding, i + 1);
}

static bool begins(const struct finding *finding, size_t i)
{
    if (!may_name(finding, i) || capitals(finding, i) > SHORT_CAPITALS)
        return false;
    unsigned bits = known(finding, i);
    return bits & TOCSIN_NAME_GIVEN || !(bits & TOCSIN_NAME_COMMON);
}

static bool is_titled(const struct finding *finding, size_t i)
{
    if (!i || !IS_IN(&finding->words[i - 1], titles))
        return false;
    enum join join = join_of(finding, i);
    return join == JOIN_SPACE || join == JOIN_STOP;
}

static struct tocsin_name name_at(const struct finding *finding, size_t first)
{
    struct tocsin_name name = {.first = (uint32_t)first, .end = (uint32_t)first + 1, .parts = 1};
    while (name.end - name.first < MAX_WORDS && goes_on(finding, name.end)) {
        enum join join = join_of(finding, name.end);
        name.parts += join != JOIN_HYPHEN && join != JOIN_APOSTROPHE;
        name.end++;
    }
    name.given = known(finding, first) & TOCSIN_NAME_GIVEN || capitals(finding, first) == 1;
    name.titled = is_titled(finding, first);
    return name;
}

void tocsin_names_make(const char *text, const struct tocsin_word *words, size_t n_words,
                       unsigned (*knows)(void *arg, size_t i), void *arg,
                       struct tocsin_names *names)
{
    struct finding finding = {text, words, n_words, knows, arg};
    size_t cap = 0;
    *names = (struct tocsin_names){0};
    for (size_t i = 0; i < n_words;) {
        if (!begins(&finding, i)) {
            i++;
            continue;
        }
        names->names = mem_grow(names->names, &cap, names->n + 1, sizeof(struct tocsin_name));
        names->names[names->n] = name_at(&finding, i);
        i = names->names[names->n++].end;
    }
}

void tocsin_names_free(struct tocsin_names *names)
{
    mem_free_p(&names->names);
    names->n = 0;
}
