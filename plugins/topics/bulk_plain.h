/* Lines of JSON as simple as most topics' are. */
#ifndef TOCSIN_TOPICS_BULK_PLAIN_H
#define TOCSIN_TOPICS_BULK_PLAIN_H

#include "topics/bulk.h"

/* Reads an object of texts, which are ASCII without other escapes than \" \\ \/, name and query
 * among them; cuts the line into texts, to which `said` points. False, and the line as it was, when
 * it is anything else: that is for jansson, which is slower, and says what is wrong. */
bool bulk_plain(char *line, struct bulk_topic *said);

#endif
