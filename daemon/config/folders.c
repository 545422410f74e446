/*
 * The watched folders on disk: there, readable, not hidden by the unit, apart from each other; see
 * build.h.
 *
 * Two folders overlap when the resolved path of one lies in the other's reach: a document must
 * belong to one source only. Nor may the files that plugins append to lie in their reach.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/patience.h"
#include "base/str.h"
#include "config/build.h"
#include "config/unseen.h"

#define LOOK_WAIT_MS 2000 /* for a disk or server that answers; others may take for ever */

struct look {
    char *path;
    int error;
    char *resolved; /* NULL: it cannot be */
};

static void look_run(void *arg)
{
    struct look *look = arg;
    struct stat info;
    if (stat(look->path, &info) < 0)
        look->error = errno;
    else if (!S_ISDIR(info.st_mode))
        look->error = ENOTDIR;
    else if (faccessat(AT_FDCWD, look->path, R_OK | X_OK, AT_EACCESS) < 0)
        look->error = errno;
    look->resolved = realpath(look->path, NULL);
}

static void look_free(void *arg)
{
    struct look *look = arg;
    free(look->path);
    free(look->resolved);
    free(look);
}

/* NULL: its disk does not answer. */
static struct look *look_at(const struct config_folder *folder)
{
    struct look *look = NEW(struct look);
    look->path = mem_strdup(folder->path);
    return patience_run(LOOK_WAIT_MS, look_run, look_free, look) ? look : NULL;
}

static bool was_watched(const struct config_texts *watched, const char *path)
{
    for (size_t i = 0; watched && i < watched->n; i++) {
        if (str_equal(watched->items[i], path))
            return true;
    }
    return false;
}

static bool is_wrong(const struct config_folder *folder, int error,
                     const struct config_texts *watched, struct diags *diags)
{
    if (unseen_is_hidden(folder, error, folder->places[0], diags))
        return true;
    if (!error || was_watched(watched, folder->path))
        return false;
    unseen_say(folder, error, folder->places[0], diags);
    return true;
}

/* The folder's resolved path, or as it is written while it is away; NULL if it is wrong. The caller
 * frees it. */
static char *resolve(const struct config_folder *folder, const struct config_texts *watched,
                     struct diags *diags)
{
    struct look *look = look_at(folder);
    if (!look) {
        diags_warning(diags, folder->places[0],
                      "folder \"%s\": %s does not answer (it is watched as soon as it does; is its "
                      "disk or server in order?)",
                      folder->name, folder->path);
        return mem_strdup(folder->path);
    }
    char *path = NULL;
    if (!is_wrong(folder, look->error, watched, diags))
        path = mem_strdup(look->resolved ? look->resolved : folder->path);
    look_free(look);
    return path;
}

static bool reaches(const struct config_folder *folder, const char *root, const char *path)
{
    if (strcmp(root, path) == 0)
        return true;
    size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
    return folder->recursive && strncmp(root, path, len) == 0 && path[len] == '/';
}

static void compare(const struct config_folder *a, const char *path_a,
                    const struct config_folder *b, const char *path_b, struct diags *diags)
{
    bool down = reaches(a, path_a, path_b), up = reaches(b, path_b, path_a);
    if (!down && !up)
        return;
    const char *how = down && up ? "is the same place as" : up ? "holds" : "lies in";
    bool links = !str_equal(b->path, path_b) || !str_equal(a->path, path_a);
    AUTO_FREE char *resolved =
        links ? mem_printf("; resolved: %s and %s", path_b, path_a) : mem_strdup("");
    diags_error(diags, b->places[0], "folder \"%s\" (%s) %s folder \"%s\" (%s) of %s:%d:%d%s (%s)",
                b->name, b->path, how, a->name, a->path, a->places[0].file, a->places[0].line,
                a->places[0].column, resolved,
                down && up ? "remove one"
                           : "remove one, or set \"recursive: no\" on the outer one");
}

void config_check_folders(const struct config *config, const struct config_texts *watched,
                          struct diags *diags)
{
    AUTO_FREE char **resolved = NEW_N(char *, config->n_folders + 1);
    for (size_t i = 0; i < config->n_folders; i++) {
        const struct config_folder *folder = &config->folders[i];
        if (folder->path)
            resolved[i] = resolve(folder, watched, diags);
        for (size_t k = 0; k < i && resolved[i]; k++) {
            if (resolved[k])
                compare(&config->folders[k], resolved[k], folder, resolved[i], diags);
        }
    }
    for (size_t i = 0; i < config->n_folders; i++)
        free(resolved[i]);
}

/* As far as its disk answers. */
static bool reaches_really(const struct config_folder *folder, const char *path)
{
    struct look *look = look_at(folder);
    if (!look)
        return false;
    bool reached = look->resolved && reaches(folder, look->resolved, path);
    look_free(look);
    return reached;
}

static int check_output(const struct config *config, const struct config_plugin *plugin,
                        const struct config_option *option, struct diags *diags)
{
    const char *path = option->values.items[0];
    AUTO_FREE char *written = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
    AUTO_FREE char *real = realpath(*written ? written : "/", NULL);
    int result = 0;
    for (size_t i = 0; i < config->n_folders; i++) {
        const struct config_folder *folder = &config->folders[i];
        if (!real || !reaches_really(folder, real))
            continue;
        result = diags_error(diags, option->at,
                             "\"%s\": option \"%s\": %s lies in the watched folder \"%s\": what is "
                             "told would be read, and might be told again (name a file elsewhere)",
                             plugin->name, option->name, path, folder->name);
    }
    return result;
}

int config_check_outputs(const struct config *config, struct diags *diags)
{
    int result = 0;
    for (size_t i = 0; i < config->n_notifiers; i++) {
        const struct config_plugin *plugin = &config->notifiers[i].plugin;
        for (size_t k = 0; k < plugin->n_options; k++)
            if (plugin->options[k].kind == CONFIG_OPTION_OUTPUT && plugin->options[k].values.n)
                result |= check_output(config, plugin, &plugin->options[k], diags);
    }
    return result;
}
