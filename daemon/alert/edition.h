/*
 * Which edition of a fact's ladder a finding belongs to, when documents may leave the year out.
 * Pure, and a function of a set:
 *
 *   - a finding that names a year is in that year's ladder;
 *   - one that names none is in the ladder of the nearest year, among those known for the key, that
 *     is not before the year of its document (a wish of 2025 is for 2026, if somebody spoke of
 *     2026);
 *   - if there is no such year, it is in the open ladder, which has none.
 *
 * So a year that comes up for the first time takes those findings of the ladder above it (or of the
 * open one) that would have been its own; if nothing is left there, the ladder itself becomes that
 * year's. Which findings are together does not depend on the order of arrival. What does: the id of
 * the alert (an open ladder keeps the id it began with), and what has rung until then.
 */
#ifndef TOCSIN_ALERT_EDITION_H
#define TOCSIN_ALERT_EDITION_H

#include <stddef.h>
#include <stdint.h>

#define EDITION_OPEN 0

/* The year that a text names: four digits. EDITION_OPEN for "" and for any other text. */
int edition_year(const char *text);
/* `years`: those known for the key, in any order. */
int edition_join(const int *years, size_t n, int document_year);
/* The ladder from which a year that is not among `years` takes its findings. */
int edition_above(const int *years, size_t n, int new_year);

#endif
