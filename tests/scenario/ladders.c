/* Ladders from nothing but what was said; see ladders.h. */
#include "ladders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asks.h"
#include "base/buf.h"
#include "base/mem.h"

#define OPEN 0 /* the edition that has no year */

static const char *const statuses[] = {"interest", "rumoured", "confirmed", "ruled_out", "result"};

struct said {
    struct hash origin;
    char driver[32];
    int32_t date;
    int status, year; /* status: its place in the order */
};

/* Of one driver's edition. */
struct told {
    char driver[32];
    int edition;
    bool has[ARRAY_LEN(statuses)];
};

struct ladders {
    struct said *said;
    size_t n, cap;
    struct told *told;
    size_t n_told, cap_told;
};

struct ladders *ladders_new(void)
{
    return NEW(struct ladders);
}

void ladders_free(struct ladders **ladders)
{
    free((*ladders)->said);
    free((*ladders)->told);
    free(*ladders);
    *ladders = NULL;
}

/* ---- which ladder ---- */

/* The nearest year that anybody named for the driver, and that is not before this one. */
static int nearest_year(const struct ladders *ladders, const char *driver, int year)
{
    int nearest = OPEN;
    for (size_t i = 0; i < ladders->n; i++) {
        const struct said *said = &ladders->said[i];
        if (strcmp(said->driver, driver) == 0 && said->year >= year &&
            (nearest == OPEN || said->year < nearest))
            nearest = said->year;
    }
    return nearest;
}

static int edition_of(const struct ladders *ladders, const struct said *said)
{
    return said->year ? said->year : nearest_year(ladders, said->driver, said->date / 10000);
}

static struct told *told_of(struct ladders *ladders, const char *driver, int edition)
{
    for (size_t i = 0; i < ladders->n_told; i++) {
        if (strcmp(ladders->told[i].driver, driver) == 0 && ladders->told[i].edition == edition)
            return &ladders->told[i];
    }
    ladders->told =
        mem_grow(ladders->told, &ladders->cap_told, ladders->n_told + 1, sizeof(*ladders->told));
    struct told *told = &ladders->told[ladders->n_told++];
    *told = (struct told){.edition = edition};
    snprintf(told->driver, sizeof(told->driver), "%s", driver);
    return told;
}

static size_t count(const struct ladders *ladders, const char *driver, int edition)
{
    size_t n = 0;
    for (size_t i = 0; i < ladders->n; i++)
        n += strcmp(ladders->said[i].driver, driver) == 0 &&
             edition_of(ladders, &ladders->said[i]) == edition;
    return n;
}

/* A year comes up: what the ladder above has told of, its own part of it was told of, too. */
static void add(struct ladders *ladders, const struct said *said)
{
    int above = said->year ? nearest_year(ladders, said->driver, said->year) : OPEN;
    bool is_new_year = said->year && above != said->year;
    size_t n_above = count(ladders, said->driver, above);
    ladders->said = mem_grow(ladders->said, &ladders->cap, ladders->n + 1, sizeof(*ladders->said));
    ladders->said[ladders->n++] = *said;
    if (!is_new_year || count(ladders, said->driver, said->year) == 1)
        return;
    struct told from = *told_of(ladders, said->driver, above);
    memcpy(told_of(ladders, said->driver, said->year)->has, from.has, sizeof(from.has));
    if (n_above == count(ladders, said->driver, said->year) - 1)
        memset(told_of(ladders, said->driver, above)->has, 0, sizeof(from.has));
}

/* ---- the ladder ---- */

static int compare(const void *a, const void *b)
{
    const struct said *x = a, *y = b;
    if (x->date != y->date)
        return x->date < y->date ? -1 : 1;
    if (x->status != y->status)
        return x->status < y->status ? -1 : 1;
    return memcmp(&x->origin, &y->origin, sizeof(x->origin));
}

/* All of it, sorted; the caller's. */
static struct said *ladder(const struct ladders *ladders, const char *driver, int edition,
                           size_t n_said, size_t *n)
{
    struct said *all = NEW_N(struct said, ladders->n + 1);
    *n = 0;
    for (size_t i = 0; i < n_said; i++) {
        const struct said *said = &ladders->said[i];
        if (strcmp(said->driver, driver) == 0 && edition_of(ladders, said) == edition)
            all[(*n)++] = *said;
    }
    qsort(all, *n, sizeof(*all), compare);
    return all;
}

/* The status that stands after so many were said, -1: none. */
static int stands(const struct ladders *ladders, const char *driver, int edition, size_t n_said)
{
    size_t n;
    AUTO_FREE struct said *all = ladder(ladders, driver, edition, n_said, &n);
    return n ? all[n - 1].status : -1;
}

/* "interest 2, confirmed 1": its rungs, and of how many documents. */
static char *rungs(const struct said *all, size_t n)
{
    struct buf text = {0};
    for (size_t first = 0, end; first < n; first = end) {
        size_t n_sources = 0;
        for (end = first; end < n && all[end].status == all[first].status; end++) {
            bool seen = false;
            for (size_t i = first; i < end && !seen; i++)
                seen = hash_equal(&all[i].origin, &all[end].origin);
            n_sources += !seen;
        }
        buf_printf(&text, "%s%s %zu", first ? ", " : "", statuses[all[first].status], n_sources);
    }
    return buf_take(&text);
}

static int check_rungs(const struct ladders *ladders, struct script *script, const char *driver,
                       int edition, const char *alert)
{
    size_t n, i;
    AUTO_FREE struct said *all = ladder(ladders, driver, edition, ladders->n, &n);
    AUTO_FREE char *wanted = rungs(all, n);
    AUTO_BUF struct buf is = {0};
    json_t *shown = ask_alert(script, alert), *rung;
    if (!shown)
        return -1;
    json_array_foreach(json_object_get(shown, "ladder"), i, rung)
    {
        buf_printf(&is, "%s%s %zu", i ? ", " : "", ask_text(rung, "status"),
                   json_array_size(json_object_get(rung, "sources")));
    }
    json_decref(shown);
    return script_compare(script, "the ladder", wanted, buf_text(&is));
}

/* ---- what was said ---- */

/* NULL: it is news. */
static const char *silence(const struct said *said, int before, int after, const struct told *told)
{
    if (said->status != after)
        return outcome_word(OUTCOME_OLDER_SOURCE);
    if (before == after)
        return outcome_word(OUTCOME_SAME_STATUS);
    return told->has[after] ? outcome_word(OUTCOME_KNOWN_STATUS) : NULL;
}

static int status_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (strcmp(statuses[i], word) == 0)
            return (int)i;
    }
    return -1;
}

int ladders_said(struct ladders *ladders, struct script *script, const struct ladders_said *words,
                 char alert[HASH_HEX_SIZE])
{
    struct said said = {.origin = hash_bytes(words->document, strlen(words->document)),
                        .date = words->date,
                        .status = status_of(words->status),
                        .year = words->year};
    snprintf(said.driver, sizeof(said.driver), "%s", words->driver);
    add(ladders, &said);
    int edition = edition_of(ladders, &said);
    struct told *told = told_of(ladders, said.driver, edition);
    const char *wanted = silence(&said, stands(ladders, said.driver, edition, ladders->n - 1),
                                 stands(ladders, said.driver, edition, ladders->n), told);
    json_t *came = ask_outcome(script);
    if (!came)
        return -1;
    const char *is = ask_text(came, "outcome");
    int result = 0;
    if (wanted ? strcmp(is, wanted) != 0 : !ask_is_news(is))
        result = script_fail(script, "it should come to \"%s\", and came to \"%s\"",
                             wanted ? wanted : "news", is);
    if (result == 0)
        result = check_rungs(ladders, script, said.driver, edition, ask_text(came, "alert"));
    snprintf(alert, HASH_HEX_SIZE, "%s", wanted ? "" : ask_text(came, "alert"));
    if (!wanted)
        told->has[said.status] = true;
    json_decref(came);
    return result;
}
