/* A real tocsin-host, driven through its whole life: set-up, every job, its faults and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memfd.h"
#include "host/test_drive.h"

#define SEED  " date 2024-06-16 A needle in the hay.\n\nNobody looked for it.\n"
#define TITLE "A needle in the hay."

static void start(struct drive *drive, enum ipc_role role, const char *plugin,
                  const char *const *options)
{
    struct drive_setup setup = {.role = role, .plugin = plugin, .options = options};
    drive_start(drive, &setup);
}

static void start_detector(struct drive *drive, const char *deed)
{
    const char *const options[] = {"deed", deed, "late", "yes", NULL};
    start(drive, IPC_ROLE_DETECTOR, "misdeed", options);
    assert_true(drive->ready);
}

static void assert_says(const struct drive *drive, const char *text)
{
    if (!drive_says(drive, text))
        print_message("# \"%s\" is not in:\n%s", text, buf_text(&drive->lines));
    assert_true(drive_says(drive, text));
}

static void assert_ended_well(struct drive *drive)
{
    drive_end(drive);
    assert_true(WIFEXITED(drive->status));
    assert_int_equal(WEXITSTATUS(drive->status), 0);
}

static void test_a_document_is_read_and_detected(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    assert_true(drive_read(&drive, "hay.txt", SEED, strlen(SEED), NULL));
    assert_says(&drive, "VERSION 0 date=20240616 title=" TITLE " type=text/plain charset=UTF-8");
    assert_says(&drive, "RUNNING\nFINDING needle \"a needle in hay.txt\" severity=3 label=sharp "
                        "mark=2-8 quote=A needle in the hay.\n"
                        "DETECTED ok=1 sent=1 dropped=0 \nDONE\n");
    assert_int_equal(drive.text_fd, -1);
    assert_string_equal(buf_text(&drive.text), &SEED[strlen(" date 2024-06-16 ")]);
    struct hash known = drive.hash;
    buf_clear(&drive.lines);
    assert_true(drive_read(&drive, "hay.txt", SEED, strlen(SEED), &known));
    assert_string_equal(buf_text(&drive.lines), "VERSION 1 date=0 title= type= charset= note=\n"
                                                "DONE\n");
    assert_ended_well(&drive);
}

/* One that is long, or holds a NUL, comes in a memory file. */
static void test_a_long_text_comes_in_a_file(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    size_t len = IPC_INLINE_TEXT_BYTES + 1;
    AUTO_FREE char *bytes = mem_alloc(len);
    memset(bytes, 'x', len);
    assert_true(drive_read(&drive, "long.txt", bytes, len, NULL));
    struct memfd_map text;
    struct err err;
    assert_int_equal(memfd_map(drive.text_fd, len, &text, &err), 0);
    assert_string_equal(buf_text(&drive.text), "");
    assert_int_equal(text.len, len);
    assert_memory_equal(text.data, bytes, len);
    memfd_unmap(&text);
    fd_close(&drive.text_fd);
    assert_true(drive_read(&drive, "short.txt", bytes, len - 1, NULL));
    assert_int_equal(drive.text_fd, -1);
    assert_int_equal(drive.text.len, len - 1);
    assert_ended_well(&drive);
}

static void test_what_cannot_be_read_is_said(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    assert_true(drive_read(&drive, "a.pdf", "%PDF-1.7 needle", 15, NULL));
    assert_says(&drive, "VERSION 4 date=0 title= type=application/pdf charset= "
                        "note=application/pdf is not read as text\nDONE\n");
    struct ipc_message message = {.type = IPC_READ, .read = {.job = 1, .max_bytes = 100}};
    AUTO_FD int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    drive_send(&drive, &message, folder);
    assert_true(drive_until(&drive, IPC_DONE));
    assert_says(&drive, "VERSION 3");
    assert_says(&drive, "not a regular file");
    assert_ended_well(&drive);
}

static void test_text_is_detected_again(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    struct err err;
    AUTO_FD int fd = memfd_from("text", "Needle!", 7, &err);
    struct ipc_message message = {
        .type = IPC_TEXT,
        .text = {.job = 3, .plugins = 1, .path = "old.txt", .title = "Needle!", .date = 20240101}};
    drive_send(&drive, &message, fd);
    assert_true(drive_until(&drive, IPC_DONE));
    assert_says(&drive, "FINDING needle \"a needle in old.txt\"");
    assert_ended_well(&drive);
}

static void test_explanations_and_topics(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    struct err err;
    AUTO_FD int fd = memfd_from("text", "only hay", 8, &err);
    struct ipc_message explain = {.type = IPC_EXPLAIN, .explain = {.job = 4, .date = 20240101}};
    drive_send(&drive, &explain, fd);
    assert_true(drive_until(&drive, IPC_DONE));
    assert_says(&drive, "PART depth=0 holds=0 needle: \n"
                        "PART depth=1 holds=0 needle: 8 bytes were searched\nDONE\n");
    drive_send(&drive, &(struct ipc_message){.type = IPC_TOPICS, .topics = {.job = 5}}, -1);
    assert_true(drive_until(&drive, IPC_DONE));
    assert_says(&drive, "TOPIC needle 3 needle\nDONE\n");
    assert_ended_well(&drive);
}

static void test_findings_are_bounded_and_must_be_proved(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "unproven");
    assert_true(drive_read(&drive, "hay.txt", SEED, strlen(SEED), NULL));
    assert_says(&drive, "DETECTED ok=1 sent=1 dropped=1 1 findings without evidence were dropped");
    assert_ended_well(&drive);
    start_detector(&drive, "spam");
    assert_true(drive_read(&drive, "hay.txt", SEED, strlen(SEED), NULL));
    assert_says(&drive, "LOG more than 100 log lines");
    assert_false(drive_says(&drive, "LOG line 100\n"));
    assert_says(&drive, "sent=1000 dropped=4001 4001 findings beyond 1000 were dropped");
    assert_ended_well(&drive);
    start_detector(&drive, "refuse");
    assert_true(drive_read(&drive, "hay.txt", SEED, strlen(SEED), NULL));
    assert_says(&drive, "DETECTED ok=0 sent=0 dropped=0 this document is beyond me");
    assert_ended_well(&drive);
}

static void test_a_crash_is_a_crash(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "crash");
    assert_false(drive_read(&drive, "hay.txt", SEED, strlen(SEED), NULL));
    assert_says(&drive, "RUNNING\n");
#ifndef TOCSIN_SANITIZED
    assert_true(WIFSIGNALED(drive.status) && WTERMSIG(drive.status) == SIGSEGV);
#endif
    drive_end(&drive);
}

static void assert_unusable(const char *plugin, const char *const *options, const char *why)
{
    struct drive drive;
    start(&drive, IPC_ROLE_DETECTOR, plugin, options);
    assert_false(drive.ready);
    assert_says(&drive, why);
    assert_true(WIFEXITED(drive.status) && WEXITSTATUS(drive.status) == IPC_EXIT_UNUSABLE);
    drive_end(&drive);
}

static void test_faults_of_set_up_are_said(void **state)
{
    (void)state;
    const char *const fail[] = {"deed", "fail", NULL};
    assert_unusable("misdeed", fail, "PROBLEM names.txt:3:7 the team \"Ferari\" is unknown");
    const char *const unknown[] = {"misdeed", "none", NULL};
    assert_unusable("misdeed", unknown,
                    "PROBLEM tocsin.yaml:5:3 option \"misdeed\" is unknown to the plugin");
    const char *const choice[] = {"level", "middling", NULL};
    assert_unusable("misdeed", choice,
                    "PROBLEM tocsin.yaml:5:3 option \"level\" has a value that its type");
    assert_unusable("nothing", NULL, "PROBLEM :0:0 cannot be loaded: ");
    assert_unusable("courier", NULL, "PROBLEM :0:0 courier is a notifier, not a detector");
    assert_unusable("lodger", NULL, "PROBLEM :0:0 lodger is an exporter, not a detector");
    assert_unusable("libtocsin-plugin", NULL, "it has no symbol tocsin_plugin");
}

static void test_a_probe_describes(void **state)
{
    (void)state;
    struct drive drive;
    start(&drive, IPC_ROLE_PROBE, "misdeed", NULL);
    assert_says(&drive, "DESCRIBE {\"name\":\"misdeed\",\"version\":\"1\"");
    assert_says(&drive, "\"kind\":\"detector\"");
    assert_says(&drive, "{\"name\":\"level\",\"type\":\"choice\",\"default\":\"low\","
                        "\"required\":false,\"min\":0,\"max\":0,\"choices\":\"low|high\"");
    assert_ended_well(&drive);
    start(&drive, IPC_ROLE_PROBE, "courier", NULL);
    assert_says(&drive, "\"kind\":\"notifier\",\"powers\":\"bus\",\"interrupts\":true,"
                        "\"resolves\":false,\"follows\":false");
    assert_ended_well(&drive);
}

/* The sandbox is made before the plugin is loaded: what was learnt of it must still hold. */
static void test_other_powers_are_refused(void **state)
{
    (void)state;
    struct drive drive;
    start(&drive, IPC_ROLE_NOTIFIER, "courier", NULL);
    assert_false(drive.ready);
    assert_says(&drive, "PROBLEM :0:0 courier asks for other powers than when it was looked at");
    drive_end(&drive);
}

static void test_a_delivery_is_carried(void **state)
{
    (void)state;
    struct drive drive;
    drive_start(&drive, &(struct drive_setup){.role = IPC_ROLE_NOTIFIER,
                                              .plugin = "courier",
                                              .powers = TOCSIN_POWERS_BUS});
    assert_true(drive.ready);
    assert_true(drive_deliver(&drive, 1));
    assert_says(&drive, "LOG 0 Leclerc wants Le Mans driver=Leclerc f1\n");
    assert_says(&drive, "LOG 1 again driver=Leclerc f1\n");
    assert_says(&drive, "LOG 2 of 5\n");
    assert_says(&drive, "ACTION open abc\n");
    assert_says(&drive, "OUTCOME 0 delay=0 reason= token=42\n");
    assert_true(drive_deliver(&drive, 2));
    assert_says(&drive, "OUTCOME 1 delay=1500 reason=the plugin did not say why token=42\n");
    /* Behind that one nothing is tried until the daemon begins anew. */
    assert_true(drive_deliver_behind(&drive, 1));
    assert_true(drive_deliver_behind(&drive, 1));
    assert_says(&drive, "OUTCOME 1 delay=0 reason= token= untried\n"
                        "OUTCOME 1 delay=0 reason= token= untried\n");
    assert_true(drive_deliver(&drive, 1));
    assert_true(drive_deliver_behind(&drive, 1));
#if !defined(TOCSIN_SANITIZED) && !defined(TOCSIN_COVERAGE)
    /* The powers of the bus, and no more. */
    assert_says(&drive, "LOG unix: done\n");
    assert_says(&drive, "LOG inet: Operation not permitted\n");
    assert_says(&drive, "LOG read: Operation not permitted\n");
#endif
    assert_ended_well(&drive);
}

static void test_nonsense_from_the_daemon_ends_it(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    drive_send(&drive, &(struct ipc_message){.type = IPC_START}, -1);
    assert_false(drive_until(&drive, IPC_DONE));
    assert_true(WIFEXITED(drive.status) && WEXITSTATUS(drive.status) != 0);
    drive_end(&drive);
}

static void test_a_closed_channel_is_its_end(void **state)
{
    (void)state;
    struct drive drive;
    start_detector(&drive, "none");
    fd_close(&drive.channel);
    assert_int_equal(waitpid(drive.pid, &drive.status, 0), drive.pid);
    drive.dead = true;
    assert_ended_well(&drive);
}

/* Its parent dies while it is at work, where it does not see that the channel was closed. */
static void test_it_dies_with_its_parent(void **state)
{
    (void)state;
    int report[2];
    struct drive drive;
    assert_int_equal(pipe(report), 0);
    pid_t parent = fork();
    if (parent == 0) {
        const char *const options[] = {"deed", "hang", "late", "yes", NULL};
        start(&drive, IPC_ROLE_DETECTOR, "misdeed", options);
        AUTO_FD int file = memfd_create("text", MFD_CLOEXEC);
        struct ipc_message message = {.type = IPC_READ, .read = {.plugins = 1, .max_bytes = 1}};
        drive_send(&drive, &message, file);
        drive_until(&drive, IPC_RUNNING);
        ssize_t ignored = write(report[1], &drive.pid, sizeof(drive.pid));
        (void)ignored;
        pause();
    }
    pid_t host;
    assert_int_equal(read(report[0], &host, sizeof(host)), sizeof(host));
    AUTO_FD int watch = (int)syscall(SYS_pidfd_open, host, 0);
    assert_true(watch >= 0);
    assert_int_equal(kill(parent, SIGKILL), 0);
    struct pollfd ended = {.fd = watch, .events = POLLIN};
    assert_int_equal(poll(&ended, 1, 10000), 1);
    assert_int_equal(waitpid(parent, NULL, 0), parent);
    close(report[0]);
    close(report[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_document_is_read_and_detected),
        cmocka_unit_test(test_a_long_text_comes_in_a_file),
        cmocka_unit_test(test_what_cannot_be_read_is_said),
        cmocka_unit_test(test_text_is_detected_again),
        cmocka_unit_test(test_explanations_and_topics),
        cmocka_unit_test(test_findings_are_bounded_and_must_be_proved),
        cmocka_unit_test(test_a_crash_is_a_crash),
        cmocka_unit_test(test_faults_of_set_up_are_said),
        cmocka_unit_test(test_a_probe_describes),
        cmocka_unit_test(test_other_powers_are_refused),
        cmocka_unit_test(test_a_delivery_is_carried),
        cmocka_unit_test(test_nonsense_from_the_daemon_ends_it),
        cmocka_unit_test(test_a_closed_channel_is_its_end),
        cmocka_unit_test(test_it_dies_with_its_parent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
