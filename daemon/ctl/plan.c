/*
 * What a reload changes, as the daemon tells it: tocsinctl config diff before, tocsinctl reload
 * when it was taken.
 */
#include <stdio.h>
#include <sysexits.h>

#include "ctl/ctl.h"

#define DAEMON_CHECKS_MS 60000 /* it starts each plugin that is new */

static const struct {
    const char *key, *word; /* of the plan; for people */
} kinds[] = {{"folders", "folder"},     {"detectors", "detector"}, {"topics", "topic"},
             {"notifiers", "notifier"}, {"routes", "route"},       {"expect", "expect"},
             {"settings", "setting"}};

static const struct {
    const char *key, *sign;
    enum ctl_colour colour;
} changes[] = {{"added", "+", CTL_GREEN}, {"changed", "~", CTL_YELLOW}, {"removed", "-", CTL_RED}};

static void print_sign(const struct ctl *ctl, size_t change)
{
    printf("%s%s%s ", ctl_colour(ctl, changes[change].colour), changes[change].sign,
           ctl_colour(ctl, CTL_PLAIN));
}

/* Of one kind and change: those that are named, and how many more there are. */
static bool print_names(const struct ctl *ctl, const json_t *of, const char *word, size_t change)
{
    size_t i;
    json_t *name;
    const json_t *names = json_object_get(of, changes[change].key);
    long long n_more = ctl_int(json_object_get(of, "more"), changes[change].key);
    if (ctl->json)
        return json_array_size(names) > 0;
    json_array_foreach(names, i, name)
    {
        print_sign(ctl, change);
        printf("%s ", word);
        ctl_print_safe(json_string_value(name));
        putchar('\n');
    }
    if (n_more) {
        print_sign(ctl, change);
        printf("%s: %lld more\n", word, n_more);
    }
    return json_array_size(names) > 0;
}

bool ctl_print_plan(const struct ctl *ctl, const json_t *plan)
{
    bool differs = false;
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
        for (size_t c = 0; c < ARRAY_LEN(changes); c++)
            differs |= print_names(ctl, json_object_get(plan, kinds[k].key), kinds[k].word, c);
    return differs;
}

int ctl_config_diff(struct ctl *ctl)
{
    int status;
    ctl->patience_ms = DAEMON_CHECKS_MS;
    json_t *answer = ctl_ask(ctl, "config diff", json_pack("{s:s*}", "file", ctl->config), &status);
    if (!answer)
        return status;
    const json_t *plan = json_object_get(answer, "plan");
    ctl_print_lines(stderr, ctl_text(answer, "text"));
    if (plan) {
        bool differs = ctl_print_plan(ctl, plan);
        if (ctl->json)
            ctl_print_json(plan);
        else if (!differs)
            puts("nothing differs");
        status = differs ? 1 : EX_OK;
    } else {
        status = EX_CONFIG;
    }
    json_decref(answer);
    return status;
}
