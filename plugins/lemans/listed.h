/*
 * Crews that a document names with a car, a class or "his partners" and says nothing of: entered
 * before the race, and placed after it.
 */
#ifndef LEMANS_LISTED_H
#define LEMANS_LISTED_H

struct story;

/* Adds candidate facts. */
void listed_find(struct story *story);

#endif
