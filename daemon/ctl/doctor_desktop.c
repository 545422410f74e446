/* The session bus, and who shows popups on it; see doctor.h. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "ctl/doctor.h"
#include "ctl/doctor_bus.h"

#define SERVER "org.freedesktop.Notifications"
#define PATH   "/org/freedesktop/Notifications"

/* What popups lack without each. */
static const struct {
    const char *name, *lacks;
} wanted[] = {
    {"actions", "buttons"},
    {"body", "the sentence that proves it"},
    {"body-markup", "the match in bold"},
};

static void names_free(char ***names)
{
    for (char **name = *names; name && *name; name++)
        free(*name);
    free(*names);
}
#define AUTO_NAMES CLEANUP(names_free)

static bool is_among(char **names, const char *name)
{
    for (; names && *names; names++) {
        if (str_equal(*names, name))
            return true;
    }
    return false;
}

/* How bad it is that popups cannot be shown: not at all, if nobody wants to. */
static enum doctor_result worst(const struct doctor *doctor)
{
    return doctor_wants(doctor, TOCSIN_POWERS_BUS) ? DOCTOR_FAULT : DOCTOR_NOTE;
}

static const char *whom(const struct doctor *doctor)
{
    return !doctor->config || doctor_wants(doctor, TOCSIN_POWERS_BUS)
               ? "popups wait until there is one"
               : "no notifier of the configuration shows popups";
}

static void say_no_bus(struct doctor *doctor, const char *why)
{
    doctor_say(doctor, worst(doctor), "there is no session bus (%s): %s", why, whom(doctor));
    if (worst(doctor) == DOCTOR_NOTE)
        return;
    doctor_mend(doctor, "# on the desktop, once in a session:");
    doctor_mend(doctor, "systemctl --user import-environment DBUS_SESSION_BUS_ADDRESS DISPLAY "
                        "WAYLAND_DISPLAY");
    doctor_mend(doctor, "systemctl --user restart tocsin");
}

static void say_no_server(struct doctor *doctor)
{
    doctor_say(doctor, worst(doctor),
               "nobody on the session bus shows popups (%s), nor would anybody be started for it: "
               "%s",
               SERVER, whom(doctor));
    if (worst(doctor) == DOCTOR_FAULT)
        doctor_mend(doctor, "sudo apt install dunst    # or the one of your desktop");
}

/* What it cannot do, of what popups use; an empty text: nothing. */
static void lacking(char **capabilities, struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        if (!is_among(capabilities, wanted[i].name))
            buf_printf(out, "%s%s", out->len ? ", " : "", wanted[i].lacks);
    }
}

static void ask_server(struct doctor *doctor, sd_bus *bus)
{
    CLEANUP(sd_bus_message_unrefp) sd_bus_message *about = NULL;
    CLEANUP(sd_bus_message_unrefp) sd_bus_message *can = NULL;
    AUTO_NAMES char **capabilities = NULL;
    const char *name = "", *vendor = "", *version = "", *spec = "";
    int result =
        sd_bus_call_method(bus, SERVER, PATH, SERVER, "GetServerInformation", NULL, &about, NULL);
    if (result >= 0)
        result = sd_bus_message_read(about, "ssss", &name, &vendor, &version, &spec);
    if (result >= 0)
        result = sd_bus_call_method(bus, SERVER, PATH, SERVER, "GetCapabilities", NULL, &can, NULL);
    if (result >= 0)
        result = sd_bus_message_read_strv(can, &capabilities);
    if (result < 0) {
        doctor_say(doctor, worst(doctor) == DOCTOR_FAULT ? DOCTOR_WARNING : DOCTOR_NOTE,
                   "the server of popups is there and does not answer (%s): popups wait until it "
                   "does",
                   strerror(-result));
        return;
    }
    AUTO_BUF struct buf lacks = {0};
    lacking(capabilities, &lacks);
    if (lacks.len)
        doctor_say(doctor, DOCTOR_NOTE, "%s %s shows popups (specification %s), without: %s", name,
                   version, spec, buf_text(&lacks));
    else
        doctor_say(doctor, DOCTOR_OK,
                   "%s %s shows popups (specification %s), with buttons and markup", name, version,
                   spec);
}

static void look_at_bus(struct doctor *doctor)
{
    struct err err;
    AUTO_BUS sd_bus *bus = bus_session(&err);
    AUTO_NAMES char **names = NULL;
    AUTO_NAMES char **activatable = NULL;
    if (!bus) {
        say_no_bus(doctor, err.text);
        return;
    }
    int result = sd_bus_list_names(bus, &names, &activatable);
    if (result < 0)
        say_no_bus(doctor, strerror(-result));
    else if (is_among(names, SERVER))
        ask_server(doctor, bus); /* not before: the question alone would start one */
    else if (is_among(activatable, SERVER))
        doctor_say(doctor, DOCTOR_OK, "a server of popups is started with the first of them");
    else
        say_no_server(doctor);
}

void doctor_desktop(struct doctor *doctor)
{
    const sigset_t before = bus_hush();
    look_at_bus(doctor);
    bus_unhush(&before);
}
