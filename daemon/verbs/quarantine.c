/* What stays undone because a plugin failed on it twice. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "store/documents.h"
#include "verbs/verbs.h"

/* What is asked of the store for somebody. */
struct question {
    struct control_request *request;
    json_t *result;
};

static int read_quarantine(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    return store_quarantine_list(txn, &question->result, err);
}

static void quarantine_read(void *arg, const char *error)
{
    struct question *question = arg;
    answer_json(question->request, question->result, error);
    free(question);
}

void verb_quarantine_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    struct question *question = NEW(struct question);
    question->request = request;
    store_read(daemon->store, read_quarantine, quarantine_read, question);
}

static void released(void *arg, int n_released, const char *error)
{
    if (error)
        control_refuse(arg, EX_SOFTWARE, "%s", error);
    else
        control_answer(arg, json_pack("{s:i}", "released", n_released));
}

void verb_quarantine_release(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *detector = text_arg(args, "detector");
    if (detector && !(daemon->config && config_detector_find(daemon->config, detector)))
        control_refuse(request, EX_DATAERR,
                       "no detector is named \"%s\" (tocsinctl quarantine list)", detector);
    else
        detect_release(daemon->detect, detector,
                       json_integer_value(json_object_get(args, "document")), released, request);
}
