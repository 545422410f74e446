/* What a new index changes in the one in force, topic by topic. */
#ifndef TOCSIN_TOPICS_CHANGES_H
#define TOCSIN_TOPICS_CHANGES_H

#include <tocsin/plugin.h>

#include "topics/index.h"

/* In the order of the files: what is new or other, then what is gone. The cost is that of the
 * pieces that are not in both. */
void changes_tell(const struct index *before, const struct index *now,
                  struct tocsin_topics *topics);

#endif
