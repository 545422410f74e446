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
    /* As in conf/examples/documents. */
    check(state, 20260402,
          "Northgate Motorsport has confirmed Mira Halloran, Tomás Ferreira and Jun Arakawa for "
          "the 24 Hours of Le Mans in June.",
          "confirmed Mira Halloran, Tomás Ferreira, Jun Arakawa 2026");
    check(state, 20300301,
          "Kevin Magnussen, Dries Vanthoor and Philipp Eng will share the No. 15 car at the 24 "
          "Hours of Le Mans.",
          "confirmed Kevin Magnussen, Dries Vanthoor, Philipp Eng #15 2030");
    check(state, 20300301, "Alex Palou disputará las 24 Horas de Le Mans con el número 31.",
          "confirmed Alex Palou #31 2030");
    check(state, 20300801, "Antonio Fuoco correrà la prossima 24 Ore di Le Mans.",
          "confirmed Antonio Fuoco 2031");
}

/* Whose given name is in no list, and who stands beside no word that goes with a person: the other
 * two of the list say that it is one. */
static void test_vouched_for(void **state)
{
    check(state, 20260402,
          "Northgate Motorsport has confirmed Quorra Vexley, Tomás Ferreira and Jun Arakawa for "
          "the 24 Hours of Le Mans in June.",
          "confirmed Quorra Vexley, Tomás Ferreira, Jun Arakawa 2026");
    check(state, 20260402,
          "Northgate Motorsport has confirmed Tomás Ferreira, Quorra Vexley and Jun Arakawa for "
          "the 24 Hours of Le Mans in June.",
          "confirmed Tomás Ferreira, Quorra Vexley, Jun Arakawa 2026");
    check(state, 20260402,
          "Northgate Motorsport has confirmed Tomás Ferreira, Jun Arakawa and Quorra Vexley for "
          "the 24 Hours of Le Mans in June.",
          "confirmed Tomás Ferreira, Jun Arakawa, Quorra Vexley 2026");
    check(
        state, 20260402,
        "In Abu Dhabi, Tomás Ferreira and Jun Arakawa were confirmed for the 24 Hours of Le Mans.",
        "confirmed Tomás Ferreira, Jun Arakawa 2026");
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

/* A year that something has lasted since is no edition; that of the sentence is. */
static void test_since(void **state)
{
    check(state, 20300301,
          "In 2027, Alpine claimed their first 24 Hours of Le Mans victory since 1978.",
          "result (Alpine) 2027");
    check(state, 20300301,
          "En 2027, Alpine a remporté les 24 Heures du Mans, une première depuis 1978.",
          "result (Alpine) 2027");
    check(state, 20300301,
          "2027 gewann Alpine die 24 Stunden von Le Mans zum ersten Mal seit 1978.",
          "result (Alpine) 2027");
    check(state, 20300301,
          "Nel 2027 Alpine ha vinto la 24 Ore di Le Mans per la prima volta dal 1978.",
          "result (Alpine) 2027");
    check(state, 20300301,
          "En 2027, Alpine ganó las 24 Horas de Le Mans por primera vez desde 1978.",
          "result (Alpine) 2027");
}

/* A team's result is the team's, whoever is mentioned beside it. */
static void test_team_result(void **state)
{
    check(state, 20300301,
          "George Russell was in the paddock. In 2028, Peugeot won the 24 Hours of Le Mans, and "
          "Lando Norris watched it.",
          "result (Peugeot) 2028");
    check(state, 20300301,
          "Lando Norris était invité. En 2028, Peugeot a remporté les 24 Heures du Mans.",
          "result (Peugeot) 2028");
    check(state, 20300301,
          "Peugeot won the 24 Hours of Le Mans in 2028 with Paul di Resta, Mikkel Jensen and "
          "Stoffel Vandoorne.",
          "result Paul di Resta, Mikkel Jensen, Stoffel Vandoorne 2028");
}

/* Whoever was beaten has won nothing. */
static void test_beaten(void **state)
{
    check(state, 20300617,
          "Kévin Estre won the 24 Hours of Le Mans on Sunday ahead of Sébastien Buemi.",
          "result Kévin Estre 2030");
    check(state, 20300617,
          "Kévin Estre a remporté dimanche les 24 Heures du Mans devant Sébastien Buemi.",
          "result Kévin Estre 2030");
    check(state, 20300617,
          "Kévin Estre gewann am Sonntag die 24 Stunden von Le Mans vor Sébastien Buemi.",
          "result Kévin Estre 2030");
    check(state, 20300617,
          "Kévin Estre ha vinto domenica la 24 Ore di Le Mans davanti a Sébastien Buemi.",
          "result Kévin Estre 2030");
    check(state, 20300617,
          "Kévin Estre ganó el domingo las 24 Horas de Le Mans por delante de Sébastien Buemi.",
          "result Kévin Estre 2030");
    check(state, 20300617,
          "The Swedish brand clinched the 24 Hours of Le Mans ahead of the mighty Porsche team.",
          "");
}

/* Of a team that merely stands in the sentence, or of two in the one before, nothing is told. */
static void test_no_team(void **state)
{
    check(state, 20300301,
          "The blue cars took victory at the 24 Hours of Le Mans in 2028, after five long years of "
          "being second to Porsche.",
          "");
    struct testing *t = testing_read(state,
                                     "Porsche and Audi met at the 24 Hours of Le Mans. Kévin Estre "
                                     "won the 24 Hours of Le Mans in 2028.",
                                     20300301);
    assert_int_equal(testing_story(t)->facts.n, 1);
    assert_null(testing_story(t)->facts.items[0].team);
    testing_close(&t);
}

/* Who tells of a result or is glad of it has not raced. */
static void test_onlookers(void **state)
{
    check(state, 20300617, "Lando Norris congratulated Audi on victory at the 24 Hours of Le Mans.",
          "result (Audi) 2030");
    check(state, 20300617,
          "Lando Norris said that Audi won the 24 Hours of Le Mans because they were quicker.",
          "result (Audi) 2030");
    check(state, 20300617, "Selon Romain Grosjean, Audi a gagné les 24 Heures du Mans.",
          "result (Audi) 2030");
    check(state, 20300617,
          "Mick Schumacher gratulierte Audi zum Sieg bei den 24 Stunden von Le Mans.",
          "result (Audi) 2030");
    check(state, 20300617, "Secondo Giancarlo Fisichella, la Audi ha vinto la 24 Ore di Le Mans.",
          "result (Audi) 2030");
    check(state, 20300617, "Según Pedro de la Rosa, Audi ganó las 24 Horas de Le Mans.",
          "result (Audi) 2030");
}

/* A career's result has no year unless the text says one. */
static void test_result_of_old(void **state)
{
    check(state, 20300301, "Earl Bamber, who won the 24 Hours of Le Mans for Porsche, has retired.",
          "result Earl Bamber");
}

/* An open wish is of no edition, and no entry is of a race that has been run. */
static void test_years_that_fit(void **state)
{
    check(state, 20300617,
          "Impressed by last year's 24 Hours of Le Mans, Esteban Ocon hopes to race there one day.",
          "interest Esteban Ocon");
    check(state, 20300301, "Esteban Ocon will race at the 24 Hours of Le Mans in 2021.", "");
    check(state, 20300301, "Esteban Ocon won the 24 Hours of Le Mans in 2041.", "");
}

/* "The Italian" at the head of a crew is one of it; where nobody fits, nothing is said. */
static void test_stand_ins(void **state)
{
    check(state, 20300617,
          "Antonio Fuoco slept at last. The 34-year-old Italian won the 24 Hours of Le Mans along "
          "with Miguel Molina and Nicklas Nielsen in the #50 Ferrari.",
          "result Antonio Fuoco, Miguel Molina, Nicklas Nielsen #50 2030");
    check(state, 20300617,
          "Antonio Fuoco a dormi. L'Italien de 34 ans a remporté les 24 Heures du Mans avec Miguel "
          "Molina et Nicklas Nielsen.",
          "result Antonio Fuoco, Miguel Molina, Nicklas Nielsen 2030");
    check(state, 20300617,
          "Antonio Fuoco schlief. Der 34-jährige Italiener gewann die 24 Stunden von Le Mans "
          "gemeinsam mit Miguel Molina und Nicklas Nielsen.",
          "result Antonio Fuoco, Miguel Molina, Nicklas Nielsen 2030");
    check(state, 20300617,
          "The 34-year-old Italian won the 24 Hours of Le Mans along with Miguel Molina and "
          "Nicklas Nielsen.",
          "");
    check(state, 20300617,
          "Antonio Fuoco rested. The Italian brand had won the 24 Hours of Le Mans again.", "");
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
                   "Fuoco, Molina and Nielsen won Le Mans 2024");
    check_headline(state, "Renger van der Zande and José María López won the 24 Hours of Le Mans.",
                   "van der Zande and López won Le Mans 2030");
}

/* An entry that is asked for is a wish of whoever is to drive it. */
static void test_pending(void **state)
{
    check(state, 20300301,
          "Acme Racing has applied for the 24 Hours of Le Mans. Romain Dumas will drive the #9 "
          "prototype.",
          "interest Romain Dumas #9 2030");
    check(state, 20300301, "Romain Dumas will drive the #9 prototype at the 24 Hours of Le Mans.",
          "confirmed Romain Dumas #9 2030");
}

/* Who shares the car with partners that are named alone. */
static void test_partners(void **state)
{
    check(
        state, 20300301,
        "Romain Dumas will race at the 24 Hours of Le Mans. His partners are Olivier Pla and Earl "
        "Bamber.",
        "confirmed Romain Dumas, Olivier Pla, Earl Bamber 2030");
}

/* A "not" that a pattern has room for turns it; one within a set phrase does not. */
static void test_not_within(void **state)
{
    check(state, 20300301, "Mick Schumacher denkt an die 24 Stunden von Le Mans.",
          "interest Mick Schumacher");
    check(state, 20300301, "Mick Schumacher denkt nicht an die 24 Stunden von Le Mans.",
          "ruled_out Mick Schumacher 2030");
    check(state, 20300301,
          "Robert Kubica has never hidden that he would love to race at the 24 Hours of Le Mans.",
          "interest Robert Kubica");
}

/* Another car's crew in the same sentence is another crew. */
static void test_two_cars(void **state)
{
    check(
        state, 20300301,
        "At the 24 Hours of Le Mans Romain Dumas and Olivier Pla share the number 8, the number 9 "
        "is driven by Earl Bamber and Nick Tandy.",
        "confirmed Earl Bamber, Nick Tandy #9 2030\n"
        "confirmed Romain Dumas, Olivier Pla #8 2030");
}

/* "Sí" is no "si". */
static void test_accents(void **state)
{
    check(state, 20300301, "Pierre Gasly sí correrá las 24 Horas de Le Mans.",
          "confirmed Pierre Gasly 2030");
    check(state, 20300301, "Si Pierre Gasly correrá las 24 Horas de Le Mans, nadie lo sabe.",
          "rumoured Pierre Gasly 2030");
}

/* "Winner with Peugeot in 2009": neither the team nor the year are those of the entry. */
static void test_epithets(void **state)
{
    check(state, 20140613,
          "Las 24 Horas de Le Mans empiezan mañana. Su lugar en el Audi número 1, junto a Tom "
          "Kristensen y Lucas di Grassi, es para Marc Gené, ganador con Peugeot en 2009.",
          "confirmed Marc Gené, Tom Kristensen, Lucas di Grassi #1 2014\n"
          "result Marc Gené #1 2009");
}

/* "Since Ferrari won": the verb comes first. */
static void test_verb_first(void **state)
{
    check(state, 20230928, "Carlos Sainz pensó en Le Mans este año, desde que ganó Ferrari.",
          "result (Ferrari) 2023");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interest),       cmocka_unit_test(test_rumoured),
        cmocka_unit_test(test_confirmed),      cmocka_unit_test(test_vouched_for),
        cmocka_unit_test(test_ruled_out),      cmocka_unit_test(test_result),
        cmocka_unit_test(test_one_status),     cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_since),          cmocka_unit_test(test_team_result),
        cmocka_unit_test(test_beaten),         cmocka_unit_test(test_no_team),
        cmocka_unit_test(test_onlookers),      cmocka_unit_test(test_result_of_old),
        cmocka_unit_test(test_years_that_fit), cmocka_unit_test(test_stand_ins),
        cmocka_unit_test(test_person_by_form), cmocka_unit_test(test_headline),
        cmocka_unit_test(test_pending),        cmocka_unit_test(test_partners),
        cmocka_unit_test(test_not_within),     cmocka_unit_test(test_two_cars),
        cmocka_unit_test(test_accents),        cmocka_unit_test(test_epithets),
        cmocka_unit_test(test_verb_first),
    };
    return cmocka_run_group_tests(tests, testing_setup, testing_teardown);
}
