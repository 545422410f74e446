/* The configuration: looking at what is written, and taking it. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/str.h"
#include "store/views.h"
#include "verbs/verbs.h"

static void checked(void *arg, const struct config *config, const char *text)
{
    json_t *result =
        json_pack("{s:b, s:o}", "good", config != NULL, "text", store_bytes_json(text));
    const struct {
        const char *name;
        size_t n;
    } counts[] = {{"folders", config ? config->n_folders : 0},
                  {"detectors", config ? config->n_detectors : 0},
                  {"notifiers", config ? config->n_notifiers : 0},
                  {"routes", config ? config->n_routes : 0}};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++)
        json_object_set_new(result, counts[i].name, json_integer((json_int_t)counts[i].n));
    control_answer(arg, result);
}

/* Only for who means the file that this daemon reads, if one is named. False: it was refused. */
static bool may_check(const struct daemon *daemon, struct control_request *request,
                      const json_t *args)
{
    const char *file = text_arg(args, "file");
    bool is_ours = !file || str_equal(file, daemon->options->config_file);
    if (!is_ours)
        control_refuse(request, EX_DATAERR, "this daemon's configuration is %s",
                       daemon->options->config_file);
    else if (daemon->reload)
        control_refuse(request, EX_TEMPFAIL, "a configuration is being taken already; try again");
    return is_ours && !daemon->reload;
}

void verb_config_check(void *arg, struct control_request *request, const json_t *args)
{
    if (may_check(arg, request, args))
        reload_check(arg, checked, request);
}

/* ---- the plan ---- */

static void compared(void *arg, json_t *plan, const char *text)
{
    json_t *result = json_pack("{s:o}", "text", store_bytes_json(text));
    if (plan)
        json_object_set(result, "plan", plan);
    control_answer(arg, result);
}

void verb_config_diff(void *arg, struct control_request *request, const json_t *args)
{
    if (may_check(arg, request, args))
        reload_plan(arg, false, compared, request);
}

static void reloaded(void *arg, json_t *plan, const char *text)
{
    if (plan)
        control_answer(arg, json_pack("{s:b, s:O}", "reloaded", 1, "plan", plan));
    else
        control_refuse(arg, EX_CONFIG, "the configuration in force stays:\n%s", text);
}

void verb_reload(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    const struct daemon *daemon = arg;
    if (daemon->reload)
        control_refuse(request, EX_TEMPFAIL, "a configuration is being taken already; try again");
    else
        reload_plan(arg, true, reloaded, request);
}
