/* What a person does about what rings: to one alert, and by silences. */
#include <pwd.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "ctl/ctl.h"

/* ---- one alert ---- */

/* `verb` with the duration that may stand behind the id. */
static int act(struct ctl *ctl, const char *verb,
               void (*show)(const struct ctl *ctl, const json_t *result))
{
    const char *duration = ctl->n_args > 1 ? ctl->args[1] : NULL;
    int64_t ms;
    if (duration && !str_duration_parse(duration, &ms)) {
        ctl_complain("\"%s\" is no duration (write it like 90s, 2h or 1d)", duration);
        return EX_USAGE;
    }
    AUTO_FREE char *action = duration ? mem_printf("%s %s", verb, duration) : mem_strdup(verb);
    return ctl_ask_and_show(ctl, "alert act",
                            json_pack("{s:s, s:s}", "id", ctl->args[0], "action", action), show);
}

static void show_acknowledged(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("acknowledged %s\n", ctl->args[0]);
}

int ctl_alert_ack(struct ctl *ctl)
{
    return act(ctl, "acknowledge", show_acknowledged);
}

static void show_closed(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("closed %s\n", ctl->args[0]);
}

int ctl_alert_close(struct ctl *ctl)
{
    return act(ctl, "close", show_closed);
}

static void show_snoozed(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("snoozed %s for %s\n", ctl->args[0], ctl->n_args > 1 ? ctl->args[1] : "1h");
}

int ctl_alert_snooze(struct ctl *ctl)
{
    return act(ctl, "snooze", show_snoozed);
}

static void show_muted(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("muted the topic of %s%s%s\n", ctl->args[0], ctl->n_args > 1 ? " for " : "",
           ctl->n_args > 1 ? ctl->args[1] : "");
}

int ctl_alert_mute(struct ctl *ctl)
{
    return act(ctl, "mute", show_muted);
}

static void show_unmuted(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("the topic of %s is no longer muted\n", ctl->args[0]);
}

int ctl_alert_unmute(struct ctl *ctl)
{
    return act(ctl, "unmute", show_unmuted);
}

/* ---- silences ---- */

static void print_matcher(const json_t *matcher)
{
    const char *key;
    json_t *list, *text;
    json_object_foreach((json_t *)(uintptr_t)matcher, key, list)
    {
        size_t i;
        json_array_foreach(list, i, text)
        {
            ctl_print("  %s=%s", key, json_string_value(text));
        }
    }
}

static void show_silences(const struct ctl *ctl, const json_t *list)
{
    size_t i;
    json_t *silence;
    json_array_foreach(list, i, silence)
    {
        int64_t until_ms = ctl_int(silence, "until_ms");
        printf("%s%lld%s  %s ", ctl_colour(ctl, CTL_BOLD), (long long)ctl_int(silence, "id"),
               ctl_colour(ctl, CTL_PLAIN), until_ms > ctl_now_ms() ? "until" : "ended");
        ctl_print_time(until_ms);
        print_matcher(json_object_get(silence, "matcher"));
        ctl_print("  (%s", ctl_text(silence, "author"));
        if (*ctl_text(silence, "comment"))
            ctl_print(": %s", ctl_text(silence, "comment"));
        puts(")");
    }
    if (!json_array_size(list))
        puts("no silences");
}

int ctl_silence_list(struct ctl *ctl)
{
    const char *which = ctl->n_args ? ctl->args[0] : NULL;
    if (which && !str_equal(which, "all")) {
        ctl_complain("\"%s\" is not \"all\": those that hold are listed, or with it all", which);
        return EX_USAGE;
    }
    return ctl_ask_and_show(ctl, "silence list", json_pack("{s:b}", "all", which != NULL),
                            show_silences);
}

static void show_silenced(const struct ctl *ctl, const json_t *result)
{
    printf("silence %lld, for %s\n", (long long)ctl_int(result, "id"), ctl->args[0]);
}

/* "topic=acme*": adds to a list of the matcher; false: it has no such form. */
static bool add_match(json_t *matcher, const char *word)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word || !equals[1])
        return false;
    AUTO_FREE char *key = mem_strndup(word, (size_t)(equals - word));
    if (!json_object_get(matcher, key))
        json_object_set_new(matcher, key, json_array());
    json_array_append_new(json_object_get(matcher, key), json_string(equals + 1));
    return true;
}

static char *own_name(void)
{
    const struct passwd *user = getpwuid(getuid());
    return user ? mem_strdup(user->pw_name) : mem_printf("%u", (unsigned)getuid());
}

int ctl_silence_add(struct ctl *ctl)
{
    static const char comment_key[] = "comment=";
    const char *comment = "";
    if (!ctl_args_are_utf8(ctl))
        return EX_USAGE;
    json_t *matcher = json_object();
    for (int i = 1; i < ctl->n_args; i++) {
        if (str_starts(ctl->args[i], comment_key)) {
            comment = ctl->args[i] + strlen(comment_key);
        } else if (!add_match(matcher, ctl->args[i])) {
            ctl_complain("\"%s\" is not of the form topic=PATTERN, detector=NAME, source=FOLDER, "
                         "label=LABEL or comment=TEXT",
                         ctl->args[i]);
            json_decref(matcher);
            return EX_USAGE;
        }
    }
    AUTO_FREE char *author = own_name();
    return ctl_ask_and_show(ctl, "silence add",
                            json_pack("{s:s, s:o, s:s, s:s}", "duration", ctl->args[0], "matcher",
                                      matcher, "author", author, "comment", comment),
                            show_silenced);
}

static void show_ended(const struct ctl *ctl, const json_t *result)
{
    (void)result;
    printf("silence %s has ended\n", ctl->args[0]);
}

int ctl_silence_end(struct ctl *ctl)
{
    int64_t id;
    if (!str_int_parse(ctl->args[0], &id)) {
        ctl_complain("\"%s\" is no number of a silence (tocsinctl silence list has them)",
                     ctl->args[0]);
        return EX_USAGE;
    }
    return ctl_ask_and_show(ctl, "silence end", json_pack("{s:I}", "id", (json_int_t)id),
                            show_ended);
}
