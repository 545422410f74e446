/* Errors as sentences; see err.h. */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    va_list va;
    va_start(va, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, va);
    va_end(va);
    return -1;
}

int err_errno(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof(reason));
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *what = mem_vprintf(fmt, va);
    va_end(va);
    return err_set(err, "%s: %s", what, text);
}

int err_prefix(struct err *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *before = mem_vprintf(fmt, va);
    va_end(va);
    AUTO_FREE char *after = mem_strdup(err->text);
    return err_set(err, "%s: %s", before, after);
}
