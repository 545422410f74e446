/*
 * Back-ups of the store. The daemon makes a copy beside the store, which is fetched from there; the
 * other way, tocsind itself puts a back-up in place, so that what a store is, only the daemon
 * knows.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "ctl/ctl.h"

#define COPY_BYTES 1048576

extern char **environ;

/* ---- back up ---- */

static int copy_bytes(int from, int to, struct err *err)
{
    AUTO_FREE char *buffer = mem_alloc(COPY_BYTES);
    for (ssize_t n; (n = read(from, buffer, COPY_BYTES)) != 0;) {
        if (n < 0)
            return err_errno(err, "reading the copy of the store");
        for (ssize_t done = 0, wrote; done < n; done += wrote) {
            wrote = write(to, buffer + done, (size_t)(n - done));
            if (wrote < 0)
                return err_errno(err, "writing");
        }
    }
    return fsync(to) < 0 ? err_errno(err, "writing") : 0;
}

/* The name is on the disk when its folder is. */
static int sync_folder(const char *path, struct err *err)
{
    AUTO_FREE char *copy = mem_strdup(path);
    AUTO_FD int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) < 0 ? err_errno(err, "writing the folder") : 0;
}

static int fetch(const char *snapshot, int to, const char *path, struct err *err)
{
    struct stat st;
    AUTO_FD int from = open(snapshot, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (from < 0 || fstat(from, &st) < 0)
        return err_errno(err, "%s", snapshot);
    if (!S_ISREG(st.st_mode))
        return err_set(err, "%s is no file", snapshot);
    return copy_bytes(from, to, err) < 0 ? -1 : sync_folder(path, err);
}

/* What stays behind goes with the daemon's next start. */
static void release(struct ctl *ctl, const char *snapshot)
{
    int status;
    json_decref(ctl_ask(ctl, "state release", json_pack("{s:s}", "snapshot", snapshot), &status));
}

static int back_up(struct ctl *ctl, const char *path, int to)
{
    int status;
    struct err err = {""};
    json_t *answer = ctl_ask(ctl, "state snapshot", NULL, &status);
    if (!answer)
        return status;
    const char *snapshot = ctl_text(answer, "snapshot");
    if (access(snapshot, R_OK) < 0 && errno == EACCES) {
        ctl_complain("only the daemon's own user and root may read its store");
        status = EX_NOPERM;
    } else if (fetch(snapshot, to, path, &err) < 0) {
        ctl_complain("%s: %s", path, err.text);
        status = EX_IOERR;
    }
    release(ctl, snapshot);
    json_decref(answer);
    return status;
}

static int show_backup(const struct ctl *ctl, const char *path, int fd)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return EX_IOERR;
    if (ctl->json) {
        json_t *answer = json_pack("{s:s, s:I}", "file", path, "size", (json_int_t)st.st_size);
        ctl_print_json(answer);
        json_decref(answer);
    } else {
        ctl_print("the store was copied to %s, %lld bytes\n", path, (long long)st.st_size);
    }
    return EX_OK;
}

int ctl_state_backup(struct ctl *ctl)
{
    const char *path = ctl->args[0];
    if (!ctl_args_are_utf8(ctl))
        return EX_USAGE;
    AUTO_FD int to = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (to < 0) {
        ctl_complain("%s: %s", path, strerror(errno));
        return EX_CANTCREAT;
    }
    int status = back_up(ctl, path, to);
    if (status == EX_OK)
        return show_backup(ctl, path, to);
    unlink(path);
    return status;
}

/* ---- restore ---- */

/* Beside this program, or where it was installed. The caller frees it. */
static char *find_tocsind(void)
{
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[len > 0 ? len : 0] = '\0';
    AUTO_FREE char *beside = mem_printf("%s/tocsind", dirname(self));
    return mem_strdup(access(beside, X_OK) == 0 ? beside : BINDIR "/tocsind");
}

/* Starts it with its standard output in a pipe; -1 with errno. */
static int start(const char *program, char **args, int *output, pid_t *pid)
{
    int ends[2];
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    int error = posix_spawn(pid, program, &actions, NULL, args, environ);
    posix_spawn_file_actions_destroy(&actions);
    fd_close(&ends[1]);
    *output = ends[0];
    errno = error;
    return error ? -1 : 0;
}

/* "key: value" on each line, as an object. */
static json_t *read_answer(int output)
{
    json_t *answer = json_object();
    FILE *lines = fdopen(output, "r");
    AUTO_FREE char *line = NULL;
    size_t size = 0;
    for (ssize_t len; lines && (len = getline(&line, &size, lines)) > 0;) {
        line[len - (line[len - 1] == '\n')] = '\0';
        char *value = strstr(line, ": ");
        if (!value)
            continue;
        *value = '\0';
        json_object_set_new(answer, line, json_string(value + 2));
    }
    if (lines)
        fclose(lines);
    return answer;
}

static void show_restored(const struct ctl *ctl, const json_t *answer)
{
    if (ctl->json) {
        ctl_print_json(answer);
        return;
    }
    ctl_print("%s is now what was backed up in %s\n", ctl_text(answer, "restored"), ctl->args[0]);
    if (*ctl_text(answer, "kept"))
        ctl_print("what stood there is kept as %s\n", ctl_text(answer, "kept"));
}

static int run_tocsind(const struct ctl *ctl, const char *program, char **args)
{
    pid_t pid;
    int output = -1, ended;
    if (start(program, args, &output, &pid) < 0) {
        ctl_complain("%s: %s", program, strerror(errno));
        fd_close(&output);
        return EX_OSFILE;
    }
    json_t *answer = read_answer(output);
    while (waitpid(pid, &ended, 0) < 0 && errno == EINTR)
        ;
    int status = WIFEXITED(ended) ? WEXITSTATUS(ended) : EX_SOFTWARE;
    if (status == EX_OK)
        show_restored(ctl, answer);
    json_decref(answer);
    return status;
}

int ctl_state_restore(struct ctl *ctl)
{
    if (ctl_daemon_answers(ctl)) {
        ctl_complain("a daemon runs: end it first (`systemctl %sstop tocsin`), then restore",
                     ctl->system ? "" : "--user ");
        return EX_TEMPFAIL;
    }
    AUTO_FREE char *program = find_tocsind();
    AUTO_FREE char *state = mem_strdup(ctl->state);
    char restore[] = "--restore", state_option[] = "--state", system[] = "--system";
    char *args[8] = {program, restore, ctl->args[0]};
    int n = 3;
    if (state) {
        args[n++] = state_option;
        args[n++] = state;
    }
    if (ctl->system)
        args[n++] = system;
    return run_tocsind(ctl, program, args);
}
