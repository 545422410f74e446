/* Lines on standard error; see log.h. Each line leaves by one write(2), so threads never mix. */
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

static const struct {
    const char *word;
    char priority; /* syslog(3), as sd-daemon(3) wants it */
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error: ", '3'}, [LOG_LEVEL_WARNING] = {"warning: ", '4'},
    [LOG_LEVEL_NOTICE] = {"", '5'},       [LOG_LEVEL_INFO] = {"", '6'},
    [LOG_LEVEL_DEBUG] = {"debug: ", '7'},
};

static const char *log_program = "tocsin";
static enum log_level log_max = LOG_LEVEL_INFO;
static bool log_to_journal;

void log_init(const char *program, enum log_level max_level)
{
    log_program = program;
    log_max = max_level;
    log_to_journal = getenv("JOURNAL_STREAM") && !isatty(STDERR_FILENO);
}

void log_set_level(enum log_level max_level)
{
    log_max = max_level;
}

static size_t append_escaped(char *line, size_t at, const char *text)
{
    for (; *text && at < LINE_MAX_BYTES - 8; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '\t' || (c >= 0x20 && c != 0x7f))
            line[at++] = (char)c;
        else
            at += (size_t)snprintf(line + at, 5, "\\x%02x", c);
    }
    return at;
}

PRINTF(2, 0)
static void say(enum log_level level, const char *fmt, va_list va)
{
    if (level > log_max)
        return;
    char text[LINE_MAX_BYTES];
    vsnprintf(text, sizeof(text), fmt, va);
    char line[LINE_MAX_BYTES];
    size_t at = 0;
    if (log_to_journal)
        at = (size_t)snprintf(line, sizeof(line), "<%c>%s", levels[level].priority,
                              levels[level].word);
    else
        at = (size_t)snprintf(line, sizeof(line), "%s: %s", log_program, levels[level].word);
    at = append_escaped(line, at, text);
    line[at++] = '\n';
    /* Nobody is left to tell when standard error is gone. */
    ssize_t ignored = write(STDERR_FILENO, line, at);
    (void)ignored;
}

#define SAY(level)                                                                                 \
    do {                                                                                           \
        va_list va;                                                                                \
        va_start(va, fmt);                                                                         \
        say((level), fmt, va);                                                                     \
        va_end(va);                                                                                \
    } while (0)

void log_error(const char *fmt, ...)
{
    SAY(LOG_LEVEL_ERROR);
}

void log_warning(const char *fmt, ...)
{
    SAY(LOG_LEVEL_WARNING);
}

void log_notice(const char *fmt, ...)
{
    SAY(LOG_LEVEL_NOTICE);
}

void log_info(const char *fmt, ...)
{
    SAY(LOG_LEVEL_INFO);
}

void log_debug(const char *fmt, ...)
{
    SAY(LOG_LEVEL_DEBUG);
}

void log_at(enum log_level level, const char *fmt, ...)
{
    SAY(level);
}

void log_fatal(const char *fmt, ...)
{
    SAY(LOG_LEVEL_ERROR);
    _exit(EX_OSERR);
}

void log_panic(const char *fmt, ...)
{
    SAY(LOG_LEVEL_ERROR);
    abort();
}

void log_fault_raise(struct log_fault *fault, const char *fmt, ...)
{
    if (fault->raised) {
        fault->repeats++;
        return;
    }
    fault->raised = true;
    fault->repeats = 0;
    SAY(LOG_LEVEL_WARNING);
}

void log_fault_clear(struct log_fault *fault, const char *fmt, ...)
{
    if (!fault->raised)
        return;
    fault->raised = false;
    SAY(LOG_LEVEL_NOTICE);
}
