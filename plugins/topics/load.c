/*
 * From the files of topics and lists to an image. Every file is read; only those pieces that are
 * not in the index from before are parsed.
 */
#include "topics/load_inner.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "config/tree.h"

/* Fewer topics are built anew at once: every document would be looked up twice for what costs a
 * few milliseconds and megabytes. */
#define UPDATE_FROM 4096
/* An update is that part of the whole at most. */
#define UPDATE_PART 4

/* ---- reading ---- */

struct reading {
    struct loader *loader;
    struct source *source;
    const char *path;
};

/* Of what is known already the text is not kept: those of all would be much. */
static size_t read_part(void *arg, const char *text, size_t len, bool last)
{
    const struct reading *reading = arg;
    struct source *source = reading->source;
    struct pieces *pieces = &source->pieces;
    size_t first = pieces->n, used = pieces_add(pieces, reading->path, text, len, last);
    source->from =
        mem_grow(source->from, &source->from_cap, pieces->n, sizeof(struct earlier_piece));
    for (size_t i = first; i < pieces->n; i++) {
        const struct piece *piece = &pieces->items[i];
        source->from[i] = reading->loader->earlier ? earlier_take(reading->loader->earlier, piece)
                                                   : (struct earlier_piece){0};
        if (!source->from[i].image)
            buf_append(&source->text, piece->text, piece->len);
    }
    return used;
}

static void read_source(struct loader *loader, struct source *source, const char *path)
{
    struct reading reading = {loader, source, path};
    size_t at = 0;
    tree_read_parts(path, read_part, &reading, loader->diags);
    for (size_t i = 0; i < source->pieces.n; i++) {
        struct piece *piece = &source->pieces.items[i];
        bool is_known = source->from[i].image;
        piece->text = is_known ? NULL : buf_text(&source->text) + at;
        at += is_known ? 0 : piece->len;
    }
}

static void read_sources(struct loader *loader, const char *const *files)
{
    size_t n = 0;
    while (files && files[n])
        n++;
    loader->sources = NEW_N(struct source, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!topics_is_test(files[i])) /* a pattern such as *.yaml names them, too */
            read_source(loader, &loader->sources[loader->n_sources++], files[i]);
}

static void read_lists(struct loader *loader, const char *const *files,
                       struct topic_word_lists *lists)
{
    struct hasher hasher;
    hasher_init(&hasher);
    for (size_t i = 0; files && files[i]; i++) {
        AUTO_BUF struct buf text = {0};
        if (tree_read_bytes(files[i], &text, loader->diags) < 0)
            continue;
        hasher_part(&hasher, text.data, text.len);
        lists_parse(lists, files[i], buf_text(&text), text.len, loader->diags);
    }
    loader->lists_hash = hasher_final(&hasher);
}

/* ---- what of the earlier index can be used ---- */

static bool has_list(const struct topic_word_lists *lists, const char *name)
{
    for (size_t i = 0; i < lists->n; i++)
        if (!strcmp(lists->items[i].name, name))
            return true;
    return false;
}

/* Its topics may name any of its lists. */
static bool is_usable(const struct index *before, const struct topic_word_lists *lists)
{
    if (!before)
        return false;
    const struct image *base = &before->parts[INDEX_BASE];
    for (size_t i = 0; i < base->n_lists; i++)
        if (!has_list(lists, image_text(base, base->lists[i].name)))
            return false;
    return true;
}

static bool has_same_lists(const struct loader *loader)
{
    const struct image *base = &loader->earlier->base;
    return !memcmp(base->head->lists_hash, loader->lists_hash.bytes, HASH_BYTES);
}

/* Does the earlier index hold the same pieces in the same order? */
static bool is_same(const struct loader *loader)
{
    if (!has_same_lists(loader))
        return false;
    const struct index *before = loader->earlier->index;
    size_t at = 0, n = index_n_pieces(before);
    for (size_t i = 0; i < loader->n_sources; i++)
        for (size_t j = 0; j < loader->sources[i].pieces.n; j++, at++) {
            uint32_t number;
            if (at == n)
                return false;
            const struct image *image = index_piece(before, at, &number);
            if (memcmp(image->pieces[number].hash, loader->sources[i].pieces.items[j].hash.bytes,
                       HASH_BYTES) != 0)
                return false;
        }
    return at == n;
}

/* Is so little new that the base had better stay? */
static bool is_update(const struct loader *loader)
{
    if (!loader->earlier || !has_same_lists(loader))
        return false;
    const struct image *base = &loader->earlier->base;
    size_t bytes = 0, new_bytes = 0;
    for (size_t i = 0; i < loader->n_sources; i++)
        for (size_t j = 0; j < loader->sources[i].pieces.n; j++) {
            size_t len = loader->sources[i].pieces.items[j].len;
            bytes += len;
            new_bytes +=
                loader->sources[i].from[j].image == &loader->earlier->index->parts[INDEX_BASE]
                    ? 0
                    : len;
        }
    return base->n_topics >= UPDATE_FROM && new_bytes <= bytes / UPDATE_PART &&
           earlier_n_taken(loader->earlier) >= base->n_topics - base->n_topics / UPDATE_PART;
}

/* ---- the whole ---- */

static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint64_t)time(NULL);
    return seed;
}

static void source_deinit(struct source *source)
{
    pieces_deinit(&source->pieces);
    buf_deinit(&source->text);
    mem_free_p(&source->from);
}

static void add_source(struct loader *loader, struct source *source)
{
    for (size_t i = 0; i < source->pieces.n; i++)
        load_piece(loader, &source->pieces.items[i], &source->from[i]);
    source_deinit(source); /* the texts of all would be much */
}

static void keep_parts(struct loader *loader)
{
    const struct index *before = loader->earlier ? loader->earlier->index : NULL;
    if (loader->update)
        build_base(loader->build, &loader->earlier->base, loader->earlier->base.lines_now);
    for (size_t i = loader->update ? INDEX_UPDATE : INDEX_BASE; before && i < before->n_parts; i++)
        loader->keeps[i] = keep_new(loader->build, &before->parts[i]);
}

/* Of pieces that stay in the base; the others' go with them. */
static void say_again(struct loader *loader, const struct image *image, const uint32_t *lines)
{
    for (size_t i = 0; i < image->n_warnings; i++)
        if (lines[image->warnings[i].piece] != LINES_GONE)
            load_say_again(loader, image, &image->warnings[i], lines[image->warnings[i].piece]);
}

static void build_image(struct loader *loader, const struct topic_word_lists *lists,
                        struct buf *out)
{
    struct err err;
    loader->build = build_new(random_seed());
    build_lists_hash(loader->build, &loader->lists_hash);
    for (size_t i = 0; i < lists->n; i++)
        build_list(loader->build, &lists->items[i]);
    keep_parts(loader);
    if (loader->update)
        say_again(loader, &loader->earlier->base, loader->earlier->base.lines_now);
    for (size_t i = 0; i < loader->n_sources; i++)
        add_source(loader, &loader->sources[i]);
    if (!loader->diags->n_errors && build_finish(loader->build, out, &err) < 0)
        diags_error(loader->diags, (struct config_at){0}, "%s", err.text);
    for (size_t i = 0; i < INDEX_PARTS; i++)
        keep_free(&loader->keeps[i]);
    build_free(&loader->build);
}

static void loader_deinit(struct loader *loader)
{
    for (size_t i = 0; i < loader->n_sources; i++)
        source_deinit(&loader->sources[i]);
    free(loader->sources);
    earlier_free(&loader->earlier);
}

static enum load_result load(struct loader *loader, const struct topic_word_lists *lists,
                             struct buf *out)
{
    const struct earlier *earlier = loader->earlier;
    if (earlier && !loader->diags->n_errors && is_same(loader)) {
        for (size_t i = 0; i < earlier->index->n_parts; i++)
            say_again(loader, &earlier->index->parts[i], earlier->parts[i].lines);
        return LOAD_SAME;
    }
    loader->update = is_update(loader);
    build_image(loader, lists, out);
    if (loader->diags->n_errors)
        return LOAD_FAILED;
    return loader->update ? LOAD_UPDATE : LOAD_BASE;
}

enum load_result load_index(const char *const *files, const char *const *lists,
                            const struct index *before, struct buf *out, struct diags *diags)
{
    struct loader loader = {.diags = diags};
    struct topic_word_lists read = {0};
    read_lists(&loader, lists, &read);
    if (is_usable(before, &read))
        loader.earlier = earlier_new(before);
    read_sources(&loader, files);
    enum load_result result = load(&loader, &read, out);
    lists_deinit(&read);
    loader_deinit(&loader);
    return result;
}
