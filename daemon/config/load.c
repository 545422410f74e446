/*
 * Which files the configuration is made of: the main file, what it includes, the drop-ins beside
 * it; then the way through check and build. See config.h.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "config/build.h"
#include "config/path.h"

#define INCLUDE_MAX_DEPTH 8

/* The files read so far, in order. */
struct files {
    struct tree **trees;
    char **paths; /* resolved: a file counts once, whatever name it goes by */
    size_t n, cap, cap_paths;
    bool incomplete; /* one could not be read */
    struct diags *diags;
};

static void files_deinit(struct files *files)
{
    for (size_t i = 0; i < files->n; i++) {
        tree_free(&files->trees[i]);
        free(files->paths[i]);
    }
    free(files->trees);
    free(files->paths);
}

static void read_file(struct files *files, const char *file, struct config_at at, int depth);

static bool is_known(const struct files *files, const char *resolved)
{
    for (size_t i = 0; i < files->n; i++) {
        if (str_equal(files->paths[i], resolved))
            return true;
    }
    return false;
}

static void include_one(struct files *files, const struct tree *node, int depth)
{
    const char *why;
    if (node->kind != TREE_SCALAR || !node->text_len) {
        diags_error(files->diags, node->at, "\"include\" must be a list of files");
        return;
    }
    if (path_is_pattern(node->text)) {
        struct config_texts found = path_expand(node->at.file, node->text);
        for (size_t i = 0; i < found.n; i++)
            read_file(files, found.items[i], node->at, depth + 1);
        texts_deinit(&found);
        return;
    }
    AUTO_FREE char *path = path_absolute(node->at.file, node->text, &why);
    if (path)
        read_file(files, path, node->at, depth + 1);
    else
        diags_error(files->diags, node->at, "include: \"%s\" %s", node->text, why);
}

static void include_all(struct files *files, const struct tree *tree, int depth)
{
    const struct tree *include = tree_get(tree, "include");
    if (!include)
        return;
    if (depth == INCLUDE_MAX_DEPTH)
        diags_error(files->diags, include->at, "files include each other deeper than %d",
                    INCLUDE_MAX_DEPTH);
    else if (include->kind != TREE_LIST)
        include_one(files, include, depth);
    else
        for (size_t i = 0; i < include->n; i++)
            include_one(files, include->items[i], depth);
}

/* `at` is where it is asked for, line 0 for the main file and drop-ins. */
static void read_file(struct files *files, const char *file, struct config_at at, int depth)
{
    AUTO_FREE char *resolved = realpath(file, NULL);
    if (!resolved && at.line) {
        diags_error(files->diags, at, "include: cannot open %s: %s", file, strerror(errno));
        files->incomplete = true;
        return;
    }
    if (resolved && is_known(files, resolved)) {
        diags_error(files->diags, at, "%s is read twice (remove one \"include\")", file);
        return;
    }
    struct tree *tree = tree_read_partly(file, files->diags);
    if (!tree) {
        files->incomplete = true;
        return;
    }
    files->trees = mem_grow(files->trees, &files->cap, files->n + 1, sizeof(*files->trees));
    files->paths = mem_grow(files->paths, &files->cap_paths, files->n + 1, sizeof(*files->paths));
    files->trees[files->n] = tree;
    files->paths[files->n++] = resolved;
    resolved = NULL;
    include_all(files, tree, depth);
}

static int is_drop_in(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && str_ends(entry->d_name, ".yaml");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_drop_ins(struct files *files, const char *main_file)
{
    AUTO_FREE char *dir = mem_printf("%s.d", main_file);
    struct config_at at = {.file = config_file_intern(dir)};
    struct dirent **entries = NULL;
    int n = scandir(dir, &entries, is_drop_in, by_bytes);
    if (n < 0 && errno != ENOENT)
        diags_error(files->diags, at, "cannot list: %s", strerror(errno));
    for (int i = 0; i < n; i++) {
        AUTO_FREE char *file = mem_printf("%s/%s", dir, entries[i]->d_name);
        read_file(files, file, at, 0);
        free(entries[i]);
    }
    free(entries);
}

int config_load(const char *file, const struct config_texts *watched, struct config **config,
                struct diags *diags)
{
    struct files files = {.diags = diags};
    size_t n_errors = diags->n_errors;
    *config = NULL;
    read_file(&files, file, (struct config_at){.file = config_file_intern(file)}, 0);
    read_drop_ins(&files, file);
    /* With a file unread, what it would have brought must not be called missing as well. */
    if (!files.incomplete) {
        *config = config_build(file, (const struct tree *const *)files.trees, files.n, diags);
        config_check_folders(*config, watched, diags);
    }
    if (diags->n_errors == n_errors)
        config_check_presence(*config, diags);
    files_deinit(&files);
    if (diags->n_errors == n_errors)
        return 0;
    config_unref(config);
    return -1;
}

const struct config_folder *config_folder_find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_folders; i++) {
        if (strcmp(config->folders[i].name, name) == 0)
            return &config->folders[i];
    }
    return NULL;
}

const struct config_plugin *config_detector_find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_detectors; i++) {
        if (strcmp(config->detectors[i].name, name) == 0)
            return &config->detectors[i];
    }
    return NULL;
}

const struct config_notifier *config_notifier_find(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_notifiers; i++) {
        if (strcmp(config->notifiers[i].plugin.name, name) == 0)
            return &config->notifiers[i];
    }
    return NULL;
}
