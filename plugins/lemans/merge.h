/*
 * Candidate facts to facts: what is said twice becomes one, parts of a crew become the crew, and of
 * two statuses that exclude each other the one that holds at the document's date stays.
 */
#ifndef LEMANS_MERGE_H
#define LEMANS_MERGE_H

struct story;

void facts_merge(struct story *story);

#endif
