/* Whole lines or none: what a full disk, a killed host, a rotation and another writer leave. */
#include "tests/support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file/append.h"
#include "lib/objects.h"

#define LINE "{\"delivery\":\"d1\",\"alert\":\"a1\"}\n"

static char folder[] = "/tmp/tocsin-append-XXXXXX";
static char path[64], moved[64];
static struct buf said;

/* What happens when the output is opened the so-manieth time, in place of a person's logrotate. */
static int opened, rotate_at, error_at, their_error;
static bool rotate_always;
static const char *behind; /* what another program appends before that */

static int open_output(void *arg, const char *name)
{
    (void)arg;
    opened++;
    if (opened == rotate_at && behind) {
        AUTO_FD int other = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
        assert_int_equal(write(other, behind, strlen(behind)), strlen(behind));
    }
    if (opened == rotate_at || (rotate_always && opened > 1))
        assert_int_equal(rename(path, moved), 0);
    if (opened == error_at) {
        errno = their_error;
        return -1;
    }
    return open(name, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void keep_log(void *arg, enum tocsin_log_level level, const char *text)
{
    (void)level;
    buf_puts(arg, text);
}

static const struct tocsin_option options[] = {{.name = "path", .type = TOCSIN_OPTION_OUTPUT}, {0}};
static const struct tocsin_value values[] = {{.text = path}};
static const struct tocsin_outlets outlets = {.open_output = open_output};
static struct tocsin_instance instance = {.name = "file",
                                          .options = options,
                                          .values = values,
                                          .log = keep_log,
                                          .outlets = &outlets,
                                          .arg = &said};

/* Appends LINE n times; "" or why it was not done. */
static const char *append(int n)
{
    static struct buf why;
    AUTO_BUF struct buf lines = {0};
    const struct append to = {.instance = &instance, .option = "path", .sync = true};
    for (int i = 0; i < n; i++)
        buf_puts(&lines, LINE);
    buf_clear(&why);
    opened = 0;
    int result = append_lines(&to, &lines, &why);
    assert_int_equal(result, why.len ? -1 : 0);
    return buf_text(&why);
}

static void put(const char *text)
{
    AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_holds(const char *name, const char *expected)
{
    char text[4096] = "";
    AUTO_FD int fd = open(name, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_true(read(fd, text, sizeof(text) - 1) >= 0);
    assert_string_equal(text, expected);
}

static int setup(void **state)
{
    (void)state;
    unlink(path);
    unlink(moved);
    rotate_at = error_at = 0;
    rotate_always = false;
    behind = NULL;
    buf_clear(&said);
    return 0;
}

static void test_lines_are_appended(void **state)
{
    (void)state;
    assert_string_equal(append(1), "");
    assert_string_equal(append(2), "");
    assert_holds(path, LINE LINE LINE);
    put("a text of another\n");
    assert_string_equal(append(1), "");
    assert_holds(path, "a text of another\n" LINE);
    assert_string_equal(buf_text(&said), "");
}

/* ---- half a line ---- */

static void test_half_a_line_of_ours_is_cut_off(void **state)
{
    (void)state;
    static const char *const halves[] = {"{",
                                         "{\"delivery\":", "{\"delivery\":\"d1\",\"fields\":{}"};
    for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
        AUTO_FREE char *text = mem_printf("%s%s", i ? LINE : "", halves[i]);
        buf_clear(&said);
        put(text);
        assert_string_equal(append(1), "");
        assert_holds(path, i ? LINE LINE : LINE);
        assert_non_null(strstr(buf_text(&said), ": cut off a line that was half written"));
    }
}

static void test_what_is_not_ours_is_ended(void **state)
{
    (void)state;
    static const char *const theirs[] = {"a note", "{\"other\":", "{\"delivery\":\"whole\"}", "["};
    for (size_t i = 0; i < ARRAY_LEN(theirs); i++) {
        AUTO_FREE char *text = mem_printf("first\n%s", theirs[i]);
        AUTO_FREE char *expected = mem_printf("first\n%s\n%s", theirs[i], LINE);
        put(text);
        assert_string_equal(append(1), "");
        assert_holds(path, expected);
        assert_string_equal(buf_text(&said), "");
    }
}

static void test_a_line_without_end(void **state)
{
    (void)state;
    size_t len = (size_t)3 * 1024 * 1024;
    AUTO_FREE char *text = mem_alloc(len + 1);
    memset(text, 'x', len);
    text[len] = '\0';
    put(text);
    assert_string_equal(append(1), "");
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, len + 1 + strlen(LINE));
}

/* ---- no room ---- */

/* In a process of its own, whose files may grow so far and no further: as a disk that fills up in
 * the middle of a write, on a file system that sets no room aside. */
static void assert_full_at(rlim_t bytes, const char *expected_why, const char *expected_file)
{
    pid_t child = fork();
    if (child == 0) {
        const struct rlimit limit = {bytes, bytes};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(strstr(append(2), expected_why) ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_holds(path, expected_file);
}

static void test_nothing_of_what_did_not_fit_stays(void **state)
{
    (void)state;
    put(LINE);
    size_t len = strlen(LINE);
    assert_full_at(len, ": File too large (rotate it)", LINE);
    assert_full_at(len + 1, ": File too large (rotate it)", LINE);
    assert_full_at(3 * len - 1, ": File too large (rotate it)", LINE); /* after a whole line */
    assert_string_equal(append(1), "");
    assert_holds(path, LINE LINE);
}

/* ---- rotation ---- */

static void test_lines_follow_a_rotation(void **state)
{
    (void)state;
    put(LINE);
    rotate_at = 2; /* after the write: what was written is taken back */
    assert_string_equal(append(2), "");
    assert_holds(moved, LINE);
    assert_holds(path, LINE LINE);
    rotate_at = 1; /* before it */
    assert_string_equal(append(1), "");
    assert_holds(moved, LINE LINE);
    assert_holds(path, LINE);
}

static void test_what_came_behind_is_not_cut_off(void **state)
{
    (void)state;
    put(LINE);
    rotate_at = 2;
    behind = "theirs\n";
    assert_string_equal(append(1), "");
    assert_holds(moved, LINE LINE "theirs\n");
    assert_holds(path, LINE);
}

static void test_no_end_of_rotations(void **state)
{
    (void)state;
    put(LINE);
    rotate_always = true;
    AUTO_FREE char *why = mem_printf("%s: is rotated all the time (look for what does it)", path);
    assert_string_equal(append(1), why);
}

static void test_a_truncated_file_begins_anew(void **state)
{
    (void)state;
    assert_string_equal(append(2), "");
    assert_int_equal(truncate(path, 0), 0);
    assert_string_equal(append(1), "");
    assert_holds(path, LINE);
}

/* ---- what a person reads ---- */

static void test_reasons(void **state)
{
    (void)state;
    static const struct {
        int error;
        const char *text;
    } cases[] = {
        {ENOENT, ": the folder is not there (make it)"},
        {EACCES, ": Permission denied (let tocsin's user write there)"},
        {ENOSPC, ": No space left on device (free some space)"},
        {ELOOP, ": is a symbolic link (name the file that it leads to)"},
        {EISDIR, ": is a folder (name a file in it)"},
        {EINVAL, ": is no regular file (name another)"},
        {EROFS, ": Read-only file system (mount it writable, or let tocsin's unit write there by "
                "ReadWritePaths=)"},
        {EIO, ": Input/output error"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE char *expected = mem_printf("%s%s", path, cases[i].text);
        error_at = 1;
        their_error = cases[i].error;
        assert_string_equal(append(1), expected);
    }
    put(LINE);
    error_at = 2; /* rotated, and no new one can be made: nothing was told */
    their_error = ENOSPC;
    AUTO_FREE char *expected = mem_printf("%s: No space left on device (free some space)", path);
    assert_string_equal(append(1), expected);
    assert_holds(path, LINE);
}

/* ---- several at once ---- */

static void test_another_program_keeps_it_locked(void **state)
{
    (void)state;
    put(LINE);
    AUTO_FD int other = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(other, LOCK_SH), 0);
    AUTO_FREE char *why =
        mem_printf("%s: another program keeps it locked (let go of its lock)", path);
    assert_string_equal(append(1), why);
    assert_holds(path, LINE);
}

static void test_several_hosts_take_turns(void **state)
{
    (void)state;
    enum { WRITERS = 4, TIMES = 50 };
    for (int i = 0; i < WRITERS; i++) {
        if (fork() != 0)
            continue;
        int failed = 0;
        for (int k = 0; k < TIMES; k++)
            failed += *append(2) != '\0';
        _exit(failed);
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_size, WRITERS * TIMES * 2 * strlen(LINE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_lines_are_appended, setup),
        cmocka_unit_test_setup(test_half_a_line_of_ours_is_cut_off, setup),
        cmocka_unit_test_setup(test_what_is_not_ours_is_ended, setup),
        cmocka_unit_test_setup(test_a_line_without_end, setup),
        cmocka_unit_test_setup(test_nothing_of_what_did_not_fit_stays, setup),
        cmocka_unit_test_setup(test_lines_follow_a_rotation, setup),
        cmocka_unit_test_setup(test_what_came_behind_is_not_cut_off, setup),
        cmocka_unit_test_setup(test_no_end_of_rotations, setup),
        cmocka_unit_test_setup(test_a_truncated_file_begins_anew, setup),
        cmocka_unit_test_setup(test_reasons, setup),
        cmocka_unit_test_setup(test_another_program_keeps_it_locked, setup),
        cmocka_unit_test_setup(test_several_hosts_take_turns, setup),
    };
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof(path), "%s/alerts.jsonl", folder);
    snprintf(moved, sizeof(moved), "%s/alerts.jsonl.1", folder);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    setup(NULL);
    buf_deinit(&said);
    rmdir(folder);
    return failed;
}
