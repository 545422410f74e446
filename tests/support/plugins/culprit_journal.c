/* The culprit with the powers of the journal; see culprit.h. */
#include "culprit.h"

static const struct tocsin_notifier notifier = {
    .size = sizeof(struct tocsin_notifier),
    .powers = TOCSIN_POWERS_JOURNAL,
    .init = culprit_init,
    .notify = culprit_notify,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "culprit-journal",
    .version = "1",        .summary = "does what its powers cover, or do not",
    .licence = "ISC",      .options = culprit_options,
    .notifier = &notifier,
};
