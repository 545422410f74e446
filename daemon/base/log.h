/*
 * What the programs say to their operator.
 *
 * One line a message on standard error; under systemd each line carries its "<N>" priority
 * (sd-daemon(3)), on a terminal a word. Control characters in a message are escaped, because file
 * names and documents come from strangers. Safe from every thread.
 */
#ifndef TOCSIN_BASE_LOG_H
#define TOCSIN_BASE_LOG_H

#include <stdbool.h>

#include "base/mem.h"

enum log_level {
    LOG_LEVEL_ERROR,
    LOG_LEVEL_WARNING,
    LOG_LEVEL_NOTICE,
    LOG_LEVEL_INFO,
    LOG_LEVEL_DEBUG
};

/* The program's name before each message; the level above which messages are dropped. */
void log_init(const char *program, enum log_level max_level);
void log_set_level(enum log_level max_level);

void log_error(const char *fmt, ...) PRINTF(1, 2);
void log_warning(const char *fmt, ...) PRINTF(1, 2);
void log_notice(const char *fmt, ...) PRINTF(1, 2);
void log_info(const char *fmt, ...) PRINTF(1, 2);
void log_debug(const char *fmt, ...) PRINTF(1, 2);
void log_at(enum log_level level, const char *fmt, ...) PRINTF(2, 3);

/* The environment is at fault (no memory, no descriptors): says it and exits with EX_OSERR, 71. */
_Noreturn void log_fatal(const char *fmt, ...) PRINTF(1, 2);
/* We are at fault: says it and aborts. */
_Noreturn void log_panic(const char *fmt, ...) PRINTF(1, 2);

/* A fault that may last: said when it begins and when it ends, not at every turn in between. */
struct log_fault {
    bool raised;
    unsigned long repeats;
};
void log_fault_raise(struct log_fault *fault, const char *fmt, ...) PRINTF(2, 3);
void log_fault_clear(struct log_fault *fault, const char *fmt, ...) PRINTF(2, 3);

#endif
