/*
 * From the files of topics and lists to an image. Every file is read; only those pieces that are
 * not in the image from before are parsed.
 */
#include "topics/load_inner.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "config/tree.h"

/* ---- reading ---- */

static void read_source(struct source *source, const char *path, struct diags *diags)
{
    if (tree_read_bytes(path, &source->text, diags) == 0)
        pieces_add(&source->pieces, path, buf_text(&source->text), source->text.len);
}

static void read_sources(struct loader *loader, const char *const *files)
{
    size_t n = 0;
    while (files && files[n])
        n++;
    loader->sources = NEW_N(struct source, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!topics_is_test(files[i])) /* a pattern such as *.yaml names them, too */
            read_source(&loader->sources[loader->n_sources++], files[i], loader->diags);
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

/* Does the earlier image hold the same pieces in the same order? */
static bool is_same(const struct loader *loader)
{
    const struct image *before = loader->before;
    size_t number = 0;
    if (!before || memcmp(before->head->lists_hash, loader->lists_hash.bytes, HASH_BYTES) != 0)
        return false;
    for (size_t i = 0; i < loader->n_sources; i++)
        for (size_t j = 0; j < loader->sources[i].pieces.n; j++, number++)
            if (number == before->n_pieces ||
                memcmp(before->pieces[number].hash, loader->sources[i].pieces.items[j].hash.bytes,
                       HASH_BYTES) != 0)
                return false;
    return number == before->n_pieces;
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
}

/* And forgets it: the texts of all would be much. */
static void add_source(struct loader *loader, struct source *source)
{
    for (size_t i = 0; i < source->pieces.n; i++)
        load_piece(loader, &source->pieces.items[i]);
    source_deinit(source);
}

static void build_image(struct loader *loader, const struct topic_word_lists *lists,
                        struct buf *out)
{
    struct err err;
    loader->build = build_new(random_seed());
    build_lists_hash(loader->build, &loader->lists_hash);
    for (size_t i = 0; i < lists->n; i++)
        build_list(loader->build, &lists->items[i]);
    loader->keep = loader->before ? keep_new(loader->build, loader->before) : NULL;
    for (size_t i = 0; i < loader->n_sources; i++)
        add_source(loader, &loader->sources[i]);
    map_free(&loader->names, NULL); /* room for what follows */
    if (!loader->diags->n_errors && build_finish(loader->build, out, &err) < 0)
        diags_error(loader->diags, (struct config_at){0}, "%s", err.text);
    keep_free(&loader->keep);
    build_free(&loader->build);
}

static void loader_deinit(struct loader *loader)
{
    for (size_t i = 0; i < loader->n_sources; i++)
        source_deinit(&loader->sources[i]);
    free(loader->sources);
    map_free(&loader->names, NULL);
}

enum load_result load_image(const char *const *files, const char *const *lists,
                            const struct image *before, struct buf *out, struct diags *diags)
{
    struct loader loader = {.before = before, .names = map_new(), .diags = diags};
    struct topic_word_lists read = {0};
    read_lists(&loader, lists, &read);
    read_sources(&loader, files);
    bool same = !diags->n_errors && is_same(&loader);
    for (size_t i = 0; same && i < before->n_warnings; i++)
        load_say_again(&loader, &before->warnings[i],
                       before->pieces[before->warnings[i].piece].lines);
    if (!same)
        build_image(&loader, &read, out);
    lists_deinit(&read);
    loader_deinit(&loader);
    if (diags->n_errors)
        return LOAD_FAILED;
    return same ? LOAD_SAME : LOAD_NEW;
}
