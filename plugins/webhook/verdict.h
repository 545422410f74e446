/*
 * What a reply means for the delivery: tables of statuses and of libcurl's codes, Retry-After, and
 * the sentence that a person reads. Pure.
 */
#ifndef TOCSIN_WEBHOOK_VERDICT_H
#define TOCSIN_WEBHOOK_VERDICT_H

#include <tocsin/plugin.h>

#include "reply.h"
#include "target.h"

struct verdict {
    enum tocsin_result result;
    int64_t delay_ms; /* 0: the daemon's own back-off */
    char *reason;     /* NULL with TOCSIN_OK; free(3) */
};

struct verdict_case {
    const struct target *target;
    const char *const *secrets; /* never to be shown; NULL-terminated */
    int64_t now;                /* seconds, UTC */
};

struct verdict verdict_of(const struct reply *reply, const struct verdict_case *of);

/* A Retry-After header (RFC 9110, 10.2.3), in seconds or as a date: milliseconds from now, at most
 * VERDICT_MAX_DELAY_MS; 0 for none, or one that makes no sense. */
int64_t verdict_retry_after_ms(const char *value, int64_t now);
#define VERDICT_MAX_DELAY_MS (INT64_C(6) * 3600 * 1000)

#endif
