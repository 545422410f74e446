/* A fact as a sentence; see headline.h. */
#include "headline.h"

#include <string.h>

#include "base/buf.h"

#include "story.h"

static const char *const status_names[] = {[CUE_INTEREST] = "interest",
                                           [CUE_RUMOURED] = "rumoured",
                                           [CUE_CONFIRMED] = "confirmed",
                                           [CUE_RULED_OUT] = "ruled_out",
                                           [CUE_RESULT] = "result"};

const char *fact_status_name(enum cue_kind status)
{
    return status_names[status];
}

static const char *result_verb(enum cue_outcome outcome)
{
    switch (outcome) {
    case CUE_OUTCOME_WON:
        return "won";
    case CUE_OUTCOME_CLASS:
        return "won in class at";
    case CUE_OUTCOME_RETIRED:
        return "did not finish";
    case CUE_OUTCOME_PLACED:
    case CUE_OUTCOME_NONE:
        return "finished";
    }
    return "";
}

static const char *verb(const struct fact *fact)
{
    switch (fact->status) {
    case CUE_INTEREST:
        return "would like to race at";
    case CUE_RUMOURED:
        return fact->n_drivers > 1 ? "are rumoured for" : "is rumoured for";
    case CUE_CONFIRMED:
        return "will race at";
    case CUE_RULED_OUT:
        return "will not race at";
    case CUE_RESULT:
        return result_verb(fact->outcome);
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
        return "";
    }
    return "";
}

/* One person in full, a crew by surnames. */
static const char *short_name(const struct story *story, const struct fact *fact, size_t i)
{
    const char *name = story->persons.items[fact->drivers[i]].name;
    const char *last = strrchr(name, ' ');
    if (fact->n_drivers < 2 || !last)
        return name;
    /* With the small words before it: "van der Zande". */
    const char *start = last + 1;
    while (last > name) {
        const char *before = last;
        while (before > name && before[-1] != ' ')
            before--;
        if (*before < 'a' || *before > 'z')
            break;
        start = before;
        last = before > name ? before - 1 : name;
    }
    return start;
}

static void who_print(const struct story *story, const struct fact *fact, struct buf *out)
{
    if (!fact->n_drivers)
        buf_puts(out, fact->team ? fact->team : "");
    for (size_t i = 0; i < fact->n_drivers; i++)
        buf_printf(out, "%s%s",
                   !i                         ? ""
                   : i + 1 == fact->n_drivers ? " and "
                                              : ", ",
                   short_name(story, fact, i));
}

char *headline_make(const struct story *story, const struct fact *fact)
{
    struct buf out = {0};
    who_print(story, fact, &out);
    buf_printf(&out, " %s Le Mans", verb(fact));
    if (fact->year)
        buf_printf(&out, " %d", fact->year);
    return buf_take(&out);
}
