/* Adding topics to an image that is built: compiled, or taken over from an earlier one. */
#include "topics/load_inner.h"

#define COSTLY 0.25 /* a share of all documents that deserves a warning */

/* ---- compiling ---- */

/* Where a topic of this name is that is built already, or stays; NULL: nowhere. */
static const char *find_name(const struct loader *loader, const char *name, int *line)
{
    uint32_t number = build_find(loader->build, name);
    if (number != UINT32_MAX)
        return build_where(loader->build, number, line);
    if (!loader->update)
        return NULL;
    const struct image *base = &loader->earlier->base;
    number = image_find(base, name);
    if (number == UINT32_MAX)
        return NULL;
    *line = image_topic_line(base, &base->topics[number]);
    return image_topic_path(base, &base->topics[number]);
}

/* False, with an error, when another one has the name. */
static bool is_free(struct loader *loader, const char *name, struct config_at at)
{
    int line;
    const char *path = find_name(loader, name, &line);
    if (path)
        diags_error(loader->diags, at, "topic \"%s\" is already in %s:%d", name, path, line);
    return !path;
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
        warn_cost(loader, topic, cost);
        return;
    }
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

void load_say_again(struct loader *loader, const struct image *image,
                    const struct image_warning *warning, uint32_t lines)
{
    const char *path = image_text(image, image->pieces[warning->piece].path);
    const struct config_at at = {config_file_intern(path), (int)(warning->line + lines),
                                 (int)warning->column};
    diags_warning(loader->diags, at, "%s", image_text(image, warning->text));
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
static void take_warnings(struct loader *loader, const struct earlier_piece *from,
                          const struct piece *piece)
{
    const struct image *before = from->image;
    for (size_t i = first_warning(before, from->number);
         i < before->n_warnings && before->warnings[i].piece == from->number; i++) {
        const struct image_warning *warning = &before->warnings[i];
        load_say_again(loader, before, warning, (uint32_t)piece->lines);
        build_warning(loader->build, (int)warning->line, (int)warning->column,
                      image_text(before, warning->text));
    }
}

static void check_names(struct loader *loader, const struct earlier_piece *from,
                        const struct piece *piece)
{
    const struct image *before = from->image;
    const struct image_piece *its = &before->pieces[from->number];
    const char *path = config_file_intern(piece->path);
    for (uint32_t i = its->topics; i < its->topics + its->n; i++) {
        const struct image_topic *topic = &before->topics[i];
        const struct config_at at = {path, (int)topic->line + piece->lines, (int)topic->column};
        is_free(loader, image_topic_name(before, i), at);
    }
}

static void take_topics(struct loader *loader, const struct earlier_piece *from,
                        const struct piece *piece)
{
    struct keep *keep = loader->keeps[from->image - loader->earlier->index->parts];
    check_names(loader, from, piece);
    keep_topics(keep, from->number);
    take_warnings(loader, from, piece);
}

void load_piece(struct loader *loader, const struct piece *piece, const struct earlier_piece *from)
{
    bool stays = loader->update && from->image == &loader->earlier->index->parts[INDEX_BASE];
    if (!stays)
        build_piece(loader->build, piece);
    if (loader->update)
        build_order(loader->build, stays ? from->number : UINT32_MAX);
    if (stays)
        return;
    if (from->image)
        take_topics(loader, from, piece);
    else
        compile(loader, piece);
}
