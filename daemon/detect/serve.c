/*
 * What hosts answer, message by message. Called by pool.c for the job at the head of a host's
 * queue. A message that does not fit what was asked is an error: it costs the host its life, and
 * the plugin at work gets a strike.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "detect/pool.h"

/* What a handler works on. */
struct serving {
    struct member *member;
    struct job *job;
    const struct ipc_message *message;
    int *fd;
    bool *finished;
};

/* ---- the version ---- */

static struct document_version *version_new(const struct ipc_version *said, int *text_fd)
{
    struct document_version *version = NEW(struct document_version);
    version->hash = said->hash;
    version->text_hash = said->text_hash;
    version->size_bytes = said->size_bytes;
    version->date = (int32_t)said->date;
    version->title = mem_strdup(said->title);
    version->media_type = mem_strdup(said->media_type);
    version->charset = mem_strdup(said->charset);
    version->note = mem_strdup(said->note);
    version->text_fd = fd_take(text_fd);
    if (version->text_fd < 0)
        version->text = mem_strdup(said->text);
    return version;
}

/* Pending rows are for the detectors that are configured now. */
static void doc_commit(struct doc *doc)
{
    const struct lineup *lineup = doc->detect->lineup;
    const char *names[LINEUP_MAX];
    for (size_t i = 0; i < doc->n_slots; i++) {
        const char *name = doc_detector(doc, i);
        names[i] = lineup_find(lineup, name) != SIZE_MAX ? name : NULL;
    }
    struct document_work *work = doc->work;
    doc->work = NULL;
    documents_version(doc->detect->documents, work, doc->version, names, doc->n_slots,
                      doc_committed, doc);
}

static int serve_version(const struct serving *at, struct err *err)
{
    const struct ipc_version *said = &at->message->version;
    struct job *job = at->job;
    if (job->kind != JOB_DOCUMENT || !job->reading)
        return err_set(err, "nobody asked for it");
    if (said->status > IPC_READ_TOO_LARGE)
        return err_set(err, "there is no status %u", said->status);
    if (*said->text && (*at->fd >= 0 || said->status != IPC_READ_OK))
        return err_set(err, "a text too many");
    if (*at->fd >= 0 && said->status != IPC_READ_OK)
        return err_set(err, "a text without a version");
    if (*at->fd >= 0 && memfd_check(*at->fd, IPC_MAX_TEXT_BYTES, NULL, err) < 0)
        return -1;
    if (said->date < 0 || said->date > 99991231)
        return err_set(err, "no date: %lld", (long long)said->date);
    job->reading = false;
    if (said->status == IPC_READ_OK) {
        job->doc->version = version_new(said, at->fd);
        doc_is_read(job->doc);
        doc_commit(job->doc);
        return 0;
    }
    job->slots = 0;
    doc_unread(job->doc, (int)said->status, said->note);
    return 0;
}

/* ---- detection ---- */

/* The slot that the host means, SIZE_MAX when it is none of this job. */
static size_t slot_meant(const struct serving *at, uint32_t plugin)
{
    const struct job *job = at->job;
    if (job->kind != JOB_DOCUMENT || job->reading || plugin >= at->member->n_plugins)
        return SIZE_MAX;
    const struct lineup *lineup = at->member->lineup;
    size_t detector = at->member->detector_of[plugin];
    if (lineup != job->doc->lineup)
        detector = lineup_find(job->doc->lineup, lineup->items[detector].name);
    return detector < job->doc->n_slots && job->slots & 1ull << detector ? detector : SIZE_MAX;
}

static int serve_running(const struct serving *at, struct err *err)
{
    struct job *job = at->job;
    uint32_t plugin = at->message->running.plugin;
    size_t slot = slot_meant(at, plugin);
    if (slot == SIZE_MAX || job->running != SIZE_MAX)
        return err_set(err, "plugin %u was not asked, or is not alone", plugin);
    job->running = slot;
    job->doc->slots[slot].result =
        result_new(job->doc, &at->member->lineup->items[at->member->detector_of[plugin]]);
    return 0;
}

static int serve_finding(const struct serving *at, struct err *err)
{
    const struct ipc_finding *finding = &at->message->finding;
    size_t slot = slot_meant(at, finding->plugin);
    if (slot == SIZE_MAX || slot != at->job->running)
        return err_set(err, "plugin %u is not at work", finding->plugin);
    return result_add(at->job->doc->slots[slot].result, finding, err);
}

/* From this document and others. */
static int serve_learnt(const struct serving *at, struct err *err)
{
    const struct ipc_learnt *said = &at->message->learnt;
    size_t slot = slot_meant(at, said->plugin);
    if (slot == SIZE_MAX || slot != at->job->running || *at->fd < 0)
        return err_set(err, "plugin %u is not at work", said->plugin);
    if (memfd_check(*at->fd, IPC_MAX_LEARNT_BYTES, NULL, err) < 0)
        return -1;
    const struct lineup *lineup = at->member->lineup;
    detect_learnt(at->job->doc->detect, &lineup->items[at->member->detector_of[said->plugin]],
                  fd_take(at->fd));
    return 0;
}

static void detection_failed(struct doc *doc, size_t slot, const char *reason)
{
    AUTO_FREE char *why = mem_printf("%s could not judge it%s%s", doc_detector(doc, slot),
                                     *reason ? ": " : "", reason);
    doc_strike(doc, slot, why);
    if (doc->slots[slot].state == SLOT_WAITING)
        doc_submit_alone(doc, 1ull << slot);
}

static int serve_detected(const struct serving *at, struct err *err)
{
    const struct ipc_detected *said = &at->message->detected;
    struct job *job = at->job;
    struct doc *doc = job->doc;
    size_t slot = slot_meant(at, said->plugin);
    if (slot == SIZE_MAX || slot != job->running)
        return err_set(err, "plugin %u is not at work", said->plugin);
    if (said->ok && doc->slots[slot].result->n_findings != said->n_findings)
        return err_set(err, "%u findings announced, %zu sent", said->n_findings,
                       doc->slots[slot].result->n_findings);
    struct detect_counts *counts = doc->lineup->items[slot].counts;
    counts_took(counts, said->took_us);
    counts->findings += said->ok ? said->n_findings : 0;
    job->running = SIZE_MAX;
    job->slots &= ~(1ull << slot);
    if (said->ok && said->reason[0]) /* what the host had to leave out */
        log_warning("detector \"%s\" on %s in %s: %s", doc_detector(doc, slot), doc->path,
                    doc->source, said->reason);
    if (said->ok && said->sketch.len)
        result_sketch(doc->slots[slot].result, &said->sketch);
    if (said->ok)
        doc_reported(doc, slot);
    else
        detection_failed(doc, slot, said->reason);
    return 0;
}

static int serve_done(const struct serving *at, struct err *err)
{
    struct job *job = at->job;
    if (job->kind == JOB_DOCUMENT && (job->reading || job->slots))
        return err_set(err, "the job is not done");
    *at->finished = true;
    if (job->kind != JOB_DOCUMENT)
        ask_job_over(job, NULL);
    return 0;
}

/* ---- questions ---- */

static int serve_part(const struct serving *at, struct err *err)
{
    if (at->job->kind == JOB_EXPLAIN)
        return ask_part(at->job, &at->message->part);
    if (at->job->kind == JOB_TOPICS)
        return ask_detail(at->job, &at->message->part);
    return err_set(err, "nobody asked for it");
}

static int serve_topic(const struct serving *at, struct err *err)
{
    if (at->job->kind != JOB_TOPICS)
        return err_set(err, "nobody asked for it");
    return ask_topic(at->job, &at->message->topic);
}

static int (*const servers[IPC_N_TYPES])(const struct serving *at, struct err *err) = {
    [IPC_VERSION] = serve_version,   [IPC_RUNNING] = serve_running, [IPC_FINDING] = serve_finding,
    [IPC_DETECTED] = serve_detected, [IPC_LEARNT] = serve_learnt,   [IPC_DONE] = serve_done,
    [IPC_PART] = serve_part,         [IPC_TOPIC] = serve_topic,
};

int serve_message(struct member *member, struct job *job, const struct ipc_message *message, int fd,
                  bool *finished, struct err *err)
{
    AUTO_FD int own = fd;
    if (!servers[message->type])
        return err_set(err, "not for a detector's host to say");
    /* Every message in the table begins with the job's number. */
    if (message->done.job != job->id)
        return err_set(err, "job %llu is not at work", (unsigned long long)message->done.job);
    struct serving at = {member, job, message, &own, finished};
    return servers[message->type](&at, err);
}
