/* Texts of plugins on their way in; used by all that takes one (tocsin_host_clean, objects.h). */
#ifndef TOCSIN_LIB_CLEAN_H
#define TOCSIN_LIB_CLEAN_H

#include <stdarg.h>

#include "base/mem.h"
#include "lib/objects.h"

/* Formats, then cleans as tocsin_host_clean does. */
char *clean_vprintf(size_t max_bytes, size_t *n_cut, const char *fmt, va_list va) PRINTF(3, 0);

#endif
