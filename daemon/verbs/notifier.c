/* Notifiers. */
#include <sysexits.h>

#include "verbs/verbs.h"

void verb_notifier_test(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *name = text_arg(args, "name");
    if (!name || !daemon->config || !config_notifier_find(daemon->config, name))
        control_refuse(request, EX_DATAERR, "no notifier is named \"%s\"", name ? name : "");
    else
        deliver_test(daemon->deliver, name, answer_done, request);
}
