/*
 * Programs as plugins see them, on top of what the host starts (struct tocsin_starter): three
 * non-blocking pipes, served together, so that neither side can block the other for good.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/program.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "base/clock.h"
#include "lib/objects.h"

#define READ_BYTES     65536
#define OUTPUT_KEPT    ((size_t)1024 * 1024) /* while nobody hears it; then its pipe fills */
#define ERROR_LINE_MAX 1024
/* What is left of its errors when it has ended comes at once. */
#define DREGS_MS 100

enum { INPUT, OUTPUT, ERRORS };

struct tocsin_program {
    struct tocsin_instance *instance;
    int64_t number;
    int fds[3]; /* -1: closed */
    struct buf output, errors;
    size_t heard; /* bytes of output that the last line took */
    bool ended;   /* the process; its pipes may have something left */
    int status;
    char last_words[sizeof(((struct tocsin_fate *)0)->last_words)];
};

struct tocsin_program *tocsin_program_start(struct tocsin_instance *instance, const char *option,
                                            const char *const *environment, char **why)
{
    *why = NULL;
    if (!instance->starter) {
        *why = mem_strdup("this plugin's powers do not cover programs");
        return NULL;
    }
    const char *const *command = tocsin_option_list(instance, option);
    if (!command[0]) {
        *why = mem_printf("option \"%s\" names no program", option);
        return NULL;
    }
    int fds[3];
    int64_t number = instance->starter->start(instance->arg, option, environment, fds);
    if (number < 0) {
        const char *mend = errno == ENOENT    ? " (is it there, and the program that its #! names?)"
                           : errno == ENOEXEC ? " (a script begins with #! and its interpreter)"
                                              : "";
        *why = mem_printf("%s cannot be started: %s%s", command[0], strerror(errno), mend);
        return NULL;
    }
    struct tocsin_program *program = NEW(struct tocsin_program);
    *program = (struct tocsin_program){
        .instance = instance, .number = number, .fds = {fds[0], fds[1], fds[2]}};
    return program;
}

/* ---- errors ---- */

static void log_line(struct tocsin_program *program, size_t len)
{
    AUTO_FREE char *line = tocsin_display(program->errors.data, len);
    if (!*line)
        return;
    size_t room = sizeof(program->last_words) - 1;
    size_t kept = strnlen(line, room + 1);
    while (kept > room || (kept && (line[kept] & 0xC0) == 0x80))
        kept--; /* on a whole character */
    memcpy(program->last_words, line, kept);
    program->last_words[kept] = '\0';
    AUTO_FREE char *shown = tocsin_shorten(line, ERROR_LINE_MAX);
    tocsin_log(program->instance, TOCSIN_NOTICE, "%s", shown);
}

/* Whole lines; at the end, or when one is too long, what there is. */
static void log_errors(struct tocsin_program *program, bool all)
{
    struct buf *errors = &program->errors;
    const char *newline;
    while (errors->len && (newline = memchr(errors->data, '\n', errors->len))) {
        size_t len = (size_t)(newline - errors->data);
        log_line(program, len);
        buf_consume(errors, len + 1);
    }
    if (all || errors->len > ERROR_LINE_MAX) {
        log_line(program, errors->len);
        buf_clear(errors);
    }
}

/* ---- the pipes ---- */

static void take_bytes(struct tocsin_program *program, int which, struct buf *to)
{
    char *room = buf_reserve(to, READ_BYTES);
    ssize_t n = read(program->fds[which], room, READ_BYTES);
    if (n > 0)
        to->len += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        fd_close(&program->fds[which]);
}

static void take_end(struct tocsin_program *program)
{
    if (!program->ended)
        program->ended = program->instance->starter->wait(program->number, 0, &program->status);
}

/* Waits until something can be done, and does it: reads what it says, notes its end. `writing`: for
 * room in its input, too; true when there is. */
static bool serve(struct tocsin_program *program, bool writing, int64_t timeout_ms)
{
    bool keep = program->output.len - program->heard < OUTPUT_KEPT;
    struct pollfd ready[] = {
        {.fd = writing ? program->fds[INPUT] : -1, .events = POLLOUT},
        {.fd = keep ? program->fds[OUTPUT] : -1, .events = POLLIN},
        {.fd = program->fds[ERRORS], .events = POLLIN},
        {.fd = program->ended ? -1 : program->instance->starter->channel(), .events = POLLIN},
    };
    int wait = timeout_ms < 0 ? 0 : timeout_ms > INT32_MAX ? INT32_MAX : (int)timeout_ms;
    if (poll(ready, ARRAY_LEN(ready), wait) <= 0)
        return false;
    if (ready[1].revents)
        take_bytes(program, OUTPUT, &program->output);
    if (ready[2].revents) {
        take_bytes(program, ERRORS, &program->errors);
        log_errors(program, program->fds[ERRORS] < 0);
    }
    if (ready[3].revents)
        take_end(program);
    return ready[0].revents != 0;
}

bool tocsin_program_say(struct tocsin_program *program, const char *bytes, size_t len,
                        int64_t timeout_ms)
{
    int64_t end = clock_now_ms() + timeout_ms;
    while (len && program->fds[INPUT] >= 0) {
        ssize_t n = write(program->fds[INPUT], bytes, len);
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
            fd_close(&program->fds[INPUT]);
        } else {
            int64_t left = end - clock_now_ms();
            if (left <= 0)
                return false;
            serve(program, true, left);
        }
    }
    return len == 0;
}

void tocsin_program_said(struct tocsin_program *program)
{
    fd_close(&program->fds[INPUT]);
}

/* A line in what was read; at the end of its output, what is left is one. */
static bool next_line(struct tocsin_program *program, bool at_end, const char **line, size_t *len)
{
    struct buf *output = &program->output;
    const char *newline = output->len ? memchr(output->data, '\n', output->len) : NULL;
    if (!newline && !(at_end && output->len))
        return false;
    *line = output->data;
    *len = newline ? (size_t)(newline - output->data) : output->len;
    program->heard = newline ? *len + 1 : output->len;
    return true;
}

enum tocsin_heard tocsin_program_hear(struct tocsin_program *program, size_t max_bytes,
                                      int64_t timeout_ms, const char **line, size_t *len)
{
    int64_t end = clock_now_ms() + timeout_ms;
    buf_consume(&program->output, program->heard);
    program->heard = 0;
    for (bool looked = false;; looked = true) {
        bool at_end = program->fds[OUTPUT] < 0;
        if (next_line(program, at_end, line, len))
            return *len > max_bytes ? TOCSIN_HEARD_TOO_LONG : TOCSIN_HEARD_LINE;
        if (program->output.len > max_bytes || program->output.len >= OUTPUT_KEPT)
            return TOCSIN_HEARD_TOO_LONG;
        if (at_end)
            return TOCSIN_HEARD_END;
        /* One that has ended says nothing new; something that it left behind may hold the pipe. */
        int64_t left = program->ended ? DREGS_MS : end - clock_now_ms();
        size_t before = program->output.len;
        if (left <= 0 && looked)
            return TOCSIN_HEARD_NOTHING;
        bool was_ended = program->ended;
        serve(program, false, left);
        if (was_ended && program->output.len == before && program->fds[OUTPUT] >= 0)
            fd_close(&program->fds[OUTPUT]);
    }
}

/* ---- its end ---- */

static void drain_errors(struct tocsin_program *program)
{
    int64_t end = clock_now_ms() + DREGS_MS;
    while (program->fds[ERRORS] >= 0 && clock_now_ms() < end)
        serve(program, false, end - clock_now_ms());
    log_errors(program, true);
}

static bool wait_for_end(struct tocsin_program *program, int64_t grace_ms)
{
    int64_t end = clock_now_ms() + grace_ms;
    take_end(program);
    while (!program->ended && clock_now_ms() < end) {
        buf_clear(&program->output); /* nobody hears it any more */
        program->heard = 0;
        serve(program, false, end - clock_now_ms());
    }
    return program->ended;
}

static void tell_fate(const struct tocsin_program *program, bool in_time, struct tocsin_fate *fate)
{
    bool exited = WIFEXITED(program->status);
    fate->how = !in_time ? TOCSIN_ENDED_KILLED : exited ? TOCSIN_ENDED_EXIT : TOCSIN_ENDED_SIGNAL;
    fate->code = exited ? WEXITSTATUS(program->status) : WTERMSIG(program->status);
    memcpy(fate->last_words, program->last_words, sizeof(fate->last_words));
}

void tocsin_program_end(struct tocsin_program **program, int64_t grace_ms, struct tocsin_fate *fate)
{
    struct tocsin_program *p = *program;
    *program = NULL;
    if (!p)
        return;
    fd_close(&p->fds[INPUT]);
    bool in_time = wait_for_end(p, grace_ms);
    if (!in_time) {
        p->instance->starter->stop(p->number);
        p->instance->starter->wait(p->number, INT32_MAX, &p->status);
    }
    drain_errors(p);
    if (fate)
        tell_fate(p, in_time, fate);
    fd_close(&p->fds[OUTPUT]);
    fd_close(&p->fds[ERRORS]);
    buf_deinit(&p->output);
    buf_deinit(&p->errors);
    free(p);
}
