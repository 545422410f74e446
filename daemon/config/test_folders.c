/* Folders on disk: missing, forbidden, overlapping, also by way of symbolic links. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/test_fixture.h"

#define NOBODY 65534

static int setup(void **state)
{
    unsetenv("SYSTEMD_EXEC_PID");
    struct fixture *fixture = fixture_new();
    fixture_mkdir(fixture, "news/sport");
    fixture_mkdir(fixture, "newspaper");
    AUTO_FREE char *to = fixture_path(fixture, "news"), *link = fixture_path(fixture, "link");
    *state = fixture;
    return symlink(to, link);
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    fixture_free(&fixture);
    return 0;
}

static void expect(struct fixture *fixture, const char *text, const char *message)
{
    assert_int_equal(fixture_load_text(fixture, text), message ? -1 : 0);
    if (message)
        assert_string_equal(fixture->messages, message);
}

static void test_overlap(void **state)
{
    struct fixture *fixture = *state;
    expect(fixture, "folders:\n  a: {path: news}\n  b: {path: news/sport}\n",
           "@/tocsin.yaml:3:13: folder \"b\" (@/news/sport) lies in folder \"a\" (@/news) of "
           "@/tocsin.yaml:2:13 (remove one, or set \"recursive: no\" on the outer one)\n");
    expect(fixture, "folders:\n  a: {path: news/sport}\n  b: {path: news}\n",
           "@/tocsin.yaml:3:13: folder \"b\" (@/news) holds folder \"a\" (@/news/sport) of "
           "@/tocsin.yaml:2:13 (remove one, or set \"recursive: no\" on the outer one)\n");
    expect(fixture, "folders:\n  a: {path: news}\n  b: {path: link, recursive: no}\n",
           "@/tocsin.yaml:3:13: folder \"b\" (@/link) is the same place as folder \"a\" (@/news) "
           "of @/tocsin.yaml:2:13; resolved: @/news and @/news (remove one)\n");
    expect(fixture, "folders:\n  a: {path: news}\n  b: {path: link/sport}\n",
           "@/tocsin.yaml:3:13: folder \"b\" (@/link/sport) lies in folder \"a\" (@/news) of "
           "@/tocsin.yaml:2:13; resolved: @/news/sport and @/news (remove one, or set "
           "\"recursive: no\" on the outer one)\n");
    expect(fixture, "folders:\n  a: {path: news, recursive: no}\n  b: {path: news/sport}\n", NULL);
    expect(fixture, "folders:\n  a: {path: news}\n  b: {path: newspaper}\n", NULL);
}

static void test_root_overlaps(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(fixture_load_text(fixture, "folders:\n  a: {path: news}\n  b: {path: /}\n"),
                     -1);
    assert_non_null(strstr(fixture->messages, "folder \"b\" (/) holds folder \"a\" (@/news)"));
}

static void test_missing(void **state)
{
    struct fixture *fixture = *state;
    expect(fixture, "folders:\n  a: {path: nwes/x}\n",
           "@/tocsin.yaml:2:13: folder \"a\": @/nwes/x does not exist: there is no \"nwes\" in @ "
           "(make it, or correct the path; did you mean \"@/news\"?)\n");
    expect(fixture, "folders:\n  a: {path: tocsin.yaml}\n",
           "@/tocsin.yaml:2:13: folder \"a\": @/tocsin.yaml is not a folder (watch the folder it "
           "is in, with \"include: NAME\")\n");
    expect(fixture, "folders:\n  a: {path: /zzqq}\n",
           "@/tocsin.yaml:2:13: folder \"a\": /zzqq does not exist: there is no \"zzqq\" in / "
           "(make it, or correct the path)\n");
}

static void test_away(void **state)
{
    struct fixture *fixture = *state;
    fixture->watched = fixture_path(fixture, "news/stick");
    expect(fixture, "folders:\n  a: {path: news/stick}\n", NULL);
    expect(
        fixture, "folders:\n  a: {path: news/stick}\n  b: {path: news/other}\n",
        "@/tocsin.yaml:3:13: folder \"b\": @/news/other does not exist: there is no \"other\" in "
        "@/news (make it, or correct the path)\n");
    assert_int_equal(
        fixture_load_text(fixture, "folders:\n  a: {path: news/stick}\n  b: {path: news}\n"), -1);
    assert_non_null(strstr(fixture->messages, "holds folder \"a\" (@/news/stick)"));
}

/* What a unit hides takes a unit to show (tests/e2e/test_system_unit.py); here, that nothing is
 * made up. */
static void test_inside_a_unit(void **state)
{
    struct fixture *fixture = *state;
    AUTO_FREE char *self = mem_printf("%d", (int)getpid());
    setenv("SYSTEMD_EXEC_PID", self, 1);
    expect(fixture, "folders:\n  a: {path: news}\n", NULL);
    expect(fixture, "folders:\n  a: {path: /zzqq/news}\n",
           "@/tocsin.yaml:2:13: folder \"a\": /zzqq/news does not exist: there is no \"zzqq\" in / "
           "(make it, or correct the path)\n");
    unsetenv("SYSTEMD_EXEC_PID");
}

/* Root sees everything; so the look is taken as nobody, and the rest of the process stays root. */
static void test_forbidden(void **state)
{
    struct fixture *fixture = *state;
    AUTO_FREE char *path = fixture_path(fixture, "news");
    fixture_write(fixture, "tocsin.yaml", "folders:\n  a: {path: news}\n  b: {path: news/sport}\n");
    uid_t owner = geteuid(), viewer = owner == 0 ? NOBODY : owner;
    assert_int_equal(chmod(path, owner == 0 ? 0700 : 0), 0);
    assert_int_equal(chmod(fixture->dir, 0755), 0);
    assert_int_equal(seteuid(viewer), 0);
    int result = fixture_load(fixture, "tocsin.yaml");
    assert_int_equal(seteuid(owner), 0);
    assert_int_equal(chmod(path, 0755), 0);
    assert_int_equal(result, -1);
    static const char first[] =
        "@/tocsin.yaml:2:13: folder \"a\": @/news is not visible to user nobody: @/news belongs to "
        "user root and has mode 0700 (let it in with \"setfacl -R -m "
        "u:nobody:rX,d:u:nobody:rX @/news\", or run tocsin as its owner)\n";
    if (owner == 0)
        assert_memory_equal(fixture->messages, first, strlen(first));
    else
        assert_non_null(strstr(fixture->messages, "folder \"a\": @/news is not visible to user"));
    assert_non_null(strstr(fixture->messages, "folder \"b\": @/news/sport is not visible to user"));
    /* To get to it takes less than to watch it. */
    assert_non_null(strstr(fixture->messages, ":x @/news\", or"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_overlap, setup, teardown),
        cmocka_unit_test_setup_teardown(test_root_overlaps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_away, setup, teardown),
        cmocka_unit_test_setup_teardown(test_inside_a_unit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_forbidden, setup, teardown),
    };
    return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}
