/* The life of a host after READY: one message after the other until QUIT. */
#ifndef TOCSIN_HOST_SERVE_H
#define TOCSIN_HOST_SERVE_H

#include "host/plugin.h"

/* 0 after QUIT, or when the daemon is gone; -1 when it sent what makes no sense. */
int serve(struct host *host, struct err *err);

#endif
