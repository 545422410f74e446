/* What was told, by topic and story; see news.h. */
#include "batch/news.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "batch/stories.h"
#include "host/sketching.h"

/* What a topic has told of a story. */
struct telling {
    struct telling *before;
    char *origin, *quote;
};

struct news {
    struct map *told;     /* hashes of topic, story and quote */
    struct map *tellings; /* by the hash of topic and story: struct telling, the latest */
    struct stories *stories;
    const char *origin, *story, *title; /* of the version at hand */
};

struct news *news_new(void)
{
    struct news *news = NEW(struct news);
    news->told = map_new();
    news->tellings = map_new();
    news->stories = stories_new();
    return news;
}

static void tellings_free(void *arg)
{
    struct telling *telling = arg;
    while (telling) {
        struct telling *before = telling->before;
        free(telling->origin);
        free(telling->quote);
        free(telling);
        telling = before;
    }
}

void news_free(struct news **news)
{
    if (!*news)
        return;
    map_free(&(*news)->told, NULL);
    map_free(&(*news)->tellings, tellings_free);
    stories_free(&(*news)->stories);
    free(*news);
    *news = NULL;
}

void news_take(struct news *news, const struct tocsin_document *document, const char *origin,
               const char *title, int64_t seen_ms)
{
    struct sketch sketch;
    sketch_document(document, &sketch);
    news->origin = origin;
    news->title = title;
    news->story = stories_find(news->stories, origin, &sketch, seen_ms);
}

static struct hash key_of(uint32_t topic, const char *story, const char *quote)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_part(&hasher, &topic, sizeof(topic));
    hasher_part(&hasher, story, strlen(story));
    hasher_part(&hasher, quote, strlen(quote));
    return hasher_final(&hasher);
}

/* What other documents of the story have told on the topic. */
static void recall(const struct news *news, uint32_t topic, struct retold *retold)
{
    if (!stories_marks(news->stories, news->story, news->origin, retold))
        return;
    struct hash key = key_of(topic, news->story, "");
    const struct telling *telling = map_get(news->tellings, key.bytes, HASH_BYTES);
    for (; telling; telling = telling->before) {
        if (!str_equal(telling->origin, news->origin))
            retold_add(retold, telling->quote);
    }
}

static void tell(struct news *news, uint32_t topic, const char *quote)
{
    struct hash key = key_of(topic, news->story, "");
    struct telling *telling = NEW(struct telling);
    telling->origin = mem_strdup(news->origin);
    telling->quote = mem_strdup(quote);
    telling->before = map_set(news->tellings, key.bytes, HASH_BYTES, telling);
}

const char *news_find(struct news *news, uint32_t topic, const struct ipc_quotes *quotes)
{
    const char *first = NULL;
    struct retold retold = {0};
    recall(news, topic, &retold);
    for (uint32_t i = 0; i < quotes->n; i++) {
        const char *quote = quotes->items[i].quote;
        struct hash key = key_of(topic, news->story, quote);
        if (map_get(news->told, key.bytes, HASH_BYTES) ||
            retold_has(&retold, quote, str_equal(quote, news->title)))
            continue;
        map_set(news->told, key.bytes, HASH_BYTES, news);
        tell(news, topic, quote);
        first = first ? first : quote;
    }
    retold_deinit(&retold);
    return first;
}
