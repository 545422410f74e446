/* Marks the mentions that a CUE_ASIDE ends with; see asides.h. */
#include "asides.h"

#include "story.h"

#define CREW_WORDS 6 /* "the Toyota team consisting of" */

static bool breaks_off(const struct story *story, size_t token)
{
    const struct mention *mention = mention_at(&story->mentions, token);
    return story->reading.tokens[token].gap & (GAP_COMMA | GAP_SEMICOLON | GAP_COLON | GAP_LINE) ||
           (mention && (mention->kind == MENTION_RACE || mention->kind == MENTION_OTHER));
}

static void crew_mark(struct story *story, struct mention *mention)
{
    mention->aside = true;
    if (!mention->crew)
        return;
    const struct crew *crew = &story->mentions.crews[mention->crew - 1];
    for (size_t m = crew->first; m <= crew->last; m++)
        story->mentions.items[m].aside = true;
}

/* A team that is beaten is beaten with the drivers named after it. */
static void drivers_mark(struct story *story, size_t m)
{
    const struct mention *team = &story->mentions.items[m];
    if (team->kind != MENTION_TEAM || m + 1 >= story->mentions.n)
        return;
    struct mention *next = &story->mentions.items[m + 1];
    const struct clause *clause = clause_at(&story->clauses, team->first);
    if (next->kind != MENTION_PERSON || next->first >= clause->end ||
        next->first > team->end + CREW_WORDS)
        return;
    for (size_t i = team->end; i <= next->first; i++)
        if (breaks_off(story, i))
            return;
    crew_mark(story, next);
}

static void aside_mark(struct story *story, const struct hit *hit)
{
    struct mentions *mentions = &story->mentions;
    for (size_t i = hit->first + 1; i < hit->end; i++)
        if (breaks_off(story, i))
            return;
    for (size_t m = mentions_from(mentions, hit->first);
         m < mentions->n && mentions->items[m].first < hit->end; m++) {
        crew_mark(story, &mentions->items[m]);
        drivers_mark(story, m);
    }
}

void asides_mark(struct story *story)
{
    for (size_t i = 0; i < story->hits.n; i++)
        if (story->hits.items[i].cue->kind == CUE_ASIDE)
            aside_mark(story, &story->hits.items[i]);
}
