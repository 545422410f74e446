/*
 * From the files of topics and lists to an image. Every file is read; only those whose content is
 * not in the image from before are parsed.
 */
#include "topics/load.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/map.h"
#include "config/tree.h"
#include "topics/keep.h"

#define COSTLY 0.25 /* a share of all documents that deserves a warning */

/* A file of topics as it was read. */
struct source {
    const char *path;
    struct buf text;
    struct hash content;
};

struct loader {
    const struct image *before; /* NULL: none */
    struct source *sources;
    size_t n_sources;
    struct hash lists_hash;
    struct build *build;
    struct keep *keep; /* NULL: nothing can be taken over */
    struct map *names; /* of the topics so far: to their numbers and 1 */
    struct diags *diags;
};

/* ---- reading ---- */

static void read_source(struct source *source, const char *path, struct diags *diags)
{
    source->path = path;
    if (tree_read_bytes(path, &source->text, diags) == 0)
        source->content = hash_bytes(source->text.data, source->text.len);
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

/* ---- compiling ---- */

/* False, with an error, when another topic has this name. */
static bool is_free(struct loader *loader, const char *name, struct config_at at)
{
    uintptr_t first = (uintptr_t)map_get_text(loader->names, name);
    if (!first)
        return true;
    int line;
    const char *path = build_where(loader->build, (uint32_t)(first - 1), &line);
    diags_error(loader->diags, at, "topic \"%s\" is already in %s:%d", name, path, line);
    return false;
}

static void take_name(struct loader *loader, const char *name, uint32_t number)
{
    uintptr_t value = (uintptr_t)number + 1;
    map_set_text(loader->names, name, (void *)value); // NOLINT(performance-no-int-to-ptr)
}

static void warn_cost(struct loader *loader, const struct topic *topic, double cost)
{
    if (cost >= COSTLY)
        diags_warning(loader->diags, topic->at,
                      "topic \"%s\": about %.0f of 100 documents will be held against it, for it "
                      "requires nothing rare; a rarer word or a phrase makes it cheap",
                      topic->name, cost * 100);
}

static void add_topic(void *arg, struct topic *topic)
{
    struct loader *loader = arg;
    struct query_error error = {0};
    double cost;
    if (!is_free(loader, topic->name, topic->at))
        return;
    if (build_topic(loader->build, topic, &cost, &error) == 0) {
        take_name(loader, topic->name, build_count(loader->build) - 1);
        warn_cost(loader, topic, cost);
        return;
    }
    AUTO_BUF struct buf shown = {0};
    query_error_print(topic->text, strlen(topic->text), &error, &shown);
    diags_error(loader->diags, topic->at, "topic \"%s\": %s", topic->name, buf_text(&shown));
}

static void compile(struct loader *loader, const struct source *source)
{
    size_t said = loader->diags->n;
    topics_each(source->path, buf_text(&source->text), source->text.len, add_topic, loader,
                loader->diags);
    for (; said < loader->diags->n; said++) {
        const struct diag *diag = &loader->diags->items[said];
        if (diag->warning)
            build_warning(loader->build, diag->at.line, diag->at.column, diag->text);
    }
}

/* ---- taking over ---- */

static void say_again(struct loader *loader, const struct image_warning *warning)
{
    const struct image *before = loader->before;
    const char *path = image_text(before, before->files[warning->file].path);
    const struct config_at at = {config_file_intern(path), (int)warning->line,
                                 (int)warning->column};
    diags_warning(loader->diags, at, "%s", image_text(before, warning->text));
}

/* What was said of the file is said again, and goes with it into the new image. */
static void take_warnings(struct loader *loader, size_t file)
{
    for (size_t i = 0; i < loader->before->n_warnings; i++) {
        const struct image_warning *warning = &loader->before->warnings[i];
        if (warning->file != file)
            continue;
        say_again(loader, warning);
        build_warning(loader->build, (int)warning->line, (int)warning->column,
                      image_text(loader->before, warning->text));
    }
}

static bool are_free(struct loader *loader, const struct image_file *from)
{
    const struct image *before = loader->before;
    const char *path = config_file_intern(image_text(before, from->path));
    bool free = true;
    for (uint32_t i = from->topics; i < from->topics + from->n; i++) {
        const struct image_topic *topic = &before->topics[i];
        const struct config_at at = {path, (int)topic->line, (int)topic->column};
        free &= is_free(loader, image_topic_name(before, i), at);
    }
    return free;
}

static void take_topics(struct loader *loader, size_t file)
{
    const struct image_file *from = &loader->before->files[file];
    uint32_t first = build_count(loader->build);
    if (!are_free(loader, from))
        return;
    keep_topics(loader->keep, file);
    take_warnings(loader, file);
    for (uint32_t i = 0; i < from->n; i++)
        take_name(loader, image_topic_name(loader->before, from->topics + i), first + i);
}

static void add_source(struct loader *loader, const struct source *source)
{
    size_t file = SIZE_MAX;
    if (loader->keep)
        file = keep_find(loader->before, source->path, &source->content);
    build_file(loader->build, source->path, source->content.bytes);
    if (file == SIZE_MAX)
        compile(loader, source);
    else
        take_topics(loader, file);
}

static bool is_same(const struct loader *loader)
{
    const struct image *before = loader->before;
    if (!before || loader->n_sources != before->n_files ||
        memcmp(before->head->lists_hash, loader->lists_hash.bytes, HASH_BYTES) != 0)
        return false;
    for (size_t i = 0; i < loader->n_sources; i++)
        if (keep_find(before, loader->sources[i].path, &loader->sources[i].content) != i)
            return false;
    return true;
}

/* ---- the whole ---- */

static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint64_t)time(NULL);
    return seed;
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
    for (size_t i = 0; i < loader->n_sources; i++) {
        add_source(loader, &loader->sources[i]);
        buf_deinit(&loader->sources[i].text);
    }
    map_free(&loader->names, NULL); /* room for what follows */
    if (!loader->diags->n_errors && build_finish(loader->build, out, &err) < 0)
        diags_error(loader->diags, (struct config_at){.file = loader->sources[0].path}, "%s",
                    err.text);
    keep_free(&loader->keep);
    build_free(&loader->build);
}

static void loader_deinit(struct loader *loader)
{
    for (size_t i = 0; i < loader->n_sources; i++)
        buf_deinit(&loader->sources[i].text);
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
        say_again(&loader, &before->warnings[i]);
    if (!same)
        build_image(&loader, &read, out);
    lists_deinit(&read);
    loader_deinit(&loader);
    if (diags->n_errors)
        return LOAD_FAILED;
    return same ? LOAD_SAME : LOAD_NEW;
}
