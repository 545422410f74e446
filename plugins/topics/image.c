/* Reading an image: the directory of its sections, and the tables in them. */
#include "topics/image.h"

#include <string.h>

static int check_head(const struct image_head *head, size_t len, struct err *err)
{
    if (len < sizeof(*head) || memcmp(head->magic, IMAGE_MAGIC, sizeof(head->magic)) != 0)
        return err_set(err, "this is no image of topics");
    if (head->version != IMAGE_VERSION || head->bytes != len)
        return err_set(err, "this image of topics is of another version, or cut");
    return 0;
}

int image_open(struct image *image, const void *bytes, size_t len, struct err *err)
{
    const struct image_head *head = bytes;
    if (check_head(head, len, err) < 0)
        return -1;
    *image = (struct image){.head = head, .seed = head->seed};
#define IMAGE_SET(NAME, member, type)                                                              \
    if (head->sections[IMAGE_##NAME].at > len ||                                                   \
        head->sections[IMAGE_##NAME].n > (len - head->sections[IMAGE_##NAME].at) / sizeof(type))   \
        return err_set(err, "this image of topics is damaged");                                    \
    image->member =                                                                                \
        (const type *)(const void *)((const char *)bytes + head->sections[IMAGE_##NAME].at);       \
    image->n_##member = head->sections[IMAGE_##NAME].n;
    IMAGE_SECTIONS(IMAGE_SET)
    return 0;
}

static bool same_word(const struct image *image, const struct image_word *word, uint64_t key,
                      const char *folded, size_t len)
{
    if (word->key != key || !word->string != word_is_short(len))
        return false;
    if (!word->string)
        return true;
    size_t its;
    const char *bytes = image_long_word(image, word->string, &its);
    return its == len && !memcmp(bytes, folded, len);
}

uint32_t image_word(const struct image *image, const char *folded, size_t len)
{
    uint64_t key = word_key(image->seed, folded, len);
    size_t mask = image->n_words - 1;
    uint64_t hash = word_key_hash(image->seed, key, word_is_short(len));
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        const struct image_word *word = &image->words[at];
        if (word->id == ID_NONE || same_word(image, word, key, folded, len))
            return word->id;
    }
}

const struct image_group *image_group(const struct image *image, uint64_t key)
{
    return image_group_at(image, key, key_hash(image->seed, key) & (image->n_groups - 1));
}

uint32_t image_find(const struct image *image, const char *name)
{
    size_t mask = image->n_name_slots - 1, at = name_slot(image->seed, name, image->n_name_slots);
    for (; image->name_slots[at]; at = (at + 1) & mask) {
        uint32_t topic = image->name_slots[at] - 1;
        if (!strcmp(image_topic_name(image, topic), name) && image_has_topic(image, topic))
            return topic;
    }
    return UINT32_MAX;
}
