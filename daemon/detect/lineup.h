/* The detectors of one configuration, probed and prepared: what a host is started with. */
#ifndef TOCSIN_DETECT_LINEUP_H
#define TOCSIN_DETECT_LINEUP_H

#include "config/config.h"
#include "hosts/hosts.h"

/* A bit each in the messages. */
#define LINEUP_MAX 64

struct detect_counts;

struct detector {
    char *name;   /* of the instance */
    char *plugin; /* of the plugin */
    struct hash hash;
    struct config_option *options;
    size_t n_options;
    int64_t deadline_ms, memory_bytes;
    enum tocsin_powers powers;
    bool prepares, compares;
    struct host_index index; /* what it prepared, shared by all hosts */
    uint64_t n_learnt;       /* how often it had learnt something by then */
    /* From the plugin's description; facts only. */
    struct config_texts key_fields, statuses;
    char *edition_field;
    bool probed;
    struct lineup *of;            /* while it is made ready */
    char *trouble;                /* why it cannot work, NULL: it can */
    struct detect_counts *counts; /* the room's; see counts.c */
};

struct lineup {
    int refs;
    struct detector *items;
    size_t n;
    size_t unready;
    struct hosts *hosts;
    void (*ready)(void *arg, struct lineup *lineup);
    void (*trouble)(void *arg, const char *detector, const char *text);
    void *arg;
};

/* `trouble` comes for each detector that cannot work, now or later. */
struct lineup *lineup_new(const struct config *config, struct hosts *hosts,
                          void (*trouble)(void *arg, const char *detector, const char *text),
                          void *arg);
/* Probes every detector, and has those prepare that do; `ready` comes when all have answered,
 * perhaps at once. */
void lineup_make_ready(struct lineup *lineup, void (*ready)(void *arg, struct lineup *lineup));
struct lineup *lineup_ref(struct lineup *lineup);
void lineup_unref(struct lineup **lineup);
/* Calls nobody any more. */
void lineup_cancel(struct lineup *lineup);

/* Is this the same, so that its hosts may live on? Not if one of its detectors is in trouble: it
 * is to be tried again; nor if one has learnt something since. */
bool lineup_same(const struct lineup *a, const struct lineup *b);
/* As a host is given it; points into it. */
struct host_plugin lineup_plugin(const struct detector *detector);
/* SIZE_MAX when there is none of that name. */
size_t lineup_find(const struct lineup *lineup, const char *name);
/* What its facts look like, when its plugin's table did not tell; the first that is said holds. */
void lineup_facts(struct lineup *lineup, size_t detector, const struct ipc_facts *facts);
/* Adds the texts of a message. */
void texts_take(struct config_texts *to, const struct ipc_texts *from);
/* Says once why it cannot work. */
void lineup_blame(struct lineup *lineup, size_t detector, const char *text);

#endif
