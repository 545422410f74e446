/*
 * The manual and the sample against the tables: every option is in both with its default, and
 * neither names one that does not exist.
 */
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "config/schema.h"
#include "config/test_fixture.h"
#include "config/tree.h"
#include "config/value.h"

#define LONG_DEFAULT 40u /* letters; a longer one is told in the text below its heading */

static char *source_path(const char *name)
{
    const char *top = getenv("TOCSIN_SRCDIR");
    return mem_printf("%s/%s", top ? top : ".", name);
}

static char *read_source(const char *name)
{
    AUTO_FREE char *path = source_path(name);
    struct buf text = {0};
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    for (int c = getc(file); c != EOF; c = getc(file))
        buf_putc(&text, (char)c);
    fclose(file);
    return buf_take(&text);
}

/* The line that opens an option in the manual. */
static char *heading(const struct schema_item *item)
{
    const char *literal = item->fallback && *item->fallback ? "Ql " : ": ";
    const char *text = schema_item_default(item);
    const char *type = schema_type_name(item->type);
    if (schema_item_required(item))
        return mem_printf(".It Ic %s : Ar %s , No required", item->key, type);
    if (strlen(text) > LONG_DEFAULT)
        return mem_printf(".It Ic %s : Ar %s , No default : see below", item->key, type);
    return mem_printf(".It Ic %s : Ar %s , No default %s%s", item->key, type, literal, text);
}

/* The part of the manual that is a section's; the caller frees it. */
static char *manual_section(const char *manual, const char *key)
{
    AUTO_FREE char *title = mem_printf("\n.Ss %s\n", key);
    const char *start = strstr(manual, title);
    if (!start)
        fail_msg("the manual has no section \"%s\"", key);
    start += strlen(title) - 1;
    const char *next = strstr(start, "\n.Ss ");
    return mem_strndup(start, next ? (size_t)(next - start) + 1 : strlen(start));
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

static void check_heading(const char *text, const struct schema_section *section,
                          const struct schema_item *item)
{
    AUTO_FREE char *expected = heading(item);
    AUTO_FREE char *line = mem_printf("\n%s\n", expected);
    if (!strstr(text, line))
        fail_msg("tocsin.yaml(5), %s: there is no line \"%s\"", section->key, expected);
}

static void test_manual(void **state)
{
    (void)state;
    AUTO_FREE char *manual = read_source("man/tocsin.yaml.5");
    size_t n;
    const struct schema_section *sections = schema_sections(&n);
    for (size_t i = 0; i < n; i++) {
        AUTO_FREE char *text = manual_section(manual, sections[i].key);
        for (size_t k = 0; k < sections[i].n_items; k++)
            check_heading(text, &sections[i], &sections[i].items[k]);
        assert_int_equal(count(text, "\n.It Ic "), sections[i].n_items);
    }
}

static void test_manual_temporary_names(void **state)
{
    (void)state;
    AUTO_FREE char *manual = read_source("man/tocsin.yaml.5");
    AUTO_FREE char *folders = manual_section(manual, "folders");
    AUTO_FREE char *names = mem_strdup(schema_temporary_names);
    char *rest = names, *name;
    while ((name = strsep(&rest, " "))) {
        AUTO_FREE char *line = mem_printf("\n.Ql %s ", name);
        if (!strstr(folders, line))
            fail_msg("tocsin.yaml(5), exclude: %s is missing", name);
    }
}

/* The sample's value of an option is its default. */
static void check_value(const struct schema_section *section, const struct schema_item *item,
                        const struct tree *node, const struct tree *entry)
{
    union {
        struct config_folder folder;
        struct config_notifier notifier;
        struct config_route route;
        struct config config;
    } sample = {0}, plain = {0};
    struct diags diags = {0};
    if (item->unset && item->type == SCHEMA_NAME) {
        assert_string_equal(node->text, entry->key);
        return;
    }
    if (schema_item_required(item) || item->type == SCHEMA_OPTIONS)
        return;
    assert_int_equal(value_read(item, node, &sample, section->key, &diags), 0);
    value_default(item, &plain);
    if (!value_equal(item, &sample, &plain))
        fail_msg("conf/tocsin.yaml:%d: %s: this is not the default of \"%s\"", node->at.line,
                 section->key, item->key);
    value_free(item, &sample);
    value_free(item, &plain);
}

static void check_section(const struct tree *sample, const struct schema_section *section)
{
    const struct tree *entry = tree_get(sample, section->key);
    if (!entry)
        fail_msg("conf/tocsin.yaml: there is no section \"%s\"", section->key);
    if (section->shape != SCHEMA_SINGLE) {
        assert_int_equal(entry->n, 1);
        entry = entry->items[0];
    }
    for (size_t k = 0; k < section->n_items; k++) {
        const struct tree *node = tree_get(entry, section->items[k].key);
        if (!node)
            fail_msg("conf/tocsin.yaml, %s: \"%s\" is missing", section->key,
                     section->items[k].key);
        check_value(section, &section->items[k], node, entry);
    }
}

static void test_sample(void **state)
{
    (void)state;
    AUTO_FREE char *path = source_path("conf/tocsin.yaml");
    struct diags diags = {0};
    struct tree *sample = tree_read(path, &diags);
    assert_non_null(sample);
    size_t n;
    const struct schema_section *sections = schema_sections(&n);
    for (size_t i = 0; i < n; i++)
        check_section(sample, &sections[i]);
    assert_non_null(tree_get(sample, "include"));
    tree_free(&sample);
}

/* It loads as it stands, once the folder is there; what it names exists, or it would not. */
static void test_sample_loads(void **state)
{
    (void)state;
    struct fixture *fixture = fixture_new();
    fixture_mkdir(fixture, "Documents");
    setenv("HOME", fixture->dir, 1);
    AUTO_FREE char *text = read_source("conf/tocsin.yaml");
    assert_int_equal(fixture_load_text(fixture, text), 0);
    assert_string_equal(fixture->messages, "");
    fixture_free(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_manual),
        cmocka_unit_test(test_manual_temporary_names),
        cmocka_unit_test(test_sample),
        cmocka_unit_test(test_sample_loads),
    };
    return cmocka_run_group_tests_name("docs", tests, NULL, NULL);
}
