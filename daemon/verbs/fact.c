/* Facts: their ladders, put together from what documents say. */
#include "verbs/verbs.h"

void verb_fact_list(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    alerts_facts(daemon->alerts, args, answer_json, request);
}
