/*
 * An entry that is applied for: who is to drive it wishes to, whatever the words, until it is
 * granted.
 */
#ifndef LEMANS_PENDING_H
#define LEMANS_PENDING_H

struct story;

/* Makes wishes of the candidate facts that are told after an application. */
void pending_turn(struct story *story);

#endif
