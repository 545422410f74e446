/* The daemon as a whole: pausing it, and its events. */
#include "verbs/verbs.h"

/* The event of a pause, which also comes at the start when one lasts, reaches the outbox by flow.c.
 */
static void set_pause(struct daemon *daemon, struct control_request *request, bool paused)
{
    alerts_pause(daemon->alerts, paused);
    control_answer(request, json_pack("{s:b}", "paused", paused));
}

void verb_pause(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    set_pause(arg, request, true);
}

void verb_resume(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    set_pause(arg, request, false);
}

void verb_follow(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    (void)args;
    control_follow(request);
}
