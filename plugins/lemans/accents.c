/* Two sets: the listed words as they are spelled, and folded, by which most others are told. */
#include "accents.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include <tocsin/text.h>

#include "base/map.h"
#include "base/mem.h"

struct accents {
    struct map *spelled, *folded;
};

struct accents *accents_new(void)
{
    struct accents *accents = NEW(struct accents);
    accents->spelled = map_new();
    accents->folded = map_new();
    return accents;
}

void accents_free(struct accents **accents)
{
    if (!*accents)
        return;
    map_free(&(*accents)->spelled, NULL);
    map_free(&(*accents)->folded, NULL);
    mem_free_p(accents);
}

/* Composed, in lower case; NULL when it is no UTF-8. */
static char *spelling(const char *text, size_t len)
{
    utf8proc_uint8_t *out = NULL;
    const utf8proc_option_t how = UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD;
    return utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &out, how) < 0
               ? NULL
               : (char *)out;
}

bool accents_add(struct accents *accents, const char *word)
{
    AUTO_FREE char *spelled = spelling(word, strlen(word));
    AUTO_FREE char *folded = tocsin_fold(word, strlen(word));
    if (!spelled || !strcmp(spelled, folded))
        return false;
    map_set_text(accents->spelled, spelled, accents);
    map_set_text(accents->folded, folded, accents);
    return true;
}

char *accents_spelling(const struct accents *accents, const char *text, size_t len,
                       const char *folded, size_t folded_len)
{
    /* An accented letter has more bytes than the one it folds to. */
    if (len == folded_len || !map_get(accents->folded, folded, folded_len))
        return NULL;
    char *spelled = spelling(text, len);
    if (spelled && !map_get_text(accents->spelled, spelled))
        mem_free_p(&spelled);
    return spelled;
}
