/* See near.h. */
#include "near.h"

const struct mention *person_in(const struct story *story, size_t first, size_t end, bool quoted,
                                bool last)
{
    const struct mention *found = NULL;
    const struct mentions *mentions = &story->mentions;
    for (size_t m = mentions_from(mentions, first);
         m < mentions->n && mentions->items[m].first < end; m++) {
        const struct mention *mention = &mentions->items[m];
        if (mention->kind != MENTION_PERSON || mention->aside ||
            is_quoted(story, mention->first) != quoted)
            continue;
        found = mention;
        if (!last)
            break;
    }
    return found;
}
