/* Adding topics to an image that is built: compiled, or taken over from an earlier one. */
#include "topics/load_inner.h"

#define COSTLY 0.25 /* a share of all documents that deserves a warning */

/* ---- compiling ---- */

/* Takes the name for the topic of this number. False, with an error, when another one has it. */
static bool take_name(struct loader *loader, const char *name, uint32_t number, struct config_at at)
{
    void *value = (void *)((uintptr_t)number + 1); // NOLINT(performance-no-int-to-ptr)
    void *first = map_set_text(loader->names, name, value);
    if (!first)
        return true;
    map_set_text(loader->names, name, first);
    int line;
    const char *path = build_where(loader->build, (uint32_t)((uintptr_t)first - 1), &line);
    diags_error(loader->diags, at, "topic \"%s\" is already in %s:%d", name, path, line);
    return false;
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
    if (!take_name(loader, topic->name, build_count(loader->build), topic->at))
        return;
    if (build_topic(loader->build, topic, &cost, &error) == 0) {
        warn_cost(loader, topic, cost);
        return;
    }
    map_remove_text(loader->names, topic->name);
    AUTO_BUF struct buf shown = {0};
    query_error_print(topic->text, strlen(topic->text), &error, &shown);
    diags_error(loader->diags, topic->at, "topic \"%s\": %s", topic->name, buf_text(&shown));
}

static void compile(struct loader *loader, const struct piece *piece)
{
    size_t said = loader->diags->n;
    topics_each(piece->path, piece->text, piece->len, piece->lines, add_topic, loader,
                loader->diags);
    for (; said < loader->diags->n; said++) {
        const struct diag *diag = &loader->diags->items[said];
        if (diag->warning)
            build_warning(loader->build, diag->at.line - piece->lines, diag->at.column, diag->text);
    }
}

/* ---- taking over ---- */

void load_say_again(struct loader *loader, const struct image_warning *warning, uint32_t lines)
{
    const struct image *before = loader->before;
    const char *path = image_text(before, before->pieces[warning->piece].path);
    const struct config_at at = {config_file_intern(path), (int)(warning->line + lines),
                                 (int)warning->column};
    diags_warning(loader->diags, at, "%s", image_text(before, warning->text));
}

/* The first warning of this piece, or of one behind it. */
static size_t first_warning(const struct image *before, size_t piece)
{
    size_t low = 0, high = before->n_warnings;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (before->warnings[middle].piece < piece)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What was said of the piece is said again, and goes with it into the new image. */
static void take_warnings(struct loader *loader, size_t from, const struct piece *piece)
{
    const struct image *before = loader->before;
    for (size_t i = first_warning(before, from);
         i < before->n_warnings && before->warnings[i].piece == from; i++) {
        const struct image_warning *warning = &before->warnings[i];
        load_say_again(loader, warning, (uint32_t)piece->lines);
        build_warning(loader->build, (int)warning->line, (int)warning->column,
                      image_text(before, warning->text));
    }
}

static void take_names(struct loader *loader, const struct image_piece *from,
                       const struct piece *piece)
{
    const struct image *before = loader->before;
    const char *path = config_file_intern(piece->path);
    uint32_t first = build_count(loader->build) - from->n;
    for (uint32_t i = 0; i < from->n; i++) {
        const struct image_topic *topic = &before->topics[from->topics + i];
        const struct config_at at = {path, (int)topic->line + piece->lines, (int)topic->column};
        take_name(loader, image_topic_name(before, from->topics + i), first + i, at);
    }
}

static void take_topics(struct loader *loader, size_t number, const struct piece *piece)
{
    keep_topics(loader->keep, number);
    take_names(loader, &loader->before->pieces[number], piece);
    take_warnings(loader, number, piece);
}

void load_piece(struct loader *loader, const struct piece *piece)
{
    size_t number = loader->keep ? keep_find(loader->keep, piece) : SIZE_MAX;
    build_piece(loader->build, piece);
    if (number == SIZE_MAX)
        compile(loader, piece);
    else
        take_topics(loader, number, piece);
}
