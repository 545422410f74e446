/*
 * tocsin/program.h - programs that a plugin has started for it.
 *
 * For plugins with TOCSIN_POWERS_EXEC. A plugin cannot start anything by itself; what its options
 * of type COMMAND name is started for it, in a session of its own and in the sandbox of the
 * plugin's kind: a detector's program reads the system's files, the folder it lies in, its
 * arguments that are absolute paths and what options of type PATH name; it writes nothing and
 * reaches no network and no other process. A notifier's program may do what tocsin's user may, but
 * neither gain privileges nor look into other processes.
 *
 * The program gets the host's environment (PATH, HOME, LANG, ..., for notifiers the session's
 * addresses, too) and what is given here, "/" as its working directory, and a pipe each for input,
 * output and errors. What it writes to its errors is logged under the instance's name, a line a
 * message. When it ends or is killed, what it left running is killed, too.
 *
 * To be used from the thread that calls the plugin.
 */
#ifndef TOCSIN_PROGRAM_H
#define TOCSIN_PROGRAM_H

#include <tocsin/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tocsin_program;

/* Starts the program of this option. `environment` is a NULL-terminated array of TOCSIN_NAME=value
 * (no others are let through), 96 KiB in all, or NULL. NULL when it cannot be started: *why then
 * says it, to be freed with free(3). */
struct tocsin_program *tocsin_program_start(struct tocsin_instance *instance, const char *option,
                                            const char *const *environment, char **why);

/* Writes to its input. False when it does not take it all in that time, or has closed its input;
 * what it says meanwhile is kept for tocsin_program_hear. */
bool tocsin_program_say(struct tocsin_program *program, const char *bytes, size_t len,
                        int64_t timeout_ms);
/* No more input: it reads the end. */
void tocsin_program_said(struct tocsin_program *program);

enum tocsin_heard {
    TOCSIN_HEARD_LINE,
    TOCSIN_HEARD_NOTHING,  /* in that time */
    TOCSIN_HEARD_END,      /* it has ended or closed its output, and all was heard */
    TOCSIN_HEARD_TOO_LONG, /* a line of more than max_bytes: it cannot be understood any more */
};
/* The next line of its output, without its end; the last may have none. *line is valid until the
 * next call. */
enum tocsin_heard tocsin_program_hear(struct tocsin_program *program, size_t max_bytes,
                                      int64_t timeout_ms, const char **line, size_t *len);

struct tocsin_fate {
    enum tocsin_ended {
        TOCSIN_ENDED_EXIT = 1, /* `code` is its exit status */
        TOCSIN_ENDED_SIGNAL,   /* `code` is the signal */
        TOCSIN_ENDED_KILLED,   /* it did not end in the time it was given */
    } how;
    int code;
    char last_words[256]; /* the last line of its errors that is not empty, cut to that */
};
/* Closes its input, gives it that time to end, then kills it. `fate` may be NULL. Sets *program
 * NULL; accepts NULL, and then leaves `fate` alone. */
void tocsin_program_end(struct tocsin_program **program, int64_t grace_ms,
                        struct tocsin_fate *fate);

#ifdef __cplusplus
}
#endif

#endif
