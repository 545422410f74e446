/* Mutes and closed alerts; see mute.h. */
#include "alert/mute.h"

#include <string.h>

enum alert_outcome mute_judge(const struct mute_state *state, int64_t now_ms)
{
    if (strcmp(state->alert_state, "closed") == 0)
        return OUTCOME_CLOSED;
    if (state->has_mute && (!state->mute_until_ms || now_ms < state->mute_until_ms))
        return OUTCOME_MUTED;
    return OUTCOME_RANG;
}
