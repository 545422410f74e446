/*
 * Which topics of an image match a document. Everything that changes while documents are looked at
 * is here; the image is only read, and shared.
 */
#ifndef TOCSIN_TOPICS_ENGINE_H
#define TOCSIN_TOPICS_ENGINE_H

#include "topics/candidates.h"
#include "topics/evidence.h"

struct engine {
    const struct image *image;
    struct view view; /* of the document at hand */
    struct candidates candidates;
    uint64_t *taken; /* a bit for each topic: is it a candidate already? */
    struct code found;
    size_t n_candidates; /* of the document at hand */
};

/* 0, or -1 when a library that its queries need cannot be used; deinit it even so. In a sandbox,
 * before it is shut. */
int engine_init(struct engine *engine, const struct image *image, struct err *err);
void engine_deinit(struct engine *engine);
/* The document that the next calls are about; it must live as long. */
void engine_set(struct engine *engine, const struct view_document *document);
/* The numbers of the topics that may match, ascending, each once; the engine's own, until the next
 * call. */
const uint32_t *engine_candidates(struct engine *engine, size_t *n);
/* The same of those that do. */
const uint32_t *engine_matches(struct engine *engine, size_t *n);
static inline const uint32_t *engine_code(const struct engine *engine, uint32_t topic)
{
    return engine->image->code + engine->image->topics[topic].code;
}

#endif
