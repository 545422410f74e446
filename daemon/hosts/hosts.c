/*
 * What all hosts share: the paths, the inherited lock, the table of them. Made at start-up by the
 * program, lent to detect/, deliver/ and the probe; see hosts.h.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "hosts/inside.h"

struct hosts *hosts_new(struct loop *loop, const struct hosts_paths *paths)
{
    struct hosts *hosts = NEW(struct hosts);
    hosts->loop = loop;
    hosts->host_program = mem_strdup(paths->host_program);
    hosts->plugin_dirs = mem_strdup(paths->plugin_dirs);
    hosts->lock_fd = paths->lock_fd;
    hosts->descriptions = map_new();
    hosts->indexes = map_new();
    hosts->learnt = map_new();
    list_init(&hosts->all);
    list_init(&hosts->probes);
    list_init(&hosts->prepares);
    hosts->inbox.fd = -1;
    return hosts;
}

void hosts_free(struct hosts **hosts)
{
    if (!*hosts)
        return;
    while (!list_empty(&(*hosts)->all))
        host_destroy(host_of_link((*hosts)->all.next));
    probes_deinit(*hosts);
    prepares_deinit(*hosts);
    ipc_inbox_deinit(&(*hosts)->inbox);
    free((*hosts)->host_program);
    free((*hosts)->plugin_dirs);
    free(*hosts);
    *hosts = NULL;
}

char *hosts_plugin_file(const struct hosts *hosts, const char *plugin, struct err *err)
{
    if (!plugin[0] || strchr(plugin, '/')) {
        err_set(err, "\"%s\" is no name of a plugin", plugin);
        return NULL;
    }
    for (const char *dir = hosts->plugin_dirs; *dir;) {
        size_t len = strcspn(dir, ":");
        AUTO_FREE char *file = mem_printf("%.*s/%s.so", (int)len, dir, plugin);
        if (len && access(file, R_OK) == 0)
            return mem_strdup(file);
        dir += len + (dir[len] == ':');
    }
    err_set(err, "there is no plugin \"%s\": no %s.so in %s", plugin, plugin, hosts->plugin_dirs);
    return NULL;
}

const struct hosts_counts *hosts_counts(const struct hosts *hosts)
{
    return &hosts->counts;
}

json_t *hosts_status(const struct hosts *hosts)
{
    json_t *list = json_array();
    list_each (link, &hosts->all)
        json_array_append_new(list, host_status(host_of_link(link)));
    return list;
}
