/* route test: who would be told of something, and when. */
#include <string.h>
#include <sysexits.h>

#include "base/str.h"
#include "ctl/ctl.h"

/* Told by a route on trial: not at all. */
static bool is_trial(const json_t *told)
{
    return str_equal(ctl_text(told, "outcome"), "shadow");
}

static void show_told(const struct ctl *ctl, const json_t *told)
{
    printf("  %s", ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(told, "notifier"));
    fputs(ctl_colour(ctl, CTL_PLAIN), stdout);
    if (str_equal(ctl_text(told, "outcome"), "rang")) {
        fputs(": at once", stdout);
    } else if (is_trial(told)) {
        ctl_print(": not told: %s", ctl_text(told, "why"));
    } else {
        fputs(": held until ", stdout);
        ctl_print_time(ctl_int(told, "until_ms"));
        ctl_print(": %s", ctl_text(told, "why"));
    }
    if (*ctl_text(told, "place"))
        ctl_print(" (%s)", ctl_text(told, "place"));
    putchar('\n');
}

static void show_route(const struct ctl *ctl, const json_t *result)
{
    const json_t *list = json_object_get(result, "told");
    size_t i, n_trials = 0;
    json_t *told;
    json_array_foreach(list, i, told)
    {
        n_trials += is_trial(told);
    }
    fputs("at ", stdout);
    ctl_print_time(ctl_int(result, "at_ms"));
    puts(json_array_size(list) > n_trials ? " this is told"
                                          : " nobody is told: the alert is listed");
    json_array_foreach(list, i, told)
    {
        show_told(ctl, told);
    }
}

/* "topic=acme": a member, or a further one of the labels. False: it has no such form. */
static bool add_word(json_t *args, const char *word)
{
    static const char *const keys[] = {"topic", "detector", "source", "severity"};
    const char *equals = strchr(word, '=');
    AUTO_FREE char *key = mem_strndup(word, equals ? (size_t)(equals - word) : 0);
    if (str_equal(key, "label"))
        return json_array_append_new(json_object_get(args, key), json_string(equals + 1)) == 0;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (str_equal(keys[i], key))
            return json_object_set_new(args, key, json_string(equals + 1)) == 0;
    return false;
}

int ctl_route_test(struct ctl *ctl)
{
    if (!ctl_args_are_utf8(ctl))
        return EX_USAGE;
    json_t *args = json_pack("{s:[]}", "label");
    for (int i = 0; i < ctl->n_args; i++) {
        if (add_word(args, ctl->args[i]))
            continue;
        ctl_complain("\"%s\" is not of the form topic=NAME, detector=NAME, source=FOLDER, "
                     "label=LABEL or severity=WORD",
                     ctl->args[i]);
        json_decref(args);
        return EX_USAGE;
    }
    if (ctl->at && json_object_set_new(args, "at", json_string(ctl->at)) < 0) {
        ctl_complain("\"%s\" is no UTF-8", ctl->at);
        json_decref(args);
        return EX_USAGE;
    }
    return ctl_ask_and_show(ctl, "route test", args, show_route);
}
