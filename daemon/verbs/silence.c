/* Silences: which there are, and what a person does to one. */
#include <sysexits.h>

#include "base/str.h"
#include "verbs/verbs.h"

void verb_silence_list(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    alerts_silences(daemon->alerts, json_is_true(json_object_get(args, "all")), answer_json,
                    request);
}

void verb_silence_add(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *duration = text_arg(args, "duration"), *author = text_arg(args, "author");
    const char *comment = text_arg(args, "comment");
    int64_t ms;
    if (!duration || !str_duration_parse(duration, &ms) || ms <= 0)
        control_refuse(request, EX_USAGE, "a silence lasts for a duration, such as 2h or 1d");
    else
        alerts_silence(daemon->alerts, json_object_get(args, "matcher"), ms, author ? author : "",
                       comment ? comment : "", answer_json, request);
}

void verb_silence_end(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const json_t *id = json_object_get(args, "id");
    if (json_is_integer(id))
        alerts_silence_end(daemon->alerts, json_integer_value(id), answer_json, request);
    else
        control_refuse(request, EX_USAGE, "\"silence end\" wants the number of a silence");
}
