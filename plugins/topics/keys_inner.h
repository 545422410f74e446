/* What keys.c and keys_leaf.c share. Costs are estimated shares of documents. */
#ifndef TOCSIN_TOPICS_KEYS_INNER_H
#define TOCSIN_TOPICS_KEYS_INNER_H

#include "topics/keys.h"

#define COST_ALWAYS 1.0
#define COST_NEVER  2.0 /* nothing that could be a key */

/* The cheapest key of a part that has no children, and its cost. */
double keys_of_leaf(const struct node *node, struct key *key);

#endif
