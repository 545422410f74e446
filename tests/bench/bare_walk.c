/*
 * The least that a start over a known tree could cost, as a rival for tests/bench/watching.py:
 * lists every directory and asks fstatat(2) about every name, in one thread, and keeps nothing.
 * Prints how many files there are and how many seconds it took.
 *
 * usage: bare_walk DIR
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static unsigned long files;

static int walk(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir)
        return -1;
    int result = 0;
    for (const struct dirent *entry; result == 0 && (entry = readdir(dir));) {
        struct stat st;
        if (entry->d_name[0] == '.')
            continue;
        if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
            result = -1;
        else if (S_ISDIR(st.st_mode))
            result = walk(fd, entry->d_name);
        else
            files++;
    }
    closedir(dir);
    return result;
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 64;
    double began = now();
    if (walk(AT_FDCWD, argv[1]) < 0) {
        perror(argv[1]);
        return 71;
    }
    printf("%lu %.3f\n", files, now() - began);
    return 0;
}
