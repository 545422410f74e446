/* See stems.h. A stemmer that was made is kept: there are few languages. */
#include "topics/stems.h"

#include <libstemmer.h>
#include <stdbool.h>
#include <string.h>

#include "base/library.h"

#define STEMMERS 32 /* more than there are languages */

LIBRARY_NOTE(STEMMER_FILE, "stems");
#define FUNCTIONS(F) F(sb_stemmer_new) F(sb_stemmer_stem) F(sb_stemmer_length)
static struct {
    FUNCTIONS(LIBRARY_MEMBER)
} lib;

static struct {
    char language[3];
    struct sb_stemmer *stemmer;
} made[STEMMERS];
static size_t n_made;

static struct sb_stemmer *find(const char *language)
{
    for (size_t i = 0; i < n_made; i++)
        if (!strcmp(made[i].language, language))
            return made[i].stemmer;
    return NULL;
}

static int unknown(const char *language, struct err *err)
{
    return err_set(err,
                   "a language is two letters, such as en or de, and no stems of \"%s\" are known",
                   language);
}

int stems_open(const char *language, struct err *err)
{
    static const char *const functions[] = {FUNCTIONS(LIBRARY_NAME)};
    if (find(language))
        return 0;
    if (library_open(STEMMER_FILE, functions, ARRAY_LEN(functions), &lib, err) < 0)
        return -1;
    bool may_be = strlen(language) == 2 && n_made < STEMMERS;
    struct sb_stemmer *stemmer = may_be ? lib.sb_stemmer_new(language, "UTF_8") : NULL;
    if (!stemmer)
        return unknown(language, err);
    memcpy(made[n_made].language, language, sizeof(made[n_made].language));
    made[n_made++].stemmer = stemmer;
    return 0;
}

int stems_check(const char *language, struct err *err)
{
    static const char always[] = "da de en es fi fr hu it nl no pt ro ru sv tr";
    for (const char *known = always; known < always + sizeof(always); known += 3)
        if (strlen(language) == 2 && !memcmp(known, language, 2))
            return 0;
    return stems_open(language, err);
}

void stems_append(const char *language, const char *folded, size_t len, struct buf *out)
{
    struct sb_stemmer *stemmer = find(language);
    const sb_symbol *stem =
        stemmer ? lib.sb_stemmer_stem(stemmer, (const sb_symbol *)folded, (int)len) : NULL;
    if (stem)
        buf_append(out, stem, (size_t)lib.sb_stemmer_length(stemmer));
    else
        buf_append(out, folded, len);
}
