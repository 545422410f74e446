/*
 * What detectors prepare: an index, made by `prepare` of a plugin in a throw-away host, the
 * builder, and mapped by all hosts of that detector.
 *
 * The last one of each detector is kept in memory, so that a trial and the line-up that follows it
 * need but one builder, and, when hosts_keep_indexes was called, on disk. A builder is given the
 * one from before; should it die over that, it is asked again without.
 */
#ifndef TOCSIN_HOSTS_PREPARE_H
#define TOCSIN_HOSTS_PREPARE_H

#include "base/worker.h"
#include "hosts/hosts.h"

/* Where indexes are kept from one run to the next; the folder is made when it is needed. `worker`
 * reads and writes them, and may end before `hosts` only when nobody asks any more. */
void hosts_keep_indexes(struct hosts *hosts, struct worker *worker, const char *dir);

struct prepare_ops {
    /* As in host_ops. May be NULL. */
    void (*problem)(void *arg, const struct ipc_problem *problem);
    /* The index, the room's: duplicate it to keep it. Or NULL, and why. */
    void (*done)(void *arg, const struct host_index *index, const char *why);
};

/* `slice` is of the options and the state of the files they name: for the same, the index that is
 * kept is the answer. `ops->done` comes once, perhaps at once. */
void hosts_prepare(struct hosts *hosts, const struct host_plugin *plugin, const struct hash *slice,
                   const struct prepare_ops *ops, void *arg);
/* A memory file with what a detector has learnt from documents, taken: the next index of this
 * instance is prepared with it, whatever the slice, and it is handed to its hosts. */
void hosts_learnt(struct hosts *hosts, const char *instance, const char *plugin, int fd);
/* How often that came for this instance. */
uint64_t hosts_n_learnt(const struct hosts *hosts, const char *instance);
/* Questions with this `arg` are answered no more: for an asker that goes away. */
void hosts_prepare_cancel(struct hosts *hosts, void *arg);

#endif
