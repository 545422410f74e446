/* Alerts: what the policy keeps of them, and what a person does to one. */
#include <sysexits.h>

#include "verbs/verbs.h"

void verb_alert_list(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    alerts_list(daemon->alerts, args, answer_json, request);
}

void verb_alert_show(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *id = text_arg(args, "id");
    if (id)
        alerts_show(daemon->alerts, id, answer_json, request);
    else
        control_refuse(request, EX_USAGE, "\"alert show\" wants an \"id\"");
}

void verb_alert_suppressed(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    alerts_suppressed(daemon->alerts, args, answer_json, request);
}

void verb_alert_act(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *id = text_arg(args, "id"), *verb = text_arg(args, "action");
    if (id && verb)
        alerts_action(daemon->alerts, id, verb, answer_done, request);
    else
        control_refuse(request, EX_USAGE, "\"alert act\" wants \"id\" and \"action\"");
}
