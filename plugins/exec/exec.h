/* What the files of the plugin `exec` share. */
#ifndef TOCSIN_EXEC_EXEC_H
#define TOCSIN_EXEC_EXEC_H

#include "exec/process.h"

struct exec {
    struct tocsin_instance *instance;
    struct process *process;
};

/* detecting.c */
int exec_detect(void *state, const struct tocsin_document *document, struct tocsin_report *report);
int exec_explain(void *state, const struct tocsin_document *document, const char *topic,
                 struct tocsin_explain *explain);
int exec_topics(void *state, struct tocsin_topics *topics);

/* notifying.c */
enum tocsin_result exec_notify(void *state, const struct tocsin_delivery *delivery,
                               struct tocsin_outcome *outcome);

/* "low" ... "urgent", or 1 to 4; TOCSIN_NORMAL when there is none; 0 when it is something else. */
enum tocsin_severity exec_severity(const json_t *value);

#endif
