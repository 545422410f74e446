/* One line after the other; see script.h. */
#include <string.h>

#include "base/mem.h"
#include "expect.h"

const struct script_verb script_expectations[] = {
    {"RING", expect_ring},         {"TRY", expect_ring},      {"SILENT", expect_silent},
    {"OUTCOME", expect_outcome},   {"COUNT", expect_count},   {"STATE", expect_state},
    {"LADDER", expect_ladder},     {"IDLE", expect_idle},     {"OUTCOMES", expect_outcomes},
    {"ATTEMPTS", expect_attempts}, {"FAILED", expect_failed}, {"WHY", expect_why},
    {"METRIC", expect_metric},     {"HELD", expect_held},     {0},
};

static script_run_fn *find_verb(const struct script_verb *verbs, const char *word)
{
    for (; verbs->word; verbs++) {
        if (strcmp(verbs->word, word) == 0)
            return verbs->run;
    }
    return NULL;
}

static int say_expect(struct script *script)
{
    script_run_fn *run = find_verb(script_expectations, script_word(script, 1));
    return run ? run(script)
               : script_fail(script, "nothing is expected by \"%s\"", script_word(script, 1));
}

static script_run_fn *verb_of(const struct script *script)
{
    static const struct script_verb expecting[] = {{"EXPECT", say_expect}, {0}};
    const struct script_verb *const tables[] = {script_configuring, script_happenings, expecting};
    script_run_fn *run = NULL;
    for (size_t i = 0; i < ARRAY_LEN(tables) && !run; i++)
        run = find_verb(tables[i], script_word(script, 0));
    return run;
}

int script_play(struct script *script, char *line)
{
    script_split(script, line);
    if (!script->n_words)
        return 0;
    script_run_fn *run = verb_of(script);
    if (!run)
        return script_fail(script, "unknown word \"%s\"", script_word(script, 0));
    if (run(script) < 0)
        return -1;
    if (!world_store(script->world) || world_settle(script->world))
        return 0;
    return script_fail(script, "it does not come to rest");
}
