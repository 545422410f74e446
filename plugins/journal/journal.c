/*
 * The notifier `journal`: an entry of the systemd journal for each alert, with everything that is
 * known of it in fields of its own. The power over the journal is the host's: see tocsin/output.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tocsin/output.h>

#include "base/mem.h"
#include "base/str.h"
#include "entry.h"

/* In the order of syslog(3)'s numbers. */
static const char *const priority_names[] = {"emerg",   "alert",  "crit", "err",
                                             "warning", "notice", "info", "debug"};

#define PRIORITY_OPTION(severity, normally)                                                        \
    {                                                                                              \
        .name = severity, .type = TOCSIN_OPTION_CHOICE,                                            \
        .choices = "emerg|alert|crit|err|warning|notice|info|debug", .fallback = (normally),       \
        .help = "the journal's priority of an alert of severity " severity                         \
    }

static const struct tocsin_option options[] = {
    PRIORITY_OPTION("low", "info"),
    PRIORITY_OPTION("normal", "notice"),
    PRIORITY_OPTION("high", "warning"),
    PRIORITY_OPTION("urgent", "crit"),
    {0},
};

struct state {
    struct tocsin_instance *instance;
    struct entry_priorities priorities;
};

static int priority_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(priority_names); i++)
        if (str_equal(priority_names[i], name))
            return (int)i;
    return 0; /* the option is one of them */
}

static int init(struct tocsin_instance *instance, void **result)
{
    struct state *state = NEW(struct state);
    state->instance = instance;
    for (enum tocsin_severity severity = TOCSIN_LOW; severity <= TOCSIN_URGENT; severity++)
        state->priorities.of[severity] =
            priority_of(tocsin_option_text(instance, tocsin_severity_name(severity)));
    *result = state;
    return 0;
}

static void fini(void *state)
{
    free(state);
}

static enum tocsin_result later(int error, struct tocsin_outcome *outcome)
{
    if (error == ENOENT || error == ECONNREFUSED)
        tocsin_outcome_reason(outcome, "there is no journal (is systemd-journald running?)");
    else if (error == EAGAIN)
        tocsin_outcome_reason(outcome,
                              "the journal takes no more at the moment: its queue is full");
    else
        tocsin_outcome_reason(outcome, "the journal: %s", strerror(error));
    return TOCSIN_LATER;
}

static int tell(const struct state *state, struct entry *entry)
{
    int result = tocsin_journal_tell(state->instance, entry->fields, entry->n);
    int error = errno;
    entry_deinit(entry);
    return result < 0 ? error : 0;
}

static enum tocsin_result notify(void *arg, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    const struct state *state = arg;
    struct entry entry;
    int error = 0;
    if (tocsin_delivery_summary(delivery)) {
        entry_of_summary(delivery, &state->priorities, &entry);
        error = tell(state, &entry);
    }
    for (size_t i = 0; i < tocsin_delivery_count(delivery) && !error; i++) {
        entry_of_revision(delivery, i, &state->priorities, &entry);
        error = tell(state, &entry);
    }
    return error ? later(error, outcome) : TOCSIN_OK;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_JOURNAL,
    .resolves = true,
    .follows = true,
    .init = init,
    .notify = notify,
    .fini = fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,         .name = "journal",
    .version = PACKAGE_VERSION, .summary = "alerts as entries of the systemd journal, with fields",
    .licence = "ISC",           .options = options,
    .notifier = &notifier,
};
