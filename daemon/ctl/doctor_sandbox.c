/* Which layers of the sandbox come up: in a throw-away host that is started here, and in those of
 * the daemon, which may live under a unit's restrictions; see doctor.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/str.h"
#include "ctl/doctor.h"

#define DEADLINE_MS 10000

/* What a layer that is missing costs. */
static const struct {
    const char *name, *cost;
} layers[] = {
    {"no_new_privs", "set-user-id programs would still give a plugin more"},
    {"landlock", "files are shut off by seccomp alone, and while a plugin starts, not at all"},
    {"seccomp",
     "a plugin may call what it likes of the kernel: sockets, programs, other processes"},
    {"rlimits", "a plugin may take all memory"},
};

static const char *cost_of(const char *layer)
{
    for (size_t i = 0; i < ARRAY_LEN(layers); i++) {
        if (str_equal(layers[i].name, layer))
            return layers[i].cost;
    }
    return "what it guards is open";
}

/* Reasons that are a build's own choice; see host/sandbox.c. */
static bool is_lifted(const char *why)
{
    return str_equal(why, "sanitizer") || str_equal(why, "coverage");
}

static void mend_layer(struct doctor *doctor, const char *why, bool of_daemon)
{
    if (of_daemon && strstr(why, strerror(EPERM))) {
        doctor_mend(doctor, "# if the unit has SystemCallFilter=, these calls are to come last:");
        doctor_mend(doctor, "# systemctl %sedit tocsin", doctor_manager(doctor));
        doctor_mend(doctor, "[Service]");
        doctor_mend(doctor, "SystemCallFilter=landlock_create_ruleset landlock_add_rule "
                            "landlock_restrict_self seccomp");
    }
}

/* Says what is missing in one list of layers; false if something is. */
static bool look_at_layers(struct doctor *doctor, const char *where, const char *list,
                           bool of_daemon)
{
    bool good = true;
    AUTO_FREE char *copy = mem_strdup(list);
    char *rest = copy;
    for (char *layer; (layer = strsep(&rest, ","));) {
        char *why = strchr(layer, '(');
        if (*layer != '-' || !why)
            continue;
        *why++ = '\0';
        if (*why && why[strlen(why) - 1] == ')')
            why[strlen(why) - 1] = '\0';
        good = false;
        if (is_lifted(why)) {
            doctor_say(doctor, DOCTOR_NOTE, "%s: this build goes without %s (%s)", where, layer + 1,
                       why);
            continue;
        }
        doctor_say(doctor, DOCTOR_WARNING, "%s: %s is missing (%s): %s", where, layer + 1, why,
                   cost_of(layer + 1));
        mend_layer(doctor, why, of_daemon);
    }
    return good;
}

/* The names of the hosts that have the same layers as host number `i`; NULL when one before it has,
 * as it was named then. The caller frees it. */
static char *hosts_like(const json_t *hosts, size_t i)
{
    const char *list = ctl_text(json_array_get(hosts, i), "layers");
    AUTO_BUF struct buf names = {0};
    for (size_t at = 0; at < json_array_size(hosts); at++) {
        const json_t *host = json_array_get(hosts, at);
        if (!str_equal(ctl_text(host, "layers"), list))
            continue;
        if (at < i)
            return NULL;
        buf_printf(&names, "%s%s", names.len ? ", " : "", ctl_text(host, "name"));
    }
    return buf_take(&names);
}

/* Programs say which layers are up, and no reasons. */
static bool look_at_programs(struct doctor *doctor, const json_t *host)
{
    bool good = true;
    const char *list = ctl_text(host, "program_layers");
    for (size_t i = 0; *list && i < ARRAY_LEN(layers); i++) {
        if (strstr(list, layers[i].name))
            continue;
        good = false;
        doctor_say(doctor, DOCTOR_WARNING, "the programs of the daemon's %s: %s is missing: %s",
                   ctl_text(host, "name"), layers[i].name, layers[i].cost);
    }
    return good;
}

/* False if something is missing; how many hosts were looked at in *n. One that is still being set
 * up has no layers to tell. */
static bool look_at_daemon(struct doctor *doctor, size_t *n)
{
    bool good = true;
    const json_t *hosts = json_object_get(doctor->status, "hosts");
    for (size_t i = 0; i < json_array_size(hosts); i++) {
        const char *list = ctl_text(json_array_get(hosts, i), "layers");
        AUTO_FREE char *names = *list ? hosts_like(hosts, i) : NULL;
        *n += *list != '\0';
        good &= look_at_programs(doctor, json_array_get(hosts, i));
        if (!names)
            continue;
        AUTO_FREE char *where = mem_printf("the daemon's %s", names);
        good &= look_at_layers(doctor, where, list, true);
    }
    return good;
}

void doctor_sandbox(struct doctor *doctor)
{
    struct offline *offline = &doctor->offline;
    size_t n_daemons = 0;
    bool good = look_at_daemon(doctor, &n_daemons);
    if (offline_start(offline, NULL, 0, DEADLINE_MS) < 0) {
        doctor_say(doctor, DOCTOR_FAULT, "no host can be started: %s",
                   offline->died ? offline->died : "it did not get ready");
        return;
    }
    const char *list = host_layers(offline->host);
    good &= look_at_layers(doctor, "a host started from here", list, false);
    AUTO_BUF struct buf spaced = {0};
    for (const char *at = list; *at; at++)
        buf_puts(&spaced, *at == ',' ? ", " : (char[]){*at, '\0'});
    if (good)
        doctor_say(doctor, DOCTOR_OK, "%s are up%s", buf_text(&spaced),
                   n_daemons ? ", in the daemon's hosts as well as here"
                             : " in a host that is started from here");
    host_abandon(&offline->host);
}
