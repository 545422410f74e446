/* What was asserted; see reasons.h. */
#include "reasons.h"

#include <stdio.h>
#include <string.h>

static void note(bool *noted, const char *word)
{
    for (int i = 0; i < OUTCOME_N; i++) {
        if (strcmp(outcome_word((enum alert_outcome)i), word) == 0)
            noted[i] = true;
    }
}

void reasons_placed(struct reasons *reasons, const char *word)
{
    note(reasons->placed, word);
}

void reasons_counted(struct reasons *reasons, const char *word)
{
    note(reasons->counted, word);
}

bool reasons_complete(const struct reasons *reasons)
{
    bool complete = true;
    for (int i = OUTCOME_RANG + 1; i < OUTCOME_N; i++) {
        const char *word = outcome_word((enum alert_outcome)i);
        if (!reasons->placed[i])
            printf("# no script has EXPECT WHY %s\n", word);
        if (!reasons->counted[i])
            printf("# no script has EXPECT METRIC %s\n", word);
        complete = complete && reasons->placed[i] && reasons->counted[i];
    }
    return complete;
}
