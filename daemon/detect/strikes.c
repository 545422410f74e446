/*
 * The policy on what goes wrong; see strikes.h. Knows no documents, hosts or time: job.c and pool.c
 * ask it and act.
 */
#include "detect/strikes.h"

#define PAUSE_FIRST_MS 100
#define PAUSE_MOST_MS  30000

enum strikes_verdict strikes_of_plugin(int strikes)
{
    return strikes < STRIKES_OF_PLUGIN ? STRIKES_ALONE : STRIKES_QUARANTINE;
}

enum strikes_verdict strikes_of_reading(int strikes)
{
    return strikes < STRIKES_OF_READING ? STRIKES_AGAIN : STRIKES_QUARANTINE;
}

bool strikes_count_kill(int kills)
{
    return kills > STRIKES_FREE_KILLS;
}

int64_t strikes_pause_ms(int deaths)
{
    if (deaths <= 1)
        return 0;
    int64_t pause = PAUSE_FIRST_MS;
    for (int i = 2; i < deaths && pause < PAUSE_MOST_MS; i++)
        pause *= 2;
    return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}
