/* What the daemon is doing, whole. */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/documents.h"
#include "verbs/verbs.h"

/* What stands in the store is counted first. */
struct counting {
    struct daemon *daemon;
    struct control_request *request;
    int64_t n_pending, n_quarantined;
};

static json_t *documents_json(const struct daemon *daemon)
{
    const struct documents_counts *counts = documents_counts(daemon->documents);
    /* Most are left out by their source before anybody reads them. */
    uint64_t too_large = counts->too_large;
    list_each (link, &daemon->sources)
        too_large += source_counts(LIST_ITEM(link, struct watched, link)->source)->skipped_large;
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "known",
                     (json_int_t)counts->known, "read", (json_int_t)counts->read, "unchanged",
                     (json_int_t)counts->unchanged, "unsupported", (json_int_t)counts->unsupported,
                     "unreadable", (json_int_t)counts->unreadable, "unstable",
                     (json_int_t)counts->unstable, "too_large", (json_int_t)too_large, "removed",
                     (json_int_t)counts->removed, "renamed", (json_int_t)counts->renamed);
}

/* What is at hand, once the store has counted the deliveries. */
static void status_counted(void *arg, json_t *deliveries, const char *error)
{
    struct counting *counting = arg;
    struct daemon *daemon = counting->daemon;
    const char *fault = store_fault(daemon->store);
    json_t *detect = detect_status(daemon->detect);
    json_object_set_new(detect, "quarantined", json_integer(counting->n_quarantined));
    json_t *result = json_pack(
        "{s:s, s:i, s:b, s:b, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}", "version",
        PACKAGE_VERSION, "pid", (int)getpid(), "ready", daemon->ready, "paused",
        alerts_paused(daemon->alerts), "config", daemon->options->config_file, "state_dir",
        daemon->options->state_dir, "documents", documents_json(daemon), "sources",
        sources_json(daemon), "detect", detect, "deliver", deliveries ? deliveries : json_array(),
        "hosts", hosts_status(daemon->hosts), "metrics", listener_status(daemon->listener), "rang",
        (json_int_t)alerts_revisions(daemon->alerts), "store_backlog",
        (json_int_t)store_backlog(daemon->store), "longest_turn_us",
        (json_int_t)loop_longest_turn_us(daemon->loop));
    if (daemon->store_lost)
        json_object_set_new(result, "store_lost", json_string(daemon->store_lost));
    if (fault || error)
        json_object_set_new(result, "store_fault", json_string(fault ? fault : error));
    control_answer(counting->request, result);
    free(counting);
}

static int count_pending(struct store_txn *txn, void *arg, struct err *err)
{
    struct counting *counting = arg;
    return store_pending_count(txn, &counting->n_pending, &counting->n_quarantined, err);
}

static void pending_counted(void *arg, const char *error)
{
    (void)error; /* deliver_status meets the same */
    struct counting *counting = arg;
    deliver_status(counting->daemon->deliver, status_counted, counting);
}

void verb_status(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    struct counting *counting = NEW(struct counting);
    *counting = (struct counting){.daemon = daemon, .request = request};
    store_read(daemon->store, count_pending, pending_counted, counting);
}
