/*
 * A fact's ladder: how its status went, by the dates of the documents that say so. Pure, and a
 * function of a set: in whatever order the documents came, the ladder is the same.
 *
 * Entries are ordered by date, then by the status's rank in its detector's own order, then by
 * origin. The last one's status stands. Neighbours that agree are one rung with several sources; a
 * source older than what is known therefore goes in below and changes nothing above.
 */
#ifndef TOCSIN_ALERT_LADDER_H
#define TOCSIN_ALERT_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/outcome.h"
#include "base/hash.h"
#include "config/config.h"

struct ladder_entry {
    int32_t date;
    int rank;
    struct hash origin;
    const char *status;
};

/* The place of a status in its detector's order, from 1; 0 when it is not in there. */
int ladder_rank(const struct config_texts *statuses, const char *status);
int ladder_compare(const struct ladder_entry *a, const struct ladder_entry *b);
void ladder_sort(struct ladder_entry *entries, size_t n);
/* Where the rung that begins at `first` ends; entries are sorted. */
size_t ladder_rung_end(const struct ladder_entry *entries, size_t n, size_t first);
/* How many different origins stand in entries [first, end) of a sorted ladder. */
size_t ladder_sources(const struct ladder_entry *entries, size_t first, size_t end);

/* What a finding does that was added to a ladder: `before` is the status that stood (NULL: a new
 * ladder), `after` the one that stands now. OUTCOME_RANG: it changed what stands. */
enum alert_outcome ladder_judge(const char *before, const char *after, const char *status);

#endif
