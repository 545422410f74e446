/* The store: groups of operations, faults of the disk, and what is found at the start. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/hash.h"
#include "store/documents.h"
#include "store/open.h"
#include "store/schema.h"
#include "store/store.h"

#define BOUND_MS 20000

static struct loop *loop;
static char dir[] = "/tmp/tocsin-store-XXXXXX";
static int n_done;
static int n_wanted;
static char last_error[ERR_TEXT_MAX];

static void remove_dir(const char *path)
{
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
    (void)state;
    memcpy(strrchr(dir, '-'), "-XXXXXX", 7);
    assert_non_null(mkdtemp(dir));
    loop = loop_new();
    n_done = n_wanted = 0;
    last_error[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    loop_free(&loop);
    remove_dir(dir);
    return 0;
}

static struct store *open_as(enum store_opened wanted, struct err *err)
{
    struct store *store;
    *err = (struct err){""};
    enum store_opened opened = store_open(loop, dir, &store, err);
    if (opened != wanted)
        fail_msg("opened %d, wanted %d: %s", opened, wanted, err->text);
    return store;
}

static void too_late(void *arg)
{
    (void)arg;
    fail_msg("nothing came within the bound");
}

static void run_loop(void)
{
    struct loop_timer *bound = loop_timer_new(loop, too_late, NULL);
    loop_timer_set(bound, BOUND_MS);
    loop_run(loop);
    loop_timer_free(&bound);
}

static void wait_for(int n)
{
    n_wanted = n;
    if (n_done < n)
        run_loop();
}

static void done(void *arg, const char *error)
{
    (void)arg;
    if (error)
        snprintf(last_error, sizeof(last_error), "%s", error);
    if (++n_done == n_wanted)
        loop_stop(loop);
}

/* ---- operations ---- */

static int set(struct store_txn *txn, void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "INSERT INTO setting(name, value) VALUES(?, 'x')");
    sqlite3_bind_text(stmt, 1, arg, -1, SQLITE_STATIC);
    return store_exec(txn, stmt, err);
}

static int set_twice(struct store_txn *txn, void *arg, struct err *err)
{
    if (set(txn, arg, err) < 0)
        return -1;
    return err_set(err, "thought better of it");
}

struct count {
    int64_t rows;
};

static int count(struct store_txn *txn, void *arg, struct err *err)
{
    sqlite3_stmt *stmt = store_stmt(txn, "SELECT count(*) FROM setting");
    if (store_step(txn, stmt, err) != 1)
        return -1;
    ((struct count *)arg)->rows = sqlite3_column_int64(stmt, 0);
    return 0;
}

static int64_t count_now(struct store *store)
{
    struct count c = {-1};
    store_read(store, count, done, &c);
    wait_for(n_done + 1);
    return c.rows;
}

/* ---- cases ---- */

static void new_then_old(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    store_write(store, set, done, (void *)(uintptr_t) "a");
    wait_for(1);
    assert_string_equal(last_error, "");
    assert_int_equal(count_now(store), 1);
    store_free(&store);
    assert_null(store);

    AUTO_FREE char *file = mem_printf("%s/tocsin.db", dir);
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    store = open_as(STORE_OPENED_OLD, &err);
    assert_int_equal(count_now(store), 1);
    store_free(&store);
}

static void makes_its_directory(void **state)
{
    (void)state;
    AUTO_FREE char *below = mem_printf("%s/state", dir);
    struct store *store;
    struct err err;
    assert_int_equal(store_open(loop, below, &store, &err), STORE_OPENED_NEW);
    store_free(&store);
    struct stat st;
    assert_int_equal(stat(below, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
}

static void in_memory(void **state)
{
    (void)state;
    struct store *store, *other;
    struct err err;
    assert_int_equal(store_open(loop, ":memory:", &store, &err), STORE_OPENED_NEW);
    assert_int_equal(store_open(loop, ":memory:", &other, &err), STORE_OPENED_NEW);
    store_write(store, set, done, (void *)(uintptr_t) "a");
    wait_for(1);
    assert_int_equal(count_now(store), 1);
    assert_int_equal(count_now(other), 0);
    store_free(&store);
    store_free(&other);
}

static void failing_operation_fails_alone(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    store_write(store, set, done, (void *)(uintptr_t) "a");
    store_write(store, set_twice, done, (void *)(uintptr_t) "b");
    store_write(store, set, done, (void *)(uintptr_t) "c");
    wait_for(3);
    assert_string_equal(last_error, "thought better of it");
    store_write(store, set, done, (void *)(uintptr_t) "a"); /* the key is taken */
    wait_for(4);
    assert_non_null(strstr(last_error, "UNIQUE"));
    assert_null(store_fault(store));
    assert_int_equal(count_now(store), 2);
    assert_int_equal(store_backlog(store), 0);
    store_free(&store);
}

static void reader_cannot_write(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    store_read(store, set, done, (void *)(uintptr_t) "a");
    wait_for(1);
    assert_non_null(strstr(last_error, "readonly"));
    assert_int_equal(count_now(store), 0);
    store_free(&store);
}

static int order[3000];
static int n_order;

static void note_order(void *arg, const char *error)
{
    order[n_order++] = (int)(intptr_t)arg;
    done(arg, error);
}

static int set_number(struct store_txn *txn, void *arg, struct err *err)
{
    char name[16];
    snprintf(name, sizeof(name), "%d", (int)(intptr_t)arg);
    return set(txn, name, err);
}

/* Three thousand are at least three groups; each tells in the order of asking. */
static void many_in_order(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    n_order = 0;
    for (intptr_t i = 0; i < 3000; i++)
        store_write(store, set_number, note_order, (void *)i);
    wait_for(3000);
    for (int i = 0; i < 3000; i++)
        assert_int_equal(order[i], i);
    assert_int_equal(count_now(store), 3000);
    store_free(&store);
}

/* Holds the writer until everything is queued, and counts the commits from here on. */
struct gate {
    sem_t open;
    int n_commits;
};

static int count_commit(void *arg)
{
    ((struct gate *)arg)->n_commits++;
    return 0;
}

static int wait_at_gate(struct store_txn *txn, void *arg, struct err *err)
{
    struct gate *gate = arg;
    sqlite3_stmt *stmt = store_stmt(txn, "DELETE FROM setting");
    sqlite3_commit_hook(sqlite3_db_handle(stmt), count_commit, gate);
    while (sem_wait(&gate->open) < 0)
        ;
    return store_exec(txn, stmt, err);
}

static void queue_is_one_transaction(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    struct gate gate = {.n_commits = 0};
    sem_init(&gate.open, 0, 0);
    store_write(store, wait_at_gate, done, &gate);
    for (intptr_t i = 0; i < 500; i++)
        store_write(store, set_number, done, (void *)i);
    sem_post(&gate.open);
    store_flush(store);
    assert_int_equal(n_done, 501);
    assert_in_range(gate.n_commits, 1, 2); /* the gate may be in a group of its own */
    store_free(&store);
    sem_destroy(&gate.open);
}

struct chain {
    struct store *store;
    intptr_t n;
};

static int set_link(struct store_txn *txn, void *arg, struct err *err)
{
    return set_number(txn, (void *)((struct chain *)arg)->n, err);
}

static void ask_again(void *arg, const char *error)
{
    struct chain *chain = arg;
    assert_null(error);
    if (++chain->n < 5)
        store_write(chain->store, set_link, ask_again, chain);
}

static void flush_follows_chains(void **state)
{
    (void)state;
    struct err err;
    struct chain chain = {open_as(STORE_OPENED_NEW, &err), 0};
    store_write(chain.store, set_link, ask_again, &chain);
    store_flush(chain.store);
    assert_int_equal(chain.n, 5);
    assert_int_equal(count_now(chain.store), 5);
    store_free(&chain.store);
}

/* One connection is for one thread, in the end, too. */
static int read_slowly(struct store_txn *txn, void *arg, struct err *err)
{
    (void)txn, (void)arg, (void)err;
    usleep(200000);
    return 0;
}

static int write_nothing(struct store_txn *txn, void *arg, struct err *err)
{
    (void)txn, (void)arg, (void)err;
    return 0;
}

static void read_once_written(void *arg, const char *error)
{
    assert_null(error);
    store_read(arg, read_slowly, done, NULL);
}

static void flush_reads_one_by_one(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    store_read(store, read_slowly, done, NULL);
    store_write(store, write_nothing, read_once_written, store);
    store_flush(store);
    assert_int_equal(n_done, 2);
    assert_string_equal(last_error, "");
    store_free(&store);
}

/* ---- what is found at the start ---- */

static struct hash hash_of_file(const char *file)
{
    AUTO_BUF struct buf bytes = {0};
    AUTO_FD int fd = open(file, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    for (ssize_t n; (n = read(fd, buf_reserve(&bytes, 65536), 65536)) > 0;)
        bytes.len += (size_t)n;
    return hash_bytes(bytes.data, bytes.len);
}

static void exec_on_file(const char *file, const char *statements)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, statements, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static char *make_store(void)
{
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    for (intptr_t i = 0; i < 100; i++)
        store_write(store, set_number, done, (void *)i);
    store_free(&store);
    return mem_printf("%s/tocsin.db", dir);
}

static void newer_is_untouched(void **state)
{
    (void)state;
    AUTO_FREE char *file = make_store();
    exec_on_file(file, "PRAGMA user_version = 99");
    struct hash before = hash_of_file(file);
    struct err err;
    assert_null(open_as(STORE_OPENED_NEWER, &err));
    assert_non_null(strstr(err.text, "newer tocsin"));
    struct hash after = hash_of_file(file);
    assert_true(hash_equal(&before, &after));
}

/* A crash may leave the newer schema in the write-ahead log alone. */
static void newer_in_the_log_is_untouched(void **state)
{
    (void)state;
    AUTO_FREE char *file = make_store();
    AUTO_FREE char *log = mem_printf("%s-wal", file);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        if (sqlite3_open(file, &db) != SQLITE_OK ||
            sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL) != SQLITE_OK)
            _exit(1);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct hash before = hash_of_file(file), log_before = hash_of_file(log);
    struct err err;
    assert_null(open_as(STORE_OPENED_NEWER, &err));
    struct hash after = hash_of_file(file), log_after = hash_of_file(log);
    assert_true(hash_equal(&before, &after));
    assert_true(hash_equal(&log_before, &log_after));
}

static int begin_source(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    int64_t baseline_ms;
    return store_source_begin(txn, "news", "/news", &baseline_ms, err);
}

static int end_baseline(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    return store_source_baseline(txn, "news", 1, err);
}

/* Each start says what was lost, until every source has its baseline. */
static void assert_loss_is_said(const char *text)
{
    struct err err;
    struct store *store = open_as(STORE_OPENED_DAMAGED, &err);
    assert_string_equal(err.text, text);
    store_write(store, begin_source, NULL, NULL);
    store_free(&store);
    store = open_as(STORE_OPENED_DAMAGED, &err);
    store_write(store, end_baseline, NULL, NULL);
    store_free(&store);
    store = open_as(STORE_OPENED_OLD, &err);
    store_free(&store);
}

/* Opens a damaged store: kept aside, byte by byte, and another begun, which knows of nothing but
 * the loss. */
static void assert_kept_aside(const char *file)
{
    struct hash before = hash_of_file(file);
    struct err err;
    struct store *store = open_as(STORE_OPENED_DAMAGED, &err);
    assert_int_equal(count_now(store), 1);
    store_free(&store);
    AUTO_FREE char *aside = mem_strdup(strstr(err.text, "kept as ") + strlen("kept as "));
    *strchr(aside, ':') = '\0';
    struct hash after = hash_of_file(aside);
    assert_true(hash_equal(&before, &after));
    assert_loss_is_said(err.text);
}

static void overwrite(const char *file, off_t at, const char *bytes, size_t len)
{
    AUTO_FD int fd = open(file, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(fd, bytes, len, at), len);
}

static void damaged_header(void **state)
{
    (void)state;
    AUTO_FREE char *file = make_store();
    overwrite(file, 0, "garbage garbage garbage", 23);
    assert_kept_aside(file);
}

static void truncated(void **state)
{
    (void)state;
    AUTO_FREE char *file = make_store();
    assert_int_equal(truncate(file, 8192), 0);
    assert_kept_aside(file);
}

static void damaged_page(void **state)
{
    (void)state;
    AUTO_FREE char *file = make_store();
    char junk[4096];
    memset(junk, 0xa5, sizeof(junk));
    overwrite(file, 4096, junk, sizeof(junk));
    assert_kept_aside(file);
}

static void foreign(void **state)
{
    (void)state;
    AUTO_FREE char *file = mem_printf("%s/tocsin.db", dir);
    exec_on_file(file, "CREATE TABLE recipe(name TEXT)");
    assert_kept_aside(file);
}

static void not_a_file(void **state)
{
    (void)state;
    AUTO_FREE char *file = mem_printf("%s/tocsin.db", dir);
    assert_int_equal(mkdir(file, 0700), 0);
    struct err err;
    assert_null(open_as(STORE_OPENED_FAILED, &err));
    assert_non_null(strstr(err.text, file));
}

/* What a start that was broken off leaves beside the store's place is no store. */
static void broken_off_beginning_is_none(void **state)
{
    (void)state;
    AUTO_FREE char *made = mem_printf("%s/tocsin.db.making", dir);
    AUTO_FD int fd = open(made, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, "half", 4), 4);
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    assert_true(access(made, F_OK) < 0);
    store_free(&store);
}

static void empty_file_is_a_lost_store(void **state)
{
    (void)state;
    AUTO_FREE char *file = mem_printf("%s/tocsin.db", dir);
    AUTO_FD int fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    struct err err;
    struct store *store = open_as(STORE_OPENED_DAMAGED, &err);
    store_free(&store);
}

/* ---- faults ---- */

static int n_faults, n_recoveries;

static void fault_changed(void *arg, const char *fault)
{
    (void)arg;
    if (!fault) {
        n_recoveries++;
        return;
    }
    n_faults++;
    snprintf(last_error, sizeof(last_error), "%s", fault);
    loop_stop(loop);
}

static int fill(struct store_txn *txn, void *arg, struct err *err)
{
    sqlite3_stmt *stmt =
        store_stmt(txn, "INSERT INTO setting(name, value) VALUES(?, hex(zeroblob(20000)))");
    char name[16];
    snprintf(name, sizeof(name), "%d", (int)(intptr_t)arg);
    sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
    return store_exec(txn, stmt, err);
}

static void full_disk(void **state)
{
    (void)state;
    struct err err;
    struct store *store = open_as(STORE_OPENED_NEW, &err);
    store_on_fault(store, fault_changed, NULL);
    AUTO_FREE char *ballast = mem_printf("%s/ballast", dir);
    AUTO_FD int fd = open(ballast, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_int_equal(posix_fallocate(fd, 0, 600 << 10), 0);
    for (intptr_t i = 0; i < 8; i++)
        store_write(store, fill, done, (void *)i);
    run_loop();
    assert_int_equal(n_faults, 1);
    assert_non_null(strstr(last_error, "full"));
    assert_non_null(store_fault(store));
    int n_before = n_done; /* a first group may have found room */
    assert_true(n_before < 8);
    last_error[0] = '\0';

    assert_int_equal(unlink(ballast), 0);
    fd_close(&fd);
    wait_for(8);
    assert_string_equal(last_error, "");
    assert_int_equal(n_faults, 1);
    assert_int_equal(n_recoveries, 1);
    assert_null(store_fault(store));
    assert_int_equal(count_now(store), 8);

    /* The end of the program does not wait for room. */
    for (intptr_t i = 100; i < 200; i++)
        store_write(store, fill, done, (void *)i);
    store_free(&store);
    assert_non_null(strstr(last_error, "full"));
}

#define FULL_DISK_OPTION "--full-disk"
#define NOT_POSSIBLE     77

/* This program again, in a mount namespace of its own where TMPDIR is 1 MiB large. */
static int run_full_disk(void)
{
    dup2(STDERR_FILENO, STDOUT_FILENO);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("tmpfs", "/tmp", "tmpfs", 0, "size=1m") < 0)
        return NOT_POSSIBLE;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(full_disk, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static void full_disk_keeps_everything(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        execl("/proc/self/exe", "test_store", FULL_DISK_OPTION, (char *)NULL);
        _exit(127);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NOT_POSSIBLE)
        print_message("no mount namespace here: the full disk was not tried\n");
    else
        assert_int_equal(WEXITSTATUS(status), 0);
}

/* Killed at work: what was told as done is there, and the file is sound. */
static void killed_while_writing(void **state)
{
    (void)state;
    int pipe_fds[2];
    assert_int_equal(pipe(pipe_fds), 0);
    pid_t child = fork();
    if (child == 0) {
        struct err err;
        struct store *store = open_as(STORE_OPENED_NEW, &err);
        n_order = 0;
        for (intptr_t i = 0; i < 3000; i++)
            store_write(store, set_number, note_order, (void *)i);
        wait_for(500);
        if (write(pipe_fds[1], &n_done, sizeof(n_done)) != sizeof(n_done))
            _exit(1);
        run_loop();
        _exit(0);
    }
    int told = 0;
    assert_int_equal(read(pipe_fds[0], &told, sizeof(told)), sizeof(told));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    struct err err;
    struct store *store = open_as(STORE_OPENED_OLD, &err);
    assert_true(told >= 500);
    assert_true(count_now(store) >= told);
    store_free(&store);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], FULL_DISK_OPTION) == 0)
        return run_full_disk();
    const struct CMUnitTest tests[] = {
        CASE(new_then_old),
        CASE(makes_its_directory),
        CASE(in_memory),
        CASE(failing_operation_fails_alone),
        CASE(reader_cannot_write),
        CASE(many_in_order),
        CASE(queue_is_one_transaction),
        CASE(flush_follows_chains),
        CASE(flush_reads_one_by_one),
        CASE(newer_is_untouched),
        CASE(newer_in_the_log_is_untouched),
        CASE(damaged_header),
        CASE(truncated),
        CASE(damaged_page),
        CASE(foreign),
        CASE(not_a_file),
        CASE(broken_off_beginning_is_none),
        CASE(empty_file_is_a_lost_store),
        CASE(full_disk_keeps_everything),
        CASE(killed_while_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
