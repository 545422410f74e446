/*
 * Silence as a signal: a folder from which something new is expected within some time, and nothing
 * comes. The last that came is in the store, so that a daemon that was down asks for no more
 * patience than one that was up.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "document/room.h"

struct look {
    struct watched *watched;
    int64_t last_ms;
};

static void missed(void *arg, int64_t last_ms, int64_t within_ms)
{
    const struct watched *watched = arg;
    char since[STR_MINUTE_SIZE], within[STR_DURATION_SIZE];
    if (!watched->documents->ops->missed)
        return;
    str_minute_format(last_ms, since, sizeof(since));
    str_duration_format(within_ms, within, sizeof(within));
    AUTO_FREE char *text =
        mem_printf("Nothing new has come from the folder \"%s\" since %s; something is expected "
                   "within %s.",
                   watched->name, since, within);
    watched->documents->ops->missed(watched->documents->arg, watched->name, text);
}

static void came(void *arg)
{
    const struct watched *watched = arg;
    if (watched->documents->ops->came)
        watched->documents->ops->came(watched->documents->arg, watched->name);
}

static int ask_last(struct store_txn *txn, void *arg, struct err *err)
{
    struct look *look = arg;
    return store_source_last(txn, look->watched->name, &look->last_ms, err) < 0 ? -1 : 0;
}

static void last_is_known(void *arg, const char *error)
{
    struct look *look = arg;
    struct watched *watched = look->watched;
    watched->documents->n_notes--;
    if (error)
        log_warning("%s: when something came last is not known: %s", watched->name, error);
    if (watched->expect_ms)
        vigil_begin(watched->expected, watched->expect_ms, look->last_ms);
    free(look);
}

void expected_begin(struct watched *watched, int64_t within_ms)
{
    static const struct vigil_ops ops = {missed, came};
    struct documents *documents = watched->documents;
    watched->expect_ms = within_ms;
    if (!watched->expected)
        watched->expected = vigil_new(documents->loop, &ops, watched);
    if (!within_ms) {
        vigil_begin(watched->expected, 0, 0);
        return;
    }
    vigil_end(watched->expected);
    /* Of one that never had anything, from now on. */
    struct look *look = NEW(struct look);
    *look = (struct look){.watched = watched, .last_ms = loop_wall_ms(documents->loop)};
    documents->n_notes++;
    store_read(documents->store, ask_last, last_is_known, look);
}

void expected_came(struct watched *watched)
{
    if (watched->expected)
        vigil_came(watched->expected);
}

void expected_end(struct watched *watched)
{
    watched->expect_ms = 0;
    if (watched->expected)
        vigil_end(watched->expected);
}
