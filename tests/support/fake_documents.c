/* Stands in for the documents room; see fake_documents.h. */
#include "fake_documents.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "document/archive.h"
#include "store/documents.h"

struct fake_commit {
    struct fake_commit *next;
    struct documents *documents;
    struct document_work *work;
    struct document_version *version;
    char *detectors[64];
    size_t n_detectors;
    void (*done)(void *arg, struct document_version *version);
    void *arg;
};

static int put_text(struct store_txn *txn, const struct document_version *said, struct err *err)
{
    struct archive_packer *packer = archive_packer_new();
    int result = archive_put_version(txn, packer, said, false, 1, err);
    archive_packer_free(&packer);
    return result;
}

static int commit_run(struct store_txn *txn, void *arg, struct err *err)
{
    struct fake_commit *commit = arg;
    struct document_version *said = commit->version;
    struct store_document document = {.source = commit->work->source,
                                      .path = commit->work->path,
                                      .origin = said->text_hash,
                                      .hash = said->hash};
    if (store_document_add(txn, &document, err) < 0)
        return -1;
    struct store_version version = {.document = document.id,
                                    .hash = said->hash,
                                    .text_hash = said->text_hash,
                                    .title = said->title,
                                    .media_type = said->media_type,
                                    .charset = said->charset,
                                    .note = said->note,
                                    .seen_ms = 1};
    if (store_version_add(txn, &version, err) < 0 || put_text(txn, said, err) < 0)
        return -1;
    said->settled = commit->documents->settles ? atomic_load(&said->found_nothing) : 0;
    for (size_t i = 0; i < commit->n_detectors && !commit->documents->old_text; i++)
        if (commit->detectors[i] && !(said->settled & 1ull << i) &&
            store_pending_add(txn, version.id, commit->detectors[i], err) < 0)
            return -1;
    said->is_news = !commit->documents->old_text;
    said->document = document.id;
    said->version = version.id;
    said->origin = said->text_hash;
    return 0;
}

static void commit_done(void *arg, const char *error)
{
    struct fake_commit *commit = arg;
    if (error)
        log_panic("a commit failed: %s", error);
    commit->documents->n_committed++;
    document_work_free(&commit->work);
    for (size_t i = 0; i < commit->n_detectors; i++)
        free(commit->detectors[i]);
    commit->done(commit->arg, commit->version);
    free(commit);
}

void documents_version(struct documents *documents, struct document_work *work,
                       struct document_version *version, const char *const *detectors,
                       size_t n_detectors,
                       void (*done)(void *arg, struct document_version *version), void *arg)
{
    struct fake_commit *commit = NEW(struct fake_commit);
    *commit = (struct fake_commit){.documents = documents,
                                   .work = work,
                                   .version = version,
                                   .n_detectors = n_detectors,
                                   .done = done,
                                   .arg = arg};
    for (size_t i = 0; i < n_detectors; i++)
        commit->detectors[i] = mem_strdup(detectors[i]);
    if (!documents->hold) {
        store_write(documents->store, commit_run, commit_done, commit);
        return;
    }
    commit->next = documents->held;
    documents->held = commit;
}

void fake_documents_go(struct documents *documents)
{
    documents->hold = false;
    while (documents->held) {
        struct fake_commit *commit = documents->held;
        documents->held = commit->next;
        store_write(documents->store, commit_run, commit_done, commit);
    }
}

void documents_unread(struct documents *documents, struct document_work *work, int ipc_read_status,
                      const char *note)
{
    documents->n_unread++;
    documents->last_status = ipc_read_status;
    snprintf(documents->last_note, sizeof(documents->last_note), "%s", note);
    document_work_free(&work);
}

struct document_work *fake_work(const char *path, const char *text)
{
    char name[] = "/tmp/tocsin-work-XXXXXX";
    struct document_work *work = NEW(struct document_work);
    work->source = mem_strdup("seeds");
    work->path = mem_strdup(path);
    work->max_size_bytes = 1 << 20;
    work->seen_us = 1;
    work->fd = mkstemp(name);
    if (work->fd < 0 || write(work->fd, text, strlen(text)) != (ssize_t)strlen(text))
        log_fatal("no file for a document");
    unlink(name);
    return work;
}
