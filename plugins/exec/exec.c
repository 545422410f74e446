/*
 * The plugin `exec`: detectors and notifiers that are programs in any language. This file has its
 * tables; process.c keeps the program, detecting.c and notifying.c say in JSON what the plugin
 * interface says in C.
 */
#include "exec/exec.h"

#include <stdlib.h>

#include "base/mem.h"

static const struct tocsin_option options[] = {
    {.name = "command",
     .type = TOCSIN_OPTION_COMMAND,
     .required = true,
     .help = "the program, looked for in $PATH, and its arguments; no shell reads them"},
    {.name = "readable",
     .type = TOCSIN_OPTION_PATHS,
     .help = "files and folders that a detector's program may read, besides its own folder and "
             "the system's"},
    {.name = "timeout",
     .type = TOCSIN_OPTION_DURATION,
     .fallback = "8s",
     .min = 100,
     .max = 3600000,
     .help = "how long it may think before it is killed; shorter than the deadline"},
    {0},
};

static int init_as(struct tocsin_instance *instance, const char *kind, void **result)
{
    struct err err;
    struct exec *exec = NEW(struct exec);
    exec->instance = instance;
    exec->process = process_new(instance, kind, tocsin_option_int(instance, "timeout"), &err);
    if (!exec->process) {
        free(exec);
        return tocsin_fail(instance, NULL, 0, 0, "%s", err.text);
    }
    *result = exec;
    return 0;
}

static int exec_init_detector(struct tocsin_instance *instance, void **result)
{
    return init_as(instance, "detector", result);
}

static int exec_init_notifier(struct tocsin_instance *instance, void **result)
{
    return init_as(instance, "notifier", result);
}

static void exec_fini(void *state)
{
    struct exec *exec = state;
    process_free(&exec->process);
    free(exec);
}

static const struct tocsin_detector detector = {
    .size = sizeof(detector),
    .powers = TOCSIN_POWERS_EXEC,
    .init = exec_init_detector,
    .detect = exec_detect,
    .fini = exec_fini,
    .explain = exec_explain,
    .topics = exec_topics,
};

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_EXEC,
    .resolves = true,
    .init = exec_init_notifier,
    .notify = exec_notify,
    .fini = exec_fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,
    .name = "exec",
    .version = PACKAGE_VERSION,
    .summary = "detectors and notifiers in any language: a program that speaks JSON lines",
    .licence = "ISC",
    .options = options,
    .detector = &detector,
    .notifier = &notifier,
};
