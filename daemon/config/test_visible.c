/* What units hide, read from mountinfo as it was inside such units (systemd 252, in a container);
 * left out are lines of places that nobody watches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/mem.h"
#include "config/visible.h"

/* The container itself: no unit. */
static const char machine[] =
    "99 79 0:40 / / rw,relatime shared:1 - overlay overlay rw\n"
    "100 99 0:43 / /tmp rw,nosuid,nodev shared:2 - tmpfs tmpfs rw\n"
    "105 99 0:47 / /run rw,nosuid,nodev shared:6 - tmpfs tmpfs rw,mode=755\n"
    "235 99 0:60 / /home/a/stick rw,relatime shared:65 - tmpfs stick rw\n";

/* ProtectHome=yes */
static const char protect_home[] =
    "308 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "309 308 0:43 / /tmp rw,nosuid,nodev shared:86 master:2 - tmpfs tmpfs rw\n"
    "333 308 0:47 / /run rw,nosuid,nodev shared:110 master:6 - tmpfs tmpfs rw,mode=755\n"
    "356 308 0:47 /host/inaccessible/dir /home ro,nosuid,nodev,noexec shared:132 master:6 - tmpfs tmpfs rw,mode=755\n"
    "357 308 0:47 /host/inaccessible/dir /root ro,nosuid,nodev,noexec shared:133 master:6 - tmpfs tmpfs rw,mode=755\n"
    "360 333 0:47 /systemd/propagate/run-u10.service /run/systemd/incoming ro,nosuid,nodev master:6 - tmpfs tmpfs rw,mode=755\n"
    "343 333 0:47 /host/inaccessible/dir /run/user ro,nosuid,nodev,noexec shared:119 master:6 - tmpfs tmpfs rw,mode=755\n";

/* ProtectHome=tmpfs BindReadOnlyPaths=/home/a/News */
static const char home_tmpfs[] =
    "309 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "310 309 0:43 / /tmp rw,nosuid,nodev shared:86 master:2 - tmpfs tmpfs rw\n"
    "334 309 0:47 / /run rw,nosuid,nodev shared:110 master:6 - tmpfs tmpfs rw,mode=755\n"
    "361 309 0:62 / /home rw,relatime shared:132 - tmpfs tmpfs rw\n"
    "362 361 0:40 /home/a/News /home/a/News ro,relatime shared:133 master:1 - overlay overlay rw\n"
    "363 309 0:63 / /root rw,relatime shared:134 - tmpfs tmpfs rw\n"
    "344 334 0:64 / /run/user rw,relatime shared:119 - tmpfs tmpfs rw\n";

/* ProtectHome=read-only PrivateTmp=yes */
static const char private_tmp[] =
    "309 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "310 309 0:43 / /tmp rw,nosuid,nodev shared:86 master:2 - tmpfs tmpfs rw\n"
    "334 309 0:47 / /run rw,nosuid,nodev shared:111 master:6 - tmpfs tmpfs rw,mode=755\n"
    "361 309 0:60 / /home/a/stick rw,relatime shared:135 master:65 - tmpfs stick rw\n"
    "362 309 0:40 /home /home ro,relatime shared:136 master:1 - overlay overlay rw\n"
    "363 362 0:60 / /home/a/stick ro,relatime shared:137 master:65 - tmpfs stick rw\n"
    "364 309 0:40 /root /root ro,relatime shared:138 master:1 - overlay overlay rw\n"
    "344 334 0:47 /user /run/user ro,nosuid,nodev shared:121 master:6 - tmpfs tmpfs rw,mode=755\n"
    "365 310 0:43 /systemd-private-5a1c-run-u14.service-sQb6b8/tmp /tmp rw,nosuid,nodev shared:87 master:2 - tmpfs tmpfs rw\n"
    "366 309 0:40 /var/tmp/systemd-private-5a1c-run-u14.service-EMqSGw/tmp /var/tmp rw,relatime shared:139 master:1 - overlay overlay rw\n";

/* InaccessiblePaths=/srv/x InaccessiblePaths=/home */
static const char inaccessible[] =
    "309 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "310 309 0:43 / /tmp rw,nosuid,nodev shared:86 master:2 - tmpfs tmpfs rw\n"
    "334 309 0:47 / /run rw,nosuid,nodev shared:110 master:6 - tmpfs tmpfs rw,mode=755\n"
    "361 309 0:47 /host/inaccessible/dir /home ro,nosuid,nodev,noexec shared:132 master:6 - tmpfs tmpfs rw,mode=755\n"
    "344 309 0:47 /host/inaccessible/dir /srv/x ro,nosuid,nodev,noexec shared:133 master:6 - tmpfs tmpfs rw,mode=755\n";

/* TemporaryFileSystem=/srv BindReadOnlyPaths='/srv/with blank' */
static const char temporary[] =
    "309 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "310 309 0:43 / /tmp rw,nosuid,nodev shared:86 master:2 - tmpfs tmpfs rw\n"
    "334 309 0:47 / /run rw,nosuid,nodev shared:110 master:6 - tmpfs tmpfs rw,mode=755\n"
    "361 309 0:60 / /home/a/stick rw,relatime shared:132 master:65 - tmpfs stick rw\n"
    "344 309 0:62 / /srv rw,nodev shared:133 - tmpfs tmpfs rw,mode=755\n"
    "345 344 0:40 /srv/with\\040blank /srv/with\\040blank ro,relatime shared:134 master:1 - overlay overlay rw\n";

/* TemporaryFileSystem=/srv:ro */
static const char temporary_ro[] =
    "309 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "334 309 0:47 / /run rw,nosuid,nodev shared:110 master:6 - tmpfs tmpfs rw,mode=755\n"
    "344 309 0:62 / /srv ro,nodev shared:133 - tmpfs tmpfs rw,mode=755\n";

/* DynamicUser=yes StateDirectory=tocsin BindReadOnlyPaths=/tmp/News */
static const char dynamic[] =
    "313 259 0:40 / / ro,nosuid,relatime shared:87 master:1 - overlay overlay rw\n"
    "314 313 0:43 / /tmp rw,nosuid,nodev shared:88 master:2 - tmpfs tmpfs rw\n"
    "338 313 0:47 / /run ro,nosuid,nodev shared:114 master:6 - tmpfs tmpfs rw,mode=755\n"
    "366 313 0:60 / /home/a/stick ro,nosuid,relatime shared:137 master:65 - tmpfs stick rw\n"
    "349 314 0:43 /systemd-private-5a1c-run-u18.service-lAgaNF/tmp /tmp rw,nosuid,nodev shared:89 master:2 - tmpfs tmpfs rw\n"
    "351 349 0:43 /News /tmp/News ro,nosuid,nodev shared:90 master:2 - tmpfs tmpfs rw\n"
    "367 313 0:64 / /var/lib/private ro,nosuid,nodev,noexec shared:138 - tmpfs tmpfs rw,mode=755\n"
    "368 367 0:40 /var/lib/private/tocsin /var/lib/private/tocsin rw,nosuid,relatime shared:139 master:1 - overlay overlay rw\n"
    "369 313 0:40 /var/tmp/systemd-private-5a1c-run-u18.service-ZmZLQ3/tmp /var/tmp rw,nosuid,relatime shared:140 master:1 - overlay overlay rw\n";

/* A unit of a user: PrivateUsers=yes PrivateTmp=yes ProtectHome=tmpfs */
static const char user_unit[] =
    "309 259 0:40 / / rw,relatime shared:85 master:1 - overlay overlay rw\n"
    "310 309 0:43 / /tmp rw,nosuid,nodev shared:86 master:2 - tmpfs tmpfs rw\n"
    "334 309 0:47 / /run rw,nosuid,nodev shared:111 master:6 - tmpfs tmpfs rw,mode=755\n"
    "346 334 0:61 / /run/user/1000 rw,nosuid,nodev,relatime shared:122 master:83 - tmpfs tmpfs rw,mode=700,uid=1000,gid=1000\n"
    "361 309 0:60 / /home/a/stick rw,relatime shared:137 master:65 - tmpfs stick rw\n"
    "362 309 0:62 / /home rw,relatime shared:138 - tmpfs tmpfs rw,uid=1000,gid=1000\n"
    "363 309 0:63 / /root rw,relatime shared:139 - tmpfs tmpfs rw,uid=1000,gid=1000\n"
    "365 334 0:64 / /run/user rw,relatime shared:124 - tmpfs tmpfs rw,uid=1000,gid=1000\n"
    "366 310 0:43 /systemd-private-5a1c-run-u0.service-rbSfrQ/tmp /tmp rw,nosuid,nodev shared:87 master:2 - tmpfs tmpfs rw\n"
    "367 309 0:40 /var/tmp/systemd-private-5a1c-run-u0.service-xCv3Gk/tmp /var/tmp rw,relatime shared:140 master:1 - overlay overlay rw\n";

static void expect_hidden(const char *mountinfo, const char *path, const char *cause,
                          const char *place, const char *mend, bool sure)
{
    struct hidden hidden;
    assert_true(visible_is_hidden(mountinfo, path, &hidden));
    assert_string_equal(hidden.cause, cause);
    assert_string_equal(hidden.place, place);
    assert_string_equal(hidden.mend, mend);
    assert_int_equal(hidden.sure, sure);
    hidden_deinit(&hidden);
}

static void expect_visible(const char *mountinfo, const char *path)
{
    struct hidden hidden;
    assert_false(visible_is_hidden(mountinfo, path, &hidden));
    assert_null(hidden.cause);
    hidden_deinit(&hidden);
}

static void test_no_unit(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "/", "/home/a/News", "/home/a/stick/news", "/tmp/News", "/srv/news", "/run/news", "/tmpx",
    };
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        expect_visible(machine, paths[i]);
}

static void test_protect_home(void **state)
{
    (void)state;
    expect_hidden(protect_home, "/home/a/News", "ProtectHome=yes", "/home",
                  "\"ProtectHome=tmpfs\" and \"BindReadOnlyPaths=/home/a/News\"", true);
    expect_hidden(protect_home, "/home", "ProtectHome=yes", "/home",
                  "\"ProtectHome=tmpfs\" and \"BindReadOnlyPaths=/home\"", true);
    expect_hidden(protect_home, "/root/x", "ProtectHome=yes", "/root",
                  "\"ProtectHome=tmpfs\" and \"BindReadOnlyPaths=/root/x\"", true);
    expect_visible(protect_home, "/homer/News");
    expect_visible(protect_home, "/srv/home/News");
    expect_visible(protect_home, "/run/news");
    expect_visible(protect_home, "/tmp/News");
}

static void test_home_as_a_temporary_file_system(void **state)
{
    (void)state;
    expect_hidden(home_tmpfs, "/home/a/Other", "ProtectHome=tmpfs", "/home",
                  "\"BindReadOnlyPaths=/home/a/Other\"", true);
    /* The folder above one that was brought in holds nothing else. */
    expect_hidden(home_tmpfs, "/home/a", "ProtectHome=tmpfs", "/home",
                  "\"BindReadOnlyPaths=/home/a\"", true);
    expect_visible(home_tmpfs, "/home/a/News");
    expect_visible(home_tmpfs, "/home/a/News/sport");
}

static void test_private_tmp(void **state)
{
    (void)state;
    expect_hidden(private_tmp, "/tmp/News", "PrivateTmp=yes", "/tmp",
                  "\"BindReadOnlyPaths=/tmp/News\"", true);
    expect_hidden(private_tmp, "/var/tmp/a b:50%", "PrivateTmp=yes", "/var/tmp",
                  "\"BindReadOnlyPaths='/var/tmp/a b\\:50%%'\"", true);
    expect_visible(private_tmp, "/home/a/News");
    expect_visible(private_tmp, "/home/a/stick/news");
    expect_hidden(dynamic, "/tmp/Other", "PrivateTmp=yes", "/tmp",
                  "\"BindReadOnlyPaths=/tmp/Other\"", true);
    expect_visible(dynamic, "/tmp/News");
    expect_visible(dynamic, "/home/a/stick");
    expect_visible(dynamic, "/var/lib/private/tocsin");
}

static void test_inaccessible(void **state)
{
    (void)state;
    expect_hidden(inaccessible, "/srv/x/news", "InaccessiblePaths=/srv/x", "/srv/x",
                  "\"InaccessiblePaths=\" with what shall stay hidden", true);
    /* /home alone was not ProtectHome=. */
    expect_hidden(inaccessible, "/home/a/News", "InaccessiblePaths=/home", "/home",
                  "\"InaccessiblePaths=\" with what shall stay hidden", true);
    expect_visible(inaccessible, "/srv/xylophone");
    expect_visible(inaccessible, "/srv");
}

static void test_temporary_file_system(void **state)
{
    (void)state;
    expect_hidden(temporary, "/srv/news", "TemporaryFileSystem=/srv", "/srv",
                  "\"BindReadOnlyPaths=/srv/news\"", false);
    expect_hidden(temporary_ro, "/srv/news", "TemporaryFileSystem=/srv", "/srv",
                  "\"BindReadOnlyPaths=/srv/news\"", true);
    expect_visible(temporary, "/srv/with blank/news");
    /* The machine's own. */
    expect_visible(temporary, "/home/a/stick/news");
    expect_visible(temporary, "/tmp/News");
    expect_visible(temporary, "/run/news");
}

/* The mount at /home/a/stick is listed, but lies under the one at /home. */
static void test_what_lies_under_another_mount(void **state)
{
    (void)state;
    expect_hidden(user_unit, "/home/a/stick/news", "ProtectHome=tmpfs", "/home",
                  "\"BindReadOnlyPaths=/home/a/stick/news\"", true);
    expect_hidden(user_unit, "/tmp/News", "PrivateTmp=yes", "/tmp",
                  "\"BindReadOnlyPaths=/tmp/News\"", true);
    expect_visible(user_unit, "/srv/news");
}

static void test_parts(void **state)
{
    (void)state;
    struct hidden hidden;
    assert_true(visible_hides_part(inaccessible, "/srv", &hidden));
    assert_string_equal(hidden.place, "/srv/x");
    assert_string_equal(hidden.cause, "InaccessiblePaths=/srv/x");
    hidden_deinit(&hidden);
    assert_true(visible_hides_part(private_tmp, "/var", &hidden));
    assert_string_equal(hidden.place, "/var/tmp");
    assert_string_equal(hidden.mend, "\"BindReadOnlyPaths=/var/tmp\"");
    hidden_deinit(&hidden);
    assert_true(visible_hides_part(inaccessible, "/", &hidden));
    hidden_deinit(&hidden);
    assert_false(visible_hides_part(inaccessible, "/srv/x", &hidden));
    assert_false(visible_hides_part(inaccessible, "/sr", &hidden));
    assert_false(visible_hides_part(private_tmp, "/home", &hidden));
    assert_false(visible_hides_part(machine, "/", &hidden));
    /* What hides lies itself under another mount. */
    assert_false(
        visible_hides_part("1 9 0:40 / / rw shared:5 master:1 - ext4 x rw\n"
                           "2 1 0:47 /systemd/inaccessible/dir /srv/x ro - tmpfs tmpfs rw\n"
                           "3 1 0:41 / /srv rw shared:6 master:2 - ext4 y rw\n",
                           "/srv", &hidden));
}

/* Nothing is claimed of what cannot be understood, and nothing loops. */
static void test_nonsense(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "\n\n",
        "nonsense",
        "1 2 3:4 /",
        "1 2 3:4 / / rw",
        "1 2 3:4 / / rw - ",
        "1 1 3:4 / / rw - tmpfs",
        "1 2 3:4 / / rw - ext4\n2 1 3:4 / / rw - ext4\n",
        "5 1 0:1 / /home rw - tmpfs tmpfs rw\n",
        "1 9 0:1 / / rw - ext4 x rw\n2 3 0:1 / /home rw - tmpfs\n3 2 0:1 / /home rw - tmpfs\n",
        "1 9 0:1 /\\04 /\\777 rw - ext4 x rw\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        expect_visible(texts[i], "/home/a/News");
        struct hidden hidden;
        assert_false(visible_hides_part(texts[i], "/", &hidden));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_unit),
        cmocka_unit_test(test_protect_home),
        cmocka_unit_test(test_home_as_a_temporary_file_system),
        cmocka_unit_test(test_private_tmp),
        cmocka_unit_test(test_inaccessible),
        cmocka_unit_test(test_temporary_file_system),
        cmocka_unit_test(test_what_lies_under_another_mount),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_nonsense),
    };
    return cmocka_run_group_tests_name("visible", tests, NULL, NULL);
}
