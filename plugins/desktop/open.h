/*
 * Opening a document for a person. This process may open no file and start no program, so it asks
 * those who may: the user's systemd for a transient unit that runs xdg-open, else the desktop
 * portal.
 */
#ifndef TOCSIN_DESKTOP_OPEN_H
#define TOCSIN_DESKTOP_OPEN_H

#include <gio/gio.h>

#include <tocsin/plugin.h>

/* Asks and returns; what comes of it is logged under the instance. `path` is absolute. */
void open_document(GDBusConnection *connection, struct tocsin_instance *instance, const char *path);

#endif
