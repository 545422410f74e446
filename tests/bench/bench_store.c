/*
 * How fast versions reach the disk: bench_store DIR [N]
 *
 * 1. N documents of 3.5 KB, asked for without waiting: grouped in transactions; documents a second.
 * 2. 2,000 more, each asked for after the one before is durable: latency of a commit, median and
 *    p99, from store_write to `done` on the loop.
 * Beside it, what fdatasync of one page costs in the same directory.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "document/archive.h"
#include "store/documents.h"

#define N_DEFAULT  20000
#define N_SINGLE   2000
#define N_SYNCS    500
#define TEXT_BYTES 3500

struct job {
    struct store_document document;
    struct store_version version;
    char *text;
    int64_t asked_us;
};

static struct loop *loop;
static struct store *store;
static struct archive_packer *packer;
static size_t n_wanted, n_done;
static int64_t *took_us;
static struct job *jobs;
static char empty[] = "";
static char source[] = "bench";

static int commit(struct store_txn *txn, void *arg, struct err *err)
{
    static const char *const detectors[] = {"topics", "lemans"};
    struct job *job = arg;
    if (store_document_add(txn, &job->document, err) < 0)
        return -1;
    job->version.document = job->document.id;
    if (store_version_add(txn, &job->version, err) < 0 ||
        archive_put(txn, packer, &job->version.text_hash, job->text, strlen(job->text), 1, err) < 0)
        return -1;
    for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
        if (store_pending_add(txn, job->version.id, detectors[i], err) < 0)
            return -1;
    }
    job->document.version = job->version.id;
    return store_document_update(txn, &job->document, err);
}

static void ask(size_t n);

static bool one_by_one;

static void committed(void *arg, const char *error)
{
    struct job *job = arg;
    if (error) {
        fprintf(stderr, "bench_store: %s\n", error);
        exit(1);
    }
    free(job->text);
    took_us[n_done++] = loop_now_us(loop) - job->asked_us;
    if (n_done == n_wanted)
        loop_stop(loop);
    else if (one_by_one)
        ask(n_done);
}

/* A document's text of words that repeat as words of a language do, its number among them. */
static void make_job(struct job *job, size_t n, unsigned run)
{
    static const char *const words[] = {"the",  "race", "of",   "Le",    "Mans", "team", "driver",
                                        "said", "next", "year", "would", "like", "in",   "June"};
    char text[TEXT_BYTES + 64];
    size_t len = (size_t)snprintf(text, sizeof(text), "%zu of run %u ", n, run);
    unsigned state = (unsigned)n * 2654435761u + 1;
    while (len < TEXT_BYTES) {
        state = state * 1664525u + 1013904223u;
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %x ",
                                words[(state >> 16) % ARRAY_LEN(words)], (state >> 8) & 0xfff);
    }
    struct hash hash = hash_bytes(text, len);
    job->text = mem_strndup(text, len);
    job->document = (struct store_document){
        .source = source,
        .path = mem_printf("run %u/%zu.txt", run, n),
        .key = {n, (int64_t)len, 1, 1},
        .origin = hash,
        .hash = hash,
        .added_ms = 1,
    };
    job->version = (struct store_version){.hash = hash,
                                          .text_hash = hash,
                                          .title = empty,
                                          .media_type = empty,
                                          .charset = empty,
                                          .note = empty};
}

static void ask(size_t n)
{
    jobs[n].asked_us = loop_now_us(loop);
    store_write(store, commit, committed, &jobs[n]);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void free_paths(size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(jobs[i].document.path);
}

/* At most 5,000 texts at a time, for the sake of the descriptors. */
static void run_grouped(size_t n)
{
    int64_t total_us = 0;
    for (size_t at = 0, batch; at < n; at += batch) {
        batch = n - at < 5000 ? n - at : 5000;
        for (size_t i = 0; i < batch; i++)
            make_job(&jobs[i], at + i, 1);
        n_done = 0;
        n_wanted = batch;
        int64_t began_us = loop_now_us(loop);
        for (size_t i = 0; i < batch; i++)
            ask(i);
        loop_run(loop);
        total_us += loop_now_us(loop) - began_us;
        free_paths(batch);
    }
    printf("grouped: %zu documents in %.2f s: %.0f documents/s\n", n, (double)total_us / 1e6,
           (double)n * 1e6 / (double)total_us);
}

static void run_single(void)
{
    for (size_t i = 0; i < N_SINGLE; i++)
        make_job(&jobs[i], i, 2);
    n_done = 0;
    n_wanted = N_SINGLE;
    one_by_one = true;
    ask(0);
    loop_run(loop);
    free_paths(N_SINGLE);
    qsort(took_us, N_SINGLE, sizeof(*took_us), by_number);
    printf("one by one: %d commits: median %lld us, p99 %lld us, longest %lld us\n", N_SINGLE,
           (long long)took_us[N_SINGLE / 2], (long long)took_us[N_SINGLE * 99 / 100],
           (long long)took_us[N_SINGLE - 1]);
}

static void measure_sync(const char *dir)
{
    AUTO_FREE char *path = mem_printf("%s/sync", dir);
    AUTO_FD int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    static char page[4096];
    int64_t took[N_SYNCS];
    for (size_t i = 0; i < N_SYNCS; i++) {
        int64_t began_us = loop_now_us(loop);
        if (pwrite(fd, page, sizeof(page), 0) < 0 || fdatasync(fd) < 0)
            perror(path);
        took[i] = loop_now_us(loop) - began_us;
    }
    qsort(took, N_SYNCS, sizeof(*took), by_number);
    printf("fdatasync of a page: median %lld us, p99 %lld us\n", (long long)took[N_SYNCS / 2],
           (long long)took[N_SYNCS * 99 / 100]);
    unlink(path);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: bench_store DIR [N]\n");
        return 64;
    }
    size_t n = argc > 2 ? strtoul(argv[2], NULL, 10) : N_DEFAULT;
    struct err err;
    loop = loop_new();
    packer = archive_packer_new();
    if (store_open(loop, argv[1], &store, &err) != STORE_OPENED_NEW) {
        fprintf(stderr, "bench_store: %s: a directory without a store is wanted\n", argv[1]);
        return 1;
    }
    jobs = NEW_N(struct job, 5000);
    took_us = NEW_N(int64_t, 5000);
    measure_sync(argv[1]);
    run_grouped(n);
    run_single();
    store_free(&store);
    archive_packer_free(&packer);
    loop_free(&loop);
    free(jobs);
    free(took_us);
    return 0;
}
