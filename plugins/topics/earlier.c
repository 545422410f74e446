/* Finding a piece by its hash; see earlier.h. */
#include "topics/earlier.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare_hashes(const void *a, const void *b, void *arg)
{
    const struct image *image = arg;
    const uint32_t *first = a, *second = b;
    return memcmp(image->pieces[*first].hash, image->pieces[*second].hash, HASH_BYTES);
}

static void part_init(struct earlier_part *part, const struct image *image)
{
    part->by_hash = NEW_N(uint32_t, image->n_pieces + 1);
    part->lines = NEW_N(uint32_t, image->n_pieces + 1);
    for (uint32_t i = 0; i < image->n_pieces; i++) {
        part->by_hash[i] = i;
        part->lines[i] = LINES_GONE;
    }
    qsort_r(part->by_hash, image->n_pieces, sizeof(uint32_t), compare_hashes,
            (void *)(uintptr_t)image);
}

struct earlier *earlier_new(const struct index *index)
{
    struct earlier *earlier = NEW(struct earlier);
    earlier->index = index;
    for (size_t i = 0; i < index->n_parts; i++)
        part_init(&earlier->parts[i], &index->parts[i]);
    earlier->base = index->parts[INDEX_BASE];
    earlier->base.lines_now = earlier->parts[INDEX_BASE].lines;
    return earlier;
}

void earlier_free(struct earlier **earlier)
{
    struct earlier *gone = *earlier;
    *earlier = NULL;
    if (!gone)
        return;
    for (size_t i = 0; i < INDEX_PARTS; i++) {
        free(gone->parts[i].by_hash);
        free(gone->parts[i].lines);
    }
    free(gone);
}

/* The place, in the order of hashes, of the first piece with this one or a larger. */
static size_t first_place(const struct earlier_part *part, const struct image *image,
                          const struct hash *hash)
{
    size_t low = 0, high = image->n_pieces;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (memcmp(image->pieces[part->by_hash[middle]].hash, hash->bytes, HASH_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool take(struct earlier_part *part, const struct image *image, const struct piece *piece,
                 uint32_t *number)
{
    for (size_t at = first_place(part, image, &piece->hash); at < image->n_pieces; at++) {
        *number = part->by_hash[at];
        if (memcmp(image->pieces[*number].hash, piece->hash.bytes, HASH_BYTES) != 0)
            return false;
        if (part->lines[*number] == LINES_GONE) {
            part->lines[*number] = (uint32_t)piece->lines;
            return true;
        }
    }
    return false;
}

struct earlier_piece earlier_take(struct earlier *earlier, const struct piece *piece)
{
    for (size_t i = 0; i < earlier->index->n_parts; i++) {
        const struct image *image = &earlier->index->parts[i];
        uint32_t number;
        if (take(&earlier->parts[i], image, piece, &number))
            return (struct earlier_piece){image, number};
    }
    return (struct earlier_piece){0};
}

size_t earlier_n_taken(const struct earlier *earlier)
{
    size_t n = 0;
    for (size_t i = 0; i < earlier->base.n_pieces; i++)
        if (earlier->base.lines_now[i] != LINES_GONE)
            n += earlier->base.pieces[i].n;
    return n;
}
