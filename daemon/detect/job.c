/*
 * Documents in hand and the jobs that hosts get for them.
 *
 * A document comes from detect_read (a file to be read) or from resume.c (a text that was read
 * before). Its first job holds every detector that is not set apart; one that is, and after a
 * failure each that is left, has a job of its own on the text that VERSION brought. A result waits
 * in its slot for the version's commit and is handed on right after it, unless it holds nothing and
 * the commit knew so: no document waits for another's commit, no result overtakes its own. A
 * document is given up when no job, no commit and no result is to come. What was left in the store
 * for a detector comes as another one.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "detect/pool.h"
#include "detect/strikes.h"

/* Jobs for the hosts of a detector that is set apart; for those beyond, the store keeps them. */
#define APART_QUEUE 64

/* ---- jobs ---- */

struct job *job_new(struct detect *detect, enum job_kind kind)
{
    struct job *job = NEW(struct job);
    list_init(&job->link);
    job->detect = detect;
    job->id = ++detect->last_job;
    job->kind = kind;
    job->running = SIZE_MAX;
    return job;
}

void job_free(struct job *job)
{
    struct doc *doc = job->doc;
    free(job);
    if (!doc)
        return;
    doc->n_jobs--;
    doc_settle(doc);
}

static struct job *doc_job(struct doc *doc, uint64_t slots)
{
    struct job *job = job_new(doc->detect, JOB_DOCUMENT);
    job->doc = doc;
    job->slots = slots;
    doc->n_jobs++;
    for (size_t i = 0; i < doc->n_slots; i++)
        if (slots & 1ull << i)
            doc->slots[i].state = SLOT_WAITING;
    doc->apart &= ~slots;
    doc->left &= ~slots;
    return job;
}

void doc_submit(struct doc *doc, uint64_t slots, bool front)
{
    pool_push(doc->detect->pool, doc_job(doc, slots), front);
}

void doc_submit_apart(struct doc *doc, size_t slot)
{
    struct pool *pool = apart_pool(doc->detect, doc_detector(doc, slot));
    /* What was tried before goes first, so that it is settled. */
    pool_push(pool, doc_job(doc, 1ull << slot), doc->slots[slot].strikes > 0);
    pool_pump(pool);
}

void doc_submit_alone(struct doc *doc, uint64_t slots)
{
    /* Each goes before the one before it: from the last, so that they run in order. */
    for (size_t i = doc->n_slots; i-- > 0;)
        if (slots & 1ull << i)
            doc_submit(doc, 1ull << i, true);
}

/* Which of the job's slots this host can run, in its own numbers. The others stay in the store. */
static uint64_t job_mask(struct job *job, const struct member *member)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < job->doc->n_slots; i++) {
        if (!(job->slots & 1ull << i))
            continue;
        size_t plugin = member_plugin(member, doc_detector(job->doc, i));
        if (plugin != SIZE_MAX) {
            mask |= 1ull << plugin;
            continue;
        }
        job->slots &= ~(1ull << i);
        job->doc->slots[i].state = SLOT_LEFT;
    }
    return mask;
}

static void send_file(struct job *job, struct member *member, uint64_t mask)
{
    const struct document_work *work = job->doc->work;
    struct ipc_message message = {.type = IPC_READ,
                                  .read = {.job = job->id,
                                           .plugins = mask,
                                           .source = job->doc->source,
                                           .path = job->doc->path,
                                           .today = job->doc->day,
                                           .known = work->known,
                                           .max_bytes = work->max_size_bytes,
                                           .growing = work->growing}};
    job->reading = true;
    host_send(member->host, &message, work->fd);
}

static void send_text(struct job *job, struct member *member, uint64_t mask)
{
    const struct document_version *version = job->doc->version;
    struct ipc_message message = {.type = IPC_TEXT,
                                  .text = {.job = job->id,
                                           .plugins = mask,
                                           .source = job->doc->source,
                                           .path = job->doc->path,
                                           .title = version->title,
                                           .media_type = version->media_type,
                                           .date = version->date ? version->date : job->doc->day,
                                           .text = version->text}};
    host_send(member->host, &message, version->text_fd);
}

/* Its row is followed in the store: now, or when there is one. */
static void doc_leave(struct doc *doc, size_t slot)
{
    doc->slots[slot].state = SLOT_LEFT;
    doc->apart &= ~(1ull << slot);
    if (doc->committed)
        apart_follow(doc->detect, doc_detector(doc, slot), doc->version->version);
    else
        doc->left |= 1ull << slot;
}

void job_part(struct job *job)
{
    struct doc *doc = job->doc;
    if (job->kind != JOB_DOCUMENT)
        return;
    uint64_t apart = apart_slots(doc, job->slots);
    job->slots &= ~apart;
    doc->apart |= apart;
    for (size_t i = 0; doc->version && i < doc->n_slots; i++) {
        if (!(apart & 1ull << i))
            continue;
        if (doc->resume && !resume_follows(doc->resume) && !doc->slots[i].strikes)
            doc_leave(doc, i); /* the other rows of its batch do not wait for it */
        else
            doc_submit_apart(doc, i);
    }
}

/* However many come, what waits in memory for a detector that is set apart is little. */
static bool may_wait(const struct doc *doc, size_t slot)
{
    const struct pool *pool = apart_pool(doc->detect, doc_detector(doc, slot));
    return doc->version->text_fd < 0 && doc->before_fd < 0 && pool_queued(pool) < APART_QUEUE;
}

void doc_is_read(struct doc *doc)
{
    for (size_t i = 0; doc->apart && i < doc->n_slots; i++) {
        if (!(doc->apart & 1ull << i))
            continue;
        if (may_wait(doc, i)) {
            doc_submit_apart(doc, i);
            continue;
        }
        doc_leave(doc, i);
    }
}

bool job_send(struct job *job, struct member *member)
{
    if (job->kind != JOB_DOCUMENT)
        return ask_send(job, member);
    uint64_t mask = job_mask(job, member);
    const struct ipc_message before = {.type = IPC_BEFORE};
    if (mask && job->doc->before_fd >= 0)
        host_send(member->host, &before, job->doc->before_fd);
    if (!job->doc->version)
        send_file(job, member, mask);
    else if (mask)
        send_text(job, member, mask);
    else
        return false;
    return true;
}

/* ---- a host died ---- */

/* Was it the fault of what was at work on the document? */
static bool is_failure(struct doc *doc, const struct loss *loss)
{
    if (!loss->at_work || !loss->failed)
        return false;
    return !loss->killed || strikes_count_kill(++doc->kills);
}

static void reading_lost(struct doc *doc, const struct loss *loss)
{
    if (is_failure(doc, loss))
        doc->read_strikes++;
    if (strikes_of_reading(doc->read_strikes) == STRIKES_AGAIN) {
        doc_submit(doc, doc->n_slots ? ~0ull >> (64 - doc->n_slots) : 0, true);
        return;
    }
    AUTO_FREE char *note = mem_printf("hosts died reading it: %s", loss->why);
    AUTO_FREE char *text =
        mem_printf("%s in %s cannot be read: %s. It is tried again when it changes.", doc->path,
                   doc->source, note);
    detect_trouble(doc->detect, "unreadable", doc->path, text);
    doc_unread(doc, IPC_READ_UNREADABLE, note);
}

/* Whose fault a failure is: the one at work, or, before any began, the only one that was to. */
static size_t slot_at_fault(const struct job *job)
{
    if (job->running != SIZE_MAX)
        return job->running;
    bool is_alone = job->slots && !(job->slots & (job->slots - 1));
    return is_alone ? (size_t)__builtin_ctzll(job->slots) : SIZE_MAX;
}

static void detecting_lost(struct job *job, const struct loss *loss)
{
    struct doc *doc = job->doc;
    uint64_t left = job->slots;
    bool failed = is_failure(doc, loss);
    if (!left)
        return;
    if (!loss->at_work || (job->running == SIZE_MAX && !failed)) {
        doc_submit(doc, left, true);
        return;
    }
    size_t slot = slot_at_fault(job);
    if (failed && slot != SIZE_MAX) {
        if (!loss->outdated)
            apart_set(doc->detect, doc_detector(doc, slot), "failed");
        doc_strike(doc, slot, loss->why);
        if (doc->slots[slot].state == SLOT_OVER)
            left &= ~(1ull << slot);
    }
    doc_submit_alone(doc, left);
}

static void document_lost(struct job *job, const struct loss *loss)
{
    struct doc *doc = job->doc;
    for (size_t i = 0; i < doc->n_slots; i++)
        if (job->slots & 1ull << i)
            detect_result_free(&doc->slots[i].result);
    if (job->reading)
        reading_lost(doc, loss);
    else
        detecting_lost(job, loss);
    job_free(job);
}

void job_lost(struct job *job, const struct loss *loss)
{
    if (job->kind == JOB_DOCUMENT) {
        document_lost(job, loss);
    } else if (loss->at_work) {
        ask_job_over(job, loss->why);
        job_free(job);
    } else {
        pool_push(job->detect->pool, job, true);
    }
}

/* ---- documents ---- */

struct doc *doc_new(struct detect *detect, const char *source, const char *path, size_t n_slots)
{
    struct doc *doc = mem_zalloc(sizeof(struct doc) + n_slots * sizeof(struct slot));
    doc->detect = detect;
    doc->lineup = lineup_ref(detect->lineup);
    doc->source = mem_strdup(source);
    doc->path = mem_strdup(path);
    doc->day = str_date_from_ms(loop_wall_ms(detect->loop));
    doc->n_slots = n_slots;
    doc->before_fd = -1;
    list_append(&detect->docs, &doc->link);
    detect->n_docs++;
    return doc;
}

void doc_free(struct doc *doc)
{
    struct resume *resume = doc->resume;
    list_remove(&doc->link);
    doc->detect->n_docs--;
    for (size_t i = 0; i < doc->n_slots; i++) {
        detect_result_free(&doc->slots[i].result);
        free(doc->slots[i].reason);
    }
    fd_close(&doc->before_fd);
    document_work_free(&doc->work);
    document_version_free(&doc->version);
    lineup_unref(&doc->lineup);
    free(doc->source);
    free(doc->path);
    free(doc);
    if (resume)
        resume_doc_over(resume);
}

const char *doc_detector(const struct doc *doc, size_t slot)
{
    return doc->lineup->items[slot].name;
}

void doc_settle(struct doc *doc)
{
    if (!doc->n_jobs && (doc->committed || doc->over))
        doc_free(doc);
}

void doc_unread(struct doc *doc, int ipc_read_status, const char *note)
{
    struct document_work *work = doc->work;
    doc->work = NULL;
    doc->over = true;
    documents_unread(doc->detect->documents, work, ipc_read_status, note);
}

static char *doc_quarantine_name(const struct doc *doc, size_t slot)
{
    return mem_printf("%s:%s", doc_detector(doc, slot), doc->path);
}

static void doc_drop_result(struct doc *doc, size_t slot)
{
    detect_result_free(&doc->slots[slot].result);
    doc->slots[slot].state = SLOT_OVER;
}

static void doc_hand_on(struct doc *doc, size_t slot)
{
    if (doc->no_news) {
        doc_drop_result(doc, slot);
        return;
    }
    struct detect_result *result = doc->slots[slot].result;
    doc->slots[slot].result = NULL;
    doc->slots[slot].state = SLOT_OVER;
    result_complete(result, doc);
    if (doc->resume) {
        AUTO_FREE char *name = doc_quarantine_name(doc, slot);
        detect_trouble_over(doc->detect, "quarantine", name);
    }
    doc->detect->ops.result(doc->detect->arg, result);
}

void doc_reported(struct doc *doc, size_t slot)
{
    doc->slots[slot].state = SLOT_REPORTED;
    if (doc->committed)
        doc_hand_on(doc, slot);
    else if (!doc->slots[slot].result->n_findings)
        atomic_fetch_or(&doc->version->found_nothing, 1ull << slot);
}

static void doc_save_strikes(struct doc *doc, size_t slot)
{
    struct slot *at = &doc->slots[slot];
    if (!doc->committed || doc->no_news || !at->unsaved)
        return;
    pending_strike(doc->detect, doc->version->version, doc_detector(doc, slot), at->unsaved,
                   at->reason, strikes_of_plugin(at->strikes) == STRIKES_QUARANTINE);
    at->unsaved = 0;
}

void doc_committed(void *arg, struct document_version *version)
{
    struct doc *doc = arg;
    doc->committed = true;
    doc->no_news = !version->is_news || !version->version;
    for (size_t i = 0; i < doc->n_slots; i++) {
        doc_save_strikes(doc, i);
        if (version->settled & 1ull << i)
            doc_drop_result(doc, i);
        else if (doc->slots[i].state == SLOT_REPORTED)
            doc_hand_on(doc, i);
        if (doc->left & 1ull << i && !doc->no_news)
            apart_follow(doc->detect, doc_detector(doc, i), version->version);
    }
    doc_settle(doc);
}

static void doc_quarantine(struct doc *doc, size_t slot)
{
    const char *detector = doc_detector(doc, slot);
    doc->slots[slot].state = SLOT_OVER;
    if (doc->no_news)
        return;
    doc->detect->n_quarantined++;
    AUTO_FREE char *name = doc_quarantine_name(doc, slot);
    AUTO_FREE char *text = mem_printf(
        "detector \"%s\" failed %d times on %s in %s and is not asked about it any more: %s. "
        "\"tocsinctl quarantine release %s\" tries again.",
        detector, doc->slots[slot].strikes, doc->path, doc->source, doc->slots[slot].reason,
        detector);
    detect_trouble(doc->detect, "quarantine", name, text);
}

void doc_strike(struct doc *doc, size_t slot, const char *why)
{
    struct slot *at = &doc->slots[slot];
    detect_result_free(&at->result);
    at->strikes++;
    at->unsaved++;
    free(at->reason);
    at->reason = mem_strdup(why);
    doc->detect->n_strikes++;
    doc->lineup->items[slot].counts->strikes++;
    log_warning("detector \"%s\" failed on %s in %s: %s", doc_detector(doc, slot), doc->path,
                doc->source, why);
    if (strikes_of_plugin(at->strikes) == STRIKES_QUARANTINE)
        doc_quarantine(doc, slot);
    doc_save_strikes(doc, slot);
}
