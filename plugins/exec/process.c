/* See process.h. */
#include "exec/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/program.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#define PROTOCOL       1
#define HELLO_MS       8000 /* below the 10 s that a host has at least to be set up */
#define LINE_MAX_BYTES ((size_t)1000 * 1000)
#define LINES_A_JOB    100 /* of its own accord */
#define GRACE_MS       1000

struct process {
    struct tocsin_instance *instance;
    const char *kind;
    int64_t timeout_ms;
    struct tocsin_program *program; /* NULL: to be started again */
    json_t *hello;
    json_int_t last_id;
};

/* ---- its end ---- */

static void fate_in_words(const struct tocsin_fate *fate, struct err *err)
{
    const char *colon = fate->last_words[0] ? ": " : "";
    if (fate->how == TOCSIN_ENDED_EXIT)
        err_set(err, "the program ended with exit status %d%s%s", fate->code, colon,
                fate->last_words);
    else if (fate->how == TOCSIN_ENDED_SIGNAL)
        err_set(err, "the program was ended by signal %d%s%s", fate->code, colon, fate->last_words);
    else
        err_set(err, "the program closed its output and was killed%s%s", colon, fate->last_words);
}

/* Ends one that did wrong; one that has a moment left may have ended by itself, and then that is
 * what is said. Always NULL, for `return`. */
static json_t *give_up(struct process *process, int64_t grace_ms, const char *what, struct err *err)
{
    struct tocsin_fate fate = {0};
    tocsin_program_end(&process->program, grace_ms, &fate);
    if (what && (!grace_ms || fate.how == TOCSIN_ENDED_KILLED))
        err_set(err, "the program %s", what);
    else
        fate_in_words(&fate, err);
    return NULL;
}

/* ---- what it says ---- */

/* A line that is no answer: only a line for the log is allowed. */
static bool take_aside(struct process *process, const json_t *message)
{
    static const char *const levels[] = {"error", "warning", "notice", "info", "debug"};
    const char *level = json_string_value(json_object_get(message, "log"));
    const char *text = json_string_value(json_object_get(message, "text"));
    for (size_t i = 0; level && text && i < ARRAY_LEN(levels); i++) {
        if (!str_equal(level, levels[i]))
            continue;
        tocsin_log(process->instance, (enum tocsin_log_level)i, "%s", text);
        return true;
    }
    return false;
}

static json_t *parse(struct process *process, const char *line, size_t len, struct err *err)
{
    json_error_t fault;
    json_t *message = json_loadb(line, len, JSON_REJECT_DUPLICATES, &fault);
    if (json_is_object(message))
        return message;
    json_decref(message);
    AUTO_FREE char *what =
        mem_printf("wrote a line that is no JSON object (\"%.*s\") and was killed",
                   (int)(len < 80 ? len : 80), line);
    return give_up(process, 0, what, err);
}

/* *nothing: none came in time, and that is for the caller to judge. */
static json_t *next_message(struct process *process, int64_t end_ms, bool *nothing, struct err *err)
{
    const char *line;
    size_t len;
    *nothing = false;
    switch (tocsin_program_hear(process->program, LINE_MAX_BYTES, end_ms - clock_now_ms(), &line,
                                &len)) {
    case TOCSIN_HEARD_LINE:
        return parse(process, line, len, err);
    case TOCSIN_HEARD_NOTHING:
        *nothing = true;
        return NULL;
    case TOCSIN_HEARD_END:
        return give_up(process, GRACE_MS, NULL, err);
    case TOCSIN_HEARD_TOO_LONG:
        return give_up(process, 0, "wrote a line of more than 1 MB and was killed", err);
    }
    return NULL;
}

/* Its answer to the question of this number. */
static json_t *hear_answer(struct process *process, json_int_t id, int64_t end_ms, struct err *err)
{
    for (int asides = 0; asides < LINES_A_JOB; asides++) {
        bool nothing;
        json_t *message = next_message(process, end_ms, &nothing, err);
        if (nothing)
            return give_up(
                process, 0,
                "did not answer in time and was killed (does it write out each answer at "
                "once? how long it may take: timeout)",
                err);
        if (!message)
            return NULL;
        const json_t *about = json_object_get(message, "id");
        if (json_is_integer(about) && json_integer_value(about) == id)
            return message;
        bool known = !about && take_aside(process, message);
        json_decref(message);
        if (!known)
            return give_up(process, 0, "answered what it was not asked and was killed", err);
    }
    return give_up(process, 0, "talked on instead of answering and was killed", err);
}

static bool say(struct process *process, const json_t *message, int64_t end_ms)
{
    AUTO_FREE char *text = json_dumps(message, JSON_COMPACT);
    if (!text)
        return false;
    AUTO_FREE char *line = mem_printf("%s\n", text);
    return tocsin_program_say(process->program, line, strlen(line), end_ms - clock_now_ms());
}

/* ---- greeting ---- */

static int check_hello(struct process *process, struct err *err)
{
    const json_t *version = json_object_get(process->hello, "tocsin");
    if (json_is_integer(version) && json_integer_value(version) == PROTOCOL)
        return 0;
    give_up(process, 0, "did not say {\"id\":0,\"tocsin\":1}: it speaks another protocol", err);
    return -1;
}

static int greet(struct process *process, struct err *err)
{
    int64_t end_ms = clock_now_ms() + HELLO_MS;
    json_t *hello =
        json_pack("{s:i, s:i, s:s, s:s, s:s}", "id", 0, "tocsin", PROTOCOL, "hello", process->kind,
                  "instance", tocsin_instance_name(process->instance), "version", PACKAGE_VERSION);
    bool said = say(process, hello, end_ms);
    json_decref(hello);
    json_decref(process->hello);
    process->hello = NULL;
    if (!said) {
        give_up(process, GRACE_MS, NULL, err);
        return -1;
    }
    process->hello = hear_answer(process, 0, end_ms, err);
    return process->hello ? check_hello(process, err) : -1;
}

static int start(struct process *process, struct err *err)
{
    AUTO_FREE char *why = NULL;
    process->program = tocsin_program_start(process->instance, "command", NULL, &why);
    if (!process->program)
        return err_set(err, "%s", why);
    return greet(process, err);
}

struct process *process_new(struct tocsin_instance *instance, const char *kind, int64_t timeout_ms,
                            struct err *err)
{
    struct process *process = NEW(struct process);
    *process = (struct process){.instance = instance, .kind = kind, .timeout_ms = timeout_ms};
    if (start(process, err) < 0)
        process_free(&process);
    return process;
}

void process_free(struct process **process)
{
    if (!*process)
        return;
    tocsin_program_end(&(*process)->program, GRACE_MS, NULL);
    json_decref((*process)->hello);
    free(*process);
    *process = NULL;
}

/* ---- asking ---- */

/* Hears what it said since the last question. False when it has died or lied meanwhile, which is no
 * fault of the next. */
static bool is_well(struct process *process)
{
    struct err err;
    bool nothing = false;
    for (int asides = 0; process->program && asides < LINES_A_JOB; asides++) {
        json_t *message = next_message(process, 0, &nothing, &err);
        if (nothing)
            return true;
        if (message && !take_aside(process, message))
            give_up(process, 0, "spoke without being asked and was killed", &err);
        json_decref(message);
    }
    if (process->program)
        give_up(process, 0, "talked on and on and was killed", &err);
    tocsin_log(process->instance, TOCSIN_WARNING, "%s; it is started again", err.text);
    return false;
}

json_t *process_ask(struct process *process, json_t *question, struct err *err)
{
    json_int_t id = ++process->last_id;
    int64_t end_ms = clock_now_ms() + process->timeout_ms;
    json_t *answer = NULL;
    json_object_set_new(question, "id", json_integer(id));
    if (!(process->program && is_well(process)) && start(process, err) < 0)
        answer = NULL;
    else if (!say(process, question, end_ms))
        give_up(process, GRACE_MS, "did not read the question and was killed", err);
    else
        answer = hear_answer(process, id, end_ms, err);
    json_decref(question);
    const char *error = json_string_value(json_object_get(answer, "error"));
    if (!error)
        return answer;
    err_set(err, "%s", error);
    json_decref(answer);
    return NULL;
}

const json_t *process_hello(const struct process *process)
{
    return process->hello;
}
