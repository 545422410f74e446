/* Between ledger.c and ledger_rings.c: what is kept. */
#ifndef TOCSIN_TESTS_LEDGER_INSIDE_H
#define TOCSIN_TESTS_LEDGER_INSIDE_H

#include "base/map.h"
#include "ledger.h"

/* On the loop's clock; by how much the wall clock was set until then, either way. */
struct moment {
    int64_t loop_ms, set_ms;
};

enum about_state { ABOUT_OPEN, ABOUT_ACKNOWLEDGED, ABOUT_CLOSED };

/* An alert. */
struct about {
    bool is_known; /* the script made it; else it is tocsin's own, of what a notifier does */
    bool is_fact;
    char topic[64];
    enum about_state state;
    size_t n_revisions;
    struct moment snoozed;
    int64_t snooze_ms; /* 0: it is not */
    unsigned n_snoozes;
};

struct revision {
    const struct about *about;
    size_t number; /* of its alert's, from 1 */
    struct moment made;
    struct ledger_rules rules; /* as it was made */
    unsigned n_snoozes;        /* of its alert, before */
    bool is_seen_to, is_muted; /* by persons, or by later news; as long as it has been there */
};

/* Of one notifier and one revision. */
struct entry {
    struct about *about;
    const struct revision *revision; /* NULL: of an alert that is not known */
    unsigned n_told, n_back;         /* of those, after a snooze */
    struct moment told;
    bool may_remind;
    int64_t remind_ms;
    bool is_excused; /* it may be that no reminder comes */
};

/* Of one notifier and one alert. */
struct heard {
    const struct about *about;
    char notifier[32];
    bool of_news, of_end, is_excused;
    size_t ended; /* the number of the revision whose end it heard of last */
};

struct mute {
    struct moment since;
    int64_t duration_ms; /* 0: for good */
};

struct ledger {
    struct map *abouts, *revisions; /* by id */
    struct map *entries, *heard;    /* by notifier and id */
    struct map *mutes;              /* by topic */
    struct map *failed;             /* notifiers that did once */
    struct ledger_rules rules;
    int64_t set_ms;
    struct moment silenced;   /* at last */
    int64_t silence_ms;       /* 0: never */
    int64_t first_silence_ms; /* `set_ms` then */
};

/* What is there, or an empty one that is now. */
void *ledger_get(struct map *map, const char *key, size_t size);
struct moment ledger_now(const struct ledger *ledger, const struct script *script);
/* Whichever clock is asked, and however the wall's was set since: at this time of the loop it had
 * not been so long. */
bool ledger_is_early(const struct ledger *ledger, int64_t loop_ms, const struct moment *since,
                     int64_t delay_ms);

#endif
