/*
 * Stories: documents from several places that tell the same are one subject. Which story a document
 * is of is decided when something is first found in it, and stays: a document whose text has at
 * least a few shingles of it in common with an earlier one's, and proves to be alike, is of its
 * story; else it begins one.
 *
 * A look-alike taken for the same costs little: what it says in other words, numbers or names is
 * news all the same (retold.h).
 */
#ifndef TOCSIN_ALERT_STORY_H
#define TOCSIN_ALERT_STORY_H

#include "alert/run.h"

/* The origin that stands for the story of the result's document: its own, or another's. */
int story_find(struct policy_run *run, struct hash *story, struct err *err);

#endif
