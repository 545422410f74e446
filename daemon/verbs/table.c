/* The table of verbs, and what their files share; see verbs.h. */
#include "verbs/verbs.h"

#include <sysexits.h>

#include "base/mem.h"

const struct control_verb daemon_verbs[] = {
    {"status", verb_status},
    {"metrics", verb_metrics},
    {"source list", verb_source_list},
    {"source rescan", verb_source_rescan},
    {"alert list", verb_alert_list},
    {"alert show", verb_alert_show},
    {"alert act", verb_alert_act},
    {"topic list", verb_topic_list},
    {"explain", verb_explain},
    {"notifier test", verb_notifier_test},
    {"quarantine list", verb_quarantine_list},
    {"quarantine release", verb_quarantine_release},
    {"pause", verb_pause},
    {"resume", verb_resume},
    {"config check", verb_config_check},
    {"reload", verb_reload},
    {"follow", verb_follow},
};
const size_t daemon_n_verbs = ARRAY_LEN(daemon_verbs);

const char *text_arg(const json_t *args, const char *name)
{
    return json_string_value(json_object_get(args, name));
}

void answer_json(void *arg, json_t *result, const char *error)
{
    if (error)
        control_refuse(arg, EX_DATAERR, "%s", error);
    else
        control_answer(arg, result);
}

void answer_done(void *arg, const char *error)
{
    if (error)
        control_refuse(arg, EX_DATAERR, "%s", error);
    else
        control_answer(arg, json_pack("{s:b}", "done", 1));
}
