/* The pure steps of the policy: ladder, edition, told, mute, hold, route, valve. */
#include <stdlib.h>
#include <string.h>

#include "alert/edition.h"
#include "alert/hold.h"
#include "alert/ladder.h"
#include "alert/mute.h"
#include "alert/route.h"
#include "alert/told.h"
#include "alert/valve.h"
#include "base/mem.h"
#include "store/deliveries.h"
#include "unit.h"
#include <tocsin/plugin.h>

/* The configuration owns its texts; these here are literals and nobody frees them. */
static char *text(const char *literal)
{
    return (char *)(uintptr_t)literal;
}

/* ---- ladder ---- */

static struct hash origin(char c)
{
    return hash_bytes(&c, 1);
}

static void any_order_gives_the_same_ladder(void **state)
{
    (void)state;
    const struct ladder_entry set[] = {
        {20250101, 1, origin('a'), "interest"},  {20250301, 1, origin('b'), "interest"},
        {20250301, 3, origin('b'), "confirmed"}, {20250601, 3, origin('c'), "confirmed"},
        {20250601, 3, origin('d'), "confirmed"},
    };
    enum { N = ARRAY_LEN(set) };
    struct ladder_entry sorted[N], other[N];
    memcpy(sorted, set, sizeof(set));
    ladder_sort(sorted, N);
    srand(7);
    for (int turn = 0; turn < 200; turn++) {
        memcpy(other, set, sizeof(set));
        for (int i = N - 1; i > 0; i--) {
            int j = rand() % (i + 1);
            struct ladder_entry swap = other[i];
            other[i] = other[j];
            other[j] = swap;
        }
        ladder_sort(other, N);
        assert_memory_equal(sorted, other, sizeof(sorted));
    }
    assert_int_equal(ladder_rung_end(sorted, N, 0), 2);
    assert_int_equal(ladder_rung_end(sorted, N, 2), N);
    assert_int_equal(ladder_sources(sorted, 2, N), 3);
    assert_string_equal(sorted[N - 1].status, "confirmed");
}

static void only_a_change_of_what_stands_is_news(void **state)
{
    (void)state;
    assert_int_equal(ladder_judge(NULL, "interest", "interest"), OUTCOME_RANG);
    assert_int_equal(ladder_judge("interest", "confirmed", "confirmed"), OUTCOME_RANG);
    assert_int_equal(ladder_judge("interest", "interest", "interest"), OUTCOME_SAME_STATUS);
    assert_int_equal(ladder_judge("confirmed", "confirmed", "interest"), OUTCOME_OLDER_SOURCE);
    assert_int_equal(ladder_judge("interest", "confirmed", "rumoured"), OUTCOME_OLDER_SOURCE);
}

static void a_rank_is_the_place_in_the_table(void **state)
{
    (void)state;
    char *items[] = {text("interest"), text("confirmed"), NULL};
    struct config_texts statuses = {items, 2};
    assert_int_equal(ladder_rank(&statuses, "interest"), 1);
    assert_int_equal(ladder_rank(&statuses, "confirmed"), 2);
    assert_int_equal(ladder_rank(&statuses, "withdrawn"), 0);
}

/* ---- edition ---- */

static void a_year_is_four_digits(void **state)
{
    (void)state;
    assert_int_equal(edition_year("2024"), 2024);
    assert_int_equal(edition_year(""), EDITION_OPEN);
    assert_int_equal(edition_year("93rd"), EDITION_OPEN);
    assert_int_equal(edition_year("-202"), EDITION_OPEN);
    assert_int_equal(edition_year("20245"), EDITION_OPEN);
}

static void a_missing_year_joins_the_nearest_not_before(void **state)
{
    (void)state;
    const int years[] = {2027, 2023, 2025};
    assert_int_equal(edition_join(years, 3, 2022), 2023);
    assert_int_equal(edition_join(years, 3, 2023), 2023);
    assert_int_equal(edition_join(years, 3, 2024), 2025);
    assert_int_equal(edition_join(years, 3, 2028), EDITION_OPEN);
    assert_int_equal(edition_join(NULL, 0, 2025), EDITION_OPEN);
    assert_int_equal(edition_above(years, 3, 2024), 2025);
    assert_int_equal(edition_above(years, 3, 2026), 2027);
    assert_int_equal(edition_above(years, 3, 2028), EDITION_OPEN);
}

/* ---- told, mute, hold ---- */

static void what_was_told_is_no_news(void **state)
{
    (void)state;
    struct told told = {0};
    struct hash a = origin('a'), b = origin('b');
    assert_false(told_consider(&told, &a, TOLD_BEFORE));
    assert_int_equal(told_silence(&told), OUTCOME_KNOWN_EVIDENCE);
    assert_false(told_consider(&told, &a, TOLD_SAME_STORY));
    assert_int_equal(told_silence(&told), OUTCOME_SAME_STORY);
    assert_false(told_consider(&told, &a, TOLD_OLD_TEXT));
    assert_int_equal(told_silence(&told), OUTCOME_OLD_TEXT);
    assert_true(told_consider(&told, &b, TOLD_NOT));
    assert_true(told_consider(&told, &b, TOLD_NOT));
    assert_int_equal(told.n, 1);
    told_deinit(&told);
}

static void mutes_end_and_closed_stays_closed(void **state)
{
    (void)state;
    struct mute_state open = {"open", false, 0}, closed = {"closed", false, 0};
    struct mute_state acknowledged = {"acknowledged", false, 0};
    struct mute_state for_good = {"open", true, 0}, for_a_while = {"open", true, 100};
    assert_int_equal(mute_judge(&open, 50), OUTCOME_RANG);
    assert_int_equal(mute_judge(&acknowledged, 50), OUTCOME_RANG);
    assert_int_equal(mute_judge(&closed, 50), OUTCOME_CLOSED);
    assert_int_equal(mute_judge(&for_good, 50), OUTCOME_MUTED);
    assert_int_equal(mute_judge(&for_a_while, 99), OUTCOME_MUTED);
    assert_int_equal(mute_judge(&for_a_while, 100), OUTCOME_RANG);
}

static void a_pause_holds_for_good_and_a_snooze_until_it_ends(void **state)
{
    (void)state;
    int64_t until;
    assert_int_equal(hold_judge(false, 0, 50, &until), OUTCOME_RANG);
    assert_int_equal(until, 50);
    assert_int_equal(hold_judge(false, 60, 50, &until), OUTCOME_SNOOZED);
    assert_int_equal(until, 60);
    assert_int_equal(hold_judge(false, 60, 60, &until), OUTCOME_RANG);
    assert_int_equal(hold_judge(true, 60, 50, &until), OUTCOME_SNOOZED);
    assert_int_equal(until, 60);
    assert_int_equal(hold_judge(true, 60, 60, &until), OUTCOME_PAUSED);
    assert_int_equal(until, STORE_NEVER_MS);
}

/* ---- route ---- */

static struct config_texts texts(char **items)
{
    struct config_texts list = {items, 0};
    while (items[list.n])
        list.n++;
    return list;
}

static size_t ask(struct config *config, const char *topic, int severity, bool is_trouble,
                  const struct config_route **by)
{
    struct config_texts labels = texts((char *[]){text("sport"), text("motor"), NULL});
    struct route_question question = {.detector = is_trouble ? "tocsin" : "topics",
                                      .topic = topic,
                                      .source = is_trouble ? "" : "news",
                                      .labels = &labels,
                                      .severity = severity,
                                      .is_trouble = is_trouble};
    return route_notifiers(config, &question, by);
}

static void without_routes_everybody_is_told(void **state)
{
    (void)state;
    struct config_notifier notifiers[] = {{.plugin = {.name = text("desktop")}},
                                          {.plugin = {.name = text("mail")}}};
    struct config config = {.notifiers = notifiers, .n_notifiers = 2};
    const struct config_route *by[2];
    assert_int_equal(ask(&config, "acme", 1, false, by), 2);
    assert_null(by[0]->timing);
}

static void routes_add_until_one_stops(void **state)
{
    (void)state;
    struct config_notifier notifiers[] = {{.plugin = {.name = text("desktop")}},
                                          {.plugin = {.name = text("mail")}}};
    struct config_route routes[] = {
        {.topics = texts((char *[]){text("ac*"), NULL}),
         .labels = texts((char *[]){text("motor"), text("sport"), NULL}),
         .notify = texts((char *[]){text("desktop"), NULL})},
        {.topics = texts((char *[]){text("quiet"), NULL}), .stop = true},
        {.min_severity = TOCSIN_HIGH, .notify = texts((char *[]){text("mail"), NULL})},
        {.sources = texts((char *[]){text("elsewhere"), NULL}),
         .notify = texts((char *[]){text("mail"), NULL})},
    };
    struct config config = {
        .notifiers = notifiers, .n_notifiers = 2, .routes = routes, .n_routes = 4};
    const struct config_route *by[2];
    assert_int_equal(ask(&config, "acme", TOCSIN_NORMAL, false, by), 1);
    assert_ptr_equal(by[0], &routes[0]);
    assert_null(by[1]);
    assert_int_equal(ask(&config, "acme", TOCSIN_URGENT, false, by), 2);
    assert_int_equal(ask(&config, "quiet", TOCSIN_URGENT, false, by), 0);
    assert_int_equal(ask(&config, "other", TOCSIN_LOW, false, by), 0);
    assert_int_equal(ask(&config, "source", TOCSIN_NORMAL, true, by), 2);
    assert_int_equal(ask(&config, "source", TOCSIN_HIGH, true, by), 1);
}

/* ---- valve ---- */

static void the_valve_counts_any_minute(void **state)
{
    (void)state;
    const int64_t rung[] = {1000, 2000, 3000};
    assert_int_equal(valve_judge(rung, 3, 0, VALVE_WINDOW_MS, 0, 4000), 0);
    assert_int_equal(valve_judge(rung, 2, 3, VALVE_WINDOW_MS, 0, 4000), 0);
    assert_int_equal(valve_judge(rung, 3, 3, VALVE_WINDOW_MS, 0, 4000), 61000);
    assert_int_equal(valve_judge(rung, 3, 2, VALVE_WINDOW_MS, 0, 4000), 62000);
    /* Those that are held already set the time; once it has come, they do not. */
    assert_int_equal(valve_judge(rung, 1, 3, VALVE_WINDOW_MS, 61000, 4000), 61000);
    assert_int_equal(valve_judge(rung, 1, 3, VALVE_WINDOW_MS, 61000, 61000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_the_same_ladder),
        cmocka_unit_test(only_a_change_of_what_stands_is_news),
        cmocka_unit_test(a_rank_is_the_place_in_the_table),
        cmocka_unit_test(a_year_is_four_digits),
        cmocka_unit_test(a_missing_year_joins_the_nearest_not_before),
        cmocka_unit_test(what_was_told_is_no_news),
        cmocka_unit_test(mutes_end_and_closed_stays_closed),
        cmocka_unit_test(a_pause_holds_for_good_and_a_snooze_until_it_ends),
        cmocka_unit_test(without_routes_everybody_is_told),
        cmocka_unit_test(routes_add_until_one_stops),
        cmocka_unit_test(the_valve_counts_any_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
