/*
 * bench_lemans LISTS FILE...: how many documents of 3 KB the detector reads in a second on one
 * core, and what a document costs beyond its words that does not mention the race at all. Documents
 * are put together from the files, each under the header of its first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "lemans/race.h"
#include "lemans/story.h"

#define DOCUMENT_BYTES 3000
#define N_DOCUMENTS    400
#define PASSES         10

struct document {
    struct buf text;
    struct tocsin_words words;
    struct tocsin_spans sentences;
};

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void file_append(const char *path, struct buf *text)
{
    FILE *file = fopen(path, "re");
    if (!file)
        log_fatal("cannot open %s", path);
    char block[65536];
    size_t n;
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_append(text, block, n);
    fclose(file);
}

static void documents_make(struct document *documents, int n_files, char **files)
{
    for (size_t i = 0, file = 0; i < N_DOCUMENTS; i++) {
        struct buf *text = &documents[i].text;
        while (text->len < DOCUMENT_BYTES)
            file_append(files[file++ % (size_t)n_files], text);
        text->len = DOCUMENT_BYTES;
        text->data[text->len] = 0;
    }
}

/* The same without a word by which the race could be called. */
static void silence(struct buf *text)
{
    static const char *const names[] = {"Mans", "MANS", "Sarth", "sarth", "SARTH", "manc", "arage"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        for (char *at = text->data; (at = strstr(at, names[i]));)
            *at = 'x';
}

static double tokenise(struct document *document)
{
    double begin = now_s();
    tocsin_words_make(buf_text(&document->text), document->text.len, &document->words);
    tocsin_sentences_make(buf_text(&document->text), document->text.len, &document->words,
                          &document->sentences);
    return now_s() - begin;
}

static void forget(struct document *document)
{
    tocsin_spans_free(&document->sentences);
    tocsin_words_free(&document->words);
}

/* What the detector does; how many facts it finds. */
static size_t detect(const struct lists *lists, const struct document *document)
{
    if (!race_anchored(lists, document->words.words, document->words.n))
        return 0;
    struct story story;
    story_init(&story, lists, buf_text(&document->text), document->text.len, document->words.words,
               document->words.n, document->sentences.spans, document->sentences.n, 0);
    size_t n = story.facts.n;
    story_deinit(&story);
    return n;
}

struct cost {
    double words_s, detect_s; /* of CPU */
    size_t facts;
};

static struct cost pass_run(const struct lists *lists, struct document *documents)
{
    struct cost cost = {0};
    for (size_t i = 0; i < N_DOCUMENTS; i++) {
        cost.words_s += tokenise(&documents[i]);
        double begin = now_s();
        cost.facts += detect(lists, &documents[i]);
        cost.detect_s += now_s() - begin;
        forget(&documents[i]);
    }
    return cost;
}

static void cost_print(const char *name, const char *of, double n, struct cost cost)
{
    printf("%-24s %-10s %8.0f documents/s of CPU  %7.1f us words and sentences  %7.1f us the "
           "detector  %5.2f facts a document\n",
           name, of, n / (cost.words_s + cost.detect_s), cost.words_s / n * 1e6,
           cost.detect_s / n * 1e6, (double)cost.facts / n);
}

/* The mean of all passes, and the best one: another program on the same core's caches and units
 * makes a second of CPU a slower second. */
static void measure(const struct lists *lists, struct document *documents, const char *name)
{
    struct cost all = {0}, best = {0};
    for (int pass = 0; pass < PASSES; pass++) {
        struct cost cost = pass_run(lists, documents);
        all.words_s += cost.words_s;
        all.detect_s += cost.detect_s;
        all.facts += cost.facts;
        if (!pass || cost.words_s + cost.detect_s < best.words_s + best.detect_s)
            best = cost;
    }
    cost_print(name, "mean", (double)N_DOCUMENTS * PASSES, all);
    cost_print(name, "best pass", N_DOCUMENTS, best);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        log_fatal("usage: bench_lemans LISTS FILE...");
    struct diags diags = {0};
    double begin = now_s();
    struct lists *lists = lists_read(argv[1], &diags);
    if (!lists)
        log_fatal("the lists in %s cannot be read", argv[1]);
    printf("lists read in %.0f ms\n", (now_s() - begin) * 1e3);
    diags_deinit(&diags);
    struct document *documents = NEW_N(struct document, N_DOCUMENTS);
    documents_make(documents, argc - 2, argv + 2);
    measure(lists, documents, "about the race");
    for (size_t i = 0; i < N_DOCUMENTS; i++)
        silence(&documents[i].text);
    measure(lists, documents, "that do not mention it");
    for (size_t i = 0; i < N_DOCUMENTS; i++)
        buf_deinit(&documents[i].text);
    free(documents);
    lists_free(&lists);
    return 0;
}
