/* The checks of `tocsinctl doctor`, each on a machine of the test's making: its /proc, /sys and
 * /etc lie in a folder, and what is no file answers as the test says. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "config/test_fixture.h"
#include "ctl/doctor.h"
#include "tests/support/unit.h"

#define EXT4  0xef53
#define NFS   0x6969
#define TMPFS 0x01021994

static const char config_text[] = "folders:\n"
                                  "  news: {path: news}\n"
                                  "detectors:\n"
                                  "  topics: {}\n"
                                  "notifiers:\n"
                                  "  one: {plugin: stdout}\n";

struct bench {
    struct fixture *fixture;
    struct ctl ctl;
    struct doctor doctor;
    struct doctor_system system;
};

/* What cannot be a file. */
static int landlock_abi = 7;
static struct statfs disk;
static struct timex the_clock;

static int fake_landlock(void)
{
    return landlock_abi;
}

static int fake_file_system(const char *path, struct statfs *about)
{
    *about = disk;
    return access(path, F_OK);
}

static int fake_clock(struct timex *clock)
{
    *clock = the_clock;
    return 0;
}

static void mkdirs(const struct bench *bench, const char *path)
{
    AUTO_FREE char *whole = fixture_path(bench->fixture, path);
    for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
        *slash = '/';
    }
    assert_true(mkdir(whole, 0755) == 0 || errno == EEXIST);
}

/* A file below the root, with the folders above it. */
static void put(const struct bench *bench, const char *path, const char *text)
{
    AUTO_FREE char *folder = mem_strdup(path);
    *strrchr(folder, '/') = '\0';
    mkdirs(bench, folder);
    fixture_write(bench->fixture, path, text);
}

static void put_number(const struct bench *bench, const char *path, int64_t number)
{
    AUTO_FREE char *text = mem_printf("%lld\n", (long long)number);
    put(bench, path, text);
}

static void change_mode(const char *path, mode_t mode)
{
    assert_int_equal(chmod(path, mode), 0);
}

static void set_status(struct bench *bench, const char *json)
{
    json_decref(bench->doctor.status);
    bench->doctor.status = json ? json_loads(json, 0, NULL) : NULL;
    assert_true(!json || bench->doctor.status);
}

static int set_up(void **state)
{
    struct bench *bench = NEW(struct bench);
    bench->fixture = fixture_new();
    assert_int_equal(fixture_load_text(bench->fixture, config_text), 0);
    bench->system = (struct doctor_system){.root = bench->fixture->dir,
                                           .landlock = fake_landlock,
                                           .file_system = fake_file_system,
                                           .clock = fake_clock};
    bench->doctor = (struct doctor){.ctl = &bench->ctl,
                                    .system = &bench->system,
                                    .config_file = fixture_path(bench->fixture, "tocsin.yaml"),
                                    .config = bench->fixture->config,
                                    .diags = &bench->fixture->diags,
                                    .state_dir = fixture_path(bench->fixture, "state"),
                                    .runtime_dir = fixture_path(bench->fixture, "run/tocsin"),
                                    .check = "check",
                                    .findings = json_array()};
    landlock_abi = 7;
    disk = (struct statfs){
        .f_type = EXT4, .f_bsize = 4096, .f_bavail = 1 << 20, .f_files = 1000, .f_ffree = 900};
    the_clock = (struct timex){.maxerror = 1000};
    setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
    put_number(bench, "proc/sys/fs/inotify/max_user_watches", 524288);
    put_number(bench, "proc/sys/fs/inotify/max_user_instances", 128);
    put_number(bench, "proc/sys/fs/inotify/max_queued_events", 16384);
    put(bench, "proc/sys/kernel/osrelease", "6.1.0-9-amd64\n");
    put(bench, "proc/sys/kernel/seccomp/actions_avail",
        "kill_process kill_thread errno log allow\n");
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;
    fixture_free(&bench->fixture);
    json_decref(bench->doctor.status);
    json_decref(bench->doctor.findings);
    free(bench->doctor.absent);
    free(bench->doctor.config_file);
    free(bench->doctor.state_dir);
    free(bench->doctor.runtime_dir);
    free(bench);
    return 0;
}

/* ---- what a check says ---- */

static void look(struct bench *bench, void (*check)(struct doctor *doctor))
{
    json_array_clear(bench->doctor.findings);
    check(&bench->doctor);
    assert_true(json_array_size(bench->doctor.findings) > 0);
}

static void print_findings(const struct bench *bench)
{
    AUTO_FREE char *text = json_dumps(bench->doctor.findings, JSON_INDENT(2));
    print_message("# %s\n", text);
}

/* The finding with these words in its text; fails if there is none. */
static const json_t *finding(const struct bench *bench, const char *result, const char *words)
{
    size_t i;
    const json_t *finding;
    json_array_foreach(bench->doctor.findings, i, finding)
    {
        if (str_equal(ctl_text(finding, "result"), result) &&
            strstr(ctl_text(finding, "text"), words))
            return finding;
    }
    print_findings(bench);
    fail_msg("no %s says \"%s\"", result, words);
    return NULL;
}

static void says(const struct bench *bench, const char *result, const char *words, const char *mend)
{
    const json_t *found = finding(bench, result, words);
    if (mend ? !strstr(ctl_text(found, "mend"), mend)
             : json_is_string(json_object_get(found, "mend"))) {
        print_findings(bench);
        fail_msg("\"%s\" is not mended by \"%s\"", words, mend ? mend : "nothing");
    }
}

/* The only one. */
static void says_only(const struct bench *bench, const char *result, const char *words,
                      const char *mend)
{
    if (json_array_size(bench->doctor.findings) != 1)
        print_findings(bench);
    assert_int_equal(json_array_size(bench->doctor.findings), 1);
    says(bench, result, words, mend);
}

/* ---- kernel, limits, clock ---- */

static void test_kernel(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_kernel);
    says_only(bench, "ok", "Linux 6.1.0-9-amd64, Landlock 7, seccomp", NULL);
    landlock_abi = 6;
    look(bench, doctor_kernel);
    says_only(bench, "ok", "Landlock 6", NULL);
    landlock_abi = 2;
    look(bench, doctor_kernel);
    says_only(bench, "note",
              "no rule yet for files cut short, TCP connections, device controls, signals and "
              "abstract sockets;",
              NULL);
    landlock_abi = 5;
    look(bench, doctor_kernel);
    says_only(bench, "note", "no rule yet for signals and abstract sockets;", NULL);
}

static void test_kernel_without_landlock(void **state)
{
    struct bench *bench = *state;
    landlock_abi = -ENOSYS;
    look(bench, doctor_kernel);
    says_only(bench, "warning", "this kernel has no Landlock", NULL);
    landlock_abi = -EOPNOTSUPP;
    put(bench, "sys/kernel/security/lsm", "capability,yama,apparmor");
    look(bench, doctor_kernel);
    says_only(bench, "warning", "not switched on at boot",
              "\nlsm=landlock,capability,yama,apparmor");
    landlock_abi = -EPERM;
    look(bench, doctor_kernel);
    says_only(bench, "warning", "forbidden here (Operation not permitted)",
              "--system-call-filter=");
}

static void test_kernel_without_seccomp(void **state)
{
    struct bench *bench = *state;
    AUTO_FREE char *file = fixture_path(bench->fixture, "proc/sys/kernel/seccomp/actions_avail");
    assert_int_equal(unlink(file), 0);
    look(bench, doctor_kernel);
    says_only(bench, "warning", "filters no system calls", NULL);
}

static const char limits_format[] =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              unlimited            unlimited            seconds   \n"
    "Max file size             %-20s %-20s bytes     \n"
    "Max processes             %-20s 62000                processes \n"
    "Max open files            %-20s 524288               files     \n"
    "Max address space         unlimited            unlimited            bytes     \n";

static void put_limits(const struct bench *bench, const char *path, const char *size,
                       const char *processes, const char *files)
{
    AUTO_FREE char *text = mem_printf(limits_format, size, size, processes, files);
    put(bench, path, text);
}

static void test_limits(void **state)
{
    struct bench *bench = *state;
    put_limits(bench, "proc/self/limits", "unlimited", "62000", "1024");
    look(bench, doctor_limits);
    says_only(bench, "ok", "open files: 1024 for a daemon started from here; up to 300 may", NULL);
    put_limits(bench, "proc/self/limits", "unlimited", "62000", "unlimited");
    look(bench, doctor_limits);
    says_only(bench, "ok", "open files: without a limit", NULL);
    put_limits(bench, "proc/self/limits", "1000000", "20", "299");
    look(bench, doctor_limits);
    assert_int_equal(json_array_size(bench->doctor.findings), 3);
    says(bench, "warning", "299 open files, and up to 300", "[Service]\nLimitNOFILE=300");
    says(bench, "warning", "20 processes and threads", "LimitNPROC=64");
    says(bench, "warning", "1000000 bytes in a file", "LimitFSIZE=infinity");
    /* The daemon's own count, not this shell's. */
    set_status(bench, "{\"pid\": 77}");
    put_limits(bench, "proc/77/limits", "unlimited", "62000", "2000");
    look(bench, doctor_limits);
    says_only(bench, "ok", "open files: 2000 for the daemon", NULL);
    set_status(bench, "{\"pid\": 78}");
    look(bench, doctor_limits);
    says_only(bench, "note", "/proc/78/limits cannot be read: No such file", NULL);
}

static void test_clock(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_clock);
    says_only(bench, "ok", "kept in step", NULL);
    the_clock.status = STA_UNSYNC;
    look(bench, doctor_clock);
    says_only(bench, "note", "nothing keeps the clock in step", "timedatectl set-ntp true");
    the_clock = (struct timex){.maxerror = 16000000};
    look(bench, doctor_clock);
    says_only(bench, "note", "nothing keeps the clock in step", "systemd-timesyncd");
    put(bench, "proc/self/exe", "");
    AUTO_FREE char *exe = fixture_path(bench->fixture, "proc/self/exe");
    const struct timespec later[] = {{time(NULL) + 86400, 0}, {time(NULL) + 86400, 0}};
    assert_int_equal(utimensat(AT_FDCWD, exe, later, 0), 0);
    look(bench, doctor_clock);
    says_only(bench, "fault", "the clock is behind", "set-ntp");
}

/* ---- folders and inotify ---- */

static void test_folders(void **state)
{
    struct bench *bench = *state;
    mkdirs(bench, "news/a/b");
    mkdirs(bench, "news/c");
    fixture_write(bench->fixture, "news/file", "x");
    AUTO_FREE char *link = fixture_path(bench->fixture, "news/link");
    assert_int_equal(symlink("/", link), 0);
    look(bench, doctor_folders);
    says_only(bench, "ok", "/news on ext4, 4 directories", NULL);
    assert_int_equal(bench->doctor.n_dirs, 4);
    assert_int_equal(bench->doctor.n_folders, 1);
    disk.f_type = 0x7fff;
    look(bench, doctor_folders);
    says_only(bench, "ok", "on a local file system", NULL);
    disk.f_type = 0x794c7630;
    look(bench, doctor_folders);
    says_only(bench, "note", "is on an overlay", NULL);
    disk.f_type = NFS;
    bench->doctor.n_dirs = bench->doctor.n_folders = 0;
    look(bench, doctor_folders);
    says_only(bench, "note", "is on NFS", NULL);
    assert_int_equal(bench->doctor.n_dirs, 0);
    assert_int_equal(bench->doctor.n_folders, 0);
    bench->doctor.config = NULL;
    look(bench, doctor_folders);
    says_only(bench, "note", "not looked at", NULL);
}

static void test_folders_that_are_not_recursive(void **state)
{
    struct bench *bench = *state;
    mkdirs(bench, "news/a/b");
    assert_int_equal(
        fixture_load_text(bench->fixture, "folders: {news: {path: news, recursive: no}}\n"), 0);
    bench->doctor.config = bench->fixture->config;
    look(bench, doctor_folders);
    says_only(bench, "ok", ", 1 directories", NULL);
}

static void test_folders_as_the_daemon_sees_them(void **state)
{
    struct bench *bench = *state;
    set_status(bench, "{\"sources\": [{\"name\": \"news\", \"state\": \"unavailable\", \"why\": "
                      "\"No such file or directory\"}]}");
    look(bench, doctor_folders);
    says_only(bench, "fault", "news: the daemon cannot see", "tocsinctl source list");
    set_status(bench, "{\"sources\": [{\"name\": \"news\", \"state\": \"polling\", \"why\": "
                      "\"files changed here without an event\"}]}");
    look(bench, doctor_folders);
    says_only(bench, "warning", "instead of being told of changes: files changed here without an",
              NULL);
    disk.f_type = NFS;
    look(bench, doctor_folders);
    says_only(bench, "note", "is on NFS", NULL);
    set_status(bench, "{\"sources\": [{\"name\": \"news\", \"state\": \"watching\"}]}");
    disk.f_type = EXT4;
    look(bench, doctor_folders);
    says_only(bench, "ok", "news: ", NULL);
}

static void test_folders_that_are_closed(void **state)
{
    struct bench *bench = *state;
    if (geteuid() == 0) {
        print_message("# root is let in everywhere: tests/e2e/test_doctor.py has this as nobody\n");
        return;
    }
    mkdirs(bench, "news/a b");
    AUTO_FREE char *closed = fixture_path(bench->fixture, "news/a b");
    change_mode(closed, 0600);
    look(bench, doctor_folders);
    change_mode(closed, 0700);
    AUTO_FREE char *mend = mem_printf("rX '%s'", closed);
    says_only(bench, "warning", "cannot read 1 of the directories", mend);
}

static void test_inotify(void **state)
{
    struct bench *bench = *state;
    bench->doctor.n_dirs = 400;
    bench->doctor.n_folders = 2;
    look(bench, doctor_inotify);
    says_only(bench, "ok", "400 watches and 2 instances are needed", NULL);
    put_number(bench, "proc/sys/fs/inotify/max_user_watches", 399);
    look(bench, doctor_inotify);
    says_only(bench, "warning",
              "400 watches are needed, other programs of the user hold 0, and "
              "fs.inotify.max_user_watches allows 399",
              "echo 'fs.inotify.max_user_watches = 524288' | sudo tee -a /etc/sysctl.d/");
    bench->doctor.n_dirs = 400000;
    look(bench, doctor_inotify);
    says_only(bench, "warning", "400000 watches", "max_user_watches = 1048576'");
    put_number(bench, "proc/sys/fs/inotify/max_user_watches", 524288);
    put_number(bench, "proc/sys/user/max_inotify_watches", 1000);
    look(bench, doctor_inotify);
    says_only(bench, "warning", "user.max_inotify_watches allows 1000",
              "'user.max_inotify_watches");
    put_number(bench, "proc/sys/user/max_inotify_watches", 1 << 30);
    put_number(bench, "proc/sys/fs/inotify/max_user_instances", 1);
    look(bench, doctor_inotify);
    says_only(bench, "warning", "2 instances are needed", "max_user_instances = 1024'");
}

static void test_inotify_held_by_others(void **state)
{
    struct bench *bench = *state;
    bench->doctor.n_dirs = 10;
    bench->doctor.n_folders = 1;
    put(bench, "proc/4711/fdinfo/5",
        "pos:\t0\nflags:\t02004000\ninotify wd:1 ino:2\ninotify wd:2\n");
    put(bench, "proc/4711/fdinfo/6", "pos:\t0\nflags:\t0100002\n");
    put(bench, "proc/4712/fdinfo/3", "inotify wd:7 ino:9\n");
    put(bench, "proc/self/fdinfo/3", "inotify wd:7 ino:9\n");
    look(bench, doctor_inotify);
    says_only(bench, "ok", "3 and 2 are in use", NULL);
    put_number(bench, "proc/sys/fs/inotify/max_user_watches", 12);
    look(bench, doctor_inotify);
    says_only(bench, "warning", "other programs of the user hold 3", "sudo sysctl -p");
    /* Of the daemon's user, who is another here. */
    set_status(bench, "{\"pid\": 77}");
    put(bench, "proc/77/status", "Name:\ttocsind\nUid:\t4242\t4242\t4242\t4242\n");
    look(bench, doctor_inotify);
    says_only(bench, "ok", "0 and 0 are in use", NULL);
}

static void test_inotify_queue(void **state)
{
    struct bench *bench = *state;
    put_number(bench, "proc/sys/fs/inotify/max_queued_events", 100);
    look(bench, doctor_inotify);
    says_only(bench, "warning", "fs.inotify.max_queued_events is 100",
              "max_queued_events = 65536'");
    put_number(bench, "proc/sys/fs/inotify/max_queued_events", 65536);
    set_status(bench, "{\"sources\": [{\"name\": \"a\", \"overflows\": 2}, {\"overflows\": 1}]}");
    look(bench, doctor_inotify);
    says_only(bench, "warning", "overflowed 3 times", "max_queued_events = 131072'");
}

/* ---- places ---- */

static void test_state(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_state);
    says_only(bench, "ok", "/state is made at the first start", NULL);
    mkdirs(bench, "state");
    look(bench, doctor_state);
    says_only(bench, "warning", "has mode 0755: others", "chmod 700 ");
    change_mode(bench->doctor.state_dir, 0710);
    look(bench, doctor_state);
    says_only(bench, "warning", "has mode 0710: others", "chmod 700 ");
    change_mode(bench->doctor.state_dir, 0700);
    look(bench, doctor_state);
    says_only(bench, "ok", "is shut to others, on a disk with room", NULL);
    put(bench, "state/tocsin.db-check", "");
    put(bench, "state/tocsin.db.damaged-20260101T000000", "");
    look(bench, doctor_state);
    says(bench, "warning", "the store met a fault", "systemctl --user restart tocsin");
    says(bench, "note", "state/tocsin.db.damaged-20260101T000000", NULL);
    bench->ctl.system = true;
    look(bench, doctor_state);
    says(bench, "warning", "the store met a fault", "systemctl restart tocsin");
    bench->ctl.system = false;
    set_status(bench, "{\"store_fault\": \"database or disk is full\"}");
    look(bench, doctor_state);
    says(bench, "fault", "the store fails: database or disk is full",
         "journalctl --user -u tocsin");
}

static void test_state_that_is_no_directory(void **state)
{
    struct bench *bench = *state;
    fixture_write(bench->fixture, "state", "");
    look(bench, doctor_state);
    says(bench, "fault", "is no directory", "mv ");
}

static void test_state_of_another_user(void **state)
{
    struct bench *bench = *state;
    if (geteuid() != 0) {
        print_message("# only root can give a directory away\n");
        return;
    }
    mkdirs(bench, "state");
    change_mode(bench->doctor.state_dir, 0700);
    assert_int_equal(chown(bench->doctor.state_dir, 65534, 65534), 0);
    look(bench, doctor_state);
    says_only(bench, "fault", "belongs to user 65534", "sudo chown -R 0 ");
    bench->ctl.system = true;
    look(bench, doctor_state);
    says_only(bench, "ok", "state", NULL);
}

static void test_disk_of_the_state(void **state)
{
    struct bench *bench = *state;
    mkdirs(bench, "state");
    change_mode(bench->doctor.state_dir, 0700);
    disk.f_bavail = (15 << 20) / 4096;
    look(bench, doctor_state);
    says_only(bench, "fault", "is full (15M free, 900 inodes free)", "keep:");
    disk.f_bavail = (255 << 20) / 4096;
    look(bench, doctor_state);
    says_only(bench, "warning", "has little room left: 255M free (256M would do)", NULL);
    disk.f_bavail = 1 << 20;
    disk.f_ffree = 99;
    look(bench, doctor_state);
    says_only(bench, "warning", "99 inodes free", NULL);
    disk.f_ffree = 0;
    look(bench, doctor_state);
    says_only(bench, "fault", "is full", "keep:");
    /* Btrfs and its like count none. */
    disk.f_files = 0;
    look(bench, doctor_state);
    says_only(bench, "ok", "with room", NULL);
    disk.f_type = TMPFS;
    look(bench, doctor_state);
    says_only(bench, "warning", "is in memory (tmpfs)", NULL);
    disk.f_type = NFS;
    look(bench, doctor_state);
    says_only(bench, "fault", "is on NFS: the store's write-ahead log", "--state DIR");
    disk.f_type = EXT4;
    disk.f_flags = ST_RDONLY;
    look(bench, doctor_state);
    says_only(bench, "fault", "mounted read-only", NULL);
}

static void test_runtime(void **state)
{
    struct bench *bench = *state;
    mkdirs(bench, "run");
    look(bench, doctor_runtime);
    says_only(bench, "ok", "/run/tocsin is made by the daemon", NULL);
    mkdirs(bench, "run/tocsin");
    look(bench, doctor_runtime);
    says_only(bench, "warning", "has mode 0755", "chmod 700");
    change_mode(bench->doctor.runtime_dir, 0700);
    look(bench, doctor_runtime);
    says_only(bench, "ok", "is shut to others", NULL);
    unsetenv("XDG_RUNTIME_DIR");
    look(bench, doctor_runtime);
    says_only(bench, "note", "XDG_RUNTIME_DIR is not set", "export XDG_RUNTIME_DIR=/run/user/");
    bench->ctl.system = true;
    look(bench, doctor_runtime);
    says_only(bench, "ok", "is shut to others", NULL);
}

static void test_temp(void **state)
{
    struct bench *bench = *state;
    AUTO_FREE char *given = mem_strdup(getenv("TMPDIR"));
    unsetenv("TMPDIR");
    look(bench, doctor_temp);
    says_only(bench, "warning", "/tmp is no directory", "sudo install -d -m 1777 ");
    mkdirs(bench, "tmp");
    AUTO_FREE char *tmp = fixture_path(bench->fixture, "tmp");
    change_mode(tmp, 0777);
    look(bench, doctor_temp);
    says_only(bench, "warning", "has mode 0777", "sudo chmod 1777 ");
    change_mode(tmp, 01777);
    look(bench, doctor_temp);
    says_only(bench, "ok", "can be written to", NULL);
    setenv("TMPDIR", "/nix/da", 1);
    look(bench, doctor_temp);
    if (given)
        setenv("TMPDIR", given, 1);
    else
        unsetenv("TMPDIR");
    says_only(bench, "warning", "/nix/da is no directory", "1777 /nix/da");
}

/* ---- what notifiers need ---- */

static struct config_plugin *notifier(struct bench *bench)
{
    return &bench->fixture->config->notifiers[0].plugin;
}

static void test_journal(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_journal);
    says_only(bench, "note", "there is none here", NULL);
    notifier(bench)->powers = TOCSIN_POWERS_JOURNAL;
    look(bench, doctor_journal);
    says_only(bench, "fault", "there is no socket at /run/systemd/journal/socket",
              "sudo systemctl start systemd-journald.socket");
    mkdirs(bench, "run/systemd/journal");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    AUTO_FREE char *path = fixture_path(bench->fixture, "run/systemd/journal/socket");
    memcpy(address.sun_path, path, strlen(path) + 1);
    AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    look(bench, doctor_journal);
    says_only(bench, "ok", "is there", NULL);
}

static void test_certificates(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_certificates);
    says_only(bench, "note", "no authority is in /etc/ssl/certs/ca-certificates.crt", NULL);
    notifier(bench)->powers = TOCSIN_POWERS_NETWORK;
    look(bench, doctor_certificates);
    says_only(bench, "fault", "no authority is in", "sudo apt install ca-certificates");
    put(bench, "etc/ssl/certs/ca-certificates.crt", "");
    look(bench, doctor_certificates);
    says_only(bench, "fault", "no authority is in", "sudo update-ca-certificates");
    put(bench, "etc/ssl/certs/ca-certificates.crt",
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"
        "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n");
    look(bench, doctor_certificates);
    says_only(bench, "ok", "2 authorities", NULL);
}

static void test_secrets(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_secrets);
    says_only(bench, "ok", "the configuration has none", NULL);
    put(bench, "etc/a token", "hush");
    AUTO_FREE char *file = fixture_path(bench->fixture, "etc/a token");
    AUTO_FREE char *mend = mem_printf("chmod 600 '%s'", file);
    char *values[] = {file, NULL};
    struct config_option option = {
        .name = (char[]){"token"}, .kind = CONFIG_OPTION_SECRET, .values = {values, 1}};
    struct config_plugin *plugin = notifier(bench);
    plugin->options = &option;
    plugin->n_options = 1;
    change_mode(file, 0640);
    look(bench, doctor_secrets);
    says_only(bench, "warning", "one: others can read or change the secret", mend);
    change_mode(file, 0600);
    look(bench, doctor_secrets);
    says_only(bench, "ok", "1, each for your eyes only", NULL);
    option.kind = CONFIG_OPTION_PATH;
    look(bench, doctor_secrets);
    says_only(bench, "ok", "the configuration has none", NULL);
    plugin->options = NULL;
    plugin->n_options = 0;
}

/* ---- the daemon ---- */

static void test_daemon(void **state)
{
    struct bench *bench = *state;
    static const struct {
        int fault;
        const char *why, *result, *mend;
    } absent[] = {
        {EX_UNAVAILABLE, "no daemon answers at X", "note", NULL},
        {EX_NOPERM, "the daemon is another user's", "warning", NULL},
        {EX_TEMPFAIL, "the daemon takes too long", "fault", "systemctl --user restart tocsin"},
    };
    for (size_t i = 0; i < ARRAY_LEN(absent); i++) {
        bench->doctor.status_fault = absent[i].fault;
        free(bench->doctor.absent);
        bench->doctor.absent = mem_strdup(absent[i].why);
        look(bench, doctor_daemon);
        says_only(bench, absent[i].result, absent[i].why, absent[i].mend);
    }
    set_status(bench, "{\"version\": \"" PACKAGE_VERSION "\", \"pid\": 77, \"ready\": true}");
    look(bench, doctor_daemon);
    says_only(bench, "ok", "pid 77, answers and is ready", NULL);
    set_status(bench, "{\"version\": \"" PACKAGE_VERSION "\", \"pid\": 77, \"ready\": false}");
    look(bench, doctor_daemon);
    says_only(bench, "note", "is still starting", NULL);
    set_status(bench, "{\"version\": \"0.0.9\", \"ready\": true, \"paused\": true}");
    look(bench, doctor_daemon);
    says(bench, "warning", "tocsind 0.0.9 runs, but tocsinctl is of version " PACKAGE_VERSION,
         "systemctl --user restart tocsin");
    says(bench, "note", "it is paused", "tocsinctl resume");
}

static void test_configuration(void **state)
{
    struct bench *bench = *state;
    change_mode(bench->doctor.config_file, 0600);
    look(bench, doctor_configuration);
    says_only(bench, "ok", "is good: folders 1, detectors 1, notifiers 1, routes 0", NULL);
    change_mode(bench->doctor.config_file, 0620);
    look(bench, doctor_configuration);
    says(bench, "warning", "others can write", "chmod go-w ");
    change_mode(bench->doctor.config_file, 0600);
    assert_int_equal(fixture_load_text(bench->fixture, "folders: {a: {path: nix, settel: 0}}\n"),
                     -1);
    bench->doctor.config = NULL;
    look(bench, doctor_configuration);
    says(bench, "fault", "tocsin.yaml:1:26: ", "${EDITOR:-editor} +1 /");
    says(bench, "fault", "did you mean \"settle\"?", "tocsin.yaml");
    assert_int_equal(unlink(bench->doctor.config_file), 0);
    look(bench, doctor_configuration);
    says_only(bench, "fault", "there is no configuration at", "tocsinctl config init ~/Documents");
    bench->ctl.system = true;
    look(bench, doctor_configuration);
    says_only(bench, "fault", "there is no configuration", "tocsinctl --system config init ~/");
}

static void test_configuration_as_the_daemon_finds_it(void **state)
{
    struct bench *bench = *state;
    change_mode(bench->doctor.config_file, 0600);
    bench->doctor.checked =
        json_loads("{\"good\": true, \"text\": \"/a/b.yaml:3:7: warning: matches no file\\n\", "
                   "\"folders\": 4, \"detectors\": 1, \"notifiers\": 2, \"routes\": 0}",
                   0, NULL);
    look(bench, doctor_configuration);
    says(bench, "warning", "/a/b.yaml:3:7: matches no file", "${EDITOR:-editor} +3 /a/b.yaml");
    says(bench, "ok", "is good for the daemon: folders 4, detectors 1, notifiers 2, routes 0",
         NULL);
    json_decref(bench->doctor.checked);
    bench->doctor.checked =
        json_loads("{\"good\": false, \"text\": \"/a/b.yaml:12:1: folder \\\"x\\\": is not "
                   "visible\\n/a/t.yaml:3:9: topic \\\"y\\\": a query: wrong\\n    (x\\n     "
                   "^\\nno place\\n\"}",
                   0, NULL);
    look(bench, doctor_configuration);
    assert_int_equal(json_array_size(bench->doctor.findings), 3);
    says(bench, "fault", "/a/b.yaml:12:1: folder \"x\": is not visible", "+12 /a/b.yaml");
    says(bench, "fault", "/a/t.yaml:3:9: topic \"y\": a query: wrong", "+3 /a/t.yaml");
    says(bench, "fault", "no place", NULL);
    json_decref(bench->doctor.checked);
}

static void test_notifiers(void **state)
{
    struct bench *bench = *state;
    look(bench, doctor_notifiers);
    says_only(bench, "note", "no daemon answers", NULL);
    set_status(bench, "{\"deliver\": []}");
    look(bench, doctor_notifiers);
    says_only(bench, "note", "nobody is told", NULL);
    set_status(bench, "{\"deliver\": [{\"notifier\": \"a\", \"state\": \"up\", \"dead\": 0}]}");
    look(bench, doctor_notifiers);
    says_only(bench, "ok", "all 1 are up", NULL);
    set_status(bench, "{\"deliver\": [{\"notifier\": \"a\", \"state\": \"starting\"}]}");
    look(bench, doctor_notifiers);
    says_only(bench, "note", "a is still starting", NULL);
    set_status(bench, "{\"deliver\": [{\"notifier\": \"a\", \"state\": \"up\", \"dead\": 3}, "
                      "{\"notifier\": \"b\", \"state\": \"down\", \"why\": \"no bus\"}], "
                      "\"detect\": {\"quarantined\": 2, \"apart\": [{\"detector\": \"c\", "
                      "\"why\": \"is slow\"}]}}");
    look(bench, doctor_notifiers);
    says(bench, "warning", "3 of the deliveries of a are dead", "tocsinctl notifier test a");
    says(bench, "warning", "b is down: no bus", "tocsinctl notifier test b");
    says(bench, "note", "2 times a detector failed", "tocsinctl quarantine list");
    says(bench, "warning", "detector \"c\" is slow and has hosts of its own",
         "tocsinctl quarantine list");
}

static void test_sandbox(void **state)
{
    struct bench *bench = *state;
    const char *build = getenv("TOCSIN_BUILDDIR");
    if (!build) {
        print_message("# TOCSIN_BUILDDIR does not say where tocsin-host is\n");
        return;
    }
    AUTO_FREE char *host = mem_printf("%s/daemon/host/tocsin-host", build);
    bench->ctl.host = host;
    offline_init(&bench->doctor.offline, &bench->ctl);
    set_status(bench,
               "{\"hosts\": ["
               "{\"name\": \"detect-1\", \"layers\": \"no_new_privs,-landlock(landlock_create_"
               "ruleset: Operation not permitted),seccomp,rlimits\"},"
               "{\"name\": \"notify-a\", \"layers\": \"no_new_privs,landlock,-seccomp(prctl: "
               "Invalid argument),-rlimits(sanitizer)\"},"
               "{\"name\": \"detect-2\", \"layers\": \"no_new_privs,-landlock(landlock_create_"
               "ruleset: Operation not permitted),seccomp,rlimits\"},"
               "{\"name\": \"notify-c\", \"layers\": \"no_new_privs,landlock,seccomp,rlimits\", "
               "\"program_layers\": \"no_new_privs,-seccomp(sanitizer),rlimits\"},"
               "{\"name\": \"notify-b\", \"layers\": \"\"}]}");
    look(bench, doctor_sandbox);
    says(bench, "warning",
         "the daemon's detect-1, detect-2: landlock is missing (landlock_create_ruleset: Operation "
         "not permitted): files are shut off",
         "[Service]\nSystemCallFilter=landlock_create_ruleset landlock_add_rule "
         "landlock_restrict_self seccomp");
    says(bench, "warning", "the daemon's notify-a: seccomp is missing (prctl: Invalid argument)",
         NULL);
    says(bench, "warning", "the programs of the daemon's notify-c: landlock is missing", NULL);
    says(bench, "note", "notify-a: this build goes without rlimits (sanitizer)", NULL);
    offline_deinit(&bench->doctor.offline);
    /* No host at all. */
    bench->ctl.host = "/nix/tocsin-host";
    set_status(bench, NULL);
    offline_init(&bench->doctor.offline, &bench->ctl);
    look(bench, doctor_sandbox);
    says_only(bench, "fault", "no host can be started", NULL);
    offline_deinit(&bench->doctor.offline);
}

/* ---- what they share ---- */

static void test_shared(void **state)
{
    struct bench *bench = *state;
    static const char *const quoted[][2] = {
        {"/a/b-c.d_e", "/a/b-c.d_e"}, {"a b", "'a b'"}, {"it's", "'it'\\''s'"}, {"$x", "'$x'"}};
    for (size_t i = 0; i < ARRAY_LEN(quoted); i++) {
        AUTO_FREE char *word = doctor_quote(quoted[i][0]);
        assert_string_equal(word, quoted[i][1]);
    }
    assert_int_equal(doctor_number(&bench->doctor, "/proc/sys/fs/inotify/max_user_watches"),
                     524288);
    assert_int_equal(doctor_number(&bench->doctor, "/proc/sys/kernel/osrelease"), -1);
    assert_int_equal(doctor_number(&bench->doctor, "/nix"), -1);
    assert_null(doctor_read(&bench->doctor, "/proc"));
    /* A name that is no UTF-8 does not take the finding away. */
    doctor_say(&bench->doctor, DOCTOR_FAULT, "caf\xe9");
    doctor_mend(&bench->doctor, "one");
    doctor_mend(&bench->doctor, "two %d", 2);
    says_only(bench, "fault", "caf?", "one\ntwo 2");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_kernel),
        CASE(test_kernel_without_landlock),
        CASE(test_kernel_without_seccomp),
        CASE(test_limits),
        CASE(test_clock),
        CASE(test_folders),
        CASE(test_folders_that_are_not_recursive),
        CASE(test_folders_as_the_daemon_sees_them),
        CASE(test_folders_that_are_closed),
        CASE(test_inotify),
        CASE(test_inotify_held_by_others),
        CASE(test_inotify_queue),
        CASE(test_state),
        CASE(test_state_that_is_no_directory),
        CASE(test_state_of_another_user),
        CASE(test_disk_of_the_state),
        CASE(test_runtime),
        CASE(test_temp),
        CASE(test_journal),
        CASE(test_certificates),
        CASE(test_secrets),
        CASE(test_daemon),
        CASE(test_configuration),
        CASE(test_configuration_as_the_daemon_finds_it),
        CASE(test_notifiers),
        CASE(test_sandbox),
        CASE(test_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
