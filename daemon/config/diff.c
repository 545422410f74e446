/* Two snapshots compared through the schema's tables; see diff.h. */
#include "config/diff.h"

#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "config/build.h"
#include "config/path.h"
#include "config/value.h"

static bool entries_equal(const struct schema_section *section, const void *a, const void *b)
{
    for (size_t i = 0; i < section->n_items; i++) {
        if (!value_equal(&section->items[i], a, b))
            return false;
    }
    return true;
}

/* With plugins the hash counts, too: a file that an option names may have changed. */
static bool plugins_equal(const struct config_plugin *a, const struct config_plugin *b)
{
    return hash_equal(&a->hash, &b->hash);
}

static const void *find(const struct config *config, const struct schema_section *section,
                        const char *name)
{
    for (size_t i = 0; i < config_entry_count(config, section); i++) {
        const void *entry = config_entry(config, section, i);
        if (strcmp(config_entry_name(section, entry), name) == 0)
            return entry;
    }
    return NULL;
}

static bool named_equal(const struct config *old, const struct config *new,
                        const struct schema_section *section, const char *name)
{
    if (!entries_equal(section, find(old, section, name), find(new, section, name)))
        return false;
    if (strcmp(section->key, "detectors") == 0)
        return plugins_equal(config_detector_find(old, name), config_detector_find(new, name));
    if (strcmp(section->key, "notifiers") == 0)
        return plugins_equal(&config_notifier_find(old, name)->plugin,
                             &config_notifier_find(new, name)->plugin);
    return true;
}

static void diff_named(const struct config *old, const struct config *new,
                       const struct schema_section *section, struct config_changes *changes)
{
    for (size_t i = 0; i < config_entry_count(old, section); i++) {
        const char *name = config_entry_name(section, config_entry(old, section, i));
        if (!find(new, section, name))
            texts_add(&changes->removed, name);
    }
    for (size_t i = 0; i < config_entry_count(new, section); i++) {
        const char *name = config_entry_name(section, config_entry(new, section, i));
        if (!find(old, section, name))
            texts_add(&changes->added, name);
        else if (!named_equal(old, new, section, name))
            texts_add(&changes->changed, name);
    }
}

/* An entry of a list on one line, without what is as it would be anyway. */
static char *entry_text(const struct schema_section *section, const void *entry, const void *plain)
{
    struct buf out = {0};
    for (size_t i = 0; i < section->n_items; i++) {
        const struct schema_item *item = &section->items[i];
        if (!schema_item_required(item) && value_equal(item, entry, plain))
            continue;
        buf_printf(&out, "%s%s: ", out.len ? ", " : "{", item->key);
        value_write(item, entry, &out);
    }
    buf_puts(&out, out.len ? "}" : "{}");
    return buf_take(&out);
}

static struct config_texts entry_texts(const struct config *config,
                                       const struct schema_section *section)
{
    struct config_texts texts = {0};
    AUTO_FREE void *plain = mem_zalloc(section->entry_size);
    for (size_t i = 0; i < section->n_items; i++)
        value_default(&section->items[i], plain);
    for (size_t i = 0; i < config_entry_count(config, section); i++) {
        AUTO_FREE char *text = entry_text(section, config_entry(config, section, i), plain);
        texts_add(&texts, text);
    }
    for (size_t i = 0; i < section->n_items; i++)
        value_free(&section->items[i], plain);
    return texts;
}

static size_t count(const struct config_texts *texts, size_t end, const char *text)
{
    size_t n = 0;
    for (size_t i = 0; i < end; i++)
        n += strcmp(texts->items[i], text) == 0;
    return n;
}

/* What `a` has more often than `b`. */
static void only_in(const struct config_texts *a, const struct config_texts *b,
                    struct config_texts *out)
{
    for (size_t i = 0; i < a->n; i++) {
        if (count(a, i + 1, a->items[i]) > count(b, b->n, a->items[i]))
            texts_add(out, a->items[i]);
    }
}

static void diff_list(const struct config *old, const struct config *new,
                      const struct schema_section *section, struct config_changes *changes)
{
    struct config_texts before = entry_texts(old, section), after = entry_texts(new, section);
    only_in(&before, &after, &changes->removed);
    only_in(&after, &before, &changes->added);
    bool same_set = !changes->removed.n && !changes->added.n;
    for (size_t i = 0; same_set && i < before.n && i < after.n; i++) {
        if (strcmp(before.items[i], after.items[i]) != 0)
            texts_add(&changes->changed, after.items[i]);
    }
    texts_deinit(&before);
    texts_deinit(&after);
}

static void diff_settings(const struct config *old, const struct config *new,
                          const struct schema_section *section, struct config_texts *settings)
{
    for (size_t i = 0; i < section->n_items; i++) {
        if (value_equal(&section->items[i], old, new))
            continue;
        AUTO_FREE char *name = mem_printf("%s.%s", section->key, section->items[i].key);
        texts_add(settings, name);
    }
}

/* Of sections that have entries. */
static const struct {
    const char *key;
    size_t offset;
} lists[] = {
    {"folders", offsetof(struct config_diff, folders)},
    {"detectors", offsetof(struct config_diff, detectors)},
    {"notifiers", offsetof(struct config_diff, notifiers)},
    {"routes", offsetof(struct config_diff, routes)},
    {"expect", offsetof(struct config_diff, expect)},
};

static struct config_changes *changes_of(struct config_diff *diff, const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        if (strcmp(lists[i].key, key) == 0)
            return (struct config_changes *)(void *)((char *)diff + lists[i].offset);
    log_panic("a section without its list of changes: %s", key);
}

void config_diff(const struct config *old, const struct config *new, struct config_diff *diff)
{
    size_t n;
    const struct schema_section *sections = schema_sections(&n);
    *diff = (struct config_diff){0};
    for (size_t i = 0; i < n; i++) {
        const struct schema_section *section = &sections[i];
        switch (section->shape) {
        case SCHEMA_NAMED:
            diff_named(old, new, section, changes_of(diff, section->key));
            break;
        case SCHEMA_LIST:
            diff_list(old, new, section, changes_of(diff, section->key));
            break;
        case SCHEMA_SINGLE:
            diff_settings(old, new, section, &diff->settings);
            break;
        }
    }
}

static bool changes_empty(const struct config_changes *changes)
{
    return !changes->added.n && !changes->removed.n && !changes->changed.n;
}

bool config_diff_empty(const struct config_diff *diff)
{
    return changes_empty(&diff->folders) && changes_empty(&diff->detectors) &&
           changes_empty(&diff->notifiers) && changes_empty(&diff->routes) &&
           changes_empty(&diff->expect) && !diff->settings.n;
}

static void changes_deinit(struct config_changes *changes)
{
    texts_deinit(&changes->added);
    texts_deinit(&changes->removed);
    texts_deinit(&changes->changed);
}

void config_diff_deinit(struct config_diff *diff)
{
    for (size_t i = 0; i < ARRAY_LEN(lists); i++)
        changes_deinit(changes_of(diff, lists[i].key));
    texts_deinit(&diff->settings);
}
