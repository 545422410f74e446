/* A notifier that treats deliveries as its options say, and writes each attempt on a line of
 * standard output: "moody MOOD ATTEMPT ID SUMMARY-OR-HEADLINE". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tocsin/plugin.h>

struct moody {
    const char *mood, *reason;
};

static const struct tocsin_option options[] = {
    {.name = "mood",
     .type = TOCSIN_OPTION_CHOICE,
     .choices = "ok|later|never|hang",
     .fallback = "ok",
     .help = "what becomes of a delivery"},
    {.name = "reason", .type = TOCSIN_OPTION_TEXT, .fallback = "", .help = "what is said of it"},
    {0},
};

static int init(struct tocsin_instance *instance, void **state)
{
    struct moody *moody = calloc(1, sizeof(*moody));
    if (!moody)
        return tocsin_fail(instance, NULL, 0, 0, "out of memory");
    moody->mood = tocsin_option_text(instance, "mood");
    moody->reason = tocsin_option_text(instance, "reason");
    *state = moody;
    return 0;
}

static void fini(void *state)
{
    free(state);
}

static enum tocsin_result notify(void *state, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    const struct moody *moody = state;
    const char *summary = tocsin_delivery_summary(delivery);
    const struct tocsin_revision *first = tocsin_delivery_revision(delivery, 0);
    printf("moody %s %d %s %s\n", moody->mood, tocsin_delivery_attempt(delivery),
           tocsin_delivery_id(delivery), summary && *summary ? summary : first->headline);
    fflush(stdout);
    tocsin_outcome_reason(outcome, "%s", moody->reason);
    if (strcmp(moody->mood, "hang") == 0)
        for (;;)
            sleep(1);
    if (strcmp(moody->mood, "later") == 0)
        return TOCSIN_LATER;
    return strcmp(moody->mood, "never") == 0 ? TOCSIN_NEVER : TOCSIN_OK;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(struct tocsin_notifier), .init = init, .fini = fini, .notify = notify};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "moody",
    .version = "1",        .summary = "takes deliveries, or not",
    .licence = "ISC",      .options = options,
    .notifier = &notifier,
};
