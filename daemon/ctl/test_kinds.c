/* What completion offers for a reason is what the policy says: ctl/ cannot ask alert/ for its
 * words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "alert/outcome.h"
#include "ctl/ctl.h"

static size_t times_offered(const char *word)
{
    size_t n = 0;
    for (const char *const *at = ctl_kind_words(CTL_REASON); *at; at++)
        n += strcmp(*at, word) == 0;
    return n;
}

static void test_every_reason_is_offered(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOME_N; i++) {
        const char *word = outcome_word((enum alert_outcome)i);
        size_t expected = i != OUTCOME_RANG; /* which is no reason to be silent */
        if (times_offered(word) != expected)
            fail_msg("\"%s\" is offered %zu times", word, times_offered(word));
    }
}

static void test_nothing_else_is_offered(void **state)
{
    (void)state;
    for (const char *const *at = ctl_kind_words(CTL_REASON); *at; at++)
        if (!strchr(*at, '=') && outcome_step(*at) == OUTCOME_STEPS)
            fail_msg("\"%s\" is no reason", *at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_reason_is_offered),
        cmocka_unit_test(test_nothing_else_is_offered),
    };
    return cmocka_run_group_tests_name("kinds", tests, NULL, NULL);
}
