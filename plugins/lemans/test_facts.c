/* From text to merged facts, in the five languages. All texts are written for this test. */
#include "tests/support/unit.h"

#include <string.h>

#include "base/mem.h"

#include "headline.h"
#include "testing.h"

static void check(void **state, int32_t date, const char *text, const char *expected)
{
    struct testing *t = testing_read(state, text, date);
    AUTO_FREE char *got = testing_facts(testing_story(t));
    assert_string_equal(got, expected);
    testing_close(&t);
}

static void test_interest(void **state)
{
    check(state, 20300301, "Romain Grosjean would love to race at the 24 Hours of Le Mans one day.",
          "interest Romain Grosjean");
    check(
        state, 20300301,
        "Lando Norris was asked about the 24 Hours of Le Mans. \"I would love to do it,\" he said.",
        "interest Lando Norris");
    check(state, 20300301, "George Russell aimerait disputer les 24 Heures du Mans un jour.",
          "interest George Russell");
    check(state, 20300301, "A Fernando Alonso le gustaría volver a las 24 Horas de Le Mans.",
          "interest Fernando Alonso");
    check(state, 20300301, "Valtteri Bottas vorrebbe correre la 24 Ore di Le Mans.",
          "interest Valtteri Bottas");
    check(state, 20300301, "Mick Schumacher träumt von den 24 Stunden von Le Mans.",
          "interest Mick Schumacher");
}

static void test_rumoured(void **state)
{
    check(state, 20300301, "Alexander Albon is in talks about a seat for the 24 Hours of Le Mans.",
          "rumoured Alexander Albon 2030");
    check(state, 20300301, "Pierre Gasly serait proche d'un accord pour les 24 Heures du Mans.",
          "rumoured Pierre Gasly 2030");
}

static void test_confirmed(void **state)
{
    check(state, 20300301,
          "Kevin Magnussen, Dries Vanthoor and Philipp Eng will share the No. 15 car at the 24 "
          "Hours of Le Mans.",
          "confirmed Kevin Magnussen, Dries Vanthoor, Philipp Eng #15 2030");
    check(state, 20300301, "Alex Palou disputará las 24 Horas de Le Mans con el número 31.",
          "confirmed Alex Palou #31 2030");
    check(state, 20300801, "Antonio Fuoco correrà la prossima 24 Ore di Le Mans.",
          "confirmed Antonio Fuoco 2031");
}

static void test_ruled_out(void **state)
{
    check(state, 20300301, "Robert Kubica will miss the 24 Hours of Le Mans after an operation.",
          "ruled_out Robert Kubica 2030");
    check(state, 20300301, "Loïc Duval ne disputera pas les 24 Heures du Mans.",
          "ruled_out Loïc Duval 2030");
    check(state, 20300301, "Nico Müller verpasst die 24 Stunden von Le Mans.",
          "ruled_out Nico Müller 2030");
    check(
        state, 20300301,
        "Sebastian Vettel denkt nicht an die 24 Stunden von Le Mans. \"Das reizt mich nicht mehr\", "
        "sagte der Weltmeister.",
        "ruled_out Sebastian Vettel 2030");
}

static void test_result(void **state)
{
    check(state, 20300617,
          "Brendon Hartley, Ryo Hirakawa and Sébastien Buemi won the 24 Hours of Le Mans on Sunday "
          "in the #8 Toyota.",
          "result Brendon Hartley, Ryo Hirakawa, Sébastien Buemi #8 2030");
    check(state, 20300301, "Earl Bamber won the 24 Hours of Le Mans in 2017.",
          "result Earl Bamber 2017");
    check(state, 20300617, "Kévin Estre a remporté les 24 Heures du Mans dimanche.",
          "result Kévin Estre 2030");
    check(state, 20300617, "André Lotterer gewann am Sonntag die 24 Stunden von Le Mans.",
          "result André Lotterer 2030");
}

/* What is wished has not happened; what is confirmed is no wish any more. */
static void test_one_status(void **state)
{
    check(state, 20300301, "Esteban Ocon hopes to win the 24 Hours of Le Mans one day.",
          "interest Esteban Ocon");
    check(state, 20300301,
          "Esteban Ocon would love to race at the 24 Hours of Le Mans and celebrate a victory.",
          "interest Esteban Ocon");
    check(state, 20300301,
          "Oliver Bearman had always wanted to race at Le Mans. Now Oliver Bearman has been "
          "confirmed for the 24 Hours of Le Mans.",
          "confirmed Oliver Bearman 2030");
}

static void test_nothing(void **state)
{
    check(state, 20300301, "", "");
    check(state, 20300301, "Max Verstappen won the Monaco Grand Prix.", "");
    check(state, 20300301, "Charles Leclerc watched the 24 Hours of Le Mans on television.", "");
    check(state, 20300301, "Jorge Martín won the MotoGP race at Le Mans ahead of a Ducati rider.",
          "");
    check(state, 20300301, "Will Nyck de Vries race at the 24 Hours of Le Mans?", "");
}

static void test_person_by_form(void **state)
{
    check(state, 20300301,
          "Rookie driver Wenzeslaus Okonjo-Hale will race at the 24 Hours of Le Mans.",
          "confirmed Wenzeslaus Okonjo-Hale 2030");
}

static void check_headline(void **state, const char *text, const char *expected)
{
    struct testing *t = testing_read(state, text, 20300617);
    struct story *story = testing_story(t);
    assert_int_equal(story->facts.n, 1);
    AUTO_FREE char *headline = headline_make(story, &story->facts.items[0]);
    assert_string_equal(headline, expected);
    testing_close(&t);
}

static void test_headline(void **state)
{
    check_headline(state, "Romain Grosjean would love to race at the 24 Hours of Le Mans.",
                   "Romain Grosjean would like to race at Le Mans");
    check_headline(state,
                   "Antonio Fuoco, Miguel Molina and Nicklas Nielsen won the 2024 24 Hours of Le "
                   "Mans in the #50 Ferrari.",
                   "Fuoco, Molina and Nielsen won Le Mans 2024 (Ferrari #50)");
    check_headline(state, "Renger van der Zande and José María López won the 24 Hours of Le Mans.",
                   "van der Zande and López won Le Mans 2030");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interest),  cmocka_unit_test(test_rumoured),
        cmocka_unit_test(test_confirmed), cmocka_unit_test(test_ruled_out),
        cmocka_unit_test(test_result),    cmocka_unit_test(test_one_status),
        cmocka_unit_test(test_nothing),   cmocka_unit_test(test_person_by_form),
        cmocka_unit_test(test_headline),
    };
    return cmocka_run_group_tests(tests, testing_setup, testing_teardown);
}
