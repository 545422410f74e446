/* Header, title, hashes of texts, and the reading of files that change meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "host/header.h"
#include "host/read.h"
#include "host/version.h"

static void assert_header(const char *text, size_t len, int32_t date, const char *note)
{
    AUTO_BUF struct buf notes = {0};
    struct header header = header_parse(text, strlen(text), &notes);
    assert_int_equal(header.len, len);
    assert_int_equal(header.date, date);
    assert_string_equal(buf_text(&notes), note);
}

static void test_headers(void **state)
{
    (void)state;
    assert_header(" date 2025-12-14 Ferrari", 17, 20251214, "");
    assert_header(" date 2025-12-14", 16, 20251214, "");
    assert_header(" date 2025-12-14\nFerrari", 16, 20251214, "");
    assert_header("date 2025-12-14 Ferrari", 0, 0, "");
    assert_header(" date 2025-12-145 Ferrari", 0, 0, "");
    assert_header(" date 2025-1-14 Ferrari", 0, 0, "");
    assert_header(" date", 0, 0, "");
    assert_header("", 0, 0, "");
    assert_header(" date 2025-02-30 Ferrari", 0, 0, "the header's date 2025-02-30 is no day");
}

static void assert_title(const char *text, const char *type, const char *title)
{
    AUTO_FREE char *got = header_title(text, strlen(text), type);
    assert_string_equal(got, title);
}

static void test_titles(void **state)
{
    (void)state;
    assert_title("", "text/plain", "");
    assert_title(" \n\n  A title\nand text", "text/plain", "A title");
    assert_title("## A title\n", "text/markdown", "A title");
    assert_title("## A title\n", "text/plain", "## A title");
    assert_title("One sentence. Another.", "text/plain", "One sentence. Another.");
    assert_title("The first sentence is short. The second one goes on and on and on, so that the "
                 "line as a whole has far more characters than a title ought to have here.",
                 "text/plain", "The first sentence is short.");
    AUTO_BUF struct buf longest = {0};
    for (int i = 0; i < 10000; i++)
        buf_puts(&longest, "\xC3\xA9t\xC3\xA9 ");
    AUTO_FREE char *title = header_title(longest.data, longest.len, "text/plain");
    assert_true(strlen(title) > 100 && strlen(title) < 250);
    assert_string_equal(title + strlen(title) - 3, "\xE2\x80\xA6");
}

static void test_hashes_of_texts(void **state)
{
    (void)state;
    struct hash a = version_text_hash(" Le\n\n Mans\t24 ", 14);
    struct hash b = version_text_hash("Le Mans 24", 10);
    struct hash c = version_text_hash("LeMans 24", 9);
    assert_true(hash_equal(&a, &b));
    assert_false(hash_equal(&a, &c));
}

/* ---- reading ---- */

static int file_with(const char *text)
{
    char path[] = "/tmp/tocsin-read-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    return fd;
}

static enum ipc_read_status read_it(int fd, int64_t max_bytes, struct buf *bytes)
{
    AUTO_BUF struct buf note = {0};
    enum ipc_read_status status = read_file(fd, max_bytes, false, bytes, &note);
    assert_true((status == IPC_READ_OK) == (note.len == 0));
    return status;
}

static void test_reading(void **state)
{
    (void)state;
    AUTO_BUF struct buf bytes = {0};
    AUTO_FD int fd = file_with("four");
    assert_int_equal(read_it(fd, 4, &bytes), IPC_READ_OK);
    assert_string_equal(buf_text(&bytes), "four");
    assert_int_equal(read_it(fd, 3, &bytes), IPC_READ_TOO_LARGE);
    AUTO_FD int empty = file_with("");
    assert_int_equal(read_it(empty, 3, &bytes), IPC_READ_OK);
    assert_int_equal(bytes.len, 0);
    AUTO_FD int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read_it(null, 3, &bytes), IPC_READ_UNREADABLE);
}

/* A file of the kernel whose size is a fiction: what was read is not what fstat says. */
static void test_a_size_that_does_not_hold_is_unstable(void **state)
{
    (void)state;
    AUTO_BUF struct buf bytes = {0};
    AUTO_FD int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    assert_int_equal(read_it(fd, 1 << 20, &bytes), IPC_READ_UNSTABLE);
}

static void test_versions(void **state)
{
    (void)state;
    static const char text[] = " date 2024-06-16 A title.\n";
    AUTO_FD int fd = file_with(text);
    struct ipc_read read = {.path = "a.txt", .max_bytes = 100};
    struct version version;
    version_read(fd, &read, &version);
    assert_int_equal(version.status, IPC_READ_OK);
    assert_int_equal(version.date, 20240616);
    assert_string_equal(version.title, "A title.");
    assert_string_equal(buf_text(&version.text), "A title.\n");
    assert_int_equal(version.size_bytes, sizeof(text) - 1);
    struct hash expected = hash_bytes(text, sizeof(text) - 1);
    assert_true(hash_equal(&version.hash, &expected));
    read.known = version.hash;
    version_deinit(&version);
    version_read(fd, &read, &version);
    assert_int_equal(version.status, IPC_READ_UNCHANGED);
    assert_int_equal(version.text.len, 0);
    version_deinit(&version);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_hashes_of_texts),
        cmocka_unit_test(test_reading),
        cmocka_unit_test(test_a_size_that_does_not_hold_is_unstable),
        cmocka_unit_test(test_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
