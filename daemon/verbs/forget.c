/*
 * Forgetting a document: it is looked up, its room lets go of what it said, the outbox reads anew
 * what was about to tell of it, and the store's files lose the bytes. Only then it is said to be
 * done; when one of the last steps fails, the command may be given again.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "store/views.h"
#include "verbs/verbs.h"

struct forgetting {
    struct daemon *daemon;
    struct control_request *request;
    json_t *args, *result;
    json_t *pending; /* what detectors had still to do; or would not, which was told as a trouble */
    struct store_document document;
};

static void forgetting_free(struct forgetting *forgetting)
{
    json_decref(forgetting->args);
    json_decref(forgetting->result);
    json_decref(forgetting->pending);
    store_document_deinit(&forgetting->document);
    free(forgetting);
}

static void wiped(void *arg, const char *error)
{
    struct forgetting *forgetting = arg;
    if (error)
        control_refuse(forgetting->request, EX_TEMPFAIL,
                       "document %lld is forgotten, but the store's files may still hold some of "
                       "it: %s; give the command again in a moment",
                       (long long)forgetting->document.id, error);
    else
        control_answer(forgetting->request, json_incref(forgetting->result));
    forgetting_free(forgetting);
}

/* Nothing is quarantined any more that could be released. */
static void quarantines_over(const struct forgetting *forgetting)
{
    size_t i;
    json_t *row;
    json_array_foreach(forgetting->pending, i, row)
    {
        if (!json_is_integer(json_object_get(row, "quarantined_ms")))
            continue;
        AUTO_FREE char *subject =
            mem_printf("quarantine:%s:%s", text_arg(row, "detector"), forgetting->document.path);
        alerts_trouble_over(forgetting->daemon->alerts, subject);
    }
}

static void forgot(void *arg, const struct documents_forgotten *forgotten, const char *error)
{
    struct forgetting *forgetting = arg;
    if (error) {
        control_refuse(forgetting->request, EX_SOFTWARE, "%s", error);
        forgetting_free(forgetting);
        return;
    }
    const struct store_forgotten *rest = &forgotten->rest;
    forgetting->result =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "document", (json_int_t)forgetting->document.id,
                  "versions", (json_int_t)rest->versions, "texts", (json_int_t)forgotten->texts,
                  "findings", (json_int_t)rest->findings, "alerts", (json_int_t)rest->alerts,
                  "cancelled", (json_int_t)rest->cancelled);
    quarantines_over(forgetting);
    deliver_reread(forgetting->daemon->deliver, rest->deliveries, rest->n_deliveries);
    store_wipe(forgetting->daemon->store, wiped, forgetting);
}

static void found(void *arg, const char *error)
{
    struct forgetting *forgetting = arg;
    struct documents *documents = forgetting->daemon->documents;
    if (!error && !documents_under_way(documents, &forgetting->document)) {
        documents_forget(documents, forgetting->document.id, forgot, forgetting);
        return;
    }
    if (error)
        control_refuse(forgetting->request, EX_DATAERR, "%s", error);
    else
        control_refuse(forgetting->request, EX_TEMPFAIL,
                       "document %lld is being read just now; try again in a moment",
                       (long long)forgetting->document.id);
    forgetting_free(forgetting);
}

static int find(struct store_txn *txn, void *arg, struct err *err)
{
    struct forgetting *forgetting = arg;
    if (find_document(txn, forgetting->args, &forgetting->document, err) < 0)
        return -1;
    return store_view_document_pending(txn, forgetting->document.id, &forgetting->pending, err);
}

void verb_document_forget(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    if (!text_arg(args, "document")) {
        control_refuse(request, EX_USAGE, "\"document forget\" wants a \"document\"");
        return;
    }
    struct forgetting *forgetting = NEW(struct forgetting);
    *forgetting =
        (struct forgetting){.daemon = daemon, .request = request, .args = json_deep_copy(args)};
    store_read(daemon->store, find, found, forgetting);
}
