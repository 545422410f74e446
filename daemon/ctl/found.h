/*
 * What the detectors of a configuration find in files, in hosts of tocsinctl's own.
 */
#ifndef TOCSIN_CTL_FOUND_H
#define TOCSIN_CTL_FOUND_H

#include "ctl/offline.h"

/* One file. */
struct found {
    struct offline *offline;
    json_t *findings; /* [{"detector", "fact", "topic", "summary", "severity", "score", "labels",
                         "fields", "evidence"}] */
    json_t *parts;    /* of an explanation, as they come */
    char *title, *media_type;
    char *problem; /* why it could not be judged, NULL: it was */
    char *note;    /* what of the findings a detector had to drop, NULL: nothing */
    int64_t date;
    char *text;  /* decoded, unless it is in text_fd; NULL: there is none */
    int text_fd; /* -1: none */
};

/* Loads the configuration, which has to name a detector; what is wrong is said. */
int found_config(struct offline *offline, const struct ctl *ctl);
/* Has every detector judge the file, in a new host where there is none. 0, or -1 when there is no
 * such file or no host starts, which is said; what else goes wrong is in `problem`. In any case
 * found_deinit. */
int found_read(struct found *found, struct offline *offline, const char *path);
void found_deinit(struct found *found);
/* A receiver for offline_ask: adds what a host answers; `arg` is the struct found. */
void found_take(void *arg, const struct ipc_message *message, int fd);

#endif
