/* What stays undone because a plugin failed on it twice. */
#include <sysexits.h>

#include "store/documents.h"
#include "verbs/verbs.h"

static int ask_list(struct store_txn *txn, const json_t *args, json_t **list, struct err *err)
{
    (void)args;
    return store_quarantine_list(txn, list, err);
}

void verb_quarantine_list(void *arg, struct control_request *request, const json_t *args)
{
    ask_store(arg, request, args, ask_list);
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
