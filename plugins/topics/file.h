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

#include <tocsin/plugin.h>

#include "config/diag.h"
#include "topics/query.h"

#define TOPIC_NAME_MAX 200
/* Tests of topics stand beside them in files whose names end so. */
#define TOPIC_TESTS_ENDING ".test.yaml"

struct topic {
    char *name;
    char *text; /* the query as written */
    struct node *query;
    enum tocsin_severity severity;
    char **labels;       /* NULL-terminated */
    char *description;   /* NULL: none */
    char *language;      /* NULL: none */
    bool shadow;         /* rings nobody */
    struct config_at at; /* of the name */
};

struct topic_list {
    struct topic *items;
    size_t n, cap;
};

/* Is it a file of tests, by its name? */
bool topics_is_test(const char *file);

/* Called with each good topic; what it takes it sets to zero, the rest is freed. */
typedef void use_topic(void *arg, struct topic *topic);
/* The topics of a file's text, by its name YAML or in bulk (bulk.h). What is wrong goes to `diags`,
 * and such a topic is left out. */
void topics_each(const char *file, const char *text, size_t len, use_topic *use, void *arg,
                 struct diags *diags);

/* Adds the topics of one file, by its ending YAML or in bulk (bulk.h). What is wrong goes to
 * `diags`, and such a topic is left out. */
void topics_read(struct topic_list *list, const char *file, struct diags *diags);
/* The same on text in memory. */
void topics_parse(struct topic_list *list, const char *file, const char *text, size_t len,
                  struct diags *diags);
void topics_deinit(struct topic_list *list);

/* Adds the label; there must be room for it. */
void topic_make_private(struct topic *topic);
/* For bulk.c. Checks the name, the language and the severity (NULL: normal), and parses the query:
 * 0, or -1 with errors. */
int topic_finish(struct topic *topic, const char *severity, struct diags *diags);
void topic_deinit(struct topic *topic);

#endif
