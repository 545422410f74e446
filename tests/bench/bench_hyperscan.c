/*
 * A rival for tests/bench/topics.py: all phrases and words of the topics as literals of one
 * Hyperscan database, any case; what stands between word bounds is noted, and then the topics whose
 * phrase was there are held against what else was.
 *
 * usage: bench_hyperscan TOPICS < PATHS
 *
 * TOPICS has a line a topic: its name, its phrase, its refused word and the words of which one must
 * be there, tabs between. PATHS are documents, a line each. Prints a line a match, document and
 * topic with a tab between, and on standard error load_cpu_seconds and documents_per_cpu_second.
 */
#include <ctype.h>
#include <hs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"

#define SOME_MAX  8
#define BYTES_MAX (1u << 22) /* of a document */

struct topic {
    char *name;
    uint32_t phrase, no, some[SOME_MAX];
    size_t n_some;
    size_t next; /* the next topic of this phrase and 1, 0: none */
};

struct rival {
    struct map *numbers; /* literals to their numbers and 1 */
    char **literals;
    size_t *lengths;
    size_t n, cap, lengths_cap;
    size_t *first; /* by literal: the first topic of which it is the phrase, and 1 */
    struct topic *topics;
    size_t n_topics, topics_cap;
    hs_database_t *database;
    hs_scratch_t *scratch;
};

/* One document. */
struct seen {
    const struct rival *rival;
    const char *text;
    size_t len;
    uint32_t *at; /* by literal: the document in which it was seen last */
    uint32_t document;
    uint32_t *phrases; /* that were seen in this one */
    size_t n_phrases;
};

static double cpu_seconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* ---- topics ---- */

static uint32_t literal(struct rival *rival, const char *text)
{
    uintptr_t number = (uintptr_t)map_get_text(rival->numbers, text);
    if (!number) {
        rival->literals =
            mem_grow(rival->literals, &rival->cap, rival->n + 1, sizeof(*rival->literals));
        rival->lengths =
            mem_grow(rival->lengths, &rival->lengths_cap, rival->n + 1, sizeof(*rival->lengths));
        rival->literals[rival->n] = mem_strdup(text);
        rival->lengths[rival->n] = strlen(text);
        number = ++rival->n;
        map_set_text(rival->numbers, text, (void *)number); // NOLINT(performance-no-int-to-ptr)
    }
    return (uint32_t)(number - 1);
}

static void add_topic(struct rival *rival, char *line)
{
    struct topic topic = {.name = mem_strdup(strsep(&line, "\t"))};
    topic.phrase = literal(rival, strsep(&line, "\t"));
    topic.no = literal(rival, strsep(&line, "\t"));
    while (line && topic.n_some < SOME_MAX)
        topic.some[topic.n_some++] = literal(rival, strsep(&line, "\t"));
    rival->topics =
        mem_grow(rival->topics, &rival->topics_cap, rival->n_topics + 1, sizeof(*rival->topics));
    rival->topics[rival->n_topics++] = topic;
}

static void index_phrases(struct rival *rival)
{
    rival->first = NEW_N(size_t, rival->n + 1);
    for (size_t i = rival->n_topics; i-- > 0;) {
        struct topic *topic = &rival->topics[i];
        topic->next = rival->first[topic->phrase];
        rival->first[topic->phrase] = i + 1;
    }
}

static int compile(struct rival *rival)
{
    unsigned *flags = NEW_N(unsigned, rival->n), *numbers = NEW_N(unsigned, rival->n);
    for (size_t i = 0; i < rival->n; i++) {
        flags[i] = HS_FLAG_CASELESS;
        numbers[i] = (unsigned)i;
    }
    hs_compile_error_t *error = NULL;
    hs_error_t result =
        hs_compile_lit_multi((const char *const *)rival->literals, flags, numbers, rival->lengths,
                             (unsigned)rival->n, HS_MODE_BLOCK, NULL, &rival->database, &error);
    free(flags);
    free(numbers);
    if (result != HS_SUCCESS) {
        fprintf(stderr, "%s\n", error ? error->message : "out of memory");
        hs_free_compile_error(error);
        return -1;
    }
    return hs_alloc_scratch(rival->database, &rival->scratch) == HS_SUCCESS ? 0 : -1;
}

static int load(struct rival *rival, const char *path)
{
    FILE *in = fopen(path, "re");
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    for (ssize_t len; in && (len = getline(&line, &cap, in)) > 0;) {
        line[len - 1] = '\0';
        add_topic(rival, line);
    }
    if (!in || fclose(in) != 0)
        return -1;
    index_phrases(rival);
    return compile(rival);
}

/* ---- documents ---- */

static bool is_inside(const struct seen *seen, size_t at)
{
    return at < seen->len && (isalnum((unsigned char)seen->text[at]) || (seen->text[at] & 0x80));
}

static int note(unsigned number, unsigned long long from, unsigned long long to, unsigned flags,
                void *arg)
{
    (void)from, (void)flags;
    struct seen *seen = arg;
    size_t start = to - seen->rival->lengths[number];
    if (seen->at[number] == seen->document || (start && is_inside(seen, start - 1)) ||
        is_inside(seen, to))
        return 0;
    seen->at[number] = seen->document;
    if (seen->rival->first[number])
        seen->phrases[seen->n_phrases++] = number;
    return 0;
}

static bool matches(const struct seen *seen, const struct topic *topic)
{
    if (seen->at[topic->no] == seen->document)
        return false;
    for (size_t i = 0; i < topic->n_some; i++)
        if (seen->at[topic->some[i]] == seen->document)
            return true;
    return false;
}

static void match(const struct rival *rival, struct seen *seen, const char *path)
{
    seen->document++;
    seen->n_phrases = 0;
    hs_scan(rival->database, seen->text, (unsigned)seen->len, 0, rival->scratch, note, seen);
    for (size_t i = 0; i < seen->n_phrases; i++)
        for (size_t at = rival->first[seen->phrases[i]]; at; at = rival->topics[at - 1].next)
            if (matches(seen, &rival->topics[at - 1]))
                printf("%s\t%s\n", path, rival->topics[at - 1].name);
}

static size_t match_all(const struct rival *rival)
{
    AUTO_FREE char *bytes = mem_alloc(BYTES_MAX), *path = NULL;
    AUTO_FREE uint32_t *at = NEW_N(uint32_t, rival->n), *phrases = NEW_N(uint32_t, rival->n);
    struct seen seen = {.rival = rival, .text = bytes, .at = at, .phrases = phrases};
    size_t cap = 0, n = 0;
    for (ssize_t len; (len = getline(&path, &cap, stdin)) > 0; n++) {
        path[len - 1] = '\0';
        FILE *in = fopen(path, "re");
        setvbuf(in, NULL, _IONBF, 0);
        seen.len = fread(bytes, 1, BYTES_MAX, in);
        fclose(in);
        match(rival, &seen, path);
    }
    return n;
}

int main(int argc, char **argv)
{
    struct rival rival = {.numbers = map_new()};
    double start = cpu_seconds();
    if (argc != 2 || load(&rival, argv[1]) < 0)
        return 64;
    double loaded = cpu_seconds();
    size_t n = match_all(&rival);
    fprintf(stderr, "load_cpu_seconds %.3f\ndocuments_per_cpu_second %.0f\n", loaded - start,
            (double)n / (cpu_seconds() - loaded));
    hs_free_scratch(rival.scratch);
    hs_free_database(rival.database);
    for (size_t i = 0; i < rival.n; i++)
        free(rival.literals[i]);
    for (size_t i = 0; i < rival.n_topics; i++)
        free(rival.topics[i].name);
    free(rival.literals);
    free(rival.lengths);
    free(rival.first);
    free(rival.topics);
    map_free(&rival.numbers, NULL);
    return 0;
}
