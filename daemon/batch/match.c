/*
 * `topic match`: documents held against topics, one line a match. With several jobs each has a part
 * of the documents, and their lines are put together in the documents' order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "batch/batch.h"
#include "host/charset.h"

#define OUTPUT_BYTES (1u << 16)

/* What one job did; in memory that it shares with the others. */
struct tally {
    uint64_t documents, bytes, unread, candidates, matches;
    double seconds, cpu_seconds;
    long memory_kib;
};

struct job {
    const struct image *image;
    char *const *paths;
    size_t n;
    int fd; /* where its lines go */
    struct tally *tally;
};

static double seconds_of(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno != EINTR)
            return -1;
        if (n > 0) {
            bytes += n;
            len -= (size_t)n;
        }
    }
    return 0;
}

static void put_matches(struct engine *engine, const char *path, struct buf *lines,
                        struct tally *tally)
{
    size_t n, path_len = strlen(path);
    const uint32_t *found = engine_matches(engine, &n);
    tally->candidates += engine->n_candidates;
    tally->matches += n;
    for (size_t i = 0; i < n; i++) {
        const char *name = image_topic_name(engine->image, found[i]);
        size_t len = strlen(name);
        char *line = buf_reserve(lines, path_len + len + 2);
        memcpy(line, path, path_len);
        line[path_len] = '\t';
        memcpy(line + path_len + 1, name, len);
        line[path_len + 1 + len] = '\n';
        lines->len += path_len + len + 2;
    }
}

/* The most that this program had in memory; ru_maxrss would count who started it, too. */
static long most_memory_kib(void)
{
    static const char key[] = "VmHWM:";
    FILE *status = fopen("/proc/self/status", "re");
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    long kib = 0;
    while (status && getline(&line, &cap, status) > 0)
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtol(line + strlen(key), NULL, 10);
    if (status)
        fclose(status);
    return kib;
}

static int run_job(const struct job *job)
{
    struct engine engine;
    struct err err;
    struct reading reading = {.title = NULL};
    struct buf lines = {0}, why = {0};
    int32_t date = reading_today();
    int result = 0;
    double start = seconds_of(CLOCK_MONOTONIC), cpu_start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    if (engine_init(&engine, job->image, &err) < 0) {
        say_complaint("%s", err.text);
        result = -1;
    }
    for (size_t i = 0; i < job->n && result == 0; i++) {
        job->tally->documents++;
        if (!reading_read(&reading, job->paths[i], date, &why)) {
            say_complaint("%s: %s", job->paths[i], buf_text(&why));
            buf_clear(&why);
            job->tally->unread++;
            continue;
        }
        job->tally->bytes += reading.document.len;
        engine_set(&engine, &reading.document);
        put_matches(&engine, job->paths[i], &lines, job->tally);
        if (lines.len >= OUTPUT_BYTES) {
            result = write_all(job->fd, lines.data, lines.len);
            buf_clear(&lines);
        }
    }
    if (result == 0 && lines.len)
        result = write_all(job->fd, lines.data, lines.len);
    job->tally->seconds = seconds_of(CLOCK_MONOTONIC) - start;
    job->tally->cpu_seconds = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
    engine_deinit(&engine);
    reading_deinit(&reading);
    buf_deinit(&lines);
    buf_deinit(&why);
    job->tally->memory_kib = most_memory_kib();
    return result;
}

/* ---- several jobs ---- */

static int copy_lines(int fd)
{
    char bytes[OUTPUT_BYTES];
    ssize_t n = 0;
    if (lseek(fd, 0, SEEK_SET) < 0)
        return -1;
    while ((n = read(fd, bytes, sizeof(bytes))) > 0)
        if (write_all(STDOUT_FILENO, bytes, (size_t)n) < 0)
            return -1;
    return n < 0 ? -1 : 0;
}

static int run_jobs(struct job *jobs, int n)
{
    pid_t *children = NEW_N(pid_t, (size_t)n);
    int result = 0;
    for (int i = 0; i < n; i++) {
        jobs[i].fd = memfd_create("tocsin-matches", MFD_CLOEXEC);
        children[i] = jobs[i].fd < 0 ? -1 : fork();
        if (children[i] == 0)
            _exit(run_job(&jobs[i]) < 0);
    }
    for (int i = 0; i < n; i++) {
        int status = -1;
        if (children[i] < 0 || waitpid(children[i], &status, 0) < 0 || status != 0 ||
            (result == 0 && copy_lines(jobs[i].fd) < 0))
            result = -1;
        fd_close(&jobs[i].fd);
    }
    free(children);
    return result;
}

static int run(const struct batch *batch, const struct image *image, const struct paths *paths,
               struct tally *tallies)
{
    int n = batch->jobs;
    struct job *jobs = NEW_N(struct job, (size_t)n);
    for (int i = 0; i < n; i++) {
        size_t from = paths->n * (size_t)i / (size_t)n;
        jobs[i] = (struct job){.image = image,
                               .paths = paths->items + from,
                               .n = paths->n * (size_t)(i + 1) / (size_t)n - from,
                               .fd = STDOUT_FILENO,
                               .tally = &tallies[i]};
    }
    int result = n == 1 ? run_job(&jobs[0]) : run_jobs(jobs, n);
    free(jobs);
    return result;
}

/* ---- figures ---- */

static void print_stats(const struct batch *batch, const struct image *image,
                        const struct tally *tallies, double load_seconds)
{
    struct tally all = {0};
    for (int i = 0; i < batch->jobs; i++) {
        const struct tally *tally = &tallies[i];
        all.documents += tally->documents;
        all.unread += tally->unread;
        all.bytes += tally->bytes;
        all.candidates += tally->candidates;
        all.matches += tally->matches;
        all.cpu_seconds += tally->cpu_seconds;
        all.seconds = tally->seconds > all.seconds ? tally->seconds : all.seconds;
        all.memory_kib = tally->memory_kib > all.memory_kib ? tally->memory_kib : all.memory_kib;
    }
    double n = all.documents ? (double)all.documents : 1;
    fprintf(stderr,
            "topics %zu\ndocuments %llu\nunread %llu\nbytes %llu\nload_cpu_seconds %.3f\n"
            "image_bytes %llu\nmatch_seconds %.3f\nmatch_cpu_seconds %.3f\n"
            "documents_per_second %.0f\ndocuments_per_cpu_second %.0f\n"
            "memory_kib %ld\ncandidates_per_document %.2f\nmatches_per_document %.2f\n",
            image->n_topics, (unsigned long long)all.documents, (unsigned long long)all.unread,
            (unsigned long long)all.bytes, load_seconds, (unsigned long long)image->head->bytes,
            all.seconds, all.cpu_seconds, all.seconds > 0 ? (double)all.documents / all.seconds : 0,
            all.cpu_seconds > 0 ? (double)all.documents / all.cpu_seconds : 0, all.memory_kib,
            (double)all.candidates / n, (double)all.matches / n);
}

static int match(const struct batch *batch, const struct image *image, const struct paths *paths,
                 double load_seconds)
{
    int status = EX_OK;
    size_t bytes = sizeof(struct tally) * (size_t)batch->jobs;
    struct tally *tallies =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED)
        log_fatal("no memory for %d jobs", batch->jobs);
    if (run(batch, image, paths, tallies) < 0)
        status = EX_IOERR;
    if (batch->stats)
        print_stats(batch, image, tallies, load_seconds);
    munmap(tallies, bytes);
    return status;
}

int batch_match(const struct batch *batch)
{
    struct buf bytes = {0};
    struct paths paths = {0};
    struct image image;
    int status = paths_collect(&paths, batch->paths) < 0 ? EX_NOINPUT : EX_OK;
    double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    if (batch_index(batch, &paths, &bytes, &image) < 0) {
        status = EX_CONFIG;
    } else {
        int matched = match(batch, &image, &paths, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start);
        status = matched ? matched : status;
    }
    charset_close();
    paths_deinit(&paths);
    buf_deinit(&bytes);
    return status;
}
