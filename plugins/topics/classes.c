/* What is in a class, and where classes are found. */
#include "topics/classes.h"

#include <libstemmer.h>

#include "lib/utf8.h"
#include "topics/slips.h"

#define BEGINNING_MAX 3 /* bytes of the beginning of a pattern that are a key */

enum bucket_kind {
    BUCKET_BEGINNING = 1,
    BUCKET_FIRST,
    BUCKET_LAST,
    BUCKET_ANY,
    BUCKET_STEM,
    BUCKET_EXACT
};

static uint64_t bucket(enum bucket_kind kind, uint64_t value)
{
    return (uint64_t)kind << 56 | value;
}

static uint64_t beginning_key(const char *bytes, size_t n)
{
    return bucket(BUCKET_BEGINNING, (uint64_t)n << 48 | hash_load(bytes, n));
}

static uint64_t stem_key(const char *text, size_t len)
{
    return bucket(BUCKET_STEM, word_long_key(0, text, len) >> 8);
}

static int32_t first_letter(const char *text, size_t len)
{
    size_t at = 0;
    return utf8_next(text, len, &at);
}

static int32_t last_letter(const char *text, size_t len)
{
    size_t at = len - 1;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80)
        at--;
    return utf8_next(text, len, &at);
}

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

static struct sb_stemmer *stemmer_of(const char *language)
{
    static struct {
        char language[3];
        struct sb_stemmer *stemmer;
    } made[16];
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        if (!strcmp(made[i].language, language))
            return made[i].stemmer;
        if (!made[i].language[0]) {
            memcpy(made[i].language, language, sizeof(made[i].language));
            made[i].stemmer = sb_stemmer_new(language, "UTF_8");
            return made[i].stemmer;
        }
    }
    return NULL;
}

bool classes_know_language(const char *language)
{
    return strlen(language) == 2 && stemmer_of(language);
}

void classes_stem(const char *language, const char *folded, size_t len, struct buf *out)
{
    struct sb_stemmer *stemmer = stemmer_of(language);
    const sb_symbol *stem =
        stemmer ? sb_stemmer_stem(stemmer, (const sb_symbol *)folded, (int)len) : NULL;
    if (stem)
        buf_append(out, stem, (size_t)sb_stemmer_length(stemmer));
    else
        buf_append(out, folded, len);
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

/* ---- finding ---- */

#define REMEMBERED (1u << 14) /* words */
#define POOL_MAX   (1u << 20) /* numbers and bytes of words kept for them */

/* A word that was looked up: its bytes and its classes in the pools. */
struct remembered {
    uint64_t key;
    uint32_t word, len;
    uint32_t classes, n;
    bool used;
};

struct class_finder {
    const struct image *image;
    struct remembered *words;
    struct buf bytes;
    struct code numbers;
    struct code exact;
    struct buf stem;
};

struct class_finder *class_finder_new(const struct image *image)
{
    struct class_finder *finder = NEW(struct class_finder);
    finder->image = image;
    finder->words = NEW_N(struct remembered, REMEMBERED);
    return finder;
}

void class_finder_free(struct class_finder **finder)
{
    struct class_finder *gone = *finder;
    if (!gone)
        return;
    mem_free_p(&gone->words);
    mem_free_p(&gone->numbers.numbers);
    mem_free_p(&gone->exact.numbers);
    buf_deinit(&gone->bytes);
    buf_deinit(&gone->stem);
    mem_free_p(finder);
}

static size_t first_bucket(const struct image *image, uint64_t key)
{
    size_t low = 0, high = image->n_buckets;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (image->buckets[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The classes of one bucket that hold the word, once each. */
static void look_in(struct class_finder *finder, uint64_t key, size_t first, const char *folded,
                    size_t len)
{
    const struct image *image = finder->image;
    for (size_t i = first_bucket(image, key); i < image->n_buckets && image->buckets[i].key == key;
         i++) {
        uint32_t number = image->buckets[i].class;
        const struct image_class *class = &image->classes[number];
        bool known = false;
        for (size_t at = first; at < finder->numbers.n; at++)
            known |= finder->numbers.numbers[at] == number;
        if (!known && classes_hold(class, image_text(image, class->text), folded, len))
            code_put(&finder->numbers, number);
    }
}

static void look_for_stems(struct class_finder *finder, const char *folded, size_t len)
{
    const struct image *image = finder->image;
    for (size_t i = 0; i < image->n_languages; i++) {
        const char *language = image_text(image, image->languages[i]);
        buf_clear(&finder->stem);
        buf_printf(&finder->stem, "%s ", language);
        classes_stem(language, folded, len, &finder->stem);
        uint64_t key = stem_key(finder->stem.data, finder->stem.len);
        for (size_t at = first_bucket(image, key);
             at < image->n_buckets && image->buckets[at].key == key; at++) {
            const struct image_class *class = &image->classes[image->buckets[at].class];
            if (class->len == finder->stem.len &&
                !memcmp(image_text(image, class->text), finder->stem.data, class->len))
                code_put(&finder->numbers, image->buckets[at].class);
        }
    }
}

static void look_up(struct class_finder *finder, const char *folded, size_t len)
{
    size_t first = finder->numbers.n;
    for (size_t n = 1; n <= BEGINNING_MAX && n <= len; n++)
        look_in(finder, beginning_key(folded, n), first, folded, len);
    look_in(finder, bucket(BUCKET_FIRST, (uint32_t)first_letter(folded, len)), first, folded, len);
    look_in(finder, bucket(BUCKET_LAST, (uint32_t)last_letter(folded, len)), first, folded, len);
    look_in(finder, bucket(BUCKET_ANY, 0), first, folded, len);
    look_for_stems(finder, folded, len);
}

const uint32_t *class_finder_find(struct class_finder *finder, const char *folded, size_t len,
                                  size_t *n)
{
    uint64_t key = word_key(finder->image->seed, folded, len);
    struct remembered *word = &finder->words[key_hash(finder->image->seed, key) & (REMEMBERED - 1)];
    if (!word->used || word->key != key || word->len != len ||
        memcmp(finder->bytes.data + word->word, folded, len)) {
        if (finder->numbers.n > POOL_MAX || finder->bytes.len > POOL_MAX) {
            memset(finder->words, 0, REMEMBERED * sizeof(*finder->words));
            finder->numbers.n = finder->bytes.len = 0;
        }
        *word = (struct remembered){.key = key,
                                    .word = (uint32_t)finder->bytes.len,
                                    .len = (uint32_t)len,
                                    .classes = (uint32_t)finder->numbers.n,
                                    .used = true};
        buf_append(&finder->bytes, folded, len);
        look_up(finder, folded, len);
        word->n = (uint32_t)finder->numbers.n - word->classes;
    }
    *n = word->n;
    return finder->numbers.numbers + word->classes;
}

const uint32_t *class_finder_exact(struct class_finder *finder, uint32_t id, const char *text,
                                   size_t len, size_t *n)
{
    const struct image *image = finder->image;
    AUTO_FREE char *written = mem_strndup(text, len);
    AUTO_FREE char *composed = (char *)utf8proc_NFC((const utf8proc_uint8_t *)written);
    finder->exact.n = 0;
    uint64_t key = bucket(BUCKET_EXACT, id);
    for (size_t i = first_bucket(image, key);
         composed && i < image->n_buckets && image->buckets[i].key == key; i++)
        if (!strcmp(image_text(image, image->classes[image->buckets[i].class].text), composed))
            code_put(&finder->exact, image->buckets[i].class);
    *n = finder->exact.n;
    return finder->exact.numbers;
}
