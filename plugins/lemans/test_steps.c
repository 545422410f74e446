/* The steps before facts, each by itself: sentences, clauses, the race, mentions, names, cues. All
 * texts are written for this test. */
#include "tests/support/unit.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

#include "race.h"
#include "testing.h"

static struct testing *open_text(void **state, const char *text)
{
    return testing_open(state, text, strlen(text), 20300301);
}

/* The mentions of one kind, as written, joined by '|'; persons by their full name. */
static void check_mentions(void **state, const char *text, enum mention_kind kind,
                           const char *expected)
{
    struct testing *t = open_text(state, text);
    const struct story *story = testing_story(t);
    AUTO_BUF struct buf got = {0};
    for (size_t i = 0; i < story->mentions.n; i++) {
        const struct mention *mention = &story->mentions.items[i];
        if (mention->kind != kind)
            continue;
        AUTO_FREE char *written = reading_text(&story->reading, mention->first, mention->end);
        buf_printf(&got, "%s%s", got.len ? "|" : "",
                   kind == MENTION_PERSON ? story->persons.items[mention->person].name : written);
    }
    assert_string_equal(buf_text(&got), expected);
    testing_close(&t);
}

static void test_sentences(void **state)
{
    struct testing *t = open_text(state, "Entered: D. Leung in no. 31. Next?");
    const struct story *story = testing_story(t);
    assert_int_equal(story->reading.n_sentences, 2);
    assert_true(story->reading.sentences[1].question);
    testing_close(&t);
    t = open_text(state, " date 2031-05-06 He said \"I go\" and went.");
    story = testing_story(t);
    assert_true(story->reading.tokens[2].flags & TOKEN_QUOTED);
    assert_false(story->reading.tokens[4].flags & TOKEN_QUOTED);
    assert_true(token_is(&story->reading.tokens[0], "he"));
    testing_close(&t);
}

static void test_header_date(void **state)
{
    const char *text = " date 2031-05-06 Text.";
    struct testing *t = testing_open(state, text, strlen(text), 0);
    assert_int_equal(testing_story(t)->reading.date, 20310506);
    testing_close(&t);
}

static void test_languages(void **state)
{
    static const char *const texts[][2] = {
        {"en", "The driver has been there and he will be back with the team."},
        {"fr", "Le pilote est dans la voiture et il a gagné avec son équipe."},
        {"de", "Der Fahrer ist in dem Wagen und er hat mit der Mannschaft gewonnen."},
        {"es", "El piloto está en el coche y ha ganado con su equipo en la carrera."},
        {"it", "Il pilota è nella macchina e ha vinto con la sua squadra."},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct testing *t = open_text(state, texts[i][1]);
        assert_string_equal(language_name(testing_story(t)->language), texts[i][0]);
        testing_close(&t);
    }
}

static void test_clauses(void **state)
{
    struct testing *t =
        open_text(state, "Ann, who has won it twice before, drives; Bob waits but Cleo sleeps.");
    const struct clauses *clauses = &testing_story(t)->clauses;
    assert_int_equal(clauses->n, 5);
    assert_int_equal(clauses->items[1].first, 1);
    assert_int_equal(clauses->items[2].first, 7);
    assert_int_equal(clauses->of_token[8], 3);
    testing_close(&t);
}

static void test_race_is_meant(void **state)
{
    check_mentions(state, "He knows Le Mans and La Sarthe.", MENTION_RACE, "Le Mans|La Sarthe");
    check_mentions(state, "Sie fährt die 24 Stunden von Le Mans.", MENTION_RACE,
                   "24 Stunden von Le Mans");
    check_mentions(state, "Le Mans it is. The French classic calls.", MENTION_RACE,
                   "Le Mans|The French classic");
}

static void test_race_is_not_meant(void **state)
{
    check_mentions(state, "The European Le Mans Series, the Le Mans Cup and Petit Le Mans.",
                   MENTION_RACE, "");
    check_mentions(state, "MotoGP at Le Mans: a Ducati rider led.", MENTION_RACE, "");
    check_mentions(state, "The French classic calls.", MENTION_RACE, "");
    check_mentions(state, "A Le Mans start with bicycles.", MENTION_RACE, "");
}

static void test_anchor(void **state)
{
    struct testing *t = open_text(state, "Nothing of it.");
    testing_close(&t);
    struct tocsin_word words[] = {{.folded = "tram", .folded_len = 4},
                                  {.folded = "mans", .folded_len = 4}};
    assert_false(race_anchored(*state, words, 1));
    assert_true(race_anchored(*state, words, 2));
    assert_false(race_anchored(*state, words, 0));
}

static void test_cars_and_years(void **state)
{
    check_mentions(state, "The #007, the No. 50, number 51 and 9 others.", MENTION_CAR,
                   "007|50|51");
    check_mentions(state, "Il equipaggio della numero 8 e la gara.", MENTION_CAR, "8");
    check_mentions(state, "Der Wagen mit der Nummer 63 ist in der Halle.", MENTION_CAR, "63");
    check_mentions(state, "In 1999 and the 93rd edition, not 24 or 5000.", MENTION_YEAR,
                   "1999|93rd edition");
}

static void test_edition(void **state)
{
    assert_int_equal(lists_edition_year(*state, 1), 1923);
    assert_int_equal(lists_edition_year(*state, 93), 2025);
    assert_int_equal(lists_race_day(*state, 2020), 20200919);
    assert_int_equal(lists_race_day(*state, 2055), 20550614);
}

static void test_names(void **state)
{
    check_mentions(state, "Charles Leclerc spoke. Leclerc smiled.", MENTION_PERSON,
                   "Charles Leclerc|Charles Leclerc");
    check_mentions(state, "Fernando Alonso came, and he won.", MENTION_PERSON,
                   "Fernando Alonso|Fernando Alonso");
    check_mentions(state, "Kevin Magnussen was quick. The Dane is happy.", MENTION_PERSON,
                   "Kevin Magnussen|Kevin Magnussen");
    check_mentions(state, "The Grand Hotel in New Street and the World Championship.",
                   MENTION_PERSON, "");
}

static void test_relatives(void **state)
{
    check_mentions(state, "Anton Kowalke is there with his sons Emil and Otto.", MENTION_PERSON,
                   "Anton Kowalke|Emil Kowalke|Otto Kowalke");
}

static void test_crew(void **state)
{
    struct testing *t =
        open_text(state, "Filipe Albuquerque, 40, Spain's Alex Palou and Ricky Taylor share it.");
    const struct story *story = testing_story(t);
    assert_int_equal(story->mentions.n_crews, 1);
    testing_close(&t);
    t = open_text(state, "Filipe Albuquerque beat Ricky Taylor.");
    assert_int_equal(testing_story(t)->mentions.n_crews, 0);
    testing_close(&t);
}

static void test_cues(void **state)
{
    struct testing *t = open_text(state, "He would love to one day race there but will not.");
    const struct hits *hits = &testing_story(t)->hits;
    assert_non_null(hits_find(hits, CUE_INTEREST, 0, 11));
    assert_non_null(hits_find(hits, CUE_NOT, 0, 11));
    assert_null(hits_find(hits, CUE_RESULT, 0, 11));
    /* The longer status hides those within it. */
    const struct hit *wish = hits_find(hits, CUE_INTEREST, 0, 11);
    for (size_t i = 0; i < hits->n; i++)
        assert_true(hits->items[i].cue->kind > CUE_RESULT || &hits->items[i] == wish ||
                    hits->items[i].end > wish->end);
    testing_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences),     cmocka_unit_test(test_header_date),
        cmocka_unit_test(test_languages),     cmocka_unit_test(test_clauses),
        cmocka_unit_test(test_race_is_meant), cmocka_unit_test(test_race_is_not_meant),
        cmocka_unit_test(test_anchor),        cmocka_unit_test(test_cars_and_years),
        cmocka_unit_test(test_edition),       cmocka_unit_test(test_names),
        cmocka_unit_test(test_relatives),     cmocka_unit_test(test_crew),
        cmocka_unit_test(test_cues),
    };
    return cmocka_run_group_tests(tests, testing_setup, testing_teardown);
}
