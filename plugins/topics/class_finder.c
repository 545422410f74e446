/* Which classes a document's word is in, looked up once and remembered. */
#include "topics/class_buckets.h"
#include "topics/stems.h"

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
        stems_append(language, folded, len, &finder->stem);
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
        memcmp(finder->bytes.data + word->word, folded, len) != 0) {
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
    return word->n ? finder->numbers.numbers + word->classes : NULL;
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
