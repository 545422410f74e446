/*
 * What the words around make of a cue: negation, hedges, conditions, questions, watching, wishes.
 */
#ifndef LEMANS_STATUS_H
#define LEMANS_STATUS_H

#include "cues.h"
#include "language.h"

struct story;

/* CUE_INTEREST to CUE_RESULT, CUE_NONE when the hit tells nothing where it stands. `nearness` is
 * race_nearness of its first word. */
enum cue_kind status_of(const struct story *story, const struct hit *hit, int nearness);

#endif
