/*
 * The notifier `desktop`: a popup on the person's desktop by libnotify, with buttons. A later
 * revision of an alert replaces its popup.
 */
#include <stdlib.h>

#include <tocsin/plugin.h>

#include "bus.h"

#define WAIT_MS       15000 /* for the server, in one attempt; below every sensible deadline */
#define ABSENT_MS     1000  /* until the next attempt: the wait itself was the back-off */
#define NO_SESSION_MS 15000

struct state {
    struct bus *bus;
    bool buttons;
};

static const struct tocsin_option options[] = {
    {.name = "buttons",
     .type = TOCSIN_OPTION_BOOL,
     .fallback = "true",
     .help =
         "open, acknowledge, snooze, mute and close on the popup, where the server has buttons"},
    {0},
};

static int init(struct tocsin_instance *instance, void **result)
{
    struct state *state = calloc(1, sizeof(*state));
    if (!state)
        return tocsin_fail(instance, NULL, 0, 0, "out of memory");
    state->buttons = tocsin_option_bool(instance, "buttons");
    state->bus = bus_new(instance);
    *result = state;
    return 0;
}

static void fini(void *arg)
{
    struct state *state = arg;
    bus_free(state->bus);
    free(state);
}

static enum tocsin_result notify(void *arg, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    struct state *state = arg;
    struct bus_popup popup = {.delivery = delivery, .buttons = state->buttons, .wait_ms = WAIT_MS};
    enum bus_shown shown = bus_show(state->bus, &popup);
    enum tocsin_result result = TOCSIN_LATER;
    switch (shown) {
    case BUS_SHOWN:
        if (popup.token)
            tocsin_outcome_token(outcome, 0, popup.token);
        result = TOCSIN_OK;
        break;
    case BUS_ABSENT:
        tocsin_outcome_delay(outcome, ABSENT_MS);
        break;
    case BUS_FAILED:
        break;
    }
    if (popup.why)
        tocsin_outcome_reason(outcome, "%s", popup.why);
    free(popup.token);
    free(popup.why);
    return result;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_BUS,
    .interrupts = true,
    .resolves = true,
    .follows = true,
    .init = init,
    .notify = notify,
    .fini = fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,
    .name = "desktop",
    .version = PACKAGE_VERSION,
    .summary = "popups on the desktop, with buttons, by the session's notification server",
    .licence = "ISC",
    .options = options,
    .notifier = &notifier,
};
