/* Packets of several messages, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memfd.h"
#include "ipc/inbox.h"

struct pair {
    int daemon, host;
    struct ipc_inbox inbox;
};

static int setup(void **state)
{
    struct pair *pair = NEW(struct pair);
    struct err err;
    pair->inbox.fd = -1;
    assert_int_equal(ipc_pair(&pair->daemon, &pair->host, &err), 0);
    *state = pair;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *pair = *state;
    ipc_inbox_deinit(&pair->inbox);
    fd_close(&pair->daemon);
    fd_close(&pair->host);
    free(pair);
    return 0;
}

static void add_done(struct buf *packet, uint64_t job)
{
    struct err err;
    struct ipc_message done = {.type = IPC_DONE, .done = {.job = job}};
    assert_int_equal(ipc_encode(&done, packet, &err), 0);
}

static void send_packet(const struct pair *pair, const struct buf *packet, int fd)
{
    struct err err;
    assert_int_equal(ipc_send(pair->host, packet, fd, &err), IPC_OK);
}

static enum ipc_status next(struct pair *pair, struct ipc_message *message, int *fd,
                            struct err *err)
{
    return ipc_inbox_next(&pair->inbox, pair->daemon, IPC_TO_DAEMON, message, fd, err);
}

static void assert_next_done(struct pair *pair, uint64_t job, bool with_fd)
{
    struct ipc_message message;
    struct err err;
    int fd;
    assert_int_equal(next(pair, &message, &fd, &err), IPC_OK);
    assert_int_equal(message.type, IPC_DONE);
    assert_int_equal(message.done.job, job);
    assert_int_equal(fd >= 0, with_fd);
    fd_close(&fd);
    ipc_message_deinit(&message);
}

static void test_one_after_another_over_packets(void **state)
{
    struct pair *pair = *state;
    AUTO_BUF struct buf first = {0}, second = {0};
    for (uint64_t job = 1; job <= 3; job++)
        add_done(&first, job);
    add_done(&second, 4);
    send_packet(pair, &first, -1);
    send_packet(pair, &second, -1);
    assert_true(ipc_inbox_empty(&pair->inbox));
    assert_next_done(pair, 1, false);
    assert_false(ipc_inbox_empty(&pair->inbox));
    for (uint64_t job = 2; job <= 4; job++)
        assert_next_done(pair, job, false);
    struct ipc_message message;
    struct err err;
    int fd;
    assert_int_equal(next(pair, &message, &fd, &err), IPC_AGAIN);
    fd_close(&pair->host);
    assert_int_equal(next(pair, &message, &fd, &err), IPC_CLOSED);
}

static void test_the_first_has_the_descriptor(void **state)
{
    struct pair *pair = *state;
    struct err err;
    AUTO_FD int file = memfd_from("test", "text", 4, &err);
    AUTO_BUF struct buf packet = {0};
    add_done(&packet, 1);
    add_done(&packet, 2);
    send_packet(pair, &packet, file);
    assert_next_done(pair, 1, true);
    assert_next_done(pair, 2, false);
}

static void test_a_bad_end_spoils_what_is_left(void **state)
{
    struct pair *pair = *state;
    AUTO_BUF struct buf packet = {0};
    add_done(&packet, 1);
    buf_puts(&packet, "xyz");
    send_packet(pair, &packet, -1);
    assert_next_done(pair, 1, false);
    struct ipc_message message;
    struct err err;
    int fd;
    assert_int_equal(next(pair, &message, &fd, &err), IPC_ERROR);
    assert_string_equal(err.text, "3 bytes are no message");
    assert_int_equal(fd, -1);
    assert_true(ipc_inbox_empty(&pair->inbox));
}

static void test_what_is_let_go_of_is_gone(void **state)
{
    struct pair *pair = *state;
    struct err err;
    AUTO_FD int file = memfd_from("test", "text", 4, &err);
    AUTO_BUF struct buf packet = {0};
    add_done(&packet, 1);
    send_packet(pair, &packet, file);
    assert_int_equal(ipc_inbox_fill(&pair->inbox, pair->daemon, &err), IPC_OK);
    int fd = pair->inbox.fd;
    assert_true(fd >= 0);
    ipc_inbox_clear(&pair->inbox);
    assert_true(ipc_inbox_empty(&pair->inbox));
    assert_int_equal(lseek(fd, 0, SEEK_CUR), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_after_another_over_packets, setup, tear_down),
        cmocka_unit_test_setup_teardown(test_the_first_has_the_descriptor, setup, tear_down),
        cmocka_unit_test_setup_teardown(test_a_bad_end_spoils_what_is_left, setup, tear_down),
        cmocka_unit_test_setup_teardown(test_what_is_let_go_of_is_gone, setup, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
