/* Connections to the buses, by sd-bus; see doctor_bus.h. */
#include "ctl/doctor_bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

sigset_t bus_hush(void)
{
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGCHLD);
    sigprocmask(SIG_BLOCK, &ends, &before);
    return before;
}

void bus_unhush(const sigset_t *before)
{
    sigprocmask(SIG_SETMASK, before, NULL);
}

static sd_bus *opened(sd_bus *bus, int result, const char *what, struct err *err)
{
    if (result >= 0 && sd_bus_set_method_call_timeout(bus, BUS_PATIENCE_US) >= 0)
        return bus;
    sd_bus_unref(bus);
    err_set(err, "%s: %s", what, strerror(-result));
    return NULL;
}

sd_bus *bus_session(struct err *err)
{
    sd_bus *bus = NULL;
    int result = sd_bus_open_user(&bus);
    const char *address = getenv("DBUS_SESSION_BUS_ADDRESS");
    return opened(bus, result, address && *address ? address : "no DBUS_SESSION_BUS_ADDRESS", err);
}

/* Its own socket, as systemctl uses it: it is there also where no bus is, or another one. */
static sd_bus *open_private(struct err *err)
{
    sd_bus *bus = NULL;
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (!runtime || !*runtime) {
        err_set(err, "XDG_RUNTIME_DIR is not set");
        return NULL;
    }
    AUTO_FREE char *address = mem_printf("unix:path=%s/systemd/private", runtime);
    int result = sd_bus_new(&bus);
    if (result >= 0)
        result = sd_bus_set_address(bus, address);
    if (result >= 0)
        result = sd_bus_start(bus);
    return opened(bus, result, address, err);
}

sd_bus *bus_manager(bool system, struct err *err)
{
    sd_bus *bus = NULL;
    if (!system)
        return open_private(err);
    int result = sd_bus_open_system(&bus);
    return opened(bus, result, "the system bus", err);
}

static char *unit_path(const char *unit)
{
    char *path = NULL;
    if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path) < 0)
        return NULL;
    return path;
}

bool bus_unit_text(sd_bus *bus, const char *unit, const char *interface, const char *name,
                   char **text)
{
    AUTO_FREE char *path = unit_path(unit);
    AUTO_FREE char *whole = mem_printf("org.freedesktop.systemd1.%s", interface);
    return path && sd_bus_get_property_string(bus, "org.freedesktop.systemd1", path, whole, name,
                                              NULL, text) >= 0;
}

bool bus_unit_number(sd_bus *bus, const char *unit, const char *interface, const char *name,
                     char type, void *number)
{
    AUTO_FREE char *path = unit_path(unit);
    AUTO_FREE char *whole = mem_printf("org.freedesktop.systemd1.%s", interface);
    return path && sd_bus_get_property_trivial(bus, "org.freedesktop.systemd1", path, whole, name,
                                               NULL, type, number) >= 0;
}
