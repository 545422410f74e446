/* Plugin tables to JSON by jansson; see describe.h. What a table leaves out is left out here. */
#include "host/describe.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/powers.h"
#include "host/options.h"

static void set_text(json_t *object, const char *key, const char *text)
{
    if (!text)
        return;
    AUTO_FREE char *clean = tocsin_host_clean(text, TOCSIN_MAX_MESSAGE_BYTES, NULL);
    json_object_set_new(object, key, json_string(clean));
}

static void set_names(json_t *object, const char *key, const char *const *names)
{
    if (!names)
        return;
    json_t *array = json_array();
    for (; *names; names++) {
        AUTO_FREE char *clean = tocsin_host_clean(*names, TOCSIN_MAX_NAME_BYTES, NULL);
        json_array_append_new(array, json_string(clean));
    }
    json_object_set_new(object, key, array);
}

static json_t *describe_option(const struct tocsin_option *option)
{
    json_t *object = json_object();
    set_text(object, "name", option->name);
    set_text(object, "type", options_type_name(option->type));
    set_text(object, "default", option->fallback);
    json_object_set_new(object, "required", json_boolean(option->required));
    json_object_set_new(object, "min", json_integer(option->min));
    json_object_set_new(object, "max", json_integer(option->max));
    set_text(object, "choices", option->choices);
    set_text(object, "help", option->help);
    return object;
}

static void describe_kind(json_t *object, const struct tocsin_plugin *table)
{
    const struct tocsin_detector *detector = table->detector;
    const struct tocsin_notifier *notifier = table->notifier;
    set_text(object, "kind",
             table->exporter ? "exporter"
             : !notifier     ? "detector"
             : !detector     ? "notifier"
                             : "both");
    if (!table->exporter)
        set_text(object, "powers", powers_name(plugin_powers(table)));
    if (detector) {
        set_names(object, "key_fields", detector->key_fields);
        set_names(object, "statuses", detector->statuses);
        set_text(object, "edition_field", detector->edition_field);
        json_object_set_new(object, "compares", json_boolean(detector->compares));
        json_object_set_new(object, "prepares", json_boolean(detector->prepare != NULL));
        json_object_set_new(object, "tells_changes", json_boolean(detector->changes != NULL));
    }
    if (notifier) {
        json_object_set_new(object, "interrupts", json_boolean(notifier->interrupts));
        json_object_set_new(object, "resolves", json_boolean(notifier->resolves));
        json_object_set_new(object, "follows", json_boolean(notifier->follows));
    }
}

char *describe(const struct tocsin_plugin *table, const char *file)
{
    json_t *object = json_object();
    set_text(object, "name", table->name);
    set_text(object, "version", table->version);
    set_text(object, "summary", table->summary);
    set_text(object, "licence", table->licence);
    describe_kind(object, table);
    AUTO_FREE char *abi = mem_printf("%u.%u", table->abi_major, table->abi_minor);
    set_text(object, "abi", abi);
    json_t *options = json_array();
    for (const struct tocsin_option *option = table->options; option && option->name; option++)
        json_array_append_new(options, describe_option(option));
    json_object_set_new(object, "options", options);
    set_text(object, "file", file);
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return text ? text : mem_strdup("{}");
}
