/* What is in a class, and where classes are found. */
#include "topics/classes.h"

#include "topics/class_buckets.h"
#include "topics/slips.h"

void classes_buckets(const struct image_class *class, const char *text,
                     void (*use)(void *arg, uint64_t key), void *arg)
{
    size_t len = class->len, beginning = 0;
    switch (class->kind) {
    case WORD_WILD:
        while (beginning < BEGINNING_MAX && beginning < len && text[beginning] != '*' &&
               text[beginning] != '?')
            beginning++;
        use(arg, beginning_key(text, beginning));
        break;
    case WORD_FUZZY: /* one slip cannot change both ends */
        if (class->slips > 1) {
            use(arg, bucket(BUCKET_ANY, 0));
            break;
        }
        use(arg, bucket(BUCKET_FIRST, (uint32_t)first_letter(text, len)));
        use(arg, bucket(BUCKET_LAST, (uint32_t)last_letter(text, len)));
        break;
    case WORD_STEM:
        use(arg, stem_key(text, len));
        break;
    case WORD_EXACT:
        use(arg, bucket(BUCKET_EXACT, class->word));
        break;
    case WORD_PLAIN:
        break;
    }
}

/* The classic match with one place to come back to: the last *. */
static bool wild_holds(const char *pattern, size_t n, const char *word, size_t len)
{
    size_t p = 0, w = 0, star = n, from = 0;
    while (w < len) {
        if (p < n && pattern[p] == '*') {
            star = p++;
            from = w;
        } else if (p < n && pattern[p] == '?') {
            p++;
            utf8_next(word, len, &w);
        } else if (p < n && pattern[p] == word[w]) {
            p++;
            w++;
        } else if (star < n) {
            p = star + 1;
            utf8_next(word, len, &from);
            w = from;
        } else {
            return false;
        }
    }
    while (p < n && pattern[p] == '*')
        p++;
    return p == n;
}

bool classes_hold(const struct image_class *class, const char *text, const char *folded, size_t len)
{
    if (class->kind == WORD_WILD)
        return wild_holds(text, class->len, folded, len);
    return class->kind == WORD_FUZZY && slips_within(text, class->len, folded, len, class->slips);
}
