/* What a reload changes, as tocsinctl shows it: by name, and of very many changes the first ones.
 */
#include "config/diff.h"
#include "store/views.h"
#include "tocsind.h"

static void add_all(json_t *changes, const char *kind, const struct config_texts *names)
{
    for (size_t i = 0; i < names->n; i++)
        changes_add(changes, kind, store_bytes_json(names->items[i]));
}

static json_t *changes_json(const struct config_changes *from)
{
    json_t *changes = changes_new();
    add_all(changes, "added", &from->added);
    add_all(changes, "changed", &from->changed);
    add_all(changes, "removed", &from->removed);
    return changes;
}

json_t *plan_json(const struct config *old, const struct config *new, struct topic_plan *topics)
{
    struct config_diff diff;
    config_diff(old, new, &diff);
    const struct config_changes settings = {.changed = diff.settings};
    json_t *plan =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "folders", changes_json(&diff.folders),
                  "detectors", changes_json(&diff.detectors), "topics", topic_plan_changes(topics),
                  "notifiers", changes_json(&diff.notifiers), "routes", changes_json(&diff.routes),
                  "expect", changes_json(&diff.expect), "settings", changes_json(&settings));
    config_diff_deinit(&diff);
    return plan;
}
