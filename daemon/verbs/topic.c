/* The topics that the detectors hold, and looking for one of them in what came before it. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/str.h"
#include "verbs/verbs.h"

void verb_topic_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    detect_topics(daemon->detect, answer_json, request);
}

/* ---- backfill ---- */

struct backfilling {
    struct daemon *daemon;
    struct control_request *request;
    char *topic;
    int64_t since_ms;
};

static void backfilled(void *arg, int64_t n_versions, const char *error)
{
    if (error)
        control_refuse(arg, EX_SOFTWARE, "%s", error);
    else
        control_answer(arg, json_pack("{s:I}", "versions", (json_int_t)n_versions));
}

static const char *detector_of(const json_t *topics, const char *name)
{
    size_t i;
    json_t *topic;
    json_array_foreach(topics, i, topic)
    {
        if (str_equal(text_arg(topic, "name"), name))
            return text_arg(topic, "detector");
    }
    return NULL;
}

static void listed(void *arg, json_t *topics, const char *error)
{
    struct backfilling *backfilling = arg;
    struct control_request *request = backfilling->request;
    const char *detector = detector_of(topics, backfilling->topic);
    if (error)
        control_refuse(request, EX_DATAERR, "%s", error);
    else if (!detector)
        control_refuse(request, EX_DATAERR, "no topic \"%s\" is in force (tocsinctl topic list)",
                       backfilling->topic);
    else
        detect_backfill(backfilling->daemon->detect, detector, backfilling->topic,
                        backfilling->since_ms, backfilled, request);
    json_decref(topics);
    free(backfilling->topic);
    free(backfilling);
}

void verb_topic_backfill(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *topic = text_arg(args, "topic");
    if (!topic) {
        control_refuse(request, EX_USAGE, "\"topic backfill\" wants a \"topic\"");
        return;
    }
    struct backfilling *backfilling = NEW(struct backfilling);
    *backfilling =
        (struct backfilling){.daemon = daemon,
                             .request = request,
                             .topic = mem_strdup(topic),
                             .since_ms = json_integer_value(json_object_get(args, "since_ms"))};
    detect_topics(daemon->detect, listed, backfilling);
}
