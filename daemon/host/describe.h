/* A plugin's table as JSON, for DESCRIBE; its schema stands in ipc/messages.h. */
#ifndef TOCSIN_HOST_DESCRIBE_H
#define TOCSIN_HOST_DESCRIBE_H

#include <tocsin/plugin.h>

/* The caller frees it with free(3). `file` is where the table comes from. */
char *describe(const struct tocsin_plugin *table, const char *file);

#endif
