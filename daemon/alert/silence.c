/* Matching silences; see silence.h. */
#include "alert/silence.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/silences.h"

static const char *const keys[] = {"topic", "detector", "source", "label"};

static bool is_key(const char *key)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static int check_list(const char *key, const json_t *list, struct err *err)
{
    size_t i;
    json_t *text;
    if (!is_key(key))
        return err_set(
            err, "there is no \"%s\" to match; there are topic, detector, source and label", key);
    json_array_foreach(list, i, text)
    {
        if (!json_is_string(text) || !*json_string_value(text))
            return err_set(err, "\"%s\" is matched with texts that are not empty", key);
    }
    return json_array_size(list) ? 0 : err_set(err, "\"%s\" is matched with nothing", key);
}

int silence_check(const json_t *matcher, struct err *err)
{
    const char *key;
    json_t *list;
    if (!json_object_size(matcher))
        return err_set(err, "a silence of everything is a pause (say what it matches)");
    json_object_foreach((json_t *)(uintptr_t)matcher, key, list)
    {
        if (check_list(key, list, err) < 0)
            return -1;
    }
    return 0;
}

/* Borrowed texts; the array is the caller's. */
static struct config_texts texts_of(const json_t *matcher, const char *key)
{
    const json_t *list = json_object_get(matcher, key);
    struct config_texts texts = {.items = NEW_N(char *, json_array_size(list) + 1)};
    size_t i;
    json_t *text;
    json_array_foreach(list, i, text)
    {
        texts.items[texts.n++] = (char *)(uintptr_t)json_string_value(text);
    }
    return texts;
}

bool silence_matches(const json_t *matcher, const struct route_question *question)
{
    struct config_route route = {.topics = texts_of(matcher, "topic"),
                                 .detectors = texts_of(matcher, "detector"),
                                 .sources = texts_of(matcher, "source"),
                                 .labels = texts_of(matcher, "label")};
    bool matches = route_matches(&route, question);
    free(route.topics.items);
    free(route.detectors.items);
    free(route.sources.items);
    free(route.labels.items);
    return matches;
}

struct search {
    const struct route_question *question;
    int64_t found; /* 0: none */
};

static bool look(void *arg, int64_t id, const char *text)
{
    struct search *search = arg;
    json_t *matcher = json_loads(text, 0, NULL);
    if (matcher && silence_matches(matcher, search->question))
        search->found = id;
    json_decref(matcher);
    return search->found != 0;
}

int silence_find(struct store_txn *txn, const struct route_question *question, int64_t now_ms,
                 int64_t *id, struct err *err)
{
    struct search search = {.question = question};
    if (store_silence_each(txn, now_ms, look, &search, err) < 0)
        return -1;
    *id = search.found;
    return search.found != 0;
}

static bool note_one(void *arg, int64_t id, const char *matcher)
{
    (void)id;
    (void)matcher;
    *(bool *)arg = true;
    return true;
}

int silence_any(struct store_txn *txn, int64_t now_ms, struct err *err)
{
    bool any = false;
    return store_silence_each(txn, now_ms, note_one, &any, err) < 0 ? -1 : any;
}

char *silence_place(int64_t id)
{
    return mem_printf("silence %" PRId64, id);
}
