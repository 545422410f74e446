/* Two indexes compared; see changes.h. */
#include "topics/changes.h"

#include <string.h>

#include "topics/earlier.h"

struct topic_at {
    const struct image *image;
    uint32_t number;
};

static const struct image_topic *row_of(struct topic_at topic)
{
    return &topic.image->topics[topic.number];
}

static void tell(struct tocsin_topics *topics, enum tocsin_change change, struct topic_at topic)
{
    tocsin_topics_change(topics, change, image_topic_name(topic.image, topic.number),
                         image_topic_path(topic.image, row_of(topic)),
                         image_topic_line(topic.image, row_of(topic)));
}

static bool same_text(struct topic_at a, uint32_t a_text, struct topic_at b, uint32_t b_text)
{
    return !strcmp(image_text(a.image, a_text), image_text(b.image, b_text));
}

static bool same_labels(struct topic_at a, struct topic_at b)
{
    const char *x = image_text(a.image, row_of(a)->labels);
    const char *y = image_text(b.image, row_of(b)->labels);
    for (; *x && !strcmp(x, y); x += strlen(x) + 1)
        y += strlen(y) + 1;
    return !*x && !*y;
}

static bool is_same(struct topic_at a, struct topic_at b)
{
    const struct image_topic *x = row_of(a), *y = row_of(b);
    return x->severity == y->severity && x->shadow == y->shadow &&
           same_text(a, x->query, b, y->query) && same_text(a, x->description, b, y->description) &&
           same_text(a, x->language, b, y->language) && same_labels(a, b);
}

/* A topic of a piece that is in one index alone: is it in the other, too? */
static void compare(const struct index *before, struct topic_at topic, struct tocsin_topics *topics)
{
    struct topic_at was;
    was.image = index_find(before, image_topic_name(topic.image, topic.number), &was.number);
    if (!was.image)
        tell(topics, TOCSIN_ADDED, topic);
    else if (!is_same(was, topic))
        tell(topics, TOCSIN_CHANGED, topic);
}

static bool take(struct earlier *earlier, const struct image_piece *piece)
{
    struct piece wanted = {0};
    memcpy(wanted.hash.bytes, piece->hash, sizeof(piece->hash));
    struct earlier_piece from = earlier_take(earlier, &wanted);
    return from.image && image_piece_lines(from.image, from.number) != LINES_GONE;
}

static void tell_new(struct earlier *earlier, const struct index *now, struct tocsin_topics *topics)
{
    for (size_t i = 0; i < index_n_pieces(now); i++) {
        uint32_t number;
        const struct image *image = index_piece(now, i, &number);
        const struct image_piece *piece = &image->pieces[number];
        if (take(earlier, piece))
            continue;
        for (uint32_t at = piece->topics; at < piece->topics + piece->n; at++)
            compare(earlier->index, (struct topic_at){image, at}, topics);
    }
}

static void tell_gone(const struct earlier *earlier, const struct index *now,
                      struct tocsin_topics *topics)
{
    const struct index *before = earlier->index;
    for (size_t i = 0; i < index_n_pieces(before); i++) {
        uint32_t number, other;
        const struct image *image = index_piece(before, i, &number);
        const struct image_piece *piece = &image->pieces[number];
        if (earlier->parts[image - before->parts].lines[number] != LINES_GONE)
            continue;
        for (uint32_t at = piece->topics; at < piece->topics + piece->n; at++)
            if (!index_find(now, image_topic_name(image, at), &other))
                tell(topics, TOCSIN_REMOVED, (struct topic_at){image, at});
    }
}

void changes_tell(const struct index *before, const struct index *now, struct tocsin_topics *topics)
{
    struct earlier *earlier = earlier_new(before);
    tell_new(earlier, now, topics);
    tell_gone(earlier, now, topics);
    earlier_free(&earlier);
}
