/*
 * The rooms alert/, deliver/ and store/ as tocsind wires them, on a clock wound by hand, with hosts
 * that behave as told. The scripts' words (script.h) are verbs on this.
 */
#ifndef TOCSIN_TESTS_WORLD_H
#define TOCSIN_TESTS_WORLD_H

#include <jansson.h>

#include "alert/alert.h"
#include "deliver/deliver.h"
#include "fake_hosts.h"
#include "fake_loop.h"

struct world;

/* An attempt that no EXPECT has asked for yet. */
struct ring {
    char *notifier, *id, *summary, *headline, *change, *alert_id, *token;
    char *told; /* of each revision "ALERT REVISION\n" */
    unsigned attempt, count, n_sources;
    enum tocsin_notice notice;
    int64_t until_ms;
    bool ok;
    int64_t at_ms, loop_ms; /* on the wall clock, and on the loop's, which nobody sets */
};

struct world *world_new(void);
void world_free(struct world **world);
/* The configuration to be in force from the next world_configure on. */
struct config_notifier *world_notifier(struct world *world, const char *name);
void world_remove(struct world *world, const char *name);
void world_keep_sent(struct world *world, int64_t ms);
struct config_route *world_route(struct world *world);
void world_remove_routes(struct world *world);
/* From then on, something of such topics is expected within so long. The texts are the world's. */
void world_expect(struct world *world, struct config_texts topics, int64_t within_ms);
/* Starts the rooms, or reloads. */
void world_configure(struct world *world);
/* Ends the rooms and starts them again on the same store. */
void world_restart(struct world *world);
/* The same, on the store as it is at this moment: what the rooms write while they end is not in it.
 * At rest alone. */
void world_crash(struct world *world);
/* Until nothing happens any more without time passing. False: something never came to rest. */
bool world_settle(struct world *world);
void world_pass(struct world *world, int64_t ms);

/* Nothing under way and no timer armed but the hourly one that removes what is old. */
bool world_idle(const struct world *world);

struct alerts *world_alerts(struct world *world);
struct deliver *world_deliver(struct world *world);
struct hosts *world_hosts(struct world *world);
struct store *world_store(struct world *world);
struct loop *world_loop(struct world *world);
/* The first ring of the list, taken out; NULL: none. The caller frees it. */
struct ring *world_ring(struct world *world, const char *notifier);
/* One of any notifier, which stays in the list; NULL: silence. */
const struct ring *world_any_ring(const struct world *world);
void ring_free(struct ring **ring);
/* The id of the alert of the last event; its outcome. */
const char *world_last_alert(const struct world *world);
const char *world_last_outcome(const struct world *world);
/* Asks and waits; the caller's reference; NULL with the reason in `error` (256 bytes). */
json_t *world_ask(struct world *world, void (*ask)(struct world *world, void *arg), void *arg,
                  char *error);
void world_answer(void *world, json_t *result, const char *error);
void world_acted(void *world, const char *error);
/* For world_ask: every delivery, as store_view_deliveries lists them. */
void world_ask_deliveries(struct world *world, void *arg);

#endif
