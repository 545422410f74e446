/* The daemon as a whole: pausing it, its configuration, and its events. */
#include <sysexits.h>

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

static void reloaded(void *arg, const char *problems)
{
    if (problems)
        control_refuse(arg, EX_CONFIG, "the configuration in force stays:\n%s", problems);
    else
        control_answer(arg, json_pack("{s:b}", "reloaded", 1));
}

void verb_reload(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    const struct daemon *daemon = arg;
    if (daemon->reload)
        control_refuse(request, EX_TEMPFAIL, "a configuration is being taken already; try again");
    else
        reload_start(arg, reloaded, request);
}

void verb_follow(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    (void)args;
    control_follow(request);
}
