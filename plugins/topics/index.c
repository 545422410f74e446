/* A base and its update as one; see index.h. */
#include "topics/index.h"

static int check_update(const struct image *base, const struct image *update, struct err *err)
{
    if (update->head->base != base->seed || update->n_base_lines != base->n_pieces)
        return err_set(err, "this update of topics is of another image");
    for (size_t i = 0; i < update->n_order; i++) {
        uint32_t piece = update->order[i] & ~ORDER_BASE;
        if (piece >= (update->order[i] & ORDER_BASE ? base : update)->n_pieces)
            return err_set(err, "this update of topics is damaged");
    }
    return 0;
}

int index_open(struct index *index, const void *base, size_t base_len, const void *update,
               size_t update_len, struct err *err)
{
    *index = (struct index){.n_parts = 1};
    struct image *parts = index->parts;
    if (image_open(&parts[INDEX_BASE], base, base_len, err) < 0)
        return -1;
    if (!update)
        return 0;
    if (image_open(&parts[INDEX_UPDATE], update, update_len, err) < 0 ||
        check_update(&parts[INDEX_BASE], &parts[INDEX_UPDATE], err) < 0)
        return -1;
    parts[INDEX_BASE].lines_now = parts[INDEX_UPDATE].base_lines;
    index->n_parts = INDEX_PARTS;
    return 0;
}

size_t index_n_pieces(const struct index *index)
{
    if (index->n_parts == 1)
        return index->parts[INDEX_BASE].n_pieces;
    return index->parts[INDEX_UPDATE].n_order;
}

const struct image *index_piece(const struct index *index, size_t i, uint32_t *number)
{
    *number = (uint32_t)i;
    if (index->n_parts == 1)
        return &index->parts[INDEX_BASE];
    uint32_t place = index->parts[INDEX_UPDATE].order[i];
    *number = place & ~ORDER_BASE;
    return &index->parts[place & ORDER_BASE ? INDEX_BASE : INDEX_UPDATE];
}

size_t index_n_topics(const struct index *index)
{
    size_t n = 0;
    for (size_t i = 0; i < index_n_pieces(index); i++) {
        uint32_t number;
        const struct image *image = index_piece(index, i, &number);
        n += image->pieces[number].n;
    }
    return n;
}

const struct image *index_find(const struct index *index, const char *name, uint32_t *number)
{
    for (size_t i = 0; i < index->n_parts; i++) {
        *number = image_find(&index->parts[i], name);
        if (*number != UINT32_MAX)
            return &index->parts[i];
    }
    return NULL;
}
