/* The store as a whole: a consistent copy of it, which the one who asked fetches and gives back. */
#include <sysexits.h>

#include "store/views.h"
#include "verbs/verbs.h"

static void copied(void *arg, const char *path, const char *error)
{
    if (error)
        control_refuse(arg, EX_IOERR, "%s", error);
    else
        control_answer(arg, json_pack("{s:o}", "snapshot", store_bytes_json(path)));
}

void verb_state_snapshot(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    const struct daemon *daemon = arg;
    store_snapshot(daemon->store, copied, request);
}

void verb_state_release(void *arg, struct control_request *request, const json_t *args)
{
    const struct daemon *daemon = arg;
    const char *path = text_arg(args, "snapshot");
    if (path)
        store_snapshot_remove(daemon->store, path, answer_done, request);
    else
        control_refuse(request, EX_USAGE, "\"state release\" wants a \"snapshot\"");
}
