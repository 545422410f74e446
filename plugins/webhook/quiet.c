/* See quiet.h. */
#include "quiet.h"

#include <stdlib.h>

#include "base/mem.h"

void quiet_note(struct quiet *quiet, int64_t now_ms, int64_t delay_ms, const char *reason)
{
    quiet_deinit(quiet);
    if (delay_ms > 0)
        *quiet = (struct quiet){.until_ms = now_ms + delay_ms, .reason = mem_strdup(reason)};
}

int64_t quiet_left_ms(const struct quiet *quiet, int64_t now_ms)
{
    return quiet->until_ms > now_ms ? quiet->until_ms - now_ms : 0;
}

void quiet_deinit(struct quiet *quiet)
{
    free(quiet->reason);
    *quiet = (struct quiet){0};
}
