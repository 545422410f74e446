/*
 * What is told aside: whom the one spoken of has beaten or followed ("ahead of the Toyotas"), and
 * since when ("their first win since 1965"). Such a person or team has no part in the cues of its
 * clause, and such a year is no edition.
 */
#ifndef LEMANS_ASIDES_H
#define LEMANS_ASIDES_H

struct story;

void asides_mark(struct story *story);

#endif
