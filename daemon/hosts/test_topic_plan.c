/* Topics compared one by one: what counts as a change, in which order it is told, and the bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "hosts/topic_plan.h"

/* Texts with their NULs, one after another. */
static struct ipc_topic topic(const char *name, const char *query, struct ipc_texts labels)
{
    return (struct ipc_topic){
        .name = name, .severity = 2, .labels = labels, .query = query, .file = "t.yaml", .line = 7};
}

static struct ipc_texts labels_of(struct buf *packed, const char *label)
{
    const char *const labels[] = {label, NULL};
    return ipc_texts_pack(labels, SIZE_MAX, packed);
}

static void detail(struct topic_plan *plan, const char *name, const char *value)
{
    topic_plan_detail(plan, &(struct ipc_part){.part = name, .text = value});
}

static void assert_changes(struct topic_plan *plan, const char *expected)
{
    json_t *changes = topic_plan_changes(plan);
    AUTO_FREE char *text = json_dumps(changes, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(text, expected);
    json_decref(changes);
}

static void test_each_part_counts(void **state)
{
    (void)state;
    static const char *const names[] = {"same",     "query",   "severity", "label",
                                        "language", "removed", "shadow"};
    AUTO_BUF struct buf red = {0}, blue = {0};
    struct topic_plan *plan = topic_plan_new();
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct ipc_topic coming = topic(names[i], "a", labels_of(&red, "red"));
        if (strcmp(names[i], "removed") == 0)
            coming.name = "added";
        topic_plan_coming(plan, "topics", &coming);
        detail(plan, "language", "de");
    }
    for (size_t i = ARRAY_LEN(names); i-- > 0;) {
        struct ipc_topic present = topic(names[i], "a", labels_of(&red, "red"));
        present.line = 9; /* where it stands is no part of it */
        if (strcmp(names[i], "query") == 0)
            present.query = "b";
        if (strcmp(names[i], "severity") == 0)
            present.severity = 3;
        if (strcmp(names[i], "label") == 0)
            present.labels = labels_of(&blue, "blue");
        topic_plan_present(plan, "topics", &present);
        detail(plan, "language", strcmp(names[i], "language") == 0 ? "en" : "de");
        if (strcmp(names[i], "shadow") == 0)
            detail(plan, "shadow", "true");
    }
    assert_changes(plan, "{\"added\":[\"added (t.yaml:7)\"],\"changed\":[\"query (t.yaml:7)\","
                         "\"severity (t.yaml:7)\",\"label (t.yaml:7)\",\"language (t.yaml:7)\","
                         "\"shadow (t.yaml:7)\"],\"removed\":[\"removed (t.yaml:9)\"]}");
    topic_plan_free(&plan);
}

/* The same name under another detector is another topic. */
static void test_detectors(void **state)
{
    (void)state;
    struct topic_plan *plan = topic_plan_new();
    struct ipc_topic a = topic("a", "a", (struct ipc_texts){0});
    a.file = "";
    topic_plan_coming(plan, "one", &a);
    topic_plan_present(plan, "two", &a);
    assert_changes(plan, "{\"added\":[\"a\"],\"changed\":[],\"removed\":[\"a\"]}");
    topic_plan_free(&plan);
}

static void test_nothing(void **state)
{
    (void)state;
    struct topic_plan *plan = topic_plan_new();
    detail(plan, "of", "nothing");
    assert_changes(plan, "{\"added\":[],\"changed\":[],\"removed\":[]}");
    topic_plan_free(&plan);
}

static void test_bound(void **state)
{
    (void)state;
    struct topic_plan *plan = topic_plan_new();
    for (int i = 0; i < 1000; i++) {
        AUTO_FREE char *name = mem_printf("t%d", i);
        struct ipc_topic coming = topic(name, "a", (struct ipc_texts){0});
        topic_plan_coming(plan, "topics", &coming);
    }
    json_t *changes = topic_plan_changes(plan);
    json_t *added = json_object_get(changes, "added");
    assert_int_equal(json_array_size(added), CHANGES_NAMED);
    assert_string_equal(json_string_value(json_array_get(added, 0)), "t0 (t.yaml:7)");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(changes, "more"), "added")),
                     1000 - CHANGES_NAMED);
    json_decref(changes);
    topic_plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_part_counts),
        cmocka_unit_test(test_detectors),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests_name("topic_plan", tests, NULL, NULL);
}
