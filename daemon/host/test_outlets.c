/* What the porter does outside: opening outputs, and telling a journal that is there, away or full.
 */
#include "tests/support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/memfd.h"
#include "host/outlets.h"

#define LARGE ((size_t)32 * 1024 * 1024) /* more than a datagram, whatever the system allows */

static char folder[] = "/tmp/tocsin-outlets-XXXXXX";

static int enter_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
    (void)state;
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

/* ---- files ---- */

static void assert_opens(const char *path)
{
    AUTO_FD int fd = -1;
    char byte;
    assert_int_equal(outlet_open(path, &fd), 0);
    assert_int_equal(write(fd, "x", 1), 1);
    assert_int_equal(pread(fd, &byte, 1, 0), 1);
    assert_int_equal(fcntl(fd, F_GETFL) & (O_APPEND | O_ACCMODE), O_APPEND | O_RDWR);
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void assert_fails(const char *path, int error)
{
    int fd = 0;
    assert_int_equal(outlet_open(path, &fd), error);
    assert_int_equal(fd, -1);
}

static void test_a_file_is_made_and_found_again(void **state)
{
    (void)state;
    struct stat info;
    umask(0);
    assert_opens("out");
    assert_opens("out");
    assert_int_equal(stat("out", &info), 0);
    assert_int_equal(info.st_size, 2);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(chmod("out", 0644), 0);
    assert_opens("out");
    assert_int_equal(stat("out", &info), 0);
    assert_int_equal(info.st_mode & 07777, 0644);
    assert_int_equal(unlink("out"), 0);
}

static void test_what_is_no_file_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(mkdir("out", 0700), 0);
    assert_fails("out", EISDIR);
    assert_fails("out/none/file", ENOENT);
    assert_int_equal(rmdir("out"), 0);
    assert_int_equal(mkfifo("out", 0600), 0);
    assert_fails("out", EINVAL);
    assert_int_equal(unlink("out"), 0);
    assert_int_equal(symlink("target", "out"), 0);
    assert_fails("out", ELOOP); /* and nothing is made where it leads to */
    assert_int_equal(access("target", F_OK), -1);
    assert_int_equal(unlink("out"), 0);
    assert_fails("/dev/null", EINVAL);
}

/* ---- the journal ---- */

static int listening(void)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = OUTLET_JOURNAL};
    const struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* A datagram, and the descriptor that came with it, -1: none. */
static ssize_t receive(int journal, char *bytes, size_t size, int *fd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec to = {bytes, size};
    struct msghdr header = {.msg_iov = &to,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof(control.bytes)};
    ssize_t n = recvmsg(journal, &header, MSG_CMSG_CLOEXEC);
    const struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    *fd = -1;
    if (rights)
        memcpy(fd, CMSG_DATA(rights), sizeof(*fd));
    return n;
}

static void assert_memory_file(int fd, char byte, size_t len)
{
    struct memfd_map map; /* maps what is sealed alone, as journald does */
    struct err err;
    assert_int_equal(memfd_map(fd, len, &map, &err), 0);
    assert_int_equal(map.len, len);
    assert_int_equal(map.data[0], byte);
    assert_int_equal(map.data[len - 1], byte);
    memfd_unmap(&map);
}

static void test_an_entry_is_a_datagram(void **state)
{
    (void)state;
    char got[64];
    AUTO_FD int journal = listening();
    AUTO_FD int fd = -1;
    assert_int_equal(outlet_tell_journal("A=b\n", 4, -1), 0);
    assert_int_equal(receive(journal, got, sizeof(got), &fd), 4);
    assert_memory_equal(got, "A=b\n", 4);
    assert_int_equal(fd, -1);
    assert_int_equal(unlink(OUTLET_JOURNAL), 0);
}

static void test_a_large_one_is_a_memory_file(void **state)
{
    (void)state;
    char got[64];
    struct err err;
    AUTO_FD int journal = listening();
    AUTO_FREE char *large = mem_alloc(LARGE);
    memset(large, 'x', LARGE);
    AUTO_FD int file = memfd_from("entry", large, LARGE, &err);
    for (int own = 0; own < 2; own++) { /* made by the plugin's host, or here */
        AUTO_FD int fd = -1;
        assert_int_equal(
            own ? outlet_tell_journal("", 0, file) : outlet_tell_journal(large, LARGE, -1), 0);
        assert_int_equal(receive(journal, got, sizeof(got), &fd), 0);
        assert_memory_file(fd, 'x', LARGE);
    }
    assert_int_equal(unlink(OUTLET_JOURNAL), 0);
}

static void test_no_journal_and_a_full_one_are_said(void **state)
{
    (void)state;
    assert_int_equal(outlet_tell_journal("A=b\n", 4, -1), ENOENT);
    AUTO_FD int journal = listening();
    int n = 0, error;
    while ((error = outlet_tell_journal("A=b\n", 4, -1)) == 0)
        n++;
    assert_int_equal(error, EAGAIN);
    assert_true(n > 0);
    char got[64];
    AUTO_FD int fd = -1;
    assert_int_equal(receive(journal, got, sizeof(got), &fd), 4);
    assert_int_equal(outlet_tell_journal("A=b\n", 4, -1), 0);
    fd_close(&journal);
    assert_int_equal(outlet_tell_journal("A=b\n", 4, -1), ECONNREFUSED);
    assert_int_equal(unlink(OUTLET_JOURNAL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_made_and_found_again),
        cmocka_unit_test(test_what_is_no_file_is_refused_at_once),
        cmocka_unit_test(test_an_entry_is_a_datagram),
        cmocka_unit_test(test_a_large_one_is_a_memory_file),
        cmocka_unit_test(test_no_journal_and_a_full_one_are_said),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
