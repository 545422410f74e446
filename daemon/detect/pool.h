/* Detector hosts: one warm, more under backlog, idle ones end. */
#ifndef TOCSIN_DETECT_POOL_H
#define TOCSIN_DETECT_POOL_H

#include "detect/inside.h"

struct member {
    struct list link;
    struct pool *pool;
    struct host *host;
    struct lineup *lineup;
    size_t n_plugins;
    uint8_t detector_of[LINEUP_MAX]; /* the host's plugin is this detector of the lineup */
    struct buf problems[LINEUP_MAX]; /* that set-up met, by plugin */
    bool ready;
    bool leaving;     /* gets no more jobs */
    bool robbed;      /* others have what waited in it: it ends with the job at work */
    struct list jobs; /* sent, in this order; the first is at work */
    size_t n_jobs;
    int64_t idle_since_ms;
};

/* `only`, borrowed: they run this detector alone, and none is kept warm; NULL: all. */
struct pool *pool_new(struct detect *detect, const char *only);
void pool_free(struct pool **pool);
/* Hosts of another lineup than the one in force finish what they have and end. */
void pool_renew(struct pool *pool);
/* Its jobs go to another one; its hosts finish what they have and end. */
void pool_dissolve(struct pool *pool, struct pool *into);
/* Takes the job. It is not handed out before pool_pump. */
void pool_push(struct pool *pool, struct job *job, bool front);
/* Hands out what hosts have credit for, and starts hosts. */
void pool_pump(struct pool *pool);
/* Did its hosts die so often in a row that what waits for it does so for long? */
bool pool_gives_up(const struct pool *pool);
size_t pool_queued(const struct pool *pool);
size_t pool_running(const struct pool *pool);
/* The host's number for a detector of that name, SIZE_MAX when it does not run it. */
size_t member_plugin(const struct member *member, const char *detector);

#endif
