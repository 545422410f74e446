/* See speakers.h. */
#include "speakers.h"

#include "near.h"

#define SPEAKER_SENTENCES 3
#define BEFORE_SENTENCES  3

/* The person who speaks in this sentence, outside its quotation. */
const struct mention *speaker_in(const struct story *story, size_t s, bool needs_verb)
{
    const struct sentence *sentence = &story->reading.sentences[s];
    bool says = !needs_verb;
    for (size_t i = sentence->first; !says && i < sentence->end; i++)
        says = !is_quoted(story, i) && story_has_role(story, i, ROLE_SAY);
    return says ? person_in(story, sentence->first, sentence->end, false, false) : NULL;
}

/* "The Spaniard was clear: «No»": of whom the sentence tells before its quotation. */
static const struct mention *introduced(const struct story *story, size_t token)
{
    size_t first = sentence_of(story, token)->first, opens = token;
    while (opens > first && is_quoted(story, opens - 1))
        opens--;
    return story->reading.tokens[opens].gap & GAP_COLON
               ? person_in(story, first, opens, false, false)
               : NULL;
}

/* Who said the quotation that the token is in: named in its sentence, or in the sentence after or
 * before it in the paragraph, or whoever the paragraph began with, or was last heard before. */
const struct mention *speaker_of(const struct story *story, size_t token)
{
    const struct sentence *sentences = story->reading.sentences;
    size_t s = story->reading.tokens[token].sentence;
    uint32_t paragraph = sentences[s].paragraph;
    const struct mention *found = speaker_in(story, s, true);
    if (!found)
        found = introduced(story, token);
    for (size_t i = 1; !found && i <= SPEAKER_SENTENCES; i++) {
        if (s + i < story->reading.n_sentences && sentences[s + i].paragraph == paragraph)
            found = speaker_in(story, s + i, true);
        if (!found && s >= i && sentences[s - i].paragraph == paragraph)
            found = speaker_in(story, s - i, i > 1);
    }
    for (size_t i = 0; !found && i <= 2 * SPEAKER_SENTENCES && i <= s; i++)
        found = speaker_in(story, s - i, false);
    return found;
}

const struct mention *who_before(const struct story *story, size_t token)
{
    size_t s = story->reading.tokens[token].sentence;
    const struct mention *found = NULL;
    for (size_t back = 1; !found && back <= BEFORE_SENTENCES && back <= s; back++)
        found = speaker_in(story, s - back, false);
    return found && !story->persons.items[found->person].office ? found : NULL;
}
