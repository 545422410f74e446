/* The control socket on the real loop: framing, versions, refusals, peers that leave, followers. */
#include <errno.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "control/control.h"

struct fixture {
    struct loop *loop;
    struct control *control;
    struct loop_timer *timer;
    char dir[32];
    char *path;
    struct control_request *kept; /* answered later */
    bool timed_out;
};

static void handle_echo(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    control_answer(request, json_deep_copy(args));
}

static void handle_keep(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct fixture *f = arg;
    f->kept = request;
    loop_stop(f->loop);
}

static void handle_follow(void *arg, struct control_request *request, const json_t *args)
{
    (void)arg;
    (void)args;
    control_follow(request);
}

static const struct control_verb verbs[] = {
    {"echo", handle_echo}, {"keep", handle_keep}, {"follow", handle_follow}};

static void too_late(void *arg)
{
    struct fixture *f = arg;
    f->timed_out = true;
    loop_stop(f->loop);
}

static int setup(void **state)
{
    struct fixture *f = NEW(struct fixture);
    strcpy(f->dir, "/tmp/tocsin-test-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->path = mem_printf("%s/control", f->dir);
    f->loop = loop_new();
    f->timer = loop_timer_new(f->loop, too_late, f);
    struct err err;
    assert_int_equal(
        control_new(f->loop, f->path, NULL, verbs, ARRAY_LEN(verbs), f, &f->control, &err), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    control_free(&f->control);
    assert_int_equal(access(f->path, F_OK), -1);
    loop_timer_free(&f->timer);
    loop_free(&f->loop);
    rmdir(f->dir);
    free(f->path);
    free(f);
    return 0;
}

static int dial(struct fixture *f)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, f->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void tell(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

static void readable(void *arg, unsigned events)
{
    (void)events;
    loop_stop(arg);
}

/* Runs the loop until a whole line has come; the caller owns the JSON. */
static json_t *hear(struct fixture *f, int fd)
{
    static char line[4096];
    size_t at = 0;
    while (at < sizeof(line) - 1) {
        ssize_t n = recv(fd, line + at, 1, 0);
        if (n == 1 && line[at++] == '\n')
            break;
        if (n == 0)
            return NULL;
        if (n > 0)
            continue;
        struct loop_io *io = loop_io_new(f->loop, fd, LOOP_READ, readable, f->loop);
        loop_timer_set(f->timer, 10000);
        loop_run(f->loop);
        loop_timer_stop(f->timer);
        loop_io_free(&io);
        assert_false(f->timed_out);
    }
    json_t *message = json_loadb(line, at, 0, NULL);
    assert_non_null(message);
    return message;
}

static void expect_error(struct fixture *f, int fd, json_int_t code)
{
    json_t *answer = hear(f, fd);
    json_t *error = json_object_get(answer, "error");
    assert_int_equal(json_integer_value(json_object_get(error, "code")), code);
    assert_true(json_string_length(json_object_get(error, "message")) > 0);
    json_decref(answer);
}

static void test_answers(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    tell(fd, "{\"tocsin\":1,\"id\":7,\"verb\":\"echo\",\"args\":{\"a\":[1,2]}}\n"
             "{\"tocsin\":1,\"id\":8,\"verb\":\"echo\",\"args\":{}}\n");
    json_t *first = hear(f, fd), *second = hear(f, fd);
    assert_int_equal(json_integer_value(json_object_get(first, "id")), 7);
    assert_int_equal(json_array_size(json_object_get(json_object_get(first, "result"), "a")), 2);
    assert_int_equal(json_integer_value(json_object_get(second, "id")), 8);
    json_decref(first);
    json_decref(second);
    close(fd);
}

static void test_refuses(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    tell(fd, "not json\n");
    expect_error(f, fd, 64);
    tell(fd, "{\"tocsin\":1,\"id\":1,\"verb\":\"sing\"}\n");
    expect_error(f, fd, 64);
    tell(fd, "{\"tocsin\":2,\"id\":1,\"verb\":\"echo\"}\n");
    expect_error(f, fd, 76);
    tell(fd, "[]\n");
    expect_error(f, fd, 64);
    close(fd);
}

static void test_endless_line_is_cut_off(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    static char flood[1 << 16];
    memset(flood, 'x', sizeof(flood));
    bool cut = false;
    for (int i = 0; i < 64 && !cut; i++) {
        ssize_t n = send(fd, flood, sizeof(flood), MSG_NOSIGNAL);
        cut = n < 0 && (errno == EPIPE || errno == ECONNRESET);
        loop_timer_set(f->timer, 1);
        loop_run(f->loop);
    }
    f->timed_out = false;
    assert_true(cut);
    close(fd);
}

static void test_answer_after_the_peer_left(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    tell(fd, "{\"tocsin\":1,\"id\":1,\"verb\":\"keep\"}\n");
    loop_timer_set(f->timer, 10000);
    loop_run(f->loop);
    assert_non_null(f->kept);
    close(fd);
    control_answer(f->kept, json_object());

    int other = dial(f);
    tell(other, "{\"tocsin\":1,\"id\":2,\"verb\":\"echo\",\"args\":{}}\n");
    json_decref(hear(f, other));
    close(other);
}

static void test_half_closed_peer_still_gets_its_answer(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    tell(fd, "{\"tocsin\":1,\"id\":1,\"verb\":\"keep\"}\n");
    shutdown(fd, SHUT_WR);
    loop_timer_set(f->timer, 10000);
    loop_run(f->loop);
    control_answer(f->kept, json_pack("{s:b}", "late", 1));
    json_t *answer = hear(f, fd);
    assert_true(json_is_true(json_object_get(json_object_get(answer, "result"), "late")));
    json_decref(answer);
    close(fd);
}

static void test_follow(void **state)
{
    struct fixture *f = *state;
    int fd = dial(f);
    tell(fd, "{\"tocsin\":1,\"id\":3,\"verb\":\"follow\"}\n");
    json_decref(hear(f, fd));
    json_t *event = json_pack("{s:s}", "event", "revision");
    control_event(f->control, event);
    json_decref(event);
    json_t *heard = hear(f, fd);
    assert_int_equal(json_integer_value(json_object_get(heard, "id")), 3);
    assert_non_null(json_object_get(heard, "event"));
    json_decref(heard);
    close(fd);
}

static void test_second_daemon_is_refused_and_a_stale_socket_is_taken(void **state)
{
    struct fixture *f = *state;
    struct control *second = NULL;
    struct err err;
    assert_int_equal(control_new(f->loop, f->path, NULL, verbs, ARRAY_LEN(verbs), f, &second, &err),
                     -1);
    assert_non_null(strstr(err.text, "running already"));

    AUTO_FREE char *stale = mem_printf("%s/stale", f->dir);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, stale);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    assert_int_equal(control_new(f->loop, stale, NULL, verbs, ARRAY_LEN(verbs), f, &second, &err),
                     0);
    struct stat st;
    assert_int_equal(stat(stale, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    control_free(&second);
}

/* ---- the group ---- */

/* Numbers that nobody has. */
#define STRANGER 61001
#define SHARED   61002
#define OTHER    61003

/* What became of a child's question; below 150 it is an errno. */
enum { ANSWERED = 150, TURNED_AWAY, TOLD_OF_THE_GROUP, NONSENSE };

static const struct control_group shared = {.gid = SHARED, .name = "newsroom"};

/* In a process of its own, which has no loop. */
static int speak_as(const struct fixture *f, gid_t gid, const gid_t *groups, size_t n_groups)
{
    if (setgroups(n_groups, groups) < 0 || setgid(gid) < 0 || setuid(STRANGER) < 0)
        return errno;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, f->path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return errno;
    static const char request[] = "{\"tocsin\":1,\"id\":1,\"verb\":\"echo\",\"args\":{}}\n";
    char answer[512] = "";
    /* One that is turned away may find the line cut already. */
    if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0 && errno != EPIPE)
        return errno;
    if (recv(fd, answer, sizeof(answer) - 1, 0) <= 0)
        return errno;
    if (strstr(answer, "\"result\":{}"))
        return ANSWERED;
    if (!strstr(answer, "\"code\":77"))
        return NONSENSE;
    return strstr(answer, "the group \\\"newsroom\\\"") ? TOLD_OF_THE_GROUP : TURNED_AWAY;
}

/* The result comes over a pipe: the loop reaps every child. */
static int speaks(struct fixture *f, gid_t gid, const gid_t *groups, size_t n_groups)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        unsigned char result = (unsigned char)speak_as(f, gid, groups, n_groups);
        _exit(write(ends[1], &result, 1) == 1 ? 0 : 1);
    }
    close(ends[1]);
    struct loop_io *io = loop_io_new(f->loop, ends[0], LOOP_READ, readable, f->loop);
    loop_timer_set(f->timer, 10000);
    loop_run(f->loop);
    loop_timer_stop(f->timer);
    loop_io_free(&io);
    unsigned char result = NONSENSE;
    assert_int_equal(read(ends[0], &result, 1), 1);
    close(ends[0]);
    return result;
}

static void test_group(void **state)
{
    struct fixture *f = *state;
    if (geteuid() != 0)
        skip();
    struct err err;
    const gid_t many[] = {OTHER, OTHER + 1, SHARED, OTHER + 2}, others[] = {OTHER, OTHER + 1};
    assert_int_equal(chmod(f->dir, 0711), 0);
    control_free(&f->control);
    assert_int_equal(
        control_new(f->loop, f->path, &shared, verbs, ARRAY_LEN(verbs), f, &f->control, &err), 0);
    struct stat st;
    assert_int_equal(stat(f->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_int_equal(st.st_gid, SHARED);

    assert_int_equal(speaks(f, SHARED, NULL, 0), ANSWERED);
    assert_int_equal(speaks(f, OTHER, many, ARRAY_LEN(many)), ANSWERED);
    assert_int_equal(speaks(f, OTHER, others, ARRAY_LEN(others)), EACCES);
    /* The daemon looks for itself, too. */
    assert_int_equal(chmod(f->path, 0666), 0);
    assert_int_equal(speaks(f, OTHER, others, ARRAY_LEN(others)), TOLD_OF_THE_GROUP);
    assert_int_equal(speaks(f, OTHER, NULL, 0), TOLD_OF_THE_GROUP);
}

static void test_without_a_group_nobody_else_may_speak(void **state)
{
    struct fixture *f = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(f->dir, 0711), 0);
    assert_int_equal(speaks(f, 0, NULL, 0), EACCES);
    assert_int_equal(chmod(f->path, 0666), 0);
    /* Not even root's group. */
    assert_int_equal(speaks(f, 0, NULL, 0), TURNED_AWAY);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_answers),
        CASE(test_refuses),
        CASE(test_endless_line_is_cut_off),
        CASE(test_answer_after_the_peer_left),
        CASE(test_half_closed_peer_still_gets_its_answer),
        CASE(test_follow),
        CASE(test_second_daemon_is_refused_and_a_stale_socket_is_taken),
        CASE(test_group),
        CASE(test_without_a_group_nobody_else_may_speak),
    };
    return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
