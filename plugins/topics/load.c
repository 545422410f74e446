/* From the files of topics and lists to an image: each file is read, its topics are added. */
#include "topics/load.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/map.h"
#include "config/tree.h"
#include "topics/build.h"

#define COSTLY 0.25 /* a share of all documents that deserves a warning */

struct loader {
    struct build *build;
    struct topic_word_lists lists;
    struct map *names; /* to where they were first: a text */
    struct diags *diags;
};

static void load_lists(struct loader *loader, const char *const *files)
{
    for (size_t i = 0; files && files[i]; i++)
        lists_read(&loader->lists, files[i], loader->diags);
    for (size_t i = 0; i < loader->lists.n; i++)
        build_list(loader->build, &loader->lists.items[i]);
}

/* False, with an error, when another topic has this name. */
static bool take_name(struct loader *loader, const struct topic *topic)
{
    const char *first = map_get_text(loader->names, topic->name);
    if (first) {
        diags_error(loader->diags, topic->at, "topic \"%s\" is already in %s", topic->name, first);
        return false;
    }
    map_set_text(loader->names, topic->name, mem_printf("%s:%d", topic->at.file, topic->at.line));
    return true;
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
    if (!take_name(loader, topic))
        return;
    if (build_topic(loader->build, topic, &cost, &error) == 0) {
        warn_cost(loader, topic, cost);
        return;
    }
    AUTO_BUF struct buf shown = {0};
    query_error_print(topic->text, strlen(topic->text), &error, &shown);
    diags_error(loader->diags, topic->at, "topic \"%s\": %s", topic->name, buf_text(&shown));
}

static void load_file(struct loader *loader, const char *file)
{
    static const unsigned char no_hash[32];
    AUTO_BUF struct buf text = {0};
    build_file(loader->build, file, no_hash);
    if (tree_read_bytes(file, &text, loader->diags) == 0)
        topics_each(file, buf_text(&text), text.len, add_topic, loader, loader->diags);
}

static uint64_t random_seed(void)
{
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
        seed = (uint64_t)time(NULL);
    return seed;
}

int load_image(const char *const *files, const char *const *lists, struct buf *out,
               struct diags *diags)
{
    struct loader loader = {.build = build_new(random_seed()), .names = map_new(), .diags = diags};
    struct err err;
    load_lists(&loader, lists);
    for (size_t i = 0; files && files[i]; i++)
        load_file(&loader, files[i]);
    if (!diags->n_errors && build_finish(loader.build, out, &err) < 0)
        diags_error(diags, (struct config_at){.file = files ? files[0] : NULL}, "%s", err.text);
    build_free(&loader.build);
    map_free(&loader.names, free);
    lists_deinit(&loader.lists);
    return diags->n_errors ? -1 : 0;
}
