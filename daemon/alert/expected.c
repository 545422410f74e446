/* A vigil for each of the configuration's expectations; see expected.h. */
#include "alert/expected.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alert/inside.h"
#include "alert/route.h"
#include "base/buf.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vigil.h"
#include "config/path.h"
#include "store/alerts.h"

/* So many findings, the latest first, are looked through for the last that is meant. */
#define LOOK_MOST 100000

struct expected {
    struct alerts *alerts;
    struct loop *loop;
    struct list waits;
};

/* One expectation. Lives until no look is under way that knows of it. */
struct wait {
    struct list link;
    struct expected *expected;
    struct config_texts topics, detectors;
    char *name, *subject;
    int64_t within_ms;
    struct vigil *vigil;
    bool is_wanted; /* by the configuration in force */
    int64_t last_ms;
    size_t n_looks;
};

static void missed(void *arg, int64_t last_ms, int64_t within_ms)
{
    const struct wait *wait = arg;
    char since[STR_MINUTE_SIZE], within[STR_DURATION_SIZE];
    str_minute_format(last_ms, since, sizeof(since));
    str_duration_format(within_ms, within, sizeof(within));
    AUTO_FREE char *text =
        mem_printf("Nothing has been found for %s since %s; something is expected within %s.",
                   wait->name, since, within);
    alerts_trouble(wait->expected->alerts, wait->subject, text);
}

static void came(void *arg)
{
    const struct wait *wait = arg;
    alerts_trouble_over(wait->expected->alerts, wait->subject);
}

/* ---- what is expected ---- */

static bool is_meant(const struct wait *wait, const char *detector, const char *topic)
{
    const struct config_route route = {.topics = wait->topics, .detectors = wait->detectors};
    const struct route_question question = {.detector = detector, .topic = topic, .source = ""};
    return route_matches(&route, &question);
}

static void copy_texts(struct config_texts *to, const struct config_texts *from)
{
    for (size_t i = 0; i < from->n; i++)
        texts_add(to, from->items[i]);
}

static void name_texts(struct buf *name, const char *what, const struct config_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        buf_printf(name, "%s%s", i ? ", " : name->len ? what : "", texts->items[i]);
}

static char *name_of(const struct config_expect *from)
{
    struct buf name = {0};
    name_texts(&name, "", &from->topics);
    name_texts(&name, " of ", &from->detectors);
    if (!name.len)
        buf_puts(&name, "any topic");
    return buf_take(&name);
}

static struct wait *wait_new(struct expected *expected, const struct config_expect *from)
{
    static const struct vigil_ops ops = {missed, came};
    struct wait *wait = NEW(struct wait);
    wait->expected = expected;
    wait->name = name_of(from);
    wait->subject = mem_printf("silent:topic %s", wait->name);
    copy_texts(&wait->topics, &from->topics);
    copy_texts(&wait->detectors, &from->detectors);
    wait->vigil = vigil_new(expected->loop, &ops, wait);
    list_init(&wait->link);
    list_append(&expected->waits, &wait->link);
    return wait;
}

static void wait_free(struct wait *wait)
{
    list_remove(&wait->link);
    vigil_free(&wait->vigil);
    texts_deinit(&wait->topics);
    texts_deinit(&wait->detectors);
    free(wait->name);
    free(wait->subject);
    free(wait);
}

/* ---- when it came last ---- */

static bool take_finding(void *arg, const char *detector, const char *topic, int64_t seen_ms)
{
    struct wait *wait = arg;
    if (!is_meant(wait, detector, topic))
        return false;
    wait->last_ms = seen_ms;
    return true;
}

/* Of what was never found it is kept since when that is waited for, or a daemon that is started
 * daily would never miss it. */
static int since_when(struct store_txn *txn, struct wait *wait, struct err *err)
{
    AUTO_FREE char *since = NULL;
    int known = store_setting_get(txn, wait->subject, &since, err);
    if (known < 0 || (known > 0 && str_int_parse(since, &wait->last_ms)))
        return known < 0 ? -1 : 0;
    AUTO_FREE char *now = mem_printf("%" PRId64, wait->last_ms);
    return store_setting_set(txn, wait->subject, now, err);
}

static int run_look(struct store_txn *txn, void *arg, struct err *err)
{
    int found = store_finding_each(txn, LOOK_MOST, take_finding, arg, err);
    return found ? (found < 0 ? -1 : 0) : since_when(txn, arg, err);
}

static void looked(void *arg, const char *error)
{
    struct wait *wait = arg;
    alerts_answered(wait->expected->alerts);
    if (error)
        log_warning("%s: when something was found last is not known: %s", wait->name, error);
    wait->n_looks--;
    if (wait->is_wanted && wait->within_ms)
        vigil_begin(wait->vigil, wait->within_ms, wait->last_ms);
    else if (!wait->is_wanted && !wait->n_looks)
        wait_free(wait);
}

static void look(struct wait *wait)
{
    struct alerts *alerts = wait->expected->alerts;
    wait->last_ms = loop_wall_ms(wait->expected->loop);
    wait->n_looks++;
    alerts_asked(alerts);
    store_write(alerts_store(alerts), run_look, looked, wait);
}

/* ---- the room ---- */

struct expected *expected_new(struct alerts *alerts, struct loop *loop)
{
    struct expected *expected = NEW(struct expected);
    *expected = (struct expected){.alerts = alerts, .loop = loop};
    list_init(&expected->waits);
    return expected;
}

void expected_free(struct expected **expected)
{
    if (!*expected)
        return;
    list_each_safe (link, &(*expected)->waits)
        wait_free(LIST_ITEM(link, struct wait, link));
    free(*expected);
    *expected = NULL;
}

static struct wait *find(struct expected *expected, const struct config_expect *from)
{
    list_each (link, &expected->waits) {
        struct wait *wait = LIST_ITEM(link, struct wait, link);
        if (texts_equal(&wait->topics, &from->topics) &&
            texts_equal(&wait->detectors, &from->detectors))
            return wait;
    }
    return wait_new(expected, from);
}

static void drop_unwanted(struct expected *expected)
{
    list_each_safe (link, &expected->waits) {
        struct wait *wait = LIST_ITEM(link, struct wait, link);
        if (wait->is_wanted)
            continue;
        vigil_begin(wait->vigil, 0, 0);
        if (!wait->n_looks)
            wait_free(wait);
    }
}

void expected_configure(struct expected *expected, const struct config *config)
{
    list_each (link, &expected->waits)
        LIST_ITEM(link, struct wait, link)->is_wanted = false;
    for (size_t i = 0; i < config->n_expect; i++) {
        struct wait *wait = find(expected, &config->expect[i]);
        bool is_same = wait->within_ms == config->expect[i].within_ms;
        wait->is_wanted = config->expect[i].within_ms > 0;
        wait->within_ms = config->expect[i].within_ms;
        if (wait->is_wanted && !is_same)
            look(wait);
    }
    drop_unwanted(expected);
}

void expected_found(struct expected *expected, const struct detect_result *result)
{
    list_each (link, &expected->waits) {
        struct wait *wait = LIST_ITEM(link, struct wait, link);
        for (size_t i = 0; i < result->n_findings; i++) {
            if (!is_meant(wait, result->detector, result->findings[i].topic))
                continue;
            vigil_came(wait->vigil);
            break;
        }
    }
}
