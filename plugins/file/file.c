/*
 * The notifier `file`: alerts as JSON lines, appended to a file that log rotation may move away at
 * any time. The powers over files are the host's: see tocsin/output.h.
 */
#include <stdlib.h>

#include <tocsin/plugin.h>

#include "append.h"

static const struct tocsin_option options[] = {
    {.name = "path",
     .type = TOCSIN_OPTION_OUTPUT,
     .required = true,
     .help = "the file; made with mode 0600 when it is not there"},
    {.name = "sync",
     .type = TOCSIN_OPTION_BOOL,
     .fallback = "yes",
     .help = "a delivery counts as sent only when it is on the disk"},
    {0},
};

static int init(struct tocsin_instance *instance, void **result)
{
    struct append *append = NEW(struct append);
    *append = (struct append){
        .instance = instance, .option = "path", .sync = tocsin_option_bool(instance, "sync")};
    *result = append;
    return 0;
}

static void fini(void *append)
{
    free(append);
}

static enum tocsin_result notify(void *append, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    AUTO_BUF struct buf lines = {0};
    AUTO_BUF struct buf why = {0};
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        AUTO_FREE char *line = tocsin_delivery_json(delivery, i);
        buf_printf(&lines, "%s\n", line);
    }
    if (append_lines(append, &lines, &why) == 0)
        return TOCSIN_OK;
    tocsin_outcome_reason(outcome, "%s", buf_text(&why));
    return TOCSIN_LATER;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_FILES,
    .resolves = true,
    .follows = true,
    .init = init,
    .notify = notify,
    .fini = fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,         .name = "file",
    .version = PACKAGE_VERSION, .summary = "alerts as JSON lines in a file, fit for log rotation",
    .licence = "ISC",           .options = options,
    .notifier = &notifier,
};
