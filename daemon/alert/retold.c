/* What a story has told so far, from the store; see retold.h. */
#include "alert/retold.h"

#include "store/stories.h"

static void take_evidence(void *arg, const char *evidence)
{
    json_t *list = json_loads(evidence, 0, NULL), *piece;
    size_t i;
    json_array_foreach(list, i, piece)
    {
        const char *quote = json_string_value(json_object_get(piece, "quote"));
        if (quote && json_is_true(json_object_get(piece, "new")))
            retold_add(arg, quote);
    }
    json_decref(list);
}

static void take_sketch(void *arg, const void *bytes, size_t len)
{
    struct sketch sketch;
    if (sketch_unpack(bytes, len, &sketch))
        retold_add_marks(arg, &sketch.marks);
}

int retold_load(struct policy_run *run, const struct hash *alert, struct retold *retold,
                struct err *err)
{
    const struct hash *origin = &run->result->origin;
    /* Of most alerts, which may have many findings, nobody else tells. */
    int shared = store_story_is_shared(run->txn, &run->story, origin, err);
    if (shared <= 0)
        return shared;
    if (store_story_sketches(run->txn, &run->story, origin, take_sketch, retold, err) < 0)
        return -1;
    return store_finding_of_others(run->txn, alert, origin, take_evidence, retold, err);
}
