/* Team, car, class and year of a fact; see slots.h. */
#include "slots.h"

#include <string.h>

#include <tocsin/text.h>

#include "base/mem.h"

#include "story.h"

#define TEAM_SENTENCES 3
#define NEWS_DAYS      14
#define DAYS_OF_MONTH  30 /* near enough to count a fortnight by */

static int year_of(int32_t date)
{
    return date / 10000;
}

/* The year of the first race after the document's date. */
static int next_year(const struct story *story)
{
    int year = year_of(story->reading.date);
    /* On its second day the race is still on. */
    return story->reading.date <= lists_race_day(story->lists, year) + 1 ? year : year + 1;
}

/* The year of the last race before it. */
static int last_year(const struct story *story)
{
    int year = year_of(story->reading.date);
    return story->reading.date >= lists_race_day(story->lists, year) ? year : year - 1;
}

bool slots_race_is_news(const struct story *story)
{
    int32_t date = story->reading.date, start = lists_race_day(story->lists, year_of(date));
    int32_t days =
        (date / 100 % 100 - start / 100 % 100) * DAYS_OF_MONTH + date % 100 - start % 100;
    return days > 0 && days <= NEWS_DAYS;
}

/* --- the nearest mention ---------------------------------------------------------------------- */

static size_t distance(const struct fact *fact, size_t first)
{
    size_t middle = ((size_t)fact->first + fact->end) / 2;
    return first > middle ? first - middle : middle - first;
}

/* Whether what a mention says may be of this fact. */
static bool is_heard(const struct mention *mention, const struct fact *fact)
{
    if (mention->epithet && mention->epithet != fact->epithet)
        return false;
    return mention->kind == MENTION_TEAM ? mention->aside == fact->aside : !mention->aside;
}

static const struct mention *nearest(const struct story *story, const struct fact *fact,
                                     enum mention_kind kind, size_t first, size_t end)
{
    const struct mention *found = NULL;
    const struct mentions *mentions = &story->mentions;
    for (size_t m = mentions_from(mentions, first);
         m < mentions->n && mentions->items[m].first < end; m++) {
        const struct mention *mention = &mentions->items[m];
        if (mention->kind == kind && is_heard(mention, fact) &&
            (!found || distance(fact, mention->first) < distance(fact, found->first)))
            found = mention;
    }
    return found;
}

/* What a sentence names of this kind, if it names but one: of two, nobody knows which. */
static const struct mention *only(const struct story *story, const struct fact *fact,
                                  enum mention_kind kind, const struct sentence *sentence)
{
    const struct mention *found = nearest(story, fact, kind, sentence->first, sentence->end);
    const struct mentions *mentions = &story->mentions;
    for (size_t m = mentions_from(mentions, sentence->first);
         found && m < mentions->n && mentions->items[m].first < sentence->end; m++) {
        const struct mention *other = &mentions->items[m];
        if (other->kind == kind && (kind != MENTION_TEAM || other->team != found->team) &&
            (kind != MENTION_CLASS || other->race_class != found->race_class))
            return NULL;
    }
    return found;
}

/* In the words of the proof, else in the sentence, else (for those that one speaks of over several
 * sentences) in so many before. */
static const struct mention *slot_find(const struct story *story, const struct fact *fact,
                                       enum mention_kind kind, size_t before)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    const struct mention *found = nearest(story, fact, kind, fact->first, fact->end);
    /* The number in the sentence of those who are told aside is another car's. */
    if (!found && !(fact->aside && kind == MENTION_CAR))
        found = nearest(story, fact, kind, sentence->first, sentence->end);
    for (size_t back = 1; !found && back <= before && back <= fact->sentence; back++)
        found = only(story, fact, kind, &sentence[-(ptrdiff_t)back]);
    return found;
}

/* --- year ------------------------------------------------------------------------------------- */

static int edition_year(const struct story *story, const struct hit *hit)
{
    switch (hit->cue->edition) {
    case CUE_EDITION_OFFSET:
        return year_of(story->reading.date) + hit->cue->years;
    case CUE_EDITION_NEXT:
        return next_year(story);
    case CUE_EDITION_LAST:
        return last_year(story);
    case CUE_EDITION_OPEN:
        return 0;
    }
    return 0;
}

/* 0: none, or "one day". */
static int year_said(const struct story *story, size_t first, size_t end, const struct fact *fact)
{
    const struct mention *mention = nearest(story, fact, MENTION_YEAR, first, end);
    if (mention)
        return mention->year;
    const struct hit *hit = hits_find(&story->hits, CUE_EDITION, first, end);
    return hit ? edition_year(story, hit) : 0;
}

/* A wish, and a result that names the race itself, are of no year that others are of. */
static bool stands_alone(const struct story *story, const struct fact *fact)
{
    return fact->status == CUE_INTEREST ||
           (fact->status == CUE_RESULT &&
            mentions_has(&story->mentions, MENTION_RACE, fact->first, fact->end));
}

/* A year that an earlier sentence tied to the race. */
static int year_spoken_of(const struct story *story, const struct fact *fact)
{
    for (size_t back = 1; back <= 4 && back <= fact->sentence; back++) {
        const struct sentence *sentence = &story->reading.sentences[fact->sentence - back];
        if (mentions_has(&story->mentions, MENTION_RACE, sentence->first, sentence->end)) {
            int year = year_said(story, sentence->first, sentence->end, fact);
            if (year)
                return year;
        }
    }
    return 0;
}

/* A result is of the past, everything else of what is still to come. */
static bool year_fits(const struct story *story, const struct fact *fact, int year)
{
    if (!year)
        return false;
    return fact->status == CUE_RESULT ? year <= last_year(story) : year >= next_year(story);
}

bool slots_contradict(const struct story *story, const struct fact *fact)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    const struct mentions *mentions = &story->mentions;
    if (fact->status == CUE_INTEREST ||
        !nearest(story, fact, MENTION_YEAR, fact->first, fact->end) ||
        hits_find(&story->hits, CUE_EDITION, sentence->first, sentence->end))
        return false;
    for (size_t m = mentions_from(mentions, sentence->first);
         m < mentions->n && mentions->items[m].first < sentence->end; m++) {
        const struct mention *mention = &mentions->items[m];
        if (mention->kind == MENTION_YEAR && is_heard(mention, fact) &&
            year_fits(story, fact, mention->year))
            return false;
    }
    return true;
}

static int year_unsaid(const struct story *story, const struct fact *fact)
{
    switch (fact->status) {
    case CUE_RESULT:
        return slots_race_is_news(story) ? last_year(story) : 0;
    case CUE_INTEREST:
        return 0;
    default:
        return next_year(story);
    }
}

static int fact_year(const struct story *story, const struct fact *fact)
{
    const struct sentence *sentence = &story->reading.sentences[fact->sentence];
    int year = year_said(story, fact->first, fact->end, fact);
    if (!year_fits(story, fact, year))
        year = year_said(story, sentence->first, sentence->end, fact);
    if (!year_fits(story, fact, year))
        year = stands_alone(story, fact) ? 0 : year_spoken_of(story, fact);
    return year_fits(story, fact, year) ? year : year_unsaid(story, fact);
}

/* --- all -------------------------------------------------------------------------------------- */

static bool class_existed(const struct race_class *race_class, int year)
{
    return !year || ((!race_class->since || year >= race_class->since) &&
                     (!race_class->until || year <= race_class->until));
}

/* As the text has it; the maker's name where the text has only the model's. */
static char *team_text(const struct story *story, const struct mention *mention)
{
    const struct token *tokens = story->reading.tokens;
    char *text = reading_text(&story->reading, mention->first, mention->end);
    if (!mention->team)
        return text;
    AUTO_FREE char *name = tocsin_fold(mention->team->name, strlen(mention->team->name));
    for (size_t i = mention->first; i < mention->end; i++) {
        AUTO_FREE char *word = mem_strndup(tokens[i].folded, tokens[i].folded_len);
        if (strstr(name, word))
            return text;
    }
    mem_free_p(&text);
    return mem_strdup(mention->team->name);
}

/* Whose result it is, else the team told of nearest to it. A wish is for no team but one that it
 * names: a present employer is none. */
static const struct mention *team_of(const struct story *story, const struct fact *fact)
{
    if (fact->of_team)
        return &story->mentions.items[fact->of_team - 1];
    return slot_find(story, fact, MENTION_TEAM, fact->status == CUE_INTEREST ? 0 : TEAM_SENTENCES);
}

void slots_fill(const struct story *story, struct fact *fact)
{
    const struct mention *team = team_of(story, fact);
    const struct mention *car = slot_find(story, fact, MENTION_CAR, 0);
    const struct mention *class = slot_find(story, fact, MENTION_CLASS, fact->n_drivers > 1);
    if (!fact->year)
        fact->year = fact_year(story, fact);
    if (team && !fact->team)
        fact->team = team_text(story, team);
    if (car && !fact->car)
        fact->car = mention_car(story, car);
    if (class && !fact->race_class && class_existed(class->race_class, fact->year))
        fact->race_class = class->race_class->name;
}
