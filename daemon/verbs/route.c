/* Routes: who would be told of something, and when. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <tocsin/plugin.h>

#include "base/calendar.h"
#include "base/str.h"
#include "config/choice.h"
#include "config/path.h"
#include "verbs/verbs.h"

/* "" or NULL: as it is when nothing is said. */
static const char *or_else(const char *text, const char *otherwise)
{
    return text && *text ? text : otherwise;
}

/* 0: there is none of this name. */
static int severity_of(const char *word)
{
    bool with_age;
    return choice_index("low|normal|high|urgent", word, strlen(word), &with_age) + TOCSIN_LOW;
}

/* The next moment that a calendar expression means, in the system's zone unless it names one. */
static int moment_of(const char *text, int64_t now_ms, int64_t *at_ms, struct err *err)
{
    struct calendar calendar;
    if (calendar_parse(text, &calendar, err) < 0)
        return -1;
    struct zone *zone = zone_open(calendar.zone, err);
    if (!zone)
        return -1;
    *at_ms = calendar_next(&calendar, zone, now_ms / 1000) * 1000;
    zone_free(&zone);
    return *at_ms ? 0 : err_set(err, "\"%s\" does not come any more", text);
}

static struct config_texts labels_of(const json_t *args)
{
    struct config_texts labels = {0};
    size_t i;
    json_t *label;
    json_array_foreach(json_object_get(args, "label"), i, label)
    {
        if (json_is_string(label))
            texts_add(&labels, json_string_value(label));
    }
    return labels;
}

void verb_route_test(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *severity = or_else(text_arg(args, "severity"), "normal");
    const char *when = text_arg(args, "at"), *detector = text_arg(args, "detector");
    int64_t at_ms = loop_wall_ms(daemon->loop);
    struct err err;
    struct route_question question = {.detector = or_else(detector, "topics"),
                                      .topic = or_else(text_arg(args, "topic"), ""),
                                      .source = or_else(text_arg(args, "source"), ""),
                                      .severity = severity_of(severity),
                                      .is_trouble = str_equal(detector, "tocsin")};
    if (!question.severity) {
        control_refuse(request, EX_USAGE, "\"%s\" is none of low, normal, high and urgent",
                       severity);
        return;
    }
    if (when && moment_of(when, at_ms, &at_ms, &err) < 0) {
        control_refuse(request, EX_USAGE, "%s", err.text);
        return;
    }
    struct config_texts labels = labels_of(args);
    question.labels = &labels;
    json_t *told = alerts_preview(daemon->alerts, &question, at_ms);
    control_answer(request, json_pack("{s:I, s:o}", "at_ms", (json_int_t)at_ms, "told", told));
    texts_deinit(&labels);
}
