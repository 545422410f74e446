/* The plugins that are installed, or lie anywhere; see plugins.h. */
#include "ctl/plugins.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/map.h"
#include "base/str.h"
#include "config/path.h"

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_names_in(const char *dir, struct map *known, struct config_texts *names)
{
    DIR *stream = opendir(dir);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (!str_ends(entry->d_name, ".so") || str_starts(entry->d_name, "lib"))
            continue;
        AUTO_FREE char *name = mem_strndup(entry->d_name, strlen(entry->d_name) - 3);
        if (!map_set_text(known, name, known))
            texts_add(names, name);
    }
    if (stream)
        closedir(stream);
}

struct config_texts plugin_names(const char *dirs)
{
    struct config_texts names = {0};
    struct map *known = map_new();
    AUTO_FREE char *copy = mem_strdup(dirs);
    char *rest = copy;
    for (char *dir; (dir = strsep(&rest, ":"));)
        add_names_in(dir, known, &names);
    map_free(&known, NULL);
    if (names.n)
        qsort(names.items, names.n, sizeof(*names.items), by_name);
    return names;
}

json_t *plugin_list(struct offline *offline)
{
    json_t *list = json_array();
    struct config_texts names = plugin_names(offline->plugin_dirs);
    for (size_t i = 0; i < names.n; i++) {
        struct err err;
        json_t *description = offline_probe(offline, names.items[i], &err);
        if (!description)
            description = json_pack("{s:s, s:s, s:s}", "name", names.items[i], "kind", "unusable",
                                    "summary", err.text);
        json_array_append_new(list, description);
    }
    texts_deinit(&names);
    return list;
}

int ctl_plugin_list(struct ctl *ctl)
{
    struct offline offline;
    offline_init(&offline, ctl);
    json_t *list = plugin_list(&offline);
    static const char *const columns[] = {"name", "kind", "version", "summary"};
    if (ctl->json)
        ctl_print_json(list);
    else
        ctl_print_table(ctl, list, columns, ARRAY_LEN(columns));
    json_decref(list);
    offline_deinit(&offline);
    return EX_OK;
}

static void print_option(const struct ctl *ctl, const json_t *option)
{
    printf("  %s", ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(option, "name"));
    fputs(ctl_colour(ctl, CTL_PLAIN), stdout);
    ctl_print("  %s", ctl_text(option, "type"));
    if (*ctl_text(option, "choices"))
        ctl_print(" (%s)", ctl_text(option, "choices"));
    if (json_is_true(json_object_get(option, "required")))
        fputs(", required", stdout);
    if (json_is_string(json_object_get(option, "default")))
        ctl_print(", default %s", ctl_text(option, "default"));
    ctl_print("\n      %s\n", ctl_text(option, "help"));
}

static void print_plugin(const struct ctl *ctl, const json_t *plugin)
{
    fputs(ctl_colour(ctl, CTL_BOLD), stdout);
    ctl_print_safe(ctl_text(plugin, "name"));
    fputs(ctl_colour(ctl, CTL_PLAIN), stdout);
    ctl_print(" %s (%s, %s, plugin API %s)\n%s\nfile: %s\n", ctl_text(plugin, "version"),
              ctl_text(plugin, "kind"), ctl_text(plugin, "licence"), ctl_text(plugin, "abi"),
              ctl_text(plugin, "summary"), ctl_text(plugin, "file"));
    if (*ctl_text(plugin, "powers"))
        ctl_print("powers: %s\n", ctl_text(plugin, "powers"));
    const json_t *options = json_object_get(plugin, "options");
    puts(json_array_size(options) ? "options:" : "no options");
    size_t i;
    json_t *option;
    json_array_foreach(options, i, option) print_option(ctl, option);
}

static int show_plugin(struct ctl *ctl, struct offline *offline, const char *name)
{
    struct err err;
    json_t *plugin = offline_probe(offline, name, &err);
    if (!plugin) {
        ctl_complain("%s", err.text);
        return EX_CONFIG;
    }
    if (ctl->json)
        ctl_print_json(plugin);
    else
        print_plugin(ctl, plugin);
    json_decref(plugin);
    return EX_OK;
}

int ctl_plugin_info(struct ctl *ctl)
{
    struct offline offline;
    offline_init(&offline, ctl);
    int status = show_plugin(ctl, &offline, ctl->args[0]);
    offline_deinit(&offline);
    return status;
}

int ctl_plugin_check(struct ctl *ctl)
{
    AUTO_FREE char *path = realpath(ctl->args[0], NULL);
    char *slash = path ? strrchr(path, '/') : NULL;
    if (!slash || !str_ends(path, ".so")) {
        ctl_complain("%s: %s", ctl->args[0], path ? "a plugin's file is NAME.so" : strerror(errno));
        return EX_NOINPUT;
    }
    *slash = '\0';
    AUTO_FREE char *name = mem_strndup(slash + 1, strlen(slash + 1) - 3);
    /* Its folder is the only one that is looked in. */
    struct ctl here = *ctl;
    here.plugins = *path ? path : "/";
    struct offline offline;
    offline_init(&offline, &here);
    int status = show_plugin(ctl, &offline, name);
    offline_deinit(&offline);
    return status;
}
