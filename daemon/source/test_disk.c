/* What opens below the root, and what does not, with openat2 and, as in a systemd unit that takes
 * it away, without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "source/disk_private.h"

static char dir[] = "/tmp/tocsin-disk-XXXXXX";
static int root = -1;

static int setup(void **state)
{
    (void)state;
    AUTO_FD int file = -1;
    if (!mkdtemp(dir) || (root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
        return -1;
    if (mkdirat(root, "a", 0755) < 0 || mkdirat(root, "a/b", 0755) < 0)
        return -1;
    file = openat(root, "a/b/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    return file < 0 || symlinkat("a", root, "link") < 0 || symlinkat("file", root, "a/b/last") < 0
               ? -1
               : 0;
}

static int teardown(void **state)
{
    (void)state;
    static const char *const files[] = {"a/b/last", "a/b/file", "link"}, *const dirs[] = {"a/b",
                                                                                          "a"};
    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        unlinkat(root, files[i], 0);
    for (size_t i = 0; i < ARRAY_LEN(dirs); i++)
        unlinkat(root, dirs[i], AT_REMOVEDIR);
    fd_close(&root);
    return rmdir(dir);
}

/* Opens `is`, or fails with `error`. */
static void expect(const char *path, int flags, const char *is, int error)
{
    const struct disk disk = {.root = dir};
    errno = 0;
    AUTO_FD int fd = disk_open_below(&disk, root, path, flags);
    if (error) {
        if (fd >= 0 || errno != error)
            fail_msg("%s: %s instead of %s", path, fd >= 0 ? "opened" : strerror(errno),
                     strerror(error));
        return;
    }
    struct stat opened = {0}, wanted = {0};
    if (fd < 0 || fstat(fd, &opened) < 0)
        fail_msg("%s: %s", path, strerror(errno));
    assert_int_equal(fstatat(root, is, &wanted, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH), 0);
    assert_int_equal(opened.st_ino, wanted.st_ino);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static void opens(void)
{
    expect("", O_RDONLY | O_DIRECTORY, "", 0);
    expect("a", O_RDONLY | O_DIRECTORY, "a", 0);
    expect("a/b", O_PATH, "a/b", 0);
    expect("a/b/file", O_PATH, "a/b/file", 0);
    expect("a/b/file", O_RDONLY, "a/b/file", 0);
    expect("a/b/none", O_PATH, NULL, ENOENT);
    expect("none/file", O_PATH, NULL, ENOENT);
    expect("a/b/file/x", O_PATH, NULL, ENOTDIR);
    expect("a/b/file", O_RDONLY | O_DIRECTORY, NULL, ENOTDIR);
    expect("link/b/file", O_PATH, NULL, ELOOP);
    expect("a/b/last", O_PATH, "a/b/last", 0);
    expect("a/b/last", O_RDONLY, NULL, ELOOP);
    expect("../x", O_PATH, NULL, EXDEV);
    expect("..", O_PATH, NULL, EXDEV);
}

static void test_with_openat2(void **state)
{
    (void)state;
    opens();
}

static void test_each_is_answered_below_its_own_root(void **state)
{
    (void)state;
    struct stat st;
    struct disk disk = {.root = dir, .max_size_bytes = 1 << 20};
    disk.self_fd = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(disk.self_fd >= 0);
    assert_int_equal(fstat(root, &st), 0);
    const struct disk_identity here = {st.st_dev, st.st_ino}, gone = {st.st_dev, st.st_ino + 1};
    struct disk_look asked[] = {{.root = here, .path = "a/b/file", .open = true},
                                {.root = here, .path = "a/b/none", .open = true},
                                {.root = gone, .path = "a/b/file", .open = true},
                                {.root = here, .path = "a/b/file"}};
    static const enum disk_result answers[] = {DISK_OK, DISK_VANISHED, DISK_ROOT, DISK_OK};
    struct disk_look *looks[ARRAY_LEN(asked)];
    for (size_t i = 0; i < ARRAY_LEN(asked); i++)
        looks[i] = &asked[i];
    disk_look(&disk, looks, ARRAY_LEN(asked));
    for (size_t i = 0; i < ARRAY_LEN(asked); i++) {
        assert_int_equal(asked[i].answer.result, answers[i]);
        assert_true((asked[i].answer.fd >= 0) == (i == 0));
    }
    fd_close(&asked[0].answer.fd);
    fd_close(&disk.self_fd);
}

/* For good: the last case. */
static void test_without_openat2(void **state)
{
    (void)state;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    assert_int_equal(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0), 0);
    assert_int_equal(seccomp_load(filter), 0);
    seccomp_release(filter);
    assert_int_equal(syscall(SYS_openat2, root, ".", NULL, 0), -1);
    assert_int_equal(errno, ENOSYS);
    opens();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_with_openat2),
        cmocka_unit_test(test_each_is_answered_below_its_own_root),
        cmocka_unit_test(test_without_openat2),
    };
    return cmocka_run_group_tests_name("disk", tests, setup, teardown);
}
