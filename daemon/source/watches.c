/*
 * Watches that end: of directories that left, and all of them when the root did. The disk thread
 * takes them away, after what it was asked before; the tree forgets them at once, so late events of
 * theirs find nobody. Called by events.c, scan.c and root.c.
 */
#include <stdlib.h>
#include <sys/inotify.h>

#include "base/list.h"
#include "base/mem.h"
#include "source/folder.h"

struct unwatch_job {
    int inotify_fd;
    int *wds;
    size_t n, cap;
};

static void run_unwatch(void *arg)
{
    struct unwatch_job *job = arg;
    for (size_t i = 0; i < job->n; i++)
        inotify_rm_watch(job->inotify_fd, job->wds[i]);
}

static void unwatch_free(void *arg)
{
    struct unwatch_job *job = arg;
    free(job->wds);
    free(job);
}

static struct unwatch_job *unwatch_new(const struct source *source)
{
    struct unwatch_job *job = NEW(struct unwatch_job);
    job->inotify_fd = source->disk->inotify_fd;
    return job;
}

static void unwatch_add(struct unwatch_job *job, int wd)
{
    if (wd < 0)
        return;
    job->wds = mem_grow(job->wds, &job->cap, job->n + 1, sizeof(int));
    job->wds[job->n++] = wd;
}

static void unwatch_send(struct source *source, struct unwatch_job *job)
{
    if (job->n)
        worker_submit(source->worker, run_unwatch, unwatch_free, job);
    else
        unwatch_free(job);
    source->counts.watches = dirs_watches(source->dirs);
}

void watches_end(struct source *source, int wd)
{
    struct unwatch_job *job = unwatch_new(source);
    unwatch_add(job, wd);
    unwatch_send(source, job);
}

struct gone_context {
    struct source *source;
    struct unwatch_job *job;
};

static void node_gone(void *arg, struct node *node)
{
    struct gone_context *context = arg;
    unwatch_add(context->job, node->wd);
    scan_forget(context->source->scan, node);
}

void watches_drop(struct source *source, struct node *node)
{
    struct gone_context context = {source, unwatch_new(source)};
    dirs_remove(source->dirs, node, node_gone, &context);
    unwatch_send(source, context.job);
}

void watches_drop_all(struct source *source)
{
    struct dirs *dirs = source->dirs;
    struct node *root = dirs_root(dirs);
    struct gone_context context = {source, unwatch_new(source)};
    list_each_safe (link, &root->children)
        dirs_remove(dirs, LIST_ITEM(link, struct node, sibling), node_gone, &context);
    unwatch_add(context.job, root->wd);
    dirs_unwatch(dirs, root);
    scan_forget(source->scan, root);
    unwatch_send(source, context.job);
}
