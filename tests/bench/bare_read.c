/*
 * What this machine can do at all, by which figures of tests/bench/topics.py can be compared with
 * another machine's: files a second of CPU that are opened, read, closed and hashed (XXH64), and
 * texts a second that are taken apart into words. The best of some rounds, all warm.
 *
 * usage: bare_read DIR (of some thousand files, without folders)
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/mem.h"

#define ROUNDS    20
#define FILE_MAX  (1u << 20)
#define FILES_MAX 100000

struct files {
    char *paths[FILES_MAX];
    struct buf texts[FILES_MAX];
    size_t n;
};

static double cpu_seconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static ssize_t read_file(const char *path, char *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, FILE_MAX);
    if (fd >= 0)
        close(fd);
    return n;
}

static void list(struct files *files, const char *name, DIR *dir)
{
    for (const struct dirent *entry; files->n < FILES_MAX && (entry = readdir(dir));)
        if (entry->d_name[0] != '.')
            files->paths[files->n++] = mem_printf("%s/%s", name, entry->d_name);
}

/* Reads every file; keeps its text when it has none yet. */
static uint64_t read_all(struct files *files, char *bytes)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < files->n; i++) {
        ssize_t n = read_file(files->paths[i], bytes);
        hash ^= n > 0 ? XXH64(bytes, (size_t)n, 0) : 0;
        if (n > 0 && !files->texts[i].len)
            buf_append(&files->texts[i], bytes, (size_t)n);
    }
    return hash;
}

static uint64_t words_of_all(struct files *files, char *bytes)
{
    uint64_t n = 0;
    (void)bytes;
    for (size_t i = 0; i < files->n; i++) {
        struct tocsin_words words;
        tocsin_words_make(buf_text(&files->texts[i]), files->texts[i].len, &words);
        n += words.n;
        tocsin_words_free(&words);
    }
    return n;
}

static void measure(const char *name, uint64_t (*run)(struct files *files, char *bytes),
                    struct files *files, char *bytes)
{
    double best = 0;
    uint64_t proof = 0; /* that it was done */
    for (int i = 0; i < ROUNDS; i++) {
        double start = cpu_seconds();
        proof = run(files, bytes);
        double rate = (double)files->n / (cpu_seconds() - start);
        best = rate > best ? rate : best;
    }
    printf("%s %.0f\nproof %llx\n", name, best, (unsigned long long)proof);
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir)
        return 64;
    struct files *files = NEW(struct files);
    static char bytes[FILE_MAX];
    list(files, argv[1], dir);
    closedir(dir);
    measure("read", read_all, files, bytes);
    measure("words", words_of_all, files, bytes);
    for (size_t i = 0; i < files->n; i++) {
        free(files->paths[i]);
        buf_deinit(&files->texts[i]);
    }
    free(files);
    return 0;
}
