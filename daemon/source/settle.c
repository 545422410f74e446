/* When a file is complete; see settle.h. */
#include "source/settle.h"

static enum settle_need wait_until(struct settle *settle, int64_t due_us)
{
    settle->waiting = true;
    settle->due_us = due_us;
    return SETTLE_WAIT;
}

/* A file that only grows: the first change begins the wait, later ones do not prolong it. */
static enum settle_need grown(const struct settle_rule *rule, struct settle *settle, int64_t now_us)
{
    settle->open = false;
    if (settle->waiting)
        return SETTLE_WAIT;
    int64_t due_us = now_us + rule->settle_us;
    if (settle->reported_us && settle->reported_us + SETTLE_LOG_US > due_us)
        due_us = settle->reported_us + SETTLE_LOG_US;
    return due_us <= now_us ? SETTLE_COMPLETE : wait_until(settle, due_us);
}

static enum settle_need closed(const struct settle_rule *rule, struct settle *settle,
                               int64_t now_us)
{
    settle->open = false;
    if (!settle->first_close_us)
        settle->first_close_us = now_us;
    if (now_us >= settle->first_close_us + SETTLE_PATIENCE * rule->settle_us)
        return SETTLE_COMPLETE;
    return wait_until(settle, now_us + rule->settle_us);
}

enum settle_need settle_event(const struct settle_rule *rule, struct settle *settle,
                              enum settle_event event, int64_t now_us)
{
    settle->only_created = event == SETTLE_CREATED && !settle->waiting;
    settle->last_event_us = now_us;
    if (event == SETTLE_ARRIVED)
        return SETTLE_COMPLETE;
    if (rule->growing)
        return grown(rule, settle, now_us);
    switch (event) {
    case SETTLE_CLOSED:
    case SETTLE_ARRIVED:
        return closed(rule, settle, now_us);
    case SETTLE_CREATED:
        /* Whether it is a link is looked up once the events at hand are read: most new files are
         * written and closed by then. */
        settle->open = true;
        return wait_until(settle, now_us);
    case SETTLE_CHMODDED:
        if (settle->waiting && !settle->open)
            return SETTLE_WAIT; /* copy programs set mode and times after the close */
        break;
    case SETTLE_WRITTEN:
        break;
    }
    settle->open = true;
    return wait_until(settle, now_us + SETTLE_STABLE_US);
}

enum settle_need settle_due(const struct settle *settle)
{
    return settle->open ? SETTLE_LOOK : SETTLE_COMPLETE;
}

/* A name made for a file that was there already: it has other names, or its status changed (by the
 * link, by the removal of the old name) after its content did. A file just being written has
 * neither. */
static bool is_link(const struct settle_stat *stat)
{
    return stat->links > 1 || (stat->size_bytes > 0 && stat->mtime_ns != stat->ctime_ns);
}

static bool is_same(const struct settle_stat *a, const struct settle_stat *b)
{
    return a->size_bytes == b->size_bytes && a->mtime_ns == b->mtime_ns;
}

/* Since when it is known to be unchanged, on the monotonic clock. */
static int64_t unchanged_since(const struct settle_rule *rule, const struct settle *settle,
                               const struct settle_stat *stat, int64_t now_us, int64_t wall_ns)
{
    int64_t since_us = settle->sample_us;
    int64_t age_us = (wall_ns - stat->mtime_ns) / 1000;
    if (rule->trust_clock && age_us > 0 && now_us - age_us < since_us)
        since_us = now_us - age_us;
    bool event_after = settle->last_event_us && settle->last_event_us > since_us;
    return event_after ? settle->last_event_us : since_us;
}

enum settle_need settle_look(const struct settle_rule *rule, struct settle *settle,
                             const struct settle_stat *stat, int64_t now_us, int64_t wall_ns)
{
    if (rule->growing || (settle->only_created && is_link(stat)))
        return SETTLE_COMPLETE;
    if (stat->closed && rule->trust_clock)
        return closed(rule, settle, now_us);
    if (!settle->sample_us || !is_same(&settle->sample, stat)) {
        settle->sample_us = now_us;
        settle->sample = *stat;
    }
    settle->open = true;
    int64_t due_us = unchanged_since(rule, settle, stat, now_us, wall_ns) + SETTLE_STABLE_US;
    return due_us <= now_us ? SETTLE_COMPLETE : wait_until(settle, due_us);
}

void settle_reported(struct settle *settle, int64_t now_us)
{
    *settle = (struct settle){.reported_us = now_us};
}
