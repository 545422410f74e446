/*
 * What each detector did, counted since the start under its name in the configuration: a reload
 * makes another lineup, and the counts go on. Loop thread only; a count is an addition.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "detect/inside.h"

const uint64_t detect_bounds_us[DETECT_N_BOUNDS] = {
    100,   250,    500,    1000,   2500,    5000,    10000,   25000,
    50000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000,
};

void counts_attach(struct detect *detect, struct lineup *lineup)
{
    for (size_t i = 0; i < lineup->n; i++) {
        struct detector *detector = &lineup->items[i];
        detector->counts = map_get_text(detect->counts, detector->name);
        if (detector->counts)
            continue;
        detector->counts = NEW(struct detect_counts);
        map_set_text(detect->counts, detector->name, detector->counts);
    }
}

void counts_took(struct detect_counts *counts, uint64_t took_us)
{
    size_t class = 0;
    while (class < DETECT_N_BOUNDS && took_us > detect_bounds_us[class])
        class ++;
    counts->took[class]++;
    counts->took_us += took_us;
}

void detect_each_counts(const struct detect *detect,
                        void (*each)(void *arg, const char *detector,
                                     const struct detect_counts *counts),
                        void *arg)
{
    const struct lineup *lineup = detect->lineup;
    for (size_t i = 0; lineup && i < lineup->n; i++)
        each(arg, lineup->items[i].name, lineup->items[i].counts);
}
