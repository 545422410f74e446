/*
 * The notifier `command`: runs a program of the user's for each alert, without a shell. The program
 * gets the alert as JSON lines on its input and as environment variables; its exit status says what
 * became of it: 0 told, 75 (EX_TEMPFAIL) later, any other never.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <tocsin/plugin.h>
#include <tocsin/program.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "base/clock.h"
#include "command/variables.h"

#define LINE_MAX_BYTES 4096 /* of what it says; the log cuts it further */
#define LINES_HEARD    1000 /* more than the log takes of one delivery */

struct state {
    struct tocsin_instance *instance;
    int64_t timeout_ms;
    bool resolved;
};

static const struct tocsin_option options[] = {
    {.name = "command",
     .type = TOCSIN_OPTION_COMMAND,
     .required = true,
     .help = "the program, looked for in $PATH, and its arguments; no shell reads them"},
    {.name = "timeout",
     .type = TOCSIN_OPTION_DURATION,
     .fallback = "30s",
     .min = 100,
     .max = 3600000,
     .help = "how long it may run before it is killed; shorter than the notifier's deadline"},
    {.name = "resolved",
     .type = TOCSIN_OPTION_BOOL,
     .fallback = "no",
     .help = "run it, too, when an alert has ended (TOCSIN_STATUS is resolved then)"},
    {0},
};

static int command_init(struct tocsin_instance *instance, void **result)
{
    if (!tocsin_option_list(instance, "command")[0])
        return tocsin_fail(instance, NULL, 0, 0, "option \"command\" names no program");
    struct state *state = NEW(struct state);
    *state = (struct state){.instance = instance,
                            .timeout_ms = tocsin_option_int(instance, "timeout"),
                            .resolved = tocsin_option_bool(instance, "resolved")};
    *result = state;
    return 0;
}

static void command_fini(void *state)
{
    free(state);
}

/* Everything at once: it may read it or not. */
static void tell(struct tocsin_program *program, const struct tocsin_delivery *delivery,
                 int64_t end_ms)
{
    AUTO_BUF struct buf lines = {0};
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        AUTO_FREE char *line = tocsin_delivery_json(delivery, i);
        buf_printf(&lines, "%s\n", line);
    }
    tocsin_program_say(program, lines.data, lines.len, end_ms - clock_now_ms());
    tocsin_program_said(program);
}

/* What it prints goes into the log, until it ends or its time is over. Of one that prints faster
 * than it is heard there is always one more line: the rest is thrown away while its end is waited
 * for. */
static void listen(const struct state *state, struct tocsin_program *program, int64_t end_ms)
{
    const char *line;
    size_t len;
    enum tocsin_heard heard = TOCSIN_HEARD_LINE;
    for (int n = 0; n < LINES_HEARD; n++) {
        heard = tocsin_program_hear(program, LINE_MAX_BYTES, end_ms - clock_now_ms(), &line, &len);
        if (heard != TOCSIN_HEARD_LINE)
            break;
        AUTO_FREE char *clean = tocsin_display(line, len);
        if (*clean)
            tocsin_log(state->instance, TOCSIN_NOTICE, "%s", clean);
    }
    if (heard == TOCSIN_HEARD_TOO_LONG)
        tocsin_log(state->instance, TOCSIN_WARNING,
                   "it printed a line of more than %d bytes; the rest of its output is not logged",
                   LINE_MAX_BYTES);
}

static enum tocsin_result judge(const struct state *state, const struct tocsin_fate *fate,
                                struct tocsin_outcome *outcome)
{
    const char *colon = fate->last_words[0] ? ": " : "";
    switch (fate->how) {
    case TOCSIN_ENDED_EXIT:
        if (fate->code == EX_OK)
            return TOCSIN_OK;
        tocsin_outcome_reason(outcome, "the command ended with exit status %d%s%s", fate->code,
                              colon, fate->last_words);
        return fate->code == EX_TEMPFAIL ? TOCSIN_LATER : TOCSIN_NEVER;
    case TOCSIN_ENDED_SIGNAL:
        tocsin_outcome_reason(outcome, "the command was ended by signal %d%s%s", fate->code, colon,
                              fate->last_words);
        return TOCSIN_LATER;
    case TOCSIN_ENDED_KILLED:
        tocsin_outcome_reason(outcome, "the command ran longer than %lld ms and was killed%s%s",
                              (long long)state->timeout_ms, colon, fate->last_words);
        return TOCSIN_LATER;
    }
    return TOCSIN_LATER;
}

static enum tocsin_result command_notify(void *arg, const struct tocsin_delivery *delivery,
                                         struct tocsin_outcome *outcome)
{
    const struct state *state = arg;
    if (tocsin_delivery_revision(delivery, 0)->resolved && !state->resolved)
        return TOCSIN_OK;
    int64_t end_ms = clock_now_ms() + state->timeout_ms;
    char **variables = variables_make(delivery);
    AUTO_FREE char *why = NULL;
    struct tocsin_program *program =
        tocsin_program_start(state->instance, "command", (const char *const *)variables, &why);
    variables_free(&variables);
    if (!program) {
        tocsin_outcome_reason(outcome, "%s", why);
        return TOCSIN_LATER;
    }
    struct tocsin_fate fate;
    tell(program, delivery, end_ms);
    listen(state, program, end_ms);
    tocsin_program_end(&program, end_ms - clock_now_ms(), &fate);
    return judge(state, &fate, outcome);
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_EXEC,
    .resolves = true,
    .init = command_init,
    .notify = command_notify,
    .fini = command_fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,         .name = "command",
    .version = PACKAGE_VERSION, .summary = "runs a program of yours for each alert",
    .licence = "ISC",           .options = options,
    .notifier = &notifier,
};
