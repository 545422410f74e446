/* Files of topics in pieces; see pieces.h. */
#include "topics/pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "topics/bulk.h"
#include "topics/hash.h"

#define LINES 8 /* of a piece, on average */
#define SEED  1 /* the cuts of one day must be those of the next */

static void add(struct pieces *pieces, struct piece piece, int lines)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, piece.path);
    hasher_part(&hasher, piece.text, piece.len);
    piece.hash = hasher_final(&hasher);
    piece.lines = pieces->lines;
    pieces->lines += lines;
    pieces->items = mem_grow(pieces->items, &pieces->cap, pieces->n + 1, sizeof(piece));
    pieces->items[pieces->n++] = piece;
}

/* How many bytes a piece has that begins here, and how many lines; 0: its end is not there. */
static size_t cut(const char *text, size_t len, int *lines)
{
    *lines = 0;
    for (size_t start = 0, end; start < len; start = end) {
        const char *newline = memchr(text + start, '\n', len - start);
        if (!newline)
            break;
        end = (size_t)(newline - text) + 1;
        ++*lines;
        if (hash_text(SEED, text + start, end - start) % LINES == 0)
            return end;
    }
    return 0;
}

size_t pieces_add(struct pieces *pieces, const char *path, const char *text, size_t len, bool last)
{
    size_t used = 0, n;
    int lines;
    for (; bulk_is_name(path) && (n = cut(text + used, len - used, &lines)) > 0; used += n)
        add(pieces, (struct piece){.path = path, .text = text + used, .len = n}, lines);
    if (!last || (used == len && pieces->n > 0))
        return used;
    add(pieces, (struct piece){.path = path, .text = text + used, .len = len - used}, 0);
    return len;
}

void pieces_deinit(struct pieces *pieces)
{
    free(pieces->items);
    *pieces = (struct pieces){0};
}
