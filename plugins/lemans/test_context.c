/* Facts whose person, car or year the words around give. All texts are written for this test. */
#include "tests/support/unit.h"

#include "base/mem.h"

#include "testing.h"

static void check(void **state, int32_t date, const char *text, const char *expected)
{
    struct testing *t = testing_read(state, text, date);
    AUTO_FREE char *got = testing_facts(testing_story(t));
    assert_string_equal(got, expected);
    testing_close(&t);
}

/* "In four attempts his best was third"; a refusal whose object the language leaves out. */
static void test_unnamed(void **state)
{
    check(
        state, 20230608,
        "Scott Dixon is back at Le Mans. In four attempts with Ford in GTE Pro his best was third "
        "in class in 2016.",
        "confirmed Scott Dixon 2023\nresult Scott Dixon LMGTE Pro 2016");
    check(
        state, 20300601,
        "Pierre Gasly quería correr las 24 Horas de Le Mans. El equipo insistió, pero los médicos "
        "del circuito dijeron que no.",
        "ruled_out Pierre Gasly 2030");
}

/* "X, who leaves the seat to the Spaniard": X leaves it. */
static void test_relative_clause(void **state)
{
    check(state, 20300301,
          "Fernando Alonso vuelve. En las 24 Horas de Le Mans falta Anthony Davidson, que deja su "
          "plaza al español.",
          "ruled_out Anthony Davidson 2030");
}

/* "With the 91 ... and with the 92": a number after an article is a car, and each has its crew. */
static void test_numbers_alone(void **state)
{
    check(
        state, 20300301,
        "En las 24 Horas de Le Mans correrán Gianmaria Bruni, Richard Lietz y Frédéric Makowiecki "
        "con el 91 y Kévin Estre, Neel Jani y Michael Christensen con el 92.",
        "confirmed Gianmaria Bruni, Richard Lietz, Frédéric Makowiecki #91 2030\n"
        "confirmed Kévin Estre, Neel Jani, Michael Christensen #92 2030");
    check(state, 20300301, "Antonio Fuoco will race on the 14 of June at the 24 Hours of Le Mans.",
          "confirmed Antonio Fuoco 2030");
}

/* Unknown by name: a nation before it, or what is told of the race after it. */
static void test_person_by_context(void **state)
{
    check(state, 20300301, "La gallega Uxía Lema correrá las 24 Horas de Le Mans con el número 7.",
          "confirmed Uxía Lema #7 2030");
    check(state, 20300301,
          "Zdravko Lomkov ne pourra pas disputer les 24 Heures du Mans sur la Porsche.",
          "ruled_out Zdravko Lomkov 2030");
}

/* The entrant stands before the make of its car. */
static void test_entrant(void **state)
{
    check(
        state, 20240501,
        "The 24 Hours of Le Mans and what has changed in the list.\n\n#47 COOL RACING Oreca withdrawn",
        "ruled_out (COOL RACING) #47 2024");
    check(state, 20200201,
          "Richard Mille Racing has applied for the 24 Hours of Le Mans with an Oreca.",
          "interest (Richard Mille Racing)");
}

/* "Will be accompanied by": whoever was spoken of shares the car. */
static void test_companions(void **state)
{
    check(state, 20300301,
          "Mikel Azcona disputará las 24 Horas de Le Mans. Le acompañarán Matteo Cressoni y Ryan "
          "Hardwick en el número 88.",
          "confirmed Matteo Cressoni, Ryan Hardwick, Mikel Azcona #88 2030");
}

/* What proves it best is said by the person, over the end of a sentence. */
static void test_own_words(void **state)
{
    const char *text = "Charles Leclerc would love to race at Le Mans. Asked about it he replied: "
                       "\"Definitely. Actually quite a few times.\" Ferrari did not comment.";
    struct testing *t = testing_read(state, text, 20251214);
    const struct story *story = testing_story(t);
    assert_int_equal(story->facts.n, 1);
    const struct fact *fact = &story->facts.items[0];
    AUTO_FREE char *words = reading_text(&story->reading, fact->quote_first, fact->quote_end);
    assert_string_equal(words, "Definitely. Actually quite a few times");
    testing_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unnamed),       cmocka_unit_test(test_relative_clause),
        cmocka_unit_test(test_numbers_alone), cmocka_unit_test(test_person_by_context),
        cmocka_unit_test(test_own_words),     cmocka_unit_test(test_entrant),
        cmocka_unit_test(test_companions),
    };
    return cmocka_run_group_tests(tests, testing_setup, testing_teardown);
}
