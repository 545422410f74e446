/*
 * Where to: a URL of http or https, taken apart, and what may be shown of it. A web hook's URL is
 * often a secret itself, in its path or query, so people are shown the host alone. Pure.
 */
#ifndef TOCSIN_WEBHOOK_TARGET_H
#define TOCSIN_WEBHOOK_TARGET_H

#include <stdbool.h>

#include "base/err.h"

struct target {
    char *url;          /* as it is asked for */
    char *scheme;       /* lower case */
    char *host, *port;  /* the port also when it is the scheme's own */
    char *path, *query; /* never NULL, at worst "" */
    char *where;        /* "hooks.example.com", "127.0.0.1:8443" */
};

/* One without a user or password in it. The error says what is wrong and quotes nothing. */
int target_parse(const char *url, struct target *target, struct err *err);
void target_deinit(struct target *target);
/* Scheme, host and port are the same. */
bool target_is_same_place(const struct target *a, const struct target *b);

#endif
