/* The race and what is not it; see race.h. */
#include "race.h"

#include "base/mem.h"

#include "story.h"

#define TOPIC_MENTIONS  2 /* sentences that name the race, for a document about it */
#define TOPIC_SENTENCES 4 /* or one of so many first sentences */
#define ELSEWHERE_WORDS 2 /* of another topic, to turn the document to it */
#define FAR             1000

bool race_anchored(const struct lists *lists, const struct tocsin_word *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lists_is_anchor(lists, words[i].folded, words[i].folded_len))
            return true;
    return false;
}

/* What the names of races in a document add up to. */
struct tally {
    size_t sure, likely, loose, never, elsewhere;
};

static void phrase_count(struct tally *tally, const struct phrase *phrase)
{
    tally->sure += phrase->kind == PHRASE_RACE_SURE;
    tally->likely += phrase->kind == PHRASE_RACE_LIKELY;
    tally->loose += phrase->kind == PHRASE_RACE_LOOSE;
    tally->never += phrase->kind == PHRASE_NOT_RACE;
    tally->elsewhere += phrase->kind == PHRASE_OTHER_TOPIC;
}

/* The listed name that begins here, unless a longer one begins within it: "die 24 Stunden von Le
 * Mans" holds the race's full name, not "die 24 Stunden". */
static const struct phrase *name_at(const struct story *story, size_t i)
{
    const struct phrase *phrase = story->phrases[i];
    for (size_t k = 1; phrase && k < phrase->n; k++)
        if (story->phrases[i + k] && story->phrases[i + k]->n > phrase->n)
            return NULL;
    return phrase;
}

static void phrases_find(struct story *story)
{
    const struct phrases *phrases = lists_phrases(story->lists);
    const struct reading *reading = &story->reading;
    story->phrases = NEW_N(const struct phrase *, reading->n_tokens + 1);
    for (size_t i = 0; i < reading->n_tokens; i++)
        story->phrases[i] = phrases_at(phrases, &reading->tokens[i], reading->n_tokens - i);
}

/* What stands between an event and the place where it is held. */
static bool leads_to_place(const struct token *token)
{
    static const char *const words[] = {"at", "in", "au", "a",   "du",
                                        "en", "de", "di", "von", "bei"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

/* "24 Heures Karting au Mans": where something else is held, its name is the place's. */
static void places_leave(struct story *story)
{
    const struct reading *reading = &story->reading;
    for (size_t i = 0; i < reading->n_tokens; i++) {
        const struct phrase *phrase = story->phrases[i];
        size_t at = i + (phrase ? phrase->n : 0);
        if (!phrase || phrase->kind != PHRASE_NOT_RACE || at + 1 >= reading->n_tokens)
            continue;
        const struct phrase *place = story->phrases[at + 1];
        if (place && place->kind == PHRASE_RACE_LIKELY && leads_to_place(&reading->tokens[at]) &&
            reading->tokens[at + 1].sentence == reading->tokens[i].sentence)
            story->phrases[at + 1] = NULL;
    }
}

static struct tally race_tally(const struct story *story)
{
    struct tally tally = {0};
    const struct reading *reading = &story->reading;
    for (size_t i = 0; i < reading->n_tokens;) {
        const struct phrase *phrase = name_at(story, i);
        if (phrase)
            phrase_count(&tally, phrase);
        i += phrase ? phrase->n : 1;
    }
    return tally;
}

/* Which of the race's names count in this document. */
static bool race_counts(enum phrase_kind kind, const struct tally *tally)
{
    bool elsewhere = tally->elsewhere >= ELSEWHERE_WORDS;
    switch (kind) {
    case PHRASE_RACE_SURE:
        return !elsewhere || tally->sure > tally->elsewhere;
    case PHRASE_RACE_LIKELY:
    case PHRASE_RACE_LOOSE:
        return !elsewhere &&
               (tally->sure || (tally->likely && tally->likely + tally->loose > tally->never));
    case PHRASE_DRIVER:
    case PHRASE_TEAM:
    case PHRASE_CLASS:
    case PHRASE_NATION:
    case PHRASE_NOT_RACE:
    case PHRASE_OTHER_RACE:
    case PHRASE_OTHER_TOPIC:
        return false;
    }
    return false;
}

/* The mention that a phrase makes; false when it makes none. */
static bool phrase_mention(const struct phrase *phrase, const struct tally *tally,
                           struct mention *mention)
{
    switch (phrase->kind) {
    case PHRASE_TEAM:
        mention->kind = MENTION_TEAM;
        mention->team = phrase->item;
        return true;
    case PHRASE_CLASS:
        mention->kind = MENTION_CLASS;
        mention->race_class = phrase->item;
        return true;
    case PHRASE_NATION:
        mention->kind = MENTION_NATION;
        mention->nation = phrase->item;
        return true;
    case PHRASE_RACE_SURE:
    case PHRASE_RACE_LIKELY:
    case PHRASE_RACE_LOOSE:
        mention->kind = MENTION_RACE;
        mention->sure = phrase->kind == PHRASE_RACE_SURE;
        return race_counts(phrase->kind, tally);
    case PHRASE_NOT_RACE:
    case PHRASE_OTHER_RACE:
        mention->kind = MENTION_OTHER;
        return true;
    case PHRASE_DRIVER:
    case PHRASE_OTHER_TOPIC:
        return false;
    }
    return false;
}

static bool sentence_has(const struct story *story, size_t s, enum mention_kind kind)
{
    const struct sentence *sentence = &story->reading.sentences[s];
    return mentions_has(&story->mentions, kind, sentence->first, sentence->end);
}

/* Whether the document as a whole is about the race. */
static bool race_is_topic(const struct story *story)
{
    size_t n = 0;
    for (size_t s = 0; s < story->reading.n_sentences; s++) {
        n += sentence_has(story, s, MENTION_RACE);
        if ((n && s < TOPIC_SENTENCES) || n >= TOPIC_MENTIONS)
            return true;
    }
    return false;
}

/* For each sentence what race_distance says; `other` is the last sentence that named something else
 * since the race was named. */
static void distances_find(struct story *story)
{
    const struct sentence *sentences = story->reading.sentences;
    size_t n = story->reading.n_sentences, race = n, other = n;
    story->race_distances = NEW_N(int, n + 1);
    for (size_t s = 0; s < n; s++) {
        int *distance = &story->race_distances[s];
        bool strayed = other < n && sentences[other].paragraph == sentences[s].paragraph;
        bool follows = race < n && (story->about_race || s == race + 1 ||
                                    sentences[race].paragraph == sentences[s].paragraph);
        if (sentence_has(story, s, MENTION_RACE)) {
            race = s;
            other = n;
            continue;
        }
        if (strayed || (race < n && !follows))
            *distance = -1;
        else if (race < n)
            *distance = (int)(s - race);
        else
            *distance = story->about_race ? FAR : -1;
        if (sentence_has(story, s, MENTION_OTHER))
            other = s;
    }
}

int race_distance(const struct story *story, size_t sentence)
{
    return story->race_distances[sentence];
}

int race_nearness(const struct story *story, size_t token)
{
    const struct clause *clause = clause_at(&story->clauses, token);
    uint32_t s = story->reading.tokens[token].sentence;
    const struct sentence *sentence = &story->reading.sentences[s];
    const struct mentions *mentions = &story->mentions;
    if (mentions_has(mentions, MENTION_RACE, clause->first, clause->end))
        return 0;
    if (mentions_has(mentions, MENTION_OTHER, clause->first, clause->end))
        return -1;
    int distance = race_distance(story, s);
    if (distance == 0)
        return 1;
    if (mentions_has(mentions, MENTION_OTHER, sentence->first, clause->first))
        return distance == 1 ? 3 : -1;
    if (distance < 0)
        return -1;
    return distance == 1 ? 2 : distance <= 3 ? 3 : story->about_race ? 4 : -1;
}

void race_find(struct story *story)
{
    phrases_find(story);
    places_leave(story);
    const struct reading *reading = &story->reading;
    struct tally tally = race_tally(story);
    for (size_t i = 0; i < reading->n_tokens;) {
        const struct phrase *phrase = name_at(story, i);
        struct mention mention = {.first = (uint32_t)i};
        mention.end = (uint32_t)(i + (phrase ? phrase->n : 1));
        if (phrase && phrase_mention(phrase, &tally, &mention))
            mention_add(&story->mentions, mention);
        i = mention.end;
    }
    story->about_race = race_is_topic(story);
    distances_find(story);
}
