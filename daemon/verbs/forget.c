/*
 * Forgetting a document: it is looked up, its room lets go of what it said, the outbox reads anew
 * what was about to tell of it, and the store's files lose the bytes. Only then it is said to be
 * done; when one of the last steps fails, the command may be given again.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "verbs/verbs.h"

struct forgetting {
    struct daemon *daemon;
    struct control_request *request;
    json_t *args, *result;
    struct store_document document;
};

static void forgetting_free(struct forgetting *forgetting)
{
    json_decref(forgetting->args);
    json_decref(forgetting->result);
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
    return find_document(txn, forgetting->args, &forgetting->document, err);
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
