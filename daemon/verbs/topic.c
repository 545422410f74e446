/* The topics that the detectors hold. */
#include "verbs/verbs.h"

void verb_topic_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    detect_topics(daemon->detect, answer_json, request);
}
