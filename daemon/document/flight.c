/*
 * A file's way from its change to the end of its commit; see room.h.
 *
 * At most one flight a path: what arrives meanwhile waits as its `next`, and only the latest does.
 * Each descriptor costs the source one credit until its flight is over, so that neither a slow
 * detector nor a full disk lets opened files pile up. A flight that holds none any more and waits
 * for its commit alone gives it back early, as long as not too many do: the more versions wait, the
 * more share a commit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "document/room.h"
#include "ipc/messages.h"

#define UNSTABLE_RETRY_MS 1000
/* Of flights that need no credit while they wait for their commit. */
#define AHEAD_MAX       2048
#define AHEAD_MAX_BYTES (4 << 20)

static void give_credit(struct watched *watched)
{
    watched->n_out--;
    if (watched->source)
        source_credit(watched->source, 1);
}

static void drop_next(struct flight *flight)
{
    if (!flight->has_next)
        return;
    flight->has_next = false;
    fd_close(&flight->next.fd);
    give_credit(flight->watched);
}

void flight_free(void *arg)
{
    struct flight *flight = arg;
    if (flight->has_next)
        fd_close(&flight->next.fd);
    store_document_deinit(&flight->found);
    free(flight->path);
    free(flight);
}

struct flight *flight_at(const struct watched *watched, const char *path)
{
    return map_get_text(watched->flights, path);
}

static const struct source_key *latest_key(const struct flight *flight)
{
    return flight->has_next ? &flight->next.key : &flight->key;
}

bool flight_has_key(struct watched *watched, const char *path, const struct source_key *key)
{
    const struct flight *flight = flight_at(watched, path);
    return flight && memcmp(latest_key(flight), key, sizeof(*key)) == 0;
}

/* No longer the one at its path, if it was. */
static void detach(struct flight *flight)
{
    if (flight_at(flight->watched, flight->path) == flight)
        map_remove_text(flight->watched->flights, flight->path);
}

/* ---- the first start ---- */

static bool is_young(const struct watched *watched, const struct source_key *key)
{
    int64_t now_ms = loop_wall_ms(watched->documents->loop);
    return key->mtime_ns / 1000000 > now_ms - watched->newer_than_ms;
}

/* What the first listing finds is known, not news, as far as the folder's choice says so. */
static bool is_quiet(const struct watched *watched, const struct arrival *arrival)
{
    if (watched->baseline_ms || !arrival->from_scan)
        return false;
    if (watched->first_scan_end_us && arrival->seen_us > watched->first_scan_end_us)
        return false;
    if (watched->documents->store_was_lost)
        return true;
    switch (watched->first_start) {
    case CONFIG_FIRST_BASELINE:
        return true;
    case CONFIG_FIRST_NEWER_THAN:
        return !is_young(watched, &arrival->key);
    case CONFIG_FIRST_ALL:
        return false;
    }
    return false;
}

/* ---- begin: look up, then have it read ---- */

static struct document_work *work_of(const struct flight *flight, const struct arrival *arrival)
{
    const struct watched *watched = flight->watched;
    struct document_work *work = NEW(struct document_work);
    *work = (struct document_work){
        .document = flight->document,
        .source = mem_strdup(watched->name),
        .path = mem_strdup(flight->path),
        .fd = arrival->fd,
        .key = arrival->key,
        .max_size_bytes = watched->max_size_bytes,
        .growing = watched->growing,
        .quiet = flight->quiet,
        .seen_us = arrival->seen_us,
    };
    return work;
}

static void read_now(struct flight *flight)
{
    struct documents *documents = flight->watched->documents;
    if (flight->is_found && !flight->by_inode)
        flight->work->known = flight->found.hash;
    map_set(documents->by_work, &flight->work, sizeof(struct document_work *), flight);
    documents->ops->read(documents->arg, flight->work);
}

static int look_up(struct store_txn *txn, void *arg, struct err *err)
{
    struct flight *flight = arg;
    struct store_key key = room_key(&flight->key);
    store_document_deinit(&flight->found);
    int found = flight->by_inode
                    ? store_document_by_inode(txn, flight->watched->name, &key, &flight->found, err)
                    : store_document_get(txn, flight->document, &flight->found, err);
    flight->is_found = found > 0;
    return found < 0 ? -1 : 0;
}

static void finish(struct flight *flight);

static void looked_up(void *arg, const char *error)
{
    struct flight *flight = arg;
    struct watched *watched = flight->watched;
    if (error)
        log_warning("%s: %s: what is known of it cannot be looked up: %s", watched->name,
                    flight->path, error);
    if (flight->by_inode && flight->is_found && !flight->gone &&
        changes_may_be_renamed(watched, &flight->found)) {
        changes_park(watched, flight->path, &flight->key, &flight->found);
        document_work_free(&flight->work);
        finish(flight);
        return;
    }
    read_now(flight);
}

static void begin(struct watched *watched, const char *path, const struct arrival *arrival)
{
    struct documents *documents = watched->documents;
    struct flight *flight = NEW(struct flight);
    const struct catalogue_entry *entry = catalogue_find(watched->catalogue, path);
    *flight = (struct flight){
        .watched = watched,
        .path = mem_strdup(path),
        .key = arrival->key,
        .document = entry ? entry->document : 0,
        .quiet = !entry && is_quiet(watched, arrival),
        .by_inode = !entry,
    };
    documents->n_flights++;
    watched->n_quiet += flight->quiet;
    map_set_text(watched->flights, path, flight);
    flight->work = work_of(flight, arrival);
    bool is_renamed_perhaps = !entry && arrival->from_scan && watched->scanning &&
                              catalogue_count(watched->catalogue) > 0;
    if (flight->document || is_renamed_perhaps)
        store_read(documents->store, look_up, looked_up, flight);
    else
        read_now(flight);
}

void flight_arrive(struct watched *watched, const char *path, const struct arrival *arrival)
{
    struct flight *flight = flight_at(watched, path);
    watched->n_out++;
    if (!flight) {
        begin(watched, path, arrival);
        return;
    }
    if (flight_has_key(watched, path, &arrival->key)) {
        int fd = arrival->fd;
        fd_close(&fd);
        give_credit(watched);
        return;
    }
    drop_next(flight);
    flight->next = *arrival;
    flight->has_next = true;
}

/* ---- what happens meanwhile ---- */

static void count_vanished(const struct flight *flight)
{
    if (flight->watched->source)
        source_vanished(flight->watched->source);
}

static void lose(struct flight *flight)
{
    flight->gone = true;
    if (flight->has_next)
        count_vanished(flight);
    drop_next(flight);
    detach(flight);
}

void flight_gone(struct watched *watched, const char *path)
{
    struct flight *flight = flight_at(watched, path);
    if (flight)
        lose(flight);
}

void flight_moved(struct watched *watched, const char *from, const char *to)
{
    flight_gone(watched, to);
    struct flight *flight = flight_at(watched, from);
    if (!flight)
        return;
    detach(flight);
    free(flight->path);
    flight->path = mem_strdup(to);
    map_set_text(watched->flights, to, flight);
}

void flight_tree_moved(struct watched *watched, const char *from, const char *to)
{
    size_t from_len = strlen(from);
    struct flight **below = NEW_N(struct flight *, map_count(watched->flights));
    size_t n = 0, at = 0;
    void *value;
    while (map_next(watched->flights, &at, NULL, NULL, &value)) {
        struct flight *flight = value;
        if (strncmp(flight->path, from, from_len) == 0 && flight->path[from_len] == '/')
            below[n++] = flight;
    }
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *path = to ? mem_printf("%s%s", to, below[i]->path + from_len) : NULL;
        AUTO_FREE char *old_path = mem_strdup(below[i]->path);
        if (path)
            flight_moved(watched, old_path, path);
        else
            lose(below[i]);
    }
    free(below);
}

/* ---- end ---- */

static void finish(struct flight *flight)
{
    struct watched *watched = flight->watched;
    detach(flight);
    watched->documents->n_flights--;
    watched->n_quiet -= flight->quiet;
    if (!flight->paid)
        give_credit(watched);
    if (flight->has_next) {
        flight->has_next = false;
        begin(watched, flight->path, &flight->next);
    }
    flight_free(flight);
    changes_settle_baseline(watched);
    changes_tell_state(watched);
}

/* The flight of a work that comes back. */
static struct flight *take_back(struct documents *documents, struct document_work *work)
{
    struct flight *flight = map_remove(documents->by_work, &work, sizeof(struct document_work *));
    if (!flight)
        log_panic("a work came back that was not out: %s", work->path);
    flight->work = NULL;
    return flight;
}

/* The file is known with this key from now on, so that it is not opened again for it. */
static void know(struct flight *flight, int64_t document)
{
    struct watched *watched = flight->watched;
    if (!flight->gone)
        catalogue_put(watched->catalogue, flight->path, &flight->key, document, watched->scan);
}

static void note_why(struct flight *flight, enum ipc_read_status status, const char *note)
{
    static const char *const names[] = {[IPC_READ_UNREADABLE] = "unreadable",
                                        [IPC_READ_UNSUPPORTED] = "unsupported",
                                        [IPC_READ_TOO_LARGE] = "too large",
                                        [IPC_READ_UNSTABLE] = "unstable"};
    ROOM_COUNT(flight->watched, unstable, status == IPC_READ_UNSTABLE);
    ROOM_COUNT(flight->watched, unsupported, status == IPC_READ_UNSUPPORTED);
    ROOM_COUNT(flight->watched, unreadable, status == IPC_READ_UNREADABLE);
    ROOM_COUNT(flight->watched, too_large, status == IPC_READ_TOO_LARGE);
    if (flight->gone)
        return;
    know(flight, flight->document);
    note_unread(flight->watched, flight->path, &flight->key, names[status], note);
}

void documents_unread(struct documents *documents, struct document_work *work, int status,
                      const char *note)
{
    struct flight *flight = take_back(documents, work);
    document_work_free(&work);
    switch ((enum ipc_read_status)status) {
    case IPC_READ_OK:
    case IPC_READ_UNCHANGED:
        ROOM_COUNT(flight->watched, unchanged, 1);
        if (flight->gone)
            break;
        know(flight, flight->document);
        note_key(flight->watched, flight->path, flight->document, &flight->key);
        break;
    case IPC_READ_UNSTABLE:
        flight->key = (struct source_key){0}; /* of no file: it is opened again as it stands then */
        note_why(flight, IPC_READ_UNSTABLE, note);
        if (flight->gone)
            count_vanished(flight);
        else if (!flight->has_next && flight->watched->source)
            source_retry(flight->watched->source, flight->path, UNSTABLE_RETRY_MS);
        break;
    case IPC_READ_UNREADABLE:
    case IPC_READ_UNSUPPORTED:
    case IPC_READ_TOO_LARGE:
        note_why(flight, (enum ipc_read_status)status, note);
        break;
    }
    finish(flight);
}

/* ---- commit ---- */

static void pay_early(struct flight *flight, const struct document_version *version)
{
    struct documents *documents = flight->watched->documents;
    if (!version->text || documents->n_ahead >= AHEAD_MAX ||
        documents->ahead_bytes >= AHEAD_MAX_BYTES)
        return;
    flight->paid = true;
    flight->ahead_bytes = strlen(version->text);
    documents->n_ahead++;
    documents->ahead_bytes += flight->ahead_bytes;
    give_credit(flight->watched);
}

/* Its commit is over. */
static void no_longer_ahead(struct flight *flight)
{
    if (!flight->paid)
        return;
    flight->watched->documents->n_ahead--;
    flight->watched->documents->ahead_bytes -= flight->ahead_bytes;
}

static void committed(void *arg, const char *error)
{
    struct commit *commit = arg;
    struct flight *flight = commit->flight;
    no_longer_ahead(flight);
    if (error) {
        log_error("%s: %s: its version is not kept: %s", commit->source, commit->path, error);
        commit->version->version = 0;
        commit->version->is_news = false;
    } else {
        if (!commit->is_unchanged)
            expected_came(flight->watched);
        ROOM_COUNT(flight->watched, read, !commit->is_unchanged);
        ROOM_COUNT(flight->watched, unchanged, commit->is_unchanged);
        ROOM_COUNT(flight->watched, renamed, commit->is_renamed);
        know(flight, commit->version->document);
    }
    commit->done(commit->arg, commit->version);
    finish(flight);
    commit_free(commit);
}

void documents_version(struct documents *documents, struct document_work *work,
                       struct document_version *version, const char *const *detectors,
                       size_t n_detectors,
                       void (*done)(void *arg, struct document_version *version), void *arg)
{
    struct flight *flight = take_back(documents, work);
    document_work_free(&work);
    struct commit *commit = NEW(struct commit);
    *commit = (struct commit){
        .flight = flight,
        .packer = documents->packer,
        .version = version,
        .source = mem_strdup(flight->watched->name),
        .path = mem_strdup(flight->path),
        .key = flight->key,
        .document = flight->document,
        .gone = flight->gone,
        .quiet = flight->quiet,
        .was_met = catalogue_find(flight->watched->catalogue, flight->path) != NULL,
        .detectors = NEW_N(char *, n_detectors),
        .n_detectors = n_detectors,
        .now_ms = loop_wall_ms(documents->loop),
        .done = done,
        .arg = arg,
    };
    for (size_t i = 0; i < n_detectors; i++)
        commit->detectors[i] = mem_strdup(detectors[i]);
    store_write(documents->store, commit_run, committed, commit);
    pay_early(flight, version);
}
