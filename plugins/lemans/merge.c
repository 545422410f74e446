/* Candidate facts to facts; see merge.h. */
#include "merge.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#include "story.h"

static bool facts_share_driver(const struct fact *a, const struct fact *b)
{
    for (size_t i = 0; i < a->n_drivers; i++)
        if (fact_has_driver(b, a->drivers[i]))
            return true;
    return false;
}

static bool years_agree(const struct fact *a, const struct fact *b)
{
    return !a->year || !b->year || a->year == b->year;
}

static bool cars_agree(const struct fact *a, const struct fact *b)
{
    return !a->car || !b->car || str_equal(a->car, b->car);
}

static bool same_team(const struct fact *a, const struct fact *b)
{
    return !a->n_drivers && !b->n_drivers && str_equal(a->team, b->team);
}

static bool same_fact(const struct fact *a, const struct fact *b)
{
    return a->status == b->status && years_agree(a, b) &&
           (same_team(a, b) || facts_share_driver(a, b));
}

static void text_move(char **to, char **from)
{
    if (*to)
        return;
    *to = *from;
    *from = NULL;
}

/* The stronger one keeps its words; what it lacks, the other gives. */
static void fact_join(struct fact *into, struct fact *from)
{
    if (from->score > into->score) {
        struct fact swap = *into;
        *into = *from;
        *from = swap;
    }
    if (cars_agree(into, from))
        for (size_t i = 0; i < from->n_drivers; i++)
            fact_add_driver(into, from->drivers[i]);
    if (from->quote_end && (!into->quote_end || from->quote_first < into->quote_first)) {
        into->quote_first = from->quote_first;
        into->quote_end = from->quote_end;
    }
    text_move(&into->team, &from->team);
    text_move(&into->car, &from->car);
    if (!into->race_class)
        into->race_class = from->race_class;
    if (!into->year)
        into->year = from->year;
    if (into->outcome == CUE_OUTCOME_NONE)
        into->outcome = from->outcome;
}

static void fact_drop(struct facts *facts, size_t i)
{
    fact_deinit(&facts->items[i]);
    facts->n--;
    memmove(&facts->items[i], &facts->items[i + 1], (facts->n - i) * sizeof(struct fact));
}

static bool join_once(struct facts *facts)
{
    for (size_t i = 0; i < facts->n; i++)
        for (size_t j = i + 1; j < facts->n; j++)
            if (same_fact(&facts->items[i], &facts->items[j])) {
                fact_join(&facts->items[i], &facts->items[j]);
                fact_drop(facts, j);
                return true;
            }
    return false;
}

/* Whether `a` makes `b` untrue: of the same person, for the same race. */
static bool outweighs(const struct fact *a, const struct fact *b)
{
    if (!years_agree(a, b))
        return false;
    switch (b->status) {
    case CUE_INTEREST:
        return a->status == CUE_CONFIRMED;
    case CUE_RUMOURED:
        return a->status == CUE_CONFIRMED || a->status == CUE_RULED_OUT;
    case CUE_CONFIRMED:
        return a->status == CUE_RESULT || (a->status == CUE_RULED_OUT && a->score >= b->score);
    case CUE_RULED_OUT:
        return a->status == CUE_RESULT || (a->status == CUE_CONFIRMED && a->score > b->score);
    case CUE_RESULT:
    case CUE_NOT:
    case CUE_MAYBE:
    case CUE_TOGETHER:
    case CUE_PARTNERS:
    case CUE_EDITION:
    case CUE_WATCH:
    case CUE_RESERVE:
    case CUE_UNREAL:
    case CUE_ASIDE:
    case CUE_ONLOOK:
    case CUE_NONE:
        return false;
    }
    return false;
}

static void driver_drop(struct fact *fact, uint32_t person)
{
    size_t kept = 0;
    for (size_t i = 0; i < fact->n_drivers; i++)
        if (fact->drivers[i] != person)
            fact->drivers[kept++] = fact->drivers[i];
    fact->n_drivers = kept;
}

/* Takes the drivers of `by` out of the facts that it outweighs; those left empty go. */
static void weaker_drop(struct facts *facts)
{
    for (size_t b = 0; b < facts->n;) {
        bool had_drivers = facts->items[b].n_drivers > 0;
        for (size_t a = 0; a < facts->n; a++)
            for (size_t i = 0;
                 outweighs(&facts->items[a], &facts->items[b]) && i < facts->items[a].n_drivers;
                 i++)
                driver_drop(&facts->items[b], facts->items[a].drivers[i]);
        if (had_drivers && !facts->items[b].n_drivers)
            fact_drop(facts, b);
        else
            b++;
    }
}

/* A team's own fact says nothing where its drivers' says the same. */
static void teams_drop(struct facts *facts)
{
    for (size_t b = 0; b < facts->n;) {
        bool told = false;
        for (size_t a = 0; !facts->items[b].n_drivers && a < facts->n; a++)
            told =
                told ||
                (facts->items[a].n_drivers && facts->items[a].status == facts->items[b].status &&
                 years_agree(&facts->items[a], &facts->items[b]) &&
                 (!facts->items[a].team || str_equal(facts->items[a].team, facts->items[b].team)));
        if (told)
            fact_drop(facts, b);
        else
            b++;
    }
}

void facts_merge(struct story *story)
{
    struct facts *facts = &story->facts;
    while (join_once(facts))
        ;
    weaker_drop(facts);
    teams_drop(facts);
}
