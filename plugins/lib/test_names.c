/* Names of persons by their form: what is one, what is none, what a plugin's knowledge adds. */
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/support/unit.h"

struct knowledge {
    struct tocsin_words words;
    const char *given, *never, *common; /* one word each; NULL: none */
};

static bool is(const struct tocsin_word *word, const char *text)
{
    return text && word->folded_len == strlen(text) &&
           !memcmp(word->folded, text, word->folded_len);
}

static unsigned knows(void *arg, size_t i)
{
    const struct knowledge *knowledge = arg;
    const struct tocsin_word *word = &knowledge->words.words[i];
    return (is(word, knowledge->given) ? TOCSIN_NAME_GIVEN : 0) |
           (is(word, knowledge->never) ? TOCSIN_NAME_NEVER : 0) |
           (is(word, knowledge->common) ? TOCSIN_NAME_COMMON : 0);
}

/* "Name/parts", with "+given" and "+titled", joined by commas. */
static void check_known(struct knowledge knowledge, const char *text, const char *expected)
{
    struct tocsin_names names;
    AUTO_BUF struct buf got = {0};
    tocsin_words_make(text, strlen(text), &knowledge.words);
    const struct tocsin_word *words = knowledge.words.words;
    tocsin_names_make(text, words, knowledge.words.n, knows, &knowledge, &names);
    for (size_t i = 0; i < names.n; i++) {
        const struct tocsin_name *name = &names.names[i];
        buf_printf(&got, "%s%.*s/%u%s%s", i ? ", " : "",
                   (int)(words[name->end - 1].end - words[name->first].start),
                   text + words[name->first].start, name->parts, name->given ? "+given" : "",
                   name->titled ? "+titled" : "");
    }
    assert_string_equal(buf_text(&got), expected);
    tocsin_names_free(&names);
    tocsin_words_free(&knowledge.words);
}

static void check(const char *text, const char *expected)
{
    check_known((struct knowledge){0}, text, expected);
}

static void test_forms(void **state)
{
    (void)state;
    check("it was Max Verstappen who won", "Max Verstappen/2");
    check("with Renger van der Zande, Nyck de Vries and Pato O'Ward.",
          "Renger van der Zande/4, Nyck de Vries/3, Pato O'Ward/2");
    check("by D. Leung and JJ Lehto", "D. Leung/2+given, JJ Lehto/2");
    check("by Ryan Hunter-Reay, Éric Bernard", "Ryan Hunter-Reay/2, Éric Bernard/2");
    check("of Alonso", "Alonso/1");
}

/* A name ends at whatever is written between words, and at an apostrophe that is a genitive's. */
static void test_ends(void **state)
{
    (void)state;
    check("Max Verstappen. Sergio Perez", "Max Verstappen/2, Sergio Perez/2");
    check("Max Verstappen\nSergio Perez", "Max Verstappen/2, Sergio Perez/2");
    check("Max, Sergio (Lewis) \"George\"", "Max/1, Sergio/1, Lewis/1, George/1");
    check("Alonso's Aston", "Alonso/1, Aston/1");
    check("Max van", "Max/1");
}

static void test_capitals(void **state)
{
    (void)state;
    check("the FIA and MAX VERSTAPPEN", "");
    check("Anna LMP Berg", "Anna LMP Berg/3");
    check("Anna WORLD", "Anna/1");
}

static void test_titles(void **state)
{
    (void)state;
    check("Sir Jackie Stewart and Dr. Helmut Marko",
          "Jackie Stewart/2+titled, Helmut Marko/2+titled");
    check("Señora Tatiana Calderón", "Tatiana Calderón/2+titled");
}

static void test_knowledge(void **state)
{
    (void)state;
    struct knowledge knowledge = {.given = "max", .never = "monday", .common = "then"};
    check_known(knowledge, "Then Max Verstappen on Monday Night",
                "Max Verstappen/2+given, Night/1");
    knowledge = (struct knowledge){.given = "may", .common = "may"};
    check_known(knowledge, "May Smith", "May Smith/2+given");
}

static void test_without_knowledge(void **state)
{
    (void)state;
    struct tocsin_words words;
    struct tocsin_names names;
    const char *text = "Then Max";
    tocsin_words_make(text, strlen(text), &words);
    tocsin_names_make(text, words.words, words.n, NULL, NULL, &names);
    assert_int_equal(names.n, 1);
    assert_int_equal(names.names[0].end, 2);
    tocsin_names_free(&names);
    assert_int_equal(names.n, 0);
    tocsin_names_make(text, words.words, 0, NULL, NULL, &names);
    assert_int_equal(names.n, 0);
    tocsin_names_free(&names);
    tocsin_words_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),     cmocka_unit_test(test_ends),
        cmocka_unit_test(test_capitals),  cmocka_unit_test(test_titles),
        cmocka_unit_test(test_knowledge), cmocka_unit_test(test_without_knowledge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
