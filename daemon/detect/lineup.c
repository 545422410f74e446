/*
 * The detectors of one configuration; see lineup.h. Made by detect_configure, then shared, by
 * reference, by the hosts that run it and the documents that were read for it.
 *
 * Before a plugin comes into a host it is probed: a throw-away host says whether it is a detector,
 * and what its facts look like; and if it has something to prepare, a builder does that. (Its
 * options were checked when the configuration was loaded.) A detector that cannot work stays in the
 * list with its trouble, so that its pending rows are kept for it; the others go on without it.
 */
#include "detect/lineup.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/path.h"
#include "hosts/prepare.h"

static void texts_from_json(struct config_texts *texts, const json_t *list)
{
    size_t i;
    json_t *text;
    json_array_foreach(list, i, text)
    {
        if (json_is_string(text))
            texts_add(texts, json_string_value(text));
    }
}

static void detector_init(struct lineup *lineup, struct detector *detector,
                          const struct config_plugin *from)
{
    detector->of = lineup;
    detector->name = mem_strdup(from->name);
    detector->plugin = mem_strdup(from->plugin);
    detector->hash = from->hash;
    detector->deadline_ms = from->deadline_ms;
    detector->memory_bytes = from->memory_bytes;
    detector->options = config_options_copy(from->options, from->n_options);
    detector->n_options = from->n_options;
    detector->powers = from->powers;
    detector->prepares = from->prepares;
    detector->compares = from->compares || from->match == CONFIG_MATCH_NEW_TEXT;
    detector->index = HOST_INDEX_NONE;
    detector->n_learnt = hosts_n_learnt(lineup->hosts, from->name);
}

static void detector_deinit(struct detector *detector)
{
    config_options_free(&detector->options, &detector->n_options);
    texts_deinit(&detector->key_fields);
    texts_deinit(&detector->statuses);
    free(detector->edition_field);
    host_index_close(&detector->index);
    free(detector->trouble);
    free(detector->plugin);
    free(detector->name);
}

struct lineup *lineup_ref(struct lineup *lineup)
{
    lineup->refs++;
    return lineup;
}

void lineup_unref(struct lineup **lineup)
{
    struct lineup *own = *lineup;
    *lineup = NULL;
    if (!own || --own->refs)
        return;
    for (size_t i = 0; i < own->n; i++)
        detector_deinit(&own->items[i]);
    free(own->items);
    free(own);
}

size_t lineup_find(const struct lineup *lineup, const char *name)
{
    for (size_t i = 0; i < lineup->n; i++)
        if (str_equal(lineup->items[i].name, name))
            return i;
    return SIZE_MAX;
}

bool lineup_same(const struct lineup *a, const struct lineup *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++)
        if (!hash_equal(&a->items[i].hash, &b->items[i].hash) || a->items[i].trouble ||
            b->items[i].trouble || a->items[i].n_learnt != b->items[i].n_learnt)
            return false;
    return true;
}

void texts_take(struct config_texts *to, const struct ipc_texts *from)
{
    const char *text = NULL;
    while ((text = ipc_texts_next(from, text)))
        texts_add(to, text);
}

void lineup_facts(struct lineup *lineup, size_t detector, const struct ipc_facts *facts)
{
    struct detector *of = &lineup->items[detector];
    if (of->key_fields.n)
        return;
    texts_take(&of->key_fields, &facts->key_fields);
    texts_take(&of->statuses, &facts->statuses);
    if (*facts->edition_field)
        of->edition_field = mem_strdup(facts->edition_field);
}

void lineup_blame(struct lineup *lineup, size_t detector, const char *text)
{
    struct detector *blamed = &lineup->items[detector];
    if (blamed->trouble)
        return;
    blamed->trouble = mem_strdup(text);
    if (lineup->trouble)
        lineup->trouble(lineup->arg, blamed->name, text);
}

/* False: it cannot work. */
static bool detector_probed(struct lineup *lineup, struct detector *detector,
                            const json_t *description, const char *error)
{
    AUTO_FREE char *text = NULL;
    size_t at = (size_t)(detector - lineup->items);
    const char *edition = json_string_value(json_object_get(description, "edition_field"));
    if (!description)
        text = mem_printf("detector \"%s\" cannot work: %s", detector->name, error);
    if (text) {
        lineup_blame(lineup, at, text);
        return false;
    }
    texts_from_json(&detector->key_fields, json_object_get(description, "key_fields"));
    texts_from_json(&detector->statuses, json_object_get(description, "statuses"));
    detector->edition_field = mem_strdup(edition);
    return true;
}

static void lineup_settle(struct lineup *lineup)
{
    if (lineup->unready || !lineup->ready)
        return;
    void (*ready)(void *arg, struct lineup *lineup) = lineup->ready;
    lineup->ready = NULL;
    ready(lineup->arg, lineup);
}

static void prepared(void *arg, const struct host_index *index, const char *why)
{
    struct detector *detector = arg;
    struct lineup *lineup = detector->of;
    if (index)
        detector->index = host_index_dup(index);
    AUTO_FREE char *text = mem_printf("detector \"%s\" cannot work: %s", detector->name,
                                      index ? "there is no descriptor left" : why);
    if (!host_index_is_there(&detector->index))
        lineup_blame(lineup, (size_t)(detector - lineup->items), text);
    lineup->unready--;
    lineup_settle(lineup);
}

struct host_plugin lineup_plugin(const struct detector *detector)
{
    return (struct host_plugin){.instance = detector->name,
                                .plugin = detector->plugin,
                                .options = detector->options,
                                .n_options = detector->n_options,
                                .powers = detector->powers,
                                .deadline_ms = detector->deadline_ms,
                                .memory_bytes = detector->memory_bytes,
                                .index = &detector->index};
}

static void detector_prepare(struct detector *detector)
{
    static const struct prepare_ops ops = {.done = prepared};
    const struct host_plugin plugin = lineup_plugin(detector);
    hosts_prepare(detector->of->hosts, &plugin, &detector->hash, &ops, detector);
}

static void probed(void *arg, const char *plugin, const json_t *description, const char *error)
{
    struct lineup *lineup = arg;
    for (size_t i = 0; i < lineup->n; i++)
        if (str_equal(lineup->items[i].plugin, plugin) && !lineup->items[i].probed) {
            lineup->items[i].probed = true;
            if (detector_probed(lineup, &lineup->items[i], description, error) &&
                lineup->items[i].prepares)
                detector_prepare(&lineup->items[i]);
            else
                lineup->unready--;
            break; /* one answer a question */
        }
    lineup_settle(lineup);
}

struct lineup *lineup_new(const struct config *config, struct hosts *hosts,
                          void (*trouble)(void *arg, const char *detector, const char *text),
                          void *arg)
{
    struct lineup *lineup = NEW(struct lineup);
    lineup->refs = 1;
    lineup->hosts = hosts;
    lineup->trouble = trouble;
    lineup->arg = arg;
    lineup->n = config->n_detectors < LINEUP_MAX ? config->n_detectors : LINEUP_MAX;
    lineup->items = NEW_N(struct detector, lineup->n + 1);
    for (size_t i = 0; i < lineup->n; i++)
        detector_init(lineup, &lineup->items[i], &config->detectors[i]);
    return lineup;
}

void lineup_make_ready(struct lineup *lineup, void (*ready)(void *arg, struct lineup *lineup))
{
    lineup->ready = ready;
    lineup->unready = lineup->n + 1; /* one more, so that nothing is settled in the loop */
    for (size_t i = 0; i < lineup->n; i++)
        hosts_probe(lineup->hosts, lineup->items[i].plugin, probed, lineup);
    lineup->unready--;
    lineup_settle(lineup);
}

void lineup_cancel(struct lineup *lineup)
{
    lineup->ready = NULL;
    lineup->trouble = NULL;
    if (!lineup->unready)
        return;
    hosts_probe_cancel(lineup->hosts, lineup);
    for (size_t i = 0; i < lineup->n; i++)
        hosts_prepare_cancel(lineup->hosts, &lineup->items[i]);
}
