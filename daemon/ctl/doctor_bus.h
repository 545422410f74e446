/* The buses, for the checks that ask somebody on them. Every question has a bound in time. */
#ifndef TOCSIN_CTL_DOCTOR_BUS_H
#define TOCSIN_CTL_DOCTOR_BUS_H

#include <signal.h>
#include <stdbool.h>

#include <systemd/sd-bus.h>

#include "base/err.h"

#define BUS_PATIENCE_US 3000000

/* For CLEANUP: ends the connection, if there is one. */
#define AUTO_BUS CLEANUP(sd_bus_flush_close_unrefp)

/* Hosts of the other checks may still be ending, and sd-bus gives a question up at a signal: none
 * of theirs comes between bus_hush and bus_unhush. */
sigset_t bus_hush(void);
void bus_unhush(const sigset_t *before);

/* The session's; NULL with the reason in `err`. */
sd_bus *bus_session(struct err *err);
/* A way to the manager of the user's services, or of the system's; NULL with the reason. */
sd_bus *bus_manager(bool system, struct err *err);

/* A property of a unit (interface "Unit" or "Service"), as a text or a number; false: there is no
 * answer. The caller frees the text. */
bool bus_unit_text(sd_bus *bus, const char *unit, const char *interface, const char *name,
                   char **text);
bool bus_unit_number(sd_bus *bus, const char *unit, const char *interface, const char *name,
                     char type, void *number);

#endif
