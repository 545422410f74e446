/* Hours and numbers; see timing.h. */
#include "alert/timing.h"

#include "alert/valve.h"

#define SECOND_MS  1000
#define SPANS_MOST 64 /* that follow on each other: who is never to be rung says so otherwise */

/* When these hours end, if they begin on this day (of which only the date counts) and the moment
 * lies in them; 0: it does not. */
static int64_t span_until(const struct config_timing *timing, const struct timing_hours *hours,
                          const struct civil *day, int64_t now_s)
{
    struct civil begin = {day->year, day->month, day->day, 0, hours->begin_min, 0};
    struct civil end = {day->year, day->month, day->day, 0, hours->end_min, 0};
    if (hours->end_min <= hours->begin_min)
        end.day++;
    if (!(hours->weekdays >> civil_weekday(&begin) & 1))
        return 0;
    int64_t end_s = zone_utc(timing->zone, &end);
    return now_s >= zone_utc(timing->zone, &begin) && now_s < end_s ? end_s : 0;
}

/* Of all hours, the latest end; 0: it lies in none. */
static int64_t quiet_end(const struct config_timing *timing, int64_t now_s)
{
    struct civil today = zone_civil(timing->zone, now_s), yesterday = today;
    int64_t latest = 0;
    yesterday.day--;
    for (size_t i = 0; i < timing->n_quiet; i++) {
        int64_t since_today = span_until(timing, &timing->quiet[i], &today, now_s);
        int64_t since_yesterday = span_until(timing, &timing->quiet[i], &yesterday, now_s);
        latest = since_today > latest ? since_today : latest;
        latest = since_yesterday > latest ? since_yesterday : latest;
    }
    return latest;
}

int64_t timing_quiet_until(const struct config_timing *timing, int64_t now_ms)
{
    int64_t until_s = timing ? quiet_end(timing, now_ms / SECOND_MS) : 0;
    int64_t next_s = until_s;
    for (int i = 0; i < SPANS_MOST && next_s; i++) {
        until_s = next_s;
        next_s = quiet_end(timing, until_s);
    }
    return until_s * SECOND_MS;
}

static int64_t digest_at(const struct config_timing *timing, int64_t now_ms)
{
    const struct zone *zone = timing->digest_zone ? timing->digest_zone : timing->zone;
    return calendar_next(&timing->digest, zone, now_ms / SECOND_MS) * SECOND_MS;
}

static enum alert_outcome judge(const struct config_timing *timing,
                                const struct timing_state *state, int64_t now_ms, int64_t *until_ms)
{
    if ((*until_ms = timing_quiet_until(timing, now_ms)))
        return OUTCOME_QUIET;
    if (timing->has_digest && (*until_ms = digest_at(timing, now_ms)))
        return OUTCOME_DIGEST;
    if (timing->batch_ms) {
        bool is_open = state->batch_until_ms > now_ms;
        *until_ms = is_open ? state->batch_until_ms : now_ms + timing->batch_ms;
        return OUTCOME_BATCHED;
    }
    *until_ms = 0;
    if (timing->most)
        *until_ms = valve_judge(state->rung_ms, state->n_rung, timing->most, timing->most_ms,
                                state->limited_until_ms, now_ms);
    return *until_ms ? OUTCOME_LIMITED : OUTCOME_RANG;
}

enum alert_outcome timing_judge(const struct config_timing *timing, bool is_urgent,
                                const struct timing_state *state, int64_t now_ms, int64_t *until_ms)
{
    *until_ms = now_ms;
    if (!timing || is_urgent)
        return OUTCOME_RANG;
    enum alert_outcome outcome = judge(timing, state, now_ms, until_ms);
    if (outcome == OUTCOME_RANG) {
        *until_ms = now_ms;
        return outcome;
    }
    /* What waits for something else is not let go into quiet hours. */
    int64_t quiet_until_ms = timing_quiet_until(timing, *until_ms);
    if (quiet_until_ms)
        *until_ms = quiet_until_ms;
    return outcome;
}
