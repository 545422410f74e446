/* Packets over a real pair: descriptors, size, order, back-pressure, a hostile sender. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memfd.h"
#include "ipc/channel.h"

struct pair {
    int daemon, host;
    struct buf message;
};

static int set_up(void **state)
{
    struct pair *pair = NEW(struct pair);
    struct err err;
    if (ipc_pair(&pair->daemon, &pair->host, &err) < 0)
        return -1;
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    fd_close(&pair->daemon);
    fd_close(&pair->host);
    buf_deinit(&pair->message);
    free(pair);
    return 0;
}

static void send_text(int channel, const char *text, int fd)
{
    AUTO_BUF struct buf message = {0};
    struct err err;
    buf_puts(&message, text);
    assert_int_equal(ipc_send(channel, &message, fd, &err), IPC_OK);
}

static size_t open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    assert_non_null(dir);
    size_t n = 0;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void test_packets_keep_their_bounds(void **state)
{
    struct pair *pair = *state;
    int fd;
    struct err err;
    send_text(pair->host, "one", -1);
    send_text(pair->host, "twenty", -1);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_OK);
    assert_string_equal(pair->message.data, "one");
    assert_int_equal(fd, -1);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_OK);
    assert_string_equal(pair->message.data, "twenty");
}

static void test_a_descriptor_travels_close_on_exec(void **state)
{
    struct pair *pair = *state;
    struct err err;
    AUTO_FD int file = memfd_from("test", "text", 4, &err);
    assert_true(file >= 0);
    send_text(pair->daemon, "with", file);
    int fd;
    assert_int_equal(ipc_receive(pair->host, &pair->message, &fd, &err), IPC_OK);
    assert_true(fd >= 0 && fd != file);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    char read_back[4];
    assert_int_equal(pread(fd, read_back, sizeof(read_back), 0), 4);
    assert_memory_equal(read_back, "text", 4);
    fd_close(&fd);
}

static void test_waiting_and_the_end(void **state)
{
    struct pair *pair = *state;
    int fd;
    struct err err;
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_AGAIN);
    fd_close(&pair->host);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_CLOSED);
    AUTO_BUF struct buf message = {0};
    buf_puts(&message, "to nobody");
    assert_int_equal(ipc_send(pair->daemon, &message, -1, &err), IPC_CLOSED);
}

static void test_a_full_channel_says_so(void **state)
{
    struct pair *pair = *state;
    struct err err;
    AUTO_BUF struct buf message = {0};
    memset(buf_reserve(&message, IPC_MAX_BYTES), 'x', IPC_MAX_BYTES);
    message.len = IPC_MAX_BYTES;
    size_t sent = 0;
    enum ipc_status status;
    while ((status = ipc_send(pair->daemon, &message, -1, &err)) == IPC_OK)
        sent++;
    assert_int_equal(status, IPC_AGAIN);
    assert_in_range(sent, 1, 1000);
    int fd;
    assert_int_equal(ipc_receive(pair->host, &pair->message, &fd, &err), IPC_OK);
    assert_int_equal(pair->message.len, IPC_MAX_BYTES);
    message.len++;
    assert_int_equal(ipc_send(pair->daemon, &message, -1, &err), IPC_ERROR);
}

static void test_a_packet_too_long_is_an_error(void **state)
{
    struct pair *pair = *state;
    AUTO_FREE char *bytes = mem_zalloc(IPC_MAX_BYTES + 1);
    assert_int_equal(send(pair->host, bytes, IPC_MAX_BYTES + 1, 0), IPC_MAX_BYTES + 1);
    int fd;
    struct err err;
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_ERROR);
    assert_non_null(strstr(err.text, "longer"));
}

static void test_an_empty_packet_is_no_end(void **state)
{
    struct pair *pair = *state;
    int fd;
    struct err err;
    assert_int_equal(send(pair->host, "", 0, 0), 0);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_ERROR);
    assert_string_equal(err.text, "an empty packet");
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_AGAIN);
    fd_close(&pair->host);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_CLOSED);
}

static void test_an_empty_packet_before_the_end_is_one(void **state)
{
    struct pair *pair = *state;
    int fd;
    struct err err;
    assert_int_equal(send(pair->host, "", 0, 0), 0);
    send_text(pair->host, "after it", -1);
    fd_close(&pair->host);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_ERROR);
    assert_string_equal(err.text, "an empty packet");
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_OK);
    assert_string_equal(pair->message.data, "after it");
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_CLOSED);
}

/* Sends one packet with n copies of a descriptor. */
static void send_strays(int channel, int fd, size_t n)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(64 * sizeof(int))];
    } control = {0};
    char byte = 'x';
    struct iovec iov = {&byte, 1};
    struct msghdr header = {.msg_iov = &iov,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = CMSG_SPACE(n * sizeof(int))};
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(n * sizeof(int));
    for (size_t i = 0; i < n; i++)
        memcpy(CMSG_DATA(&control.header) + i * sizeof(int), &fd, sizeof(fd));
    assert_int_equal(sendmsg(channel, &header, 0), 1);
}

/* The last words of a host that dies with a job unread. */
static void test_what_was_sent_before_a_reset_arrives(void **state)
{
    struct pair *pair = *state;
    int fd;
    struct err err;
    send_text(pair->daemon, "a job", -1);
    send_text(pair->host, "running", -1);
    send_text(pair->host, "more", -1);
    fd_close(&pair->host);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_OK);
    assert_string_equal(pair->message.data, "running");
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_OK);
    assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_CLOSED);
}

static void test_stray_descriptors_are_closed(void **state)
{
    struct pair *pair = *state;
    static const size_t counts[] = {2, 3, 16, 60};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        size_t before = open_descriptors();
        send_strays(pair->host, pair->host, counts[i]);
        int fd;
        struct err err;
        assert_int_equal(ipc_receive(pair->daemon, &pair->message, &fd, &err), IPC_ERROR);
        assert_int_equal(fd, -1);
        assert_int_equal(open_descriptors(), before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_packets_keep_their_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_descriptor_travels_close_on_exec, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_waiting_and_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_full_channel_says_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_packet_too_long_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_empty_packet_is_no_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_empty_packet_before_the_end_is_one, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_sent_before_a_reset_arrives, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_stray_descriptors_are_closed, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
