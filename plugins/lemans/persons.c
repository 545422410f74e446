/* The persons of a document, each once; see naming.h. */
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

#include "naming.h"
#include "story.h"

#define PERSONS_MAX 400 /* beyond that a document is a directory */

static char *token_word(const struct token *token)
{
    return mem_strndup(token->folded, token->folded_len);
}

struct person *naming_person(struct naming *names, const struct map *map, const struct token *token)
{
    uintptr_t number = (uintptr_t)map_get(map, token->folded, token->folded_len);
    return number ? &names->story->persons.items[number - 1] : NULL;
}

uint32_t naming_number(const struct naming *names, const struct person *person)
{
    return (uint32_t)(person - names->story->persons.items);
}

void naming_index(struct naming *names, const struct person *person)
{
    void *number = (void *)((uintptr_t)naming_number(names, person) + 1);
    /* A surname alone means whoever bore it first: the father before his sons. */
    if (!map_get_text(names->by_last, person->last))
        map_set_text(names->by_last, person->last, number);
    if (person->given[0])
        map_set_text(names->by_given, person->given, number);
}

/* Adds the person named by tokens [first, end), or finds them. NULL when there are too many. */
struct person *naming_person_make(struct naming *names, size_t first, size_t end, const char *name,
                                  const struct driver *driver)
{
    struct persons *persons = &names->story->persons;
    const struct token *tokens = names->story->reading.tokens;
    AUTO_FREE char *given = end - first > 1 ? token_word(&tokens[first]) : mem_strdup("");
    AUTO_FREE char *last = token_word(&tokens[end - 1]);
    for (size_t i = 0; i < persons->n; i++) {
        struct person *old = &persons->items[i];
        if ((driver && old->driver == driver) ||
            (!strcmp(old->last, last) && !strcmp(old->given, given)))
            return old;
    }
    if (persons->n == PERSONS_MAX)
        return NULL;
    persons->items = mem_grow(persons->items, &persons->cap, persons->n + 1, sizeof(struct person));
    struct person *person = &persons->items[persons->n++];
    *person = (struct person){.driver = driver};
    person->name = name ? mem_strdup(name) : reading_text(&names->story->reading, first, end);
    person->given = mem_strdup(given);
    person->last = mem_strdup(last);
    naming_index(names, person);
    return person;
}

void persons_deinit(struct persons *persons)
{
    for (size_t i = 0; i < persons->n; i++) {
        mem_free_p(&persons->items[i].name);
        mem_free_p(&persons->items[i].given);
        mem_free_p(&persons->items[i].last);
    }
    mem_free_p(&persons->items);
}

void naming_mention(struct naming *names, const struct person *person, size_t first, size_t end,
                    bool stands_for)
{
    if (person)
        mention_add(&names->story->mentions,
                    (struct mention){.kind = MENTION_PERSON,
                                     .first = (uint32_t)first,
                                     .end = (uint32_t)end,
                                     .person = naming_number(names, person),
                                     .stands_for = stands_for});
}
