/* The units, as systemd's managers of this user and of the system know them; see doctor.h. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "ctl/doctor.h"
#include "ctl/doctor_bus.h"

#define UNIT    "tocsin.service"
#define N_UNITS 2 /* the user's, the system's */

struct unit {
    bool system;
    const char *whose;   /* "the user unit" */
    const char *next;    /* "login": what starts one that is enabled */
    const char *manager; /* "--user " for commands, "" */
    char *load, *file_state, *active, *result;
    uint32_t restarts, pid;
    uint64_t watchdog_us;
    int stale;              /* its file changed since it was read */
    const char *calls_lost; /* of the sandbox's, by SystemCallFilter=; NULL none */
};

/* ---- asking ---- */

/* What the sandbox of the hosts calls; see host/landlock.c and host/seccomp.c. */
static const char *const sandbox_calls[] = {"landlock_create_ruleset", "landlock_add_rule",
                                            "landlock_restrict_self", "seccomp"};

static bool is_listed(char **calls, const char *call)
{
    for (; calls && *calls; calls++) {
        size_t len = strlen(call);
        /* "call" or "call:errno" */
        if (str_starts(*calls, call) && ((*calls)[len] == '\0' || (*calls)[len] == ':'))
            return true;
    }
    return false;
}

/* The first call of the sandbox that the filter (an allow-list, or a list of what is refused) takes
 * away; NULL none. */
static const char *first_lost(bool allows, char **calls)
{
    for (size_t i = 0; i < ARRAY_LEN(sandbox_calls); i++) {
        if (is_listed(calls, sandbox_calls[i]) != allows)
            return sandbox_calls[i];
    }
    return NULL;
}

static void read_filter(sd_bus *bus, struct unit *unit)
{
    CLEANUP(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
    AUTO_FREE char *path = NULL;
    int allows = 0;
    char **calls = NULL;
    if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", UNIT, &path) < 0 ||
        sd_bus_get_property(bus, "org.freedesktop.systemd1", path,
                            "org.freedesktop.systemd1.Service", "SystemCallFilter", NULL, &reply,
                            "(bas)") < 0 ||
        sd_bus_message_enter_container(reply, 'r', "bas") < 0 ||
        sd_bus_message_read(reply, "b", &allows) < 0 || sd_bus_message_read_strv(reply, &calls) < 0)
        return;
    /* No filter at all is a list of nothing that is refused. */
    if (calls && *calls)
        unit->calls_lost = first_lost(allows, calls);
    for (char **call = calls; call && *call; call++)
        free(*call);
    free(calls);
}

/* Has the manager read the unit's file; properties of one it does not know are those of nothing. */
static bool load(sd_bus *bus)
{
    return sd_bus_call_method(bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                              "org.freedesktop.systemd1.Manager", "LoadUnit", NULL, NULL, "s",
                              UNIT) >= 0;
}

static bool read_unit(sd_bus *bus, struct unit *unit)
{
    if (!load(bus) || !bus_unit_text(bus, UNIT, "Unit", "LoadState", &unit->load) ||
        !bus_unit_text(bus, UNIT, "Unit", "UnitFileState", &unit->file_state) ||
        !bus_unit_text(bus, UNIT, "Unit", "ActiveState", &unit->active))
        return false;
    if (!str_equal(unit->load, "loaded"))
        return true;
    read_filter(bus, unit);
    return bus_unit_text(bus, UNIT, "Service", "Result", &unit->result) &&
           bus_unit_number(bus, UNIT, "Service", "NRestarts", 'u', &unit->restarts) &&
           bus_unit_number(bus, UNIT, "Service", "MainPID", 'u', &unit->pid) &&
           bus_unit_number(bus, UNIT, "Service", "WatchdogUSec", 't', &unit->watchdog_us) &&
           bus_unit_number(bus, UNIT, "Unit", "NeedDaemonReload", 'b', &unit->stale);
}

static void unit_deinit(struct unit *unit)
{
    free(unit->load);
    free(unit->file_state);
    free(unit->active);
    free(unit->result);
}

/* ---- saying ---- */

static void say_failed(struct doctor *doctor, const struct unit *unit)
{
    doctor_say(doctor, DOCTOR_FAULT, "%s has failed (%s, after %u restarts)", unit->whose,
               unit->result, unit->restarts);
    doctor_mend(doctor, "journalctl %s-u tocsin -n 50", unit->manager);
    doctor_mend(doctor, "systemctl %sreset-failed tocsin", unit->manager);
    doctor_mend(doctor, "systemctl %sstart tocsin", unit->manager);
}

static bool is_enabled(const struct unit *unit)
{
    return unit->file_state && str_starts(unit->file_state, "enabled");
}

/* Does somebody mean it to run? */
static bool is_used(const struct unit *unit)
{
    return str_equal(unit->load, "loaded") &&
           (is_enabled(unit) || !str_equal(unit->active, "inactive"));
}

static void say_state(struct doctor *doctor, const struct unit *unit)
{
    if (str_equal(unit->active, "failed")) {
        say_failed(doctor, unit);
    } else if (str_equal(unit->active, "inactive")) {
        doctor_say(doctor, DOCTOR_WARNING, "%s is enabled, and does not run", unit->whose);
        doctor_mend(doctor, "systemctl %sstart tocsin", unit->manager);
    } else if (is_enabled(unit)) {
        doctor_say(doctor, DOCTOR_OK, "%s is %s and %s, with %u restarts", unit->whose,
                   unit->active, unit->file_state, unit->restarts);
    } else {
        doctor_say(doctor, DOCTOR_NOTE, "%s is %s, and %s: the next %s does not start it",
                   unit->whose, unit->active, unit->file_state, unit->next);
        doctor_mend(doctor, "systemctl %senable tocsin", unit->manager);
    }
}

static void say_more(struct doctor *doctor, const struct unit *unit)
{
    bool active = str_equal(unit->active, "active");
    if (unit->stale) {
        doctor_say(doctor, DOCTOR_WARNING, "the file of %s changed since systemd read it",
                   unit->whose);
        doctor_mend(doctor, "systemctl %sdaemon-reload", unit->manager);
    }
    if (active && (unit->watchdog_us == 0 || unit->watchdog_us == UINT64_MAX)) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "%s has no watchdog: a daemon that hangs is not started again", unit->whose);
        doctor_mend(doctor, "# systemctl %sedit tocsin", unit->manager);
        doctor_mend(doctor, "[Service]\nWatchdogSec=60");
    }
    if (unit->calls_lost) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "SystemCallFilter= of %s takes %s away from the hosts of plugins: they cannot "
                   "shut themselves in",
                   unit->whose, unit->calls_lost);
        doctor_mend(doctor, "# systemctl %sedit tocsin", unit->manager);
        doctor_mend(doctor, "[Service]\nSystemCallFilter=landlock_create_ruleset landlock_add_rule "
                            "landlock_restrict_self seccomp");
    }
}

/* A user's services end when the user is logged out, but for one who lingers. */
static void look_at_linger(struct doctor *doctor, const struct unit *unit)
{
    const struct passwd *user = getpwuid(geteuid());
    if (!user || !is_enabled(unit))
        return;
    AUTO_FREE char *file = mem_printf("/var/lib/systemd/linger/%s", user->pw_name);
    AUTO_FREE char *path = doctor_path(doctor, file);
    if (access(path, F_OK) == 0)
        return;
    doctor_say(doctor, DOCTOR_NOTE,
               "the user unit runs while %s is logged in: what happens otherwise is handled at the "
               "next login",
               user->pw_name);
    doctor_mend(doctor, "loginctl enable-linger    # to have it run always");
}

static void look_at(struct doctor *doctor, struct unit *unit)
{
    say_state(doctor, unit);
    say_more(doctor, unit);
    if (!unit->system)
        look_at_linger(doctor, unit);
}

/* Asks one manager; `why` tells why it gave no answer. */
static bool ask_manager(struct unit *unit, struct err *why)
{
    const sigset_t before = bus_hush();
    bool answered = false;
    AUTO_BUS sd_bus *bus = bus_manager(unit->system, why);
    if (bus && !(answered = read_unit(bus, unit)))
        err_set(why, "systemd does not answer");
    bus_unhush(&before);
    return answered;
}

static void say_unused(struct doctor *doctor, const struct unit *units)
{
    if (!str_equal(units[0].load, "loaded") && !str_equal(units[1].load, "loaded")) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "no unit is installed: a daemon started by hand ends with its session");
        doctor_mend(doctor, "sudo make install && systemctl --user daemon-reload");
        return;
    }
    doctor_say(doctor, DOCTOR_NOTE, "a unit is installed, and none is enabled or runs");
    for (size_t i = 0; i < N_UNITS; i++) {
        if (str_equal(units[i].load, "loaded"))
            doctor_mend(doctor, "%s%ssystemctl %senable --now tocsin", i ? "# or: " : "",
                        units[i].system ? "sudo " : "", units[i].manager);
    }
}

/* What only both of them together tell. */
static void look_at_both(struct doctor *doctor, const struct unit *units)
{
    uint32_t pid = (uint32_t)ctl_int(doctor->status, "pid");
    bool used = is_used(&units[0]) || is_used(&units[1]);
    if (str_equal(units[0].active, "active") && str_equal(units[1].active, "active"))
        doctor_say(
            doctor, DOCTOR_NOTE,
            "a daemon of yours and the system's run side by side: tocsinctl speaks to yours, "
            "with --system to the other");
    if (pid && pid != units[0].pid && pid != units[1].pid)
        doctor_say(doctor, DOCTOR_NOTE,
                   "the daemon that answers was started by no unit: it ends with its session");
    else if (!used)
        say_unused(doctor, units);
}

void doctor_unit(struct doctor *doctor)
{
    struct unit units[N_UNITS] = {
        {.whose = "the user unit", .next = "login", .manager = "--user "},
        {.system = true, .whose = "the system unit", .next = "boot", .manager = ""},
    };
    AUTO_FREE char *booted = doctor_path(doctor, "/run/systemd/system");
    if (access(booted, F_OK) < 0) {
        doctor_say(doctor, DOCTOR_NOTE,
                   "systemd does not run this machine: start tocsind by whatever does");
        return;
    }
    for (size_t i = 0; i < N_UNITS; i++) {
        struct err why;
        if (units[i].system ? doctor->ctl->user : doctor->ctl->system)
            continue; /* it is the other that is asked about */
        if (!ask_manager(&units[i], &why))
            doctor_say(doctor, DOCTOR_NOTE, "%s is not known: %s", units[i].whose, why.text);
        else if (is_used(&units[i]))
            look_at(doctor, &units[i]);
    }
    look_at_both(doctor, units);
    for (size_t i = 0; i < N_UNITS; i++)
        unit_deinit(&units[i]);
}
