/* A topic as its file says it, and the checks that every form of file shares. */
#ifndef TOCSIN_TOPICS_TOPIC_H
#define TOCSIN_TOPICS_TOPIC_H

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

void topic_deinit(struct topic *topic);
/* Adds the label; there must be room for it. */
void topic_make_private(struct topic *topic);

/* These say what is wrong at `at`, of the topic that `what` names: 0, or -1 with an error. */

/* Parses the topic's text, of `len` bytes; says also what is odd about it. */
int topic_parse(struct topic *topic, size_t len, struct config_at at, const char *what,
                struct diags *diags);
/* `language` NULL: none was said. */
int topic_check_language(const char *language, struct config_at at, const char *what,
                         struct diags *diags);
/* `name` NULL: none was said. */
int topic_set_severity(struct topic *topic, const char *name, struct config_at at, const char *what,
                       struct diags *diags);
/* All of them for a topic whose texts are set, and its name. */
int topic_finish(struct topic *topic, const char *severity, struct diags *diags);

#endif
