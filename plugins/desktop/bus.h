/*
 * The session bus, on a thread of its own that runs GLib's main loop, so that buttons work between
 * two deliveries. The plugin's calls wait for it; it waits for nobody but the notification server.
 */
#ifndef TOCSIN_DESKTOP_BUS_H
#define TOCSIN_DESKTOP_BUS_H

#include <stdbool.h>

#include <tocsin/plugin.h>

struct bus;

enum bus_shown { BUS_SHOWN, BUS_ABSENT, BUS_FAILED };

struct bus_popup {
    const struct tocsin_delivery *delivery;
    bool buttons;
    int64_t wait_ms; /* for a server that is absent or does not answer */
    /* Results: */
    char *token; /* what finds this popup again; the caller frees it */
    char *why;   /* of anything but BUS_SHOWN; the caller frees it */
};

struct bus *bus_new(struct tocsin_instance *instance);
void bus_free(struct bus *bus);
/* Pings the server, waits for it to answer or to come, then shows; or takes away what is shown of
 * an alert of which nobody need be told any more. */
enum bus_shown bus_show(struct bus *bus, struct bus_popup *popup);

#endif
