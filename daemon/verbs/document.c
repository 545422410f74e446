/* Documents: which there are, and one whole. */
#include <sysexits.h>

#include "alert/outcome.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/url.h"
#include "store/views.h"
#include "verbs/verbs.h"

#define LIST_LIMIT     100
#define LIST_LIMIT_MAX 100000
#define VERSIONS_MAX   100
#define FINDINGS_MAX   1000

int find_document(struct store_txn *txn, const json_t *args, struct store_document *document,
                  struct err *err)
{
    const char *what = text_arg(args, "document"), *real = text_arg(args, "real");
    AUTO_FREE char *file = url_to_file(what), *real_file = real ? url_to_file(real) : NULL;
    what = file ? file : what;
    real = real_file ? real_file : real;
    int found = store_document_find(txn, what, document, err);
    if (found == 0 && real)
        found = store_document_find(txn, real, document, err);
    if (found != 0)
        return found < 0 ? -1 : 0;
    AUTO_FREE char *why = NULL;
    found = store_unread_find(txn, what, &why, err);
    if (found == 0 && real)
        found = store_unread_find(txn, real, &why, err);
    if (found != 0)
        return found < 0 ? -1 : err_set(err, "%s was seen and not read: %s", what, why);
    return err_set(
        err,
        "%s: no document of that number or path is known (one that a pattern leaves out, "
        "or that is too large or no file, never is: tocsinctl config show)",
        what);
}

/* ---- list ---- */

/* A source, when there is one of that name; else a pattern. */
static int filter_of(struct store_txn *txn, const char *which, struct store_document_filter *filter,
                     struct err *err)
{
    int is_source = which && *which != '/' ? store_source_known(txn, which, err) : 0;
    if (is_source > 0)
        filter->source = which;
    else if (which && *which == '/')
        filter->file = which;
    else
        filter->path = which;
    return is_source < 0 ? -1 : 0;
}

static int ask_list(struct store_txn *txn, const json_t *args, json_t **list, struct err *err)
{
    struct store_document_filter filter = {.limit = limit_arg(args, LIST_LIMIT, LIST_LIMIT_MAX)};
    if (filter_of(txn, text_arg(args, "which"), &filter, err) < 0)
        return -1;
    return store_view_documents(txn, &filter, list, err);
}

static int ask_unread(struct store_txn *txn, const json_t *args, json_t **list, struct err *err)
{
    return store_unread_list(txn, (int)limit_arg(args, LIST_LIMIT, LIST_LIMIT_MAX), list, err);
}

void verb_document_list(void *arg, struct control_request *request, const json_t *args)
{
    bool unread = str_equal(text_arg(args, "which"), "unread");
    ask_store(arg, request, args, unread ? ask_unread : ask_list);
}

/* ---- show ---- */

static void add_why(json_t *findings)
{
    size_t i;
    json_t *finding;
    json_array_foreach(findings, i, finding)
    {
        json_object_set_new(finding, "why",
                            json_string(outcome_sentence(text_arg(finding, "outcome"))));
    }
}

static int add_parts(struct store_txn *txn, int64_t document, json_t *view, struct err *err)
{
    json_t *versions = NULL, *findings = NULL, *pending = NULL, *unread = NULL;
    int result = store_view_versions(txn, document, VERSIONS_MAX, &versions, err);
    if (result == 0)
        result = store_view_document_findings(txn, document, FINDINGS_MAX, &findings, err);
    if (result == 0)
        result = store_view_document_pending(txn, document, &pending, err);
    if (result == 0)
        result = store_view_document_unread(txn, document, &unread, err);
    add_why(findings);
    /* "versions" is how many: of a file that grows there may be very many. */
    json_object_set_new(view, "latest", versions);
    json_object_set_new(view, "findings", findings);
    json_object_set_new(view, "pending", pending);
    json_object_set_new(view, "unread", unread ? unread : json_null());
    return result;
}

static int ask_show(struct store_txn *txn, const json_t *args, json_t **view, struct err *err)
{
    struct store_document document;
    if (find_document(txn, args, &document, err) < 0)
        return -1;
    int64_t number = document.id;
    store_document_deinit(&document);
    if (store_view_document(txn, number, view, err) < 0)
        return -1;
    if (add_parts(txn, number, *view, err) == 0)
        return 0;
    json_decref(*view);
    *view = NULL;
    return -1;
}

void verb_document_show(void *arg, struct control_request *request, const json_t *args)
{
    if (text_arg(args, "document"))
        ask_store(arg, request, args, ask_show);
    else
        control_refuse(request, EX_USAGE, "\"document show\" wants a \"document\"");
}
