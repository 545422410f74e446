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

/* Bytes of a character that could steer a terminal or turn the line around: C0, DEL, C1 (U+0080 to
 * U+009F) and the bidirectional controls (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), in
 * UTF-8. */
static size_t control_len(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] < 0x80)
        return c[0] != '\t' && (c[0] < 0x20 || c[0] == 0x7f);
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0)
        return 2;
    if (c[0] != 0xe2)
        return 0;
    bool is_mark = c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae));
    bool is_isolate = c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9;
    return is_mark || is_isolate ? 3 : 0;
}

static size_t append_escaped(char *line, size_t at, const char *text)
{
    while (*text && at < LINE_MAX_BYTES - 16) {
        size_t n = control_len(text);
        if (!n)
            line[at++] = *text++;
        for (; n; n--)
            at += (size_t)snprintf(line + at, 5, "\\x%02x", (unsigned char)*text++);
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
