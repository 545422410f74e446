/*
 * Setting a host up: from SETUP to READY. In this order: what is to be loaded, sandbox stage 1,
 * dlopen and the checks of the tables, options, `init`, sandbox stage 2.
 */
#ifndef TOCSIN_HOST_SETUP_H
#define TOCSIN_HOST_SETUP_H

#include "host/plugin.h"

enum setup_end {
    SETUP_READY,
    SETUP_OVER,     /* a probe or builder: done */
    SETUP_UNUSABLE, /* PROBLEM has said why */
    SETUP_FAILED,   /* the daemon's messages made no sense, or it is gone: `err` */
};

/* host->channel is open; the rest of it is filled in. */
enum setup_end setup_run(struct host *host, struct err *err);

#endif
