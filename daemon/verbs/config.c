/* The configuration: looking at what is written, and taking it. */
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

/* Only for who means the file that this daemon reads. */
void verb_config_check(void *arg, struct control_request *request, const json_t *args)
{
    const struct daemon *daemon = arg;
    if (!str_equal(text_arg(args, "file"), daemon->options->config_file))
        control_refuse(request, EX_DATAERR, "this daemon's configuration is %s",
                       daemon->options->config_file);
    else if (daemon->reload)
        control_refuse(request, EX_TEMPFAIL, "a configuration is being taken already; try again");
    else
        reload_check(arg, checked, request);
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
