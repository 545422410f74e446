/*
 * Why a document did or did not ring: the document and its text from the store, what the policy
 * made of it, then the parts of each topic from a host.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "store/documents.h"
#include "store/views.h"
#include "verbs/verbs.h"

struct explaining {
    struct daemon *daemon;
    struct control_request *request;
    json_t *args;
    struct store_document document;
    struct store_version version;
    json_t *outcomes, *pending;
    int text_fd;
};

static void explaining_free(struct explaining *explaining)
{
    json_decref(explaining->args);
    store_document_deinit(&explaining->document);
    store_version_deinit(&explaining->version);
    json_decref(explaining->outcomes);
    json_decref(explaining->pending);
    fd_close(&explaining->text_fd);
    free(explaining);
}

static int read_document(struct store_txn *txn, void *arg, struct err *err)
{
    struct explaining *explaining = arg;
    if (find_document(txn, explaining->args, &explaining->document, err) < 0)
        return -1;
    int found = store_version_get(txn, explaining->document.version, &explaining->version, err);
    if (found <= 0)
        return found < 0 ? -1 : err_set(err, "the document has no version");
    if (store_view_document_pending(txn, explaining->document.id, &explaining->pending, err) < 0)
        return -1;
    return archive_get(txn, &explaining->version.text_hash, &explaining->text_fd, err) < 0 ? -1 : 0;
}

/* The folder may be gone from the configuration. */
static char *whole_path(const struct explaining *explaining)
{
    const struct config_folder *folder =
        config_folder_find(explaining->daemon->config, explaining->document.source);
    return folder ? mem_printf("%s/%s", folder->path, explaining->document.path)
                  : mem_strdup(explaining->document.path);
}

/* Takes parts. */
static void explained(void *arg, json_t *parts, const char *error)
{
    struct explaining *explaining = arg;
    AUTO_FREE char *file = whole_path(explaining);
    const struct store_document *document = &explaining->document;
    const struct store_version *version = &explaining->version;
    json_t *result =
        json_pack("{s:I, s:s, s:o, s:o, s:b, s:I, s:s, s:i, s:I, s:s, s:s, s:s, s:O, s:O, s:o}",
                  "document", (json_int_t)document->id, "source", document->source, "path",
                  store_bytes_json(document->path), "file", store_bytes_json(file), "removed",
                  document->removed_ms != 0, "version", (json_int_t)version->number, "title",
                  version->title, "date", (int)version->date, "size",
                  (json_int_t)version->size_bytes, "media_type", version->media_type, "charset",
                  version->charset, "note", version->note, "findings", explaining->outcomes,
                  "pending", explaining->pending, "topics", parts ? parts : json_null());
    if (error)
        json_object_set_new(result, "problem", json_string(error));
    control_answer(explaining->request, result);
    explaining_free(explaining);
}

/* Takes outcomes. */
static void outcomes_read(void *arg, json_t *outcomes, const char *error)
{
    struct explaining *explaining = arg;
    if (error) {
        control_refuse(explaining->request, EX_SOFTWARE, "%s", error);
        explaining_free(explaining);
        return;
    }
    explaining->outcomes = outcomes;
    if (explaining->text_fd < 0) {
        explained(explaining, NULL, "its text is not in the archive any more");
        return;
    }
    int text_fd = explaining->text_fd;
    explaining->text_fd = -1;
    detect_explain(explaining->daemon->detect, NULL, text_arg(explaining->args, "topic"),
                   explaining->document.source, explaining->document.path,
                   explaining->version.title, explaining->version.date, text_fd, explained,
                   explaining);
}

static void document_read(void *arg, const char *error)
{
    struct explaining *explaining = arg;
    if (error) {
        control_refuse(explaining->request, EX_DATAERR, "%s", error);
        explaining_free(explaining);
        return;
    }
    alerts_outcomes(explaining->daemon->alerts, explaining->version.id, outcomes_read, explaining);
}

void verb_explain(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *what = text_arg(args, "document");
    if (!what || !daemon->config) {
        control_refuse(request, what ? EX_TEMPFAIL : EX_USAGE,
                       what ? "tocsin is still starting" : "\"explain\" wants a \"document\"");
        return;
    }
    struct explaining *explaining = NEW(struct explaining);
    *explaining = (struct explaining){
        .daemon = daemon, .request = request, .args = json_deep_copy(args), .text_fd = -1};
    store_read(daemon->store, read_document, document_read, explaining);
}
