/* What the files of the room hosts/ share; nobody else includes it. */
#ifndef TOCSIN_HOSTS_INSIDE_H
#define TOCSIN_HOSTS_INSIDE_H

#include "base/list.h"
#include "base/map.h"
#include "hosts/hosts.h"
#include "ipc/inbox.h"

struct hosts {
    struct loop *loop;
    char *host_program;
    char *plugin_dirs;
    int lock_fd;
    struct list all;          /* struct host, by its link */
    struct list probes;       /* struct probe, running */
    struct map *descriptions; /* by file: what probes have learnt */
    struct list prepares;     /* struct prepare, under way */
    struct map *indexes;      /* by instance: what was prepared last */
    struct map *learnt;       /* by instance: what detectors have learnt from documents */
    char *index_dir;          /* NULL: they are not kept on disk */
    struct worker *index_worker;
    struct ipc_inbox inbox; /* with the packet at hand, of whichever host */
    struct hosts_counts counts;
};

/* The file of a plugin, NULL (with err) when no folder has it. The caller frees it. */
char *hosts_plugin_file(const struct hosts *hosts, const char *plugin, struct err *err);

/* A host in the list of all hosts, for hosts_free and hosts_status. */
struct host *host_of_link(struct list *link);
json_t *host_status(const struct host *host);
/* Kills it, waits for its end a moment, frees it; nobody is called. */
void host_destroy(struct host *host);

/* Ends the probes and forgets what was learnt. */
void probes_deinit(struct hosts *hosts);
/* The same of builders and indexes; their hosts are gone already. */
void prepares_deinit(struct hosts *hosts);

#endif
