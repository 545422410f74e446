/* Ids: stable, apart where they must be, and blind to what makes no difference. */
#include "alert/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "results.h"
#include "unit.h"

static void alerts_differ_by_each_part(void **state)
{
    (void)state;
    struct hash a = identity_alert("topics", "acme", "x");
    struct hash again = identity_alert("topics", "acme", "x");
    struct hash others[] = {identity_alert("topic", "sacme", "x"),
                            identity_alert("topics", "acmex", ""),
                            identity_alert("topics", "acme", "y")};
    assert_true(hash_equal(&a, &again));
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        assert_false(hash_equal(&a, &others[i]));
}

static void evidence_is_folded(void **state)
{
    (void)state;
    struct hash a = identity_evidence("He would\n  LOVE to drive at Le Mans, Pérez says.");
    struct hash b = identity_evidence("he would love to drive at Le Mans: Perez says");
    struct hash c = identity_evidence("he would love to drive at Spa: Perez says");
    assert_true(hash_equal(&a, &b));
    assert_false(hash_equal(&a, &c));
    struct hash dots = identity_evidence("..."), marks = identity_evidence("!!!");
    assert_false(hash_equal(&dots, &marks));
}

static void revisions_and_deliveries_are_of_sets(void **state)
{
    (void)state;
    struct hash alert = identity_alert("d", "t", "s");
    struct hash one = identity_evidence("one"), two = identity_evidence("two");
    struct hash forth[] = {one, two}, back[] = {two, one};
    struct hash a = identity_revision(&alert, forth, 2), b = identity_revision(&alert, back, 2);
    struct hash c = identity_revision(&alert, &one, 1);
    assert_true(hash_equal(&a, &b));
    assert_false(hash_equal(&a, &c));
    struct hash d = identity_delivery("desktop", (struct hash[]){one, two}, 2);
    struct hash e = identity_delivery("desktop", (struct hash[]){two, one}, 2);
    struct hash f = identity_delivery("stdout", (struct hash[]){two, one}, 2);
    assert_true(hash_equal(&d, &e));
    assert_false(hash_equal(&d, &f));
}

static void a_key_is_folded_sorted_and_without_edition(void **state)
{
    (void)state;
    struct detect_result *result = result_new("lemans", true, 1, 1, "a", 20250101);
    struct detect_finding *fact =
        result_fact(result, "result", "Nicklas NIELSEN", "2024", "they won");
    result_field(fact, "driver", "Antonio Fuoco");
    result_field(fact, "driver", "antonio  fuoco");
    AUTO_FREE char *key = identity_key(&result->key_fields, "year", &result->origin, fact);
    AUTO_FREE char *edition = identity_edition("year", fact);
    AUTO_FREE char *none = identity_edition(NULL, fact);
    assert_string_equal(key, "driver=antonio fuoco|nicklas nielsen");
    assert_string_equal(edition, "2024");
    assert_string_equal(none, "");
    detect_result_free(&result);
}

static void a_fact_without_a_name_is_its_document_s(void **state)
{
    (void)state;
    struct detect_result *a = result_new("lemans", true, 1, 1, "a", 20250101);
    struct detect_result *b = result_new("lemans", true, 2, 2, "b", 20250101);
    AUTO_FREE char *of_a = identity_key(&a->key_fields, "year", &a->origin,
                                        result_fact(a, "interest", "", "", "someone wants"));
    AUTO_FREE char *of_b = identity_key(&b->key_fields, "year", &b->origin,
                                        result_fact(b, "interest", "!", "", "someone wants"));
    assert_string_not_equal(of_a, of_b);
    assert_memory_equal(of_a, "origin=", 7);
    detect_result_free(&a);
    detect_result_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_differ_by_each_part),
        cmocka_unit_test(evidence_is_folded),
        cmocka_unit_test(revisions_and_deliveries_are_of_sets),
        cmocka_unit_test(a_key_is_folded_sorted_and_without_edition),
        cmocka_unit_test(a_fact_without_a_name_is_its_document_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
