/*
 * tocsinctl config diff: what a reload would change. The daemon compares the configurations; the
 * topics that it holds are compared here with those that the files hold now.
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/map.h"
#include "base/str.h"
#include "ctl/found.h"

#define DAEMON_CHECKS_MS 60000 /* it starts each plugin that is new */

static const struct {
    const char *key, *word; /* of the plan; for people */
} kinds[] = {{"folders", "folder"},     {"detectors", "detector"}, {"topics", "topic"},
             {"notifiers", "notifier"}, {"routes", "route"},       {"settings", "setting"}};

static const struct {
    const char *key, *sign;
    enum ctl_colour colour;
} changes[] = {{"added", "+", CTL_GREEN}, {"changed", "~", CTL_YELLOW}, {"removed", "-", CTL_RED}};

/* ---- topics ---- */

static char *key_of(const json_t *topic)
{
    return mem_printf("%s\n%s", ctl_text(topic, "detector"), ctl_text(topic, "name"));
}

static struct map *by_name(const json_t *topics)
{
    struct map *map = map_new();
    size_t i;
    json_t *topic;
    json_array_foreach(topics, i, topic)
    {
        AUTO_FREE char *key = key_of(topic);
        map_set_text(map, key, topic);
    }
    return map;
}

static bool is_same(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"query", "severity", "labels"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (!json_equal(json_object_get(a, keys[i]), json_object_get(b, keys[i])))
            return false;
    return true;
}

static void add_topic(json_t *plan, const char *change, const json_t *topic)
{
    const char *file = ctl_text(topic, "file");
    AUTO_FREE char *place = *file ? mem_printf("%s (%s:%lld)", ctl_text(topic, "name"), file,
                                               (long long)ctl_int(topic, "line"))
                                  : mem_strdup(ctl_text(topic, "name"));
    json_array_append_new(json_object_get(plan, change), json_string(place));
}

/* In the order of their files; those that are gone, as they were. */
static json_t *topics_plan(const json_t *before, const json_t *after)
{
    json_t *plan = json_pack("{s:[], s:[], s:[]}", "added", "changed", "removed"), *topic;
    struct map *old = by_name(before);
    struct map *new = by_name(after);
    size_t i;
    json_array_foreach(after, i, topic)
    {
        AUTO_FREE char *key = key_of(topic);
        const json_t *was = map_get_text(old, key);
        if (!was || !is_same(was, topic))
            add_topic(plan, was ? "changed" : "added", topic);
    }
    json_array_foreach(before, i, topic)
    {
        AUTO_FREE char *key = key_of(topic);
        if (!map_get_text(new, key))
            add_topic(plan, "removed", topic);
    }
    map_free(&old, NULL);
    map_free(&new, NULL);
    return plan;
}

/* ---- the plan ---- */

bool ctl_print_plan(const struct ctl *ctl, const json_t *plan)
{
    bool differs = false;
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        for (size_t c = 0; c < ARRAY_LEN(changes); c++) {
            size_t i;
            json_t *name;
            const json_t *list =
                json_object_get(json_object_get(plan, kinds[k].key), changes[c].key);
            json_array_foreach(list, i, name)
            {
                differs = true;
                if (ctl->json)
                    continue;
                printf("%s%s%s %s ", ctl_colour(ctl, changes[c].colour), changes[c].sign,
                       ctl_colour(ctl, CTL_PLAIN), kinds[k].word);
                ctl_print_safe(json_string_value(name));
                putchar('\n');
            }
        }
    }
    return differs;
}

/* The topics that the detectors hold under the configuration as it is written; NULL with what is
 * wrong said. */
static json_t *topics_here(const struct ctl *ctl, int *status)
{
    struct offline offline;
    offline_init(&offline, ctl);
    json_t *topics = NULL;
    *status = offline_config(&offline, ctl, false);
    if (*status == EX_OK) {
        topics = found_topics(&offline);
        *status = topics ? EX_OK : EX_CONFIG;
    }
    offline_deinit(&offline);
    return topics;
}

static int add_topics(struct ctl *ctl, json_t *plan)
{
    int status;
    json_t *before = ctl_ask(ctl, "topic list", NULL, &status);
    json_t *after = before ? topics_here(ctl, &status) : NULL;
    if (after)
        json_object_set_new(plan, "topics", topics_plan(before, after));
    json_decref(before);
    json_decref(after);
    return status;
}

int ctl_config_diff(struct ctl *ctl)
{
    int status;
    AUTO_FREE char *file = ctl->config ? mem_strdup(ctl->config) : config_default_file(ctl->system);
    ctl->patience_ms = DAEMON_CHECKS_MS;
    json_t *answer = ctl_ask(ctl, "config diff", json_pack("{s:s}", "file", file), &status);
    if (!answer)
        return status;
    json_t *plan = json_object_get(answer, "plan");
    ctl_print_lines(stderr, ctl_text(answer, "text"));
    status = plan ? add_topics(ctl, plan) : EX_CONFIG;
    if (status == EX_OK) {
        bool differs = ctl_print_plan(ctl, plan);
        if (ctl->json)
            ctl_print_json(plan);
        else if (!differs)
            puts("nothing differs");
        status = differs ? 1 : EX_OK;
    }
    json_decref(answer);
    return status;
}
