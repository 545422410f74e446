/* Marks the mentions that an epithet ends with; see epithets.h. */
#include "epithets.h"

#include "story.h"

#define REACH 6 /* words from "winner" to "in 2009" */

uint32_t epithet_of(const struct story *story, const struct hit *hit)
{
    return hit->cue->alone ? (uint32_t)(hit - story->hits.items) + 1 : 0;
}

static bool is_part(const struct mention *mention)
{
    return mention->kind == MENTION_YEAR || mention->kind == MENTION_TEAM;
}

/* "the 2009 winner" */
static void before_mark(struct story *story, const struct hit *hit)
{
    uint32_t number = hit->first ? story->mentions.at_token[hit->first - 1] : 0;
    if (number && story->mentions.items[number - 1].kind == MENTION_YEAR)
        story->mentions.items[number - 1].epithet = epithet_of(story, hit);
}

/* "winner with Peugeot in 2009" */
static void after_mark(struct story *story, const struct hit *hit)
{
    const struct token *tokens = story->reading.tokens;
    for (size_t i = hit->end; i < hit->end + REACH && i < story->reading.n_tokens; i++) {
        uint32_t number = story->mentions.at_token[i];
        struct mention *mention = number ? &story->mentions.items[number - 1] : NULL;
        if (tokens[i].sentence != tokens[hit->first].sentence || tokens[i].gap & GAP_WALL ||
            (mention && mention->kind == MENTION_PERSON))
            return;
        if (mention && is_part(mention))
            mention->epithet = epithet_of(story, hit);
    }
}

void epithets_mark(struct story *story)
{
    for (size_t i = 0; i < story->hits.n; i++) {
        const struct hit *hit = &story->hits.items[i];
        if (!hit->cue->alone)
            continue;
        before_mark(story, hit);
        after_mark(story, hit);
    }
}
