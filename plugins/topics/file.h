/*
 * Topics files: YAML, with one map `topics` from a name to
 *
 *     query        text, needed; see tocsin-query(7)
 *     severity     low, normal (the default), high, urgent
 *     labels       a list of texts
 *     description  a line for people
 *     language     two letters, for stem:
 *     shadow       true: what it finds is recorded and rings nobody
 *     private      true: notifiers get neither quote nor title; the same as the label "private"
 */
#ifndef TOCSIN_TOPICS_FILE_H
#define TOCSIN_TOPICS_FILE_H

#include "topics/topic.h"

struct topic_list {
    struct topic *items;
    size_t n, cap;
};

/* Is it a file of tests, by its name? */
bool topics_is_test(const char *file);

/* Called with each good topic; what it takes it sets to zero, the rest is freed. */
typedef void use_topic(void *arg, struct topic *topic);
/* The topics of a file's text, by its name YAML or in bulk (bulk.h), of which it may be lines that
 * stand behind so many others. What is wrong goes to `diags`, and such a topic is left out. */
void topics_each(const char *file, const char *text, size_t len, int lines, use_topic *use,
                 void *arg, struct diags *diags);

/* Adds the topics of one file, by its ending YAML or in bulk (bulk.h). What is wrong goes to
 * `diags`, and such a topic is left out. */
void topics_read(struct topic_list *list, const char *file, struct diags *diags);
/* The same on text in memory. */
void topics_parse(struct topic_list *list, const char *file, const char *text, size_t len,
                  struct diags *diags);
void topics_deinit(struct topic_list *list);

#endif
