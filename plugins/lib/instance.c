/*
 * A plugin's instance as the plugin sees it: the options in force, and what it has to say.
 *
 * An option asked for by a wrong name or type is a bug of the plugin: it is logged under its name
 * and ends the process, whose death the daemon knows how to deal with.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/clean.h"
#include "lib/objects.h"

#define TYPE_BIT(type) (1u << (type))
#define TEXT_TYPES                                                                                 \
    (TYPE_BIT(TOCSIN_OPTION_TEXT) | TYPE_BIT(TOCSIN_OPTION_CHOICE) |                               \
     TYPE_BIT(TOCSIN_OPTION_PATH) | TYPE_BIT(TOCSIN_OPTION_SECRET) |                               \
     TYPE_BIT(TOCSIN_OPTION_OUTPUT) | TYPE_BIT(TOCSIN_OPTION_LISTEN))
#define INT_TYPES                                                                                  \
    (TYPE_BIT(TOCSIN_OPTION_INT) | TYPE_BIT(TOCSIN_OPTION_DURATION) | TYPE_BIT(TOCSIN_OPTION_SIZE))
#define BOOL_TYPES TYPE_BIT(TOCSIN_OPTION_BOOL)
#define LIST_TYPES                                                                                 \
    (TYPE_BIT(TOCSIN_OPTION_TEXTS) | TYPE_BIT(TOCSIN_OPTION_PATHS) |                               \
     TYPE_BIT(TOCSIN_OPTION_COMMAND))

static const char *const nothing[] = {NULL};

static const struct tocsin_value *value_of(const struct tocsin_instance *instance, const char *name,
                                           unsigned types, const char *function)
{
    size_t i = 0;
    while (instance->options && instance->options[i].name &&
           strcmp(instance->options[i].name, name) != 0)
        i++;
    const char *fault = NULL;
    if (!instance->options || !instance->options[i].name)
        fault = "is not in the plugin's table";
    else if (!(TYPE_BIT(instance->options[i].type) & types))
        fault = "is of another type";
    if (!fault)
        return &instance->values[i];
    AUTO_FREE char *text =
        mem_printf("%s: option \"%s\" %s; this is a bug of the plugin", function, name, fault);
    instance->log(instance->arg, TOCSIN_ERROR, text);
    abort();
}

const char *tocsin_option_text(const struct tocsin_instance *instance, const char *name)
{
    return value_of(instance, name, TEXT_TYPES, __func__)->text;
}

int64_t tocsin_option_int(const struct tocsin_instance *instance, const char *name)
{
    return value_of(instance, name, INT_TYPES, __func__)->number;
}

bool tocsin_option_bool(const struct tocsin_instance *instance, const char *name)
{
    return value_of(instance, name, BOOL_TYPES, __func__)->number != 0;
}

const char *const *tocsin_option_list(const struct tocsin_instance *instance, const char *name)
{
    const char *const *list = value_of(instance, name, LIST_TYPES, __func__)->list;
    return list ? list : nothing;
}

const char *tocsin_instance_name(const struct tocsin_instance *instance)
{
    return instance->name;
}

void tocsin_log(struct tocsin_instance *instance, enum tocsin_log_level level, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = clean_vprintf(TOCSIN_MAX_MESSAGE_BYTES, NULL, fmt, va);
    va_end(va);
    if (level < TOCSIN_ERROR || level > TOCSIN_DEBUG)
        level = TOCSIN_NOTICE;
    instance->log(instance->arg, level, text);
}

PRINTF(6, 0)
static void problem(struct tocsin_instance *instance, bool warning, const char *file, int line,
                    int column, const char *fmt, va_list va)
{
    AUTO_FREE char *text = clean_vprintf(TOCSIN_MAX_MESSAGE_BYTES, NULL, fmt, va);
    instance->problem(instance->arg, warning, file, line, column, text);
}

int tocsin_fail(struct tocsin_instance *instance, const char *file, int line, int column,
                const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    problem(instance, false, file, line, column, fmt, va);
    va_end(va);
    return -1;
}

void tocsin_warn(struct tocsin_instance *instance, const char *file, int line, int column,
                 const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    problem(instance, true, file, line, column, fmt, va);
    va_end(va);
}

static bool holds(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

int tocsin_facts(struct tocsin_instance *instance, const char *const *key_fields,
                 const char *const *statuses, const char *edition_field)
{
    if (!key_fields || !key_fields[0] || !statuses || !statuses[0])
        return tocsin_fail(instance, NULL, 0, 0, "facts need key fields and statuses");
    if (edition_field && !holds(key_fields, edition_field))
        return tocsin_fail(instance, NULL, 0, 0,
                           "the edition field \"%s\" is none of the key fields", edition_field);
    instance->facts(instance->arg, key_fields, statuses, edition_field);
    return 0;
}

const void *tocsin_index(const struct tocsin_instance *instance, enum tocsin_index_part part,
                         size_t *len)
{
    *len = instance->index[part].len;
    return instance->index[part].bytes;
}

const void *tocsin_index_in_force(const struct tocsin_instance *instance,
                                  enum tocsin_index_part part, size_t *len)
{
    *len = instance->in_force[part].len;
    return instance->in_force[part].bytes;
}

int tocsin_index_give(struct tocsin_instance *instance, enum tocsin_index_part part,
                      const void *bytes, size_t len)
{
    if (!instance->index_give)
        return tocsin_fail(instance, NULL, 0, 0,
                           "a part of an index is given in prepare or detect, once");
    if ((part == TOCSIN_INDEX_LEARNT) == instance->is_prepared_now)
        return tocsin_fail(instance, NULL, 0, 0,
                           "what is learnt is given in detect, all else in prepare");
    if (part == TOCSIN_INDEX_UPDATE && !instance->index[TOCSIN_INDEX_BASE].bytes)
        return tocsin_fail(instance, NULL, 0, 0, "an update needs a base");
    int (*give)(void *arg, enum tocsin_index_part part, const void *bytes, size_t len) =
        instance->index_give;
    instance->index_give = NULL;
    return give(instance->arg, part, bytes, len);
}
