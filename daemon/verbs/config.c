/* The configuration: looking at what is written, and taking it. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/str.h"
#include "config/diff.h"
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

/* Only for who means the file that this daemon reads. False: it was refused. */
static bool may_check(const struct daemon *daemon, struct control_request *request,
                      const json_t *args)
{
    bool is_ours = str_equal(text_arg(args, "file"), daemon->options->config_file);
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

static json_t *texts_json(const struct config_texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->n; i++)
        json_array_append_new(list, store_bytes_json(texts->items[i]));
    return list;
}

static json_t *changes_json(const struct config_changes *changes)
{
    return json_pack("{s:o, s:o, s:o}", "added", texts_json(&changes->added), "changed",
                     texts_json(&changes->changed), "removed", texts_json(&changes->removed));
}

static json_t *plan_json(const struct config *old, const struct config *new)
{
    struct config_diff diff;
    config_diff(old, new, &diff);
    json_t *plan = json_pack(
        "{s:o, s:o, s:o, s:o, s:{s:o}}", "folders", changes_json(&diff.folders), "detectors",
        changes_json(&diff.detectors), "notifiers", changes_json(&diff.notifiers), "routes",
        changes_json(&diff.routes), "settings", "changed", texts_json(&diff.settings));
    config_diff_deinit(&diff);
    return plan;
}

/* A request for a plan, and what was in force when it came. */
struct planning {
    struct control_request *request;
    struct daemon *daemon;
    struct config *before;
};

static struct planning *planning_new(struct daemon *daemon, struct control_request *request)
{
    struct planning *planning = NEW(struct planning);
    *planning = (struct planning){request, daemon, config_ref(daemon->config)};
    return planning;
}

static void planning_free(struct planning *planning)
{
    config_unref(&planning->before);
    free(planning);
}

static void compared(void *arg, const struct config *config, const char *text)
{
    struct planning *planning = arg;
    json_t *result = json_pack("{s:o}", "text", store_bytes_json(text));
    if (config)
        json_object_set_new(result, "plan", plan_json(planning->before, config));
    control_answer(planning->request, result);
    planning_free(planning);
}

void verb_config_diff(void *arg, struct control_request *request, const json_t *args)
{
    if (may_check(arg, request, args))
        reload_check(arg, compared, planning_new(arg, request));
}

static void reloaded(void *arg, const char *problems)
{
    struct planning *planning = arg;
    if (problems)
        control_refuse(planning->request, EX_CONFIG, "the configuration in force stays:\n%s",
                       problems);
    else
        control_answer(planning->request,
                       json_pack("{s:b, s:o}", "reloaded", 1, "plan",
                                 plan_json(planning->before, planning->daemon->config)));
    planning_free(planning);
}

void verb_reload(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    const struct daemon *daemon = arg;
    if (daemon->reload)
        control_refuse(request, EX_TEMPFAIL, "a configuration is being taken already; try again");
    else
        reload_start(arg, reloaded, planning_new(arg, request));
}
