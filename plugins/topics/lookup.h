/* The code of a query whose words an image knows already. */
#ifndef TOCSIN_TOPICS_LOOKUP_H
#define TOCSIN_TOPICS_LOOKUP_H

#include "topics/image.h"

/* `places` gets the place in `code` of each node, a node before its children. False: the image does
 * not know it. */
bool lookup_code(const struct image *image, const struct node *query, struct code *code,
                 struct code *places);

#endif
