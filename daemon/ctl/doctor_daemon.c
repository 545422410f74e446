/* The daemon itself, its configuration, its plugins and its notifiers; see doctor.h. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "ctl/doctor.h"
#include "ctl/plugins.h"

/* ---- the daemon ---- */

static void say_absent(struct doctor *doctor)
{
    switch (doctor->status_fault) {
    case EX_UNAVAILABLE:
        doctor_say(doctor, DOCTOR_NOTE, "%s. What only a running daemon knows is not looked at",
                   doctor->absent);
        break;
    case EX_NOPERM:
        doctor_say(doctor, DOCTOR_WARNING, "%s. What it knows is not looked at", doctor->absent);
        break;
    default:
        doctor_say(doctor, DOCTOR_FAULT, "%s", doctor->absent);
        doctor_mend(doctor, "systemctl %srestart tocsin", doctor_manager(doctor));
    }
}

void doctor_daemon(struct doctor *doctor)
{
    const char *version = ctl_text(doctor->status, "version");
    if (!doctor->status) {
        say_absent(doctor);
    } else if (!str_equal(version, PACKAGE_VERSION)) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "tocsind %s runs, but tocsinctl is of version " PACKAGE_VERSION
                   ": what was installed since takes effect at the next start",
                   version);
        doctor_mend(doctor, "systemctl %srestart tocsin", doctor_manager(doctor));
    } else if (!json_is_true(json_object_get(doctor->status, "ready"))) {
        doctor_say(doctor, DOCTOR_NOTE, "tocsind %s, pid %lld, is still starting", version,
                   (long long)ctl_int(doctor->status, "pid"));
    } else {
        doctor_say(doctor, DOCTOR_OK, "tocsind %s, pid %lld, answers and is ready", version,
                   (long long)ctl_int(doctor->status, "pid"));
    }
    if (json_is_true(json_object_get(doctor->status, "paused"))) {
        doctor_say(doctor, DOCTOR_NOTE, "it is paused: alerts are kept and ring nobody");
        doctor_mend(doctor, "tocsinctl resume");
    }
}

/* ---- the configuration ---- */

/* Whoever can write it decides what runs as this user. */
static void look_at_mode(struct doctor *doctor)
{
    struct stat st;
    AUTO_FREE char *quoted = doctor_quote(doctor->config_file);
    if (stat(doctor->config_file, &st) < 0 || !(st.st_mode & (S_IWGRP | S_IWOTH)))
        return;
    doctor_say(doctor, DOCTOR_WARNING,
               "others can write %s (mode %04o), and so have their programs run as you",
               doctor->config_file, st.st_mode & 07777u);
    doctor_mend(doctor, "chmod go-w %s", quoted);
}

static void say_problem(struct doctor *doctor, bool warning, const struct config_at *at,
                        const char *text)
{
    AUTO_BUF struct buf place = {0};
    if (at->file)
        buf_puts(&place, at->file);
    if (at->line)
        buf_printf(&place, ":%d:%d", at->line, at->column);
    /* What goes on in more lines (a query with a caret) is for where columns stay columns. */
    doctor_say(doctor, warning ? DOCTOR_WARNING : DOCTOR_FAULT, "%s%s%.*s", buf_text(&place),
               place.len ? ": " : "", (int)strcspn(text, "\n"), text);
    AUTO_FREE char *file = doctor_quote(at->file ? at->file : "");
    if (at->line)
        doctor_mend(doctor, "${EDITOR:-editor} +%d %s", at->line, file);
}

/* Takes ":NUMBER" from the end of the text; 0: there is none. */
static int take_number(char *text)
{
    int64_t number;
    char *colon = strrchr(text, ':');
    if (!colon || !str_int_parse(colon + 1, &number) || number <= 0 || number > INT_MAX)
        return 0;
    *colon = '\0';
    return (int)number;
}

/* A line as diags_print makes it: FILE:LINE:COLUMN: [warning: ]TEXT */
static void say_line(struct doctor *doctor, const char *line)
{
    static const char word[] = "warning: ";
    const char *end = strstr(line, ": ");
    AUTO_FREE char *file = mem_strndup(line, end ? (size_t)(end - line) : 0);
    struct config_at at = {.file = file};
    at.column = take_number(file);
    at.line = take_number(file);
    const char *text = end && at.line ? end + 2 : line;
    if (!at.line)
        at = (struct config_at){0};
    bool warning = str_starts(text, word);
    say_problem(doctor, warning, &at, text + (warning ? strlen(word) : 0));
}

static void say_lines(struct doctor *doctor, const char *text)
{
    for (size_t len; *text; text += len + (text[len] == '\n')) {
        len = strcspn(text, "\n");
        AUTO_FREE char *line = mem_strndup(text, len);
        if (*line && *line != ' ')
            say_line(doctor, line);
    }
}

static void say_good(struct doctor *doctor, const char *by, int64_t folders, int64_t detectors,
                     int64_t notifiers, int64_t routes)
{
    doctor_say(doctor, DOCTOR_OK,
               "%s is good%s: folders %lld, detectors %lld, notifiers %lld, routes %lld",
               doctor->config_file, by, (long long)folders, (long long)detectors,
               (long long)notifiers, (long long)routes);
}

/* As the daemon itself found it. */
static void say_checked(struct doctor *doctor, const json_t *checked)
{
    say_lines(doctor, ctl_text(checked, "text"));
    if (json_is_true(json_object_get(checked, "good")))
        say_good(doctor, " for the daemon", ctl_int(checked, "folders"),
                 ctl_int(checked, "detectors"), ctl_int(checked, "notifiers"),
                 ctl_int(checked, "routes"));
}

static void say_looked_at(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    for (size_t i = 0; i < doctor->diags->n; i++) {
        const struct diag *diag = &doctor->diags->items[i];
        say_problem(doctor, diag->warning, &diag->at, diag->text);
    }
    if (config && !doctor->diags->n_errors)
        say_good(doctor, "", (int64_t)config->n_folders, (int64_t)config->n_detectors,
                 (int64_t)config->n_notifiers, (int64_t)config->n_routes);
}

void doctor_configuration(struct doctor *doctor)
{
    look_at_mode(doctor);
    if (doctor->checked) {
        say_checked(doctor, doctor->checked);
    } else if (access(doctor->config_file, F_OK) < 0) {
        doctor_say(doctor, DOCTOR_FAULT, "there is no configuration at %s: %m",
                   doctor->config_file);
        doctor_mend(doctor, "tocsinctl %sconfig init ~/Documents",
                    doctor->ctl->system ? "--system " : "");
    } else {
        say_looked_at(doctor);
    }
}

/* ---- plugins ---- */

void doctor_plugins(struct doctor *doctor)
{
    json_t *list = plugin_list(&doctor->offline);
    AUTO_BUF struct buf usable = {0};
    size_t i;
    json_t *plugin;
    json_array_foreach(list, i, plugin)
    {
        const char *name = ctl_text(plugin, "name");
        if (str_equal(ctl_text(plugin, "kind"), "unusable")) {
            doctor_say(doctor, DOCTOR_WARNING, "%s cannot be used: %s", name,
                       ctl_text(plugin, "summary"));
            doctor_mend(doctor, "tocsinctl plugin info %s", name);
        } else {
            buf_printf(&usable, "%s%s %s (API %s)", usable.len ? ", " : "", name,
                       ctl_text(plugin, "version"), ctl_text(plugin, "abi"));
        }
    }
    json_decref(list);
    if (usable.len) {
        doctor_say(doctor, DOCTOR_OK, "%s", buf_text(&usable));
        return;
    }
    doctor_say(doctor, DOCTOR_FAULT,
               "no plugin can be used of those in %s: nothing can be found and nobody told",
               doctor->offline.plugin_dirs);
    doctor_mend(doctor, "tocsinctl plugin list");
}

/* ---- notifiers ---- */

static void look_at_notifier(struct doctor *doctor, const json_t *notifier)
{
    const char *name = ctl_text(notifier, "notifier"), *state = ctl_text(notifier, "state");
    long long dead = (long long)ctl_int(notifier, "dead");
    if (str_equal(state, "starting")) {
        doctor_say(doctor, DOCTOR_NOTE, "%s is still starting", name);
    } else if (!str_equal(state, "up")) {
        doctor_say(doctor, DOCTOR_WARNING, "%s is %s: %s; what it should tell is kept", name, state,
                   *ctl_text(notifier, "why") ? ctl_text(notifier, "why") : "it has not said why");
        doctor_mend(doctor, "tocsinctl notifier test %s", name);
    }
    if (dead) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "%lld of the deliveries of %s are dead: they were given up, and nobody was told",
                   dead, name);
        doctor_mend(doctor, "tocsinctl notifier test %s", name);
    }
}

static void look_at_detectors(struct doctor *doctor)
{
    size_t i;
    const json_t *detect = json_object_get(doctor->status, "detect"), *apart;
    json_array_foreach(json_object_get(detect, "apart"), i, apart)
    {
        doctor_say(
            doctor, DOCTOR_WARNING,
            "detector \"%s\" %s and has hosts of its own: the others do not wait for it, and "
            "what it has to judge is kept",
            ctl_text(apart, "detector"), ctl_text(apart, "why"));
        doctor_mend(doctor, "tocsinctl quarantine list");
    }
    int64_t quarantined = ctl_int(detect, "quarantined");
    if (quarantined) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "%lld times a detector failed on a document twice: that one is left out for it",
                   (long long)quarantined);
        doctor_mend(doctor, "tocsinctl quarantine list");
    }
}

void doctor_notifiers(struct doctor *doctor)
{
    size_t i, before = json_array_size(doctor->findings);
    const json_t *list = json_object_get(doctor->status, "deliver"), *notifier;
    json_array_foreach(list, i, notifier) look_at_notifier(doctor, notifier);
    look_at_detectors(doctor);
    if (!doctor->status)
        doctor_say(doctor, DOCTOR_NOTE, "not looked at, since no daemon answers");
    else if (!json_array_size(list))
        doctor_say(doctor, DOCTOR_NOTE, "there are none: alerts are listed, and nobody is told");
    else if (json_array_size(doctor->findings) == before)
        doctor_say(doctor, DOCTOR_OK, "all %zu are up, nothing was given up",
                   json_array_size(list));
}
