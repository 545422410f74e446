/* What the values of a snapshot say to each other, without a look at the disk; see build.h. */
#include <string.h>

#include "config/build.h"

/* Names that a route may use: those of a section, and perhaps one more. */
struct names {
    const struct schema_section *section;
    const char *extra;
};

static void check_name(const struct config *config, const struct names *names, const char *name,
                       struct config_at at, const char *owner, struct diags *diags)
{
    size_t n = config_entry_count(config, names->section);
    AUTO_FREE const char **known = NEW_N(const char *, n + 1);
    for (size_t i = 0; i < n; i++)
        known[i] = config_entry_name(names->section, config_entry(config, names->section, i));
    if (names->extra)
        known[n++] = names->extra;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(known[i], name) == 0)
            return;
    }
    AUTO_FREE char *hint = diag_hint(name, known, n);
    if (*hint)
        diags_error(diags, at, "%s: there is no %s \"%s\"%s", owner, names->section->word, name,
                    hint);
    else
        diags_error(diags, at, "%s: there is no %s \"%s\" (define it under \"%s:\")", owner,
                    names->section->word, name, names->section->key);
}

static void check_names(const struct config *config, const struct config_route *route,
                        const char *key, const struct config_texts *texts,
                        const struct names *names, struct diags *diags)
{
    size_t index = 0;
    schema_item_find(schema_section_find("routes"), key, &index);
    AUTO_FREE char *owner = mem_printf("route %zu: %s", (size_t)(route - config->routes) + 1, key);
    for (size_t i = 0; i < texts->n; i++)
        check_name(config, names, texts->items[i], route->places[index], owner, diags);
}

static void check_route(const struct config *config, const struct config_route *route,
                        struct diags *diags)
{
    struct names detectors = {schema_section_find("detectors"), SCHEMA_OWN_DETECTOR};
    struct names folders = {schema_section_find("folders"), CONFIG_CANARY};
    struct names notifiers = {schema_section_find("notifiers"), NULL};
    check_names(config, route, "detector", &route->detectors, &detectors, diags);
    check_names(config, route, "source", &route->sources, &folders, diags);
    check_names(config, route, "notify", &route->notify, &notifiers, diags);
}

static void check_notifier(const struct config_notifier *notifier, struct diags *diags)
{
    if (notifier->retry_first_ms > notifier->retry_max_ms)
        diags_error(diags, notifier->plugin.at,
                    "notifier \"%s\": \"retry-first\" is longer than \"retry-max\"",
                    notifier->plugin.name);
}

static void check_detector(const struct config_plugin *detector, struct diags *diags)
{
    if (strcmp(detector->name, SCHEMA_OWN_DETECTOR) == 0)
        diags_error(diags, detector->at,
                    "detector \"%s\": this name stands for tocsin's own trouble (take another)",
                    detector->name);
}

void config_check_presence(const struct config *config, struct diags *diags)
{
    struct config_at whole = {.file = config_file_intern(config->file)};
    if (!config->n_folders)
        diags_error(diags, whole,
                    "no folder to watch (write \"folders:\", and below it \"NAME: {path: ...}\")");
    if (!config->n_detectors)
        diags_warning(diags, whole,
                      "no detector: nothing will be found (write \"detectors:\", and below it "
                      "\"topics: {options: {files: topics.d/*.yaml}}\")");
    if (!config->n_notifiers)
        diags_warning(diags, whole,
                      "no notifier: alerts are listed, and nobody is told (write "
                      "\"notifiers:\", and below it \"desktop:\")");
}

void config_check_names(const struct config *config, struct diags *diags)
{
    for (size_t i = 0; i < config->n_detectors; i++)
        check_detector(&config->detectors[i], diags);
    for (size_t i = 0; i < config->n_notifiers; i++)
        check_notifier(&config->notifiers[i], diags);
    for (size_t i = 0; i < config->n_routes; i++)
        check_route(config, &config->routes[i], diags);
}
