/* Matching routes; see route.h. */
#include "alert/route.h"

#include <fnmatch.h>
#include <string.h>

#include <jansson.h>

#include "config/path.h"

static bool has_text(const struct config_texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->n; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return false;
}

static bool has_match(const struct config_texts *patterns, const char *text)
{
    for (size_t i = 0; i < patterns->n; i++) {
        if (fnmatch(patterns->items[i], text, 0) == 0)
            return true;
    }
    return false;
}

struct route_question route_question_told(const struct store_told *told,
                                          struct config_texts *labels)
{
    json_t *list = json_loads(told->labels, 0, NULL), *label;
    size_t i;
    *labels = (struct config_texts){0};
    json_array_foreach(list, i, label)
    {
        texts_add(labels, json_string_value(label));
    }
    json_decref(list);
    return (struct route_question){.detector = told->detector,
                                   .topic = told->topic,
                                   .source = told->source,
                                   .labels = labels,
                                   .severity = told->severity};
}

bool route_matches(const struct config_route *route, const struct route_question *question)
{
    if (question->severity < route->min_severity)
        return false;
    if (route->topics.n && !has_match(&route->topics, question->topic))
        return false;
    if (route->detectors.n && !has_text(&route->detectors, question->detector))
        return false;
    if (route->sources.n && !has_text(&route->sources, question->source))
        return false;
    for (size_t i = 0; i < route->labels.n; i++) {
        if (!has_text(question->labels, route->labels.items[i]))
            return false;
    }
    return true;
}

const struct config_route *route_first(const struct config *config,
                                       const struct route_question *question)
{
    for (size_t i = 0; i < config->n_routes; i++) {
        if (route_matches(&config->routes[i], question))
            return &config->routes[i];
    }
    return NULL;
}

static size_t everybody(const struct config *config, const struct config_route **by)
{
    static const struct config_route without = {0};
    for (size_t i = 0; i < config->n_notifiers; i++)
        by[i] = &without;
    return config->n_notifiers;
}

/* Fills `by` from the routes that are on trial, or from those that are not. Does any match? */
static bool ask_routes(const struct config *config, const struct route_question *question,
                       bool on_trial, const struct config_route **by)
{
    bool matched = false;
    memset(by, 0, config->n_notifiers * sizeof(const struct config_route *));
    for (size_t i = 0; i < config->n_routes; i++) {
        const struct config_route *route = &config->routes[i];
        if (!route_matches(route, question))
            continue;
        matched |= route->shadow == on_trial;
        for (size_t j = 0; j < config->n_notifiers && route->shadow == on_trial; j++)
            if (!by[j] && has_text(&route->notify, config->notifiers[j].plugin.name))
                by[j] = route;
        if (route->stop && !route->shadow)
            break;
    }
    return matched;
}

static size_t count(const struct config *config, const struct config_route *const *by)
{
    size_t n = 0;
    for (size_t j = 0; j < config->n_notifiers; j++)
        n += by[j] != NULL;
    return n;
}

size_t route_trials(const struct config *config, const struct route_question *question,
                    const struct config_route *const *by, const struct config_route **trials)
{
    ask_routes(config, question, true, trials);
    for (size_t j = 0; j < config->n_notifiers; j++)
        if (by[j])
            trials[j] = NULL;
    return count(config, trials);
}

size_t route_notifiers(const struct config *config, const struct route_question *question,
                       const struct config_route **by)
{
    bool matched = ask_routes(config, question, false, by);
    if (!config->n_routes || (question->is_trouble && !matched))
        return everybody(config, by);
    return count(config, by);
}
