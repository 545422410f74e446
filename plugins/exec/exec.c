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

/* The texts of a JSON list, NULL-terminated, borrowed; the caller frees the array. */
static const char **texts_of(const json_t *list)
{
    const char **texts = NEW_N(const char *, json_array_size(list) + 1);
    size_t n = 0, i;
    json_t *text;
    json_array_foreach(list, i, text)
    {
        if (json_is_string(text))
            texts[n++] = json_string_value(text);
    }
    return texts;
}

/* A program that reports facts says in its greeting what they look like. */
static int declare_facts(const struct exec *exec)
{
    const json_t *hello = process_hello(exec->process);
    const json_t *keys = json_object_get(hello, "key_fields");
    if (!keys)
        return 0;
    AUTO_FREE const char **key_fields = texts_of(keys);
    AUTO_FREE const char **statuses = texts_of(json_object_get(hello, "statuses"));
    return tocsin_facts(exec->instance, key_fields, statuses,
                        json_string_value(json_object_get(hello, "edition_field")));
}

static void exec_fini(void *state)
{
    struct exec *exec = state;
    process_free(&exec->process);
    free(exec);
}

static int exec_init_detector(struct tocsin_instance *instance, void **result)
{
    if (init_as(instance, "detector", result) < 0)
        return -1;
    if (declare_facts(*result) == 0)
        return 0;
    exec_fini(*result);
    *result = NULL;
    return -1;
}

static int exec_init_notifier(struct tocsin_instance *instance, void **result)
{
    return init_as(instance, "notifier", result);
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
    .follows = true,
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
