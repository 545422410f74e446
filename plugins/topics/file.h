/*
 * Topics files: YAML, with one map `topics` from a name to
 *
 *     query        text, needed; see tocsin-query(7)
 *     severity     low, normal (the default), high, urgent
 *     labels       a list of texts
 *     description  a line for people
 *     language     two letters, for stem:
 */
#ifndef TOCSIN_TOPICS_FILE_H
#define TOCSIN_TOPICS_FILE_H

#include <tocsin/plugin.h>

#include "config/diag.h"
#include "topics/query.h"

#define TOPIC_NAME_MAX 200

struct topic {
    char *name;
    char *text; /* the query as written */
    struct node *query;
    enum tocsin_severity severity;
    char **labels;       /* NULL-terminated */
    char *description;   /* NULL: none */
    char *language;      /* NULL: none */
    struct config_at at; /* of the name */
};

struct topic_list {
    struct topic *items;
    size_t n, cap;
};

/* Adds the topics of one file. What is wrong goes to `diags`, and such a topic is left out. */
void topics_read(struct topic_list *list, const char *file, struct diags *diags);
/* The same on text in memory. */
void topics_parse(struct topic_list *list, const char *file, const char *text, size_t len,
                  struct diags *diags);
void topics_deinit(struct topic_list *list);

#endif
