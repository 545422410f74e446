/* The language of a text: five of them, short and long, mixed, and none. */
#include <string.h>

#include <tocsin/text.h>

#include "tests/support/unit.h"

static const char *guess(const char *text)
{
    struct tocsin_words words;
    tocsin_words_make(text, strlen(text), &words);
    const char *language = tocsin_language_guess(words.words, words.n);
    tocsin_words_free(&words);
    return language;
}

static void test_each(void **state)
{
    (void)state;
    assert_string_equal(guess("The car was in the garage when they came back."), "en");
    assert_string_equal(guess("La voiture est dans le garage et nous sommes à la gare."), "fr");
    assert_string_equal(guess("Der Wagen ist in der Garage, und wir sind nicht da."), "de");
    assert_string_equal(guess("La macchina è nel garage e noi non siamo alla stazione."), "it");
    assert_string_equal(guess("El coche está en el garaje y nosotros no estamos, pero sí."), "es");
}

/* Names and a foreign quotation do not turn it. */
static void test_mixed(void **state)
{
    (void)state;
    assert_string_equal(
        guess(
            "\u201eJe ne sais pas\u201c, sagte der Fahrer, und er ist doch nicht der einzige, der "
            "das nach einer Nacht in der Box und auf der Strecke zu uns gesagt hat."),
        "de");
}

static void test_none(void **state)
{
    (void)state;
    assert_null(guess(""));
    assert_null(guess("Honolulu 42"));
    assert_null(guess("Zażółć gęślą jaźń"));
}

/* Every word of the table is found: it is sorted as it is searched. */
static void test_sorted(void **state)
{
    (void)state;
    assert_string_equal(guess("a about zwischen zwei zur zum zu"), "de");
    assert_string_equal(guess("with would you your"), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each),
        cmocka_unit_test(test_mixed),
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_sorted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
