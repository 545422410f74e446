/*
 * What the query language makes of a query and a document, for scripts that compare it with
 * something else. Reads lines of fields in hexadecimal, a - for an empty one:
 *
 *     QUERY TITLE TEXT PATH SOURCE TYPE DATE ADDED
 *
 * DATE is YYYYMMDD in decimal; ADDED is START-END,START-END... in bytes, or all. Today is 20250615,
 * the language of stems en. The lists are those of the file named by the first argument. Answers
 * each with one line:
 *
 *   error OFFSET TEXT
 *   MATCHES CANDIDATE CANON START-END ...   MATCHES and CANDIDATE are 0 or 1; CANON in hexadecimal
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/hex.h"
#include "topics/build.h"
#include "topics/engine.h"

#define SEED      UINT64_C(0x5EED)
#define TODAY     20250615
#define MAX_ADDED 64

enum column { QUERY, TITLE, TEXT, PATH, SOURCE, TYPE, DATE, ADDED, N_COLUMNS };

static struct topic_word_lists lists;

static void print_hex(const struct node *query)
{
    AUTO_BUF struct buf canon = {0};
    query_canon(query, &canon);
    for (size_t i = 0; i < canon.len; i++)
        printf("%02x", (unsigned char)canon.data[i]);
}

static size_t read_added(const char *text, struct tocsin_span *spans)
{
    size_t n = 0;
    while (*text && n < MAX_ADDED) {
        char *rest;
        spans[n].start = (uint32_t)strtoul(text, &rest, 10);
        spans[n].end = (uint32_t)strtoul(rest + 1, &rest, 10);
        n++;
        text = *rest == ',' ? rest + 1 : rest;
    }
    return n;
}

static void judge(const struct image *image, const struct node *query,
                  const struct view_document *document)
{
    struct engine engine;
    struct evidence evidence = {.n = 0};
    size_t n;
    if (engine_init(&engine, image, NULL) < 0)
        abort();
    engine_set(&engine, document);
    bool candidate = engine_candidates(&engine, &n) && n == 1;
    bool matches = eval(&engine.view, engine_code(&engine, 0), &SCOPE_ALL);
    if (engine_matches(&engine, &n) && n != (matches && candidate))
        abort(); /* the sieve has said otherwise */
    printf("%d %d ", matches, candidate);
    print_hex(query);
    if (matches)
        evidence_find(&engine.view, engine_code(&engine, 0), &evidence);
    for (size_t i = 0; i < evidence.n; i++)
        printf(" %zu-%zu", evidence.spans[i].start, evidence.spans[i].end);
    putchar('\n');
    engine_deinit(&engine);
}

/* An image of one topic; what is wrong is printed. */
static int make_image(struct topic *topic, struct buf *bytes, struct image *image)
{
    struct query_error error = {0};
    struct err err;
    double cost;
    struct build *build = build_new(SEED);
    for (size_t i = 0; i < lists.n; i++)
        build_list(build, &lists.items[i]);
    build_piece(build, &(struct piece){.path = "-"});
    int result = build_topic(build, topic, &cost, &error);
    if (result < 0)
        printf("error %zu %s\n", error.at, error.text);
    else if (build_finish(build, bytes, &err) < 0 ||
             image_open(image, bytes->data, bytes->len, &err) < 0)
        abort();
    build_free(&build);
    return result;
}

static void answer(struct buf columns[N_COLUMNS])
{
    char name[] = "t", *labels[] = {NULL};
    struct topic topic = {.name = name, .labels = labels};
    struct query_error error = {0};
    const struct buf *text = &columns[QUERY];
    topic.query = query_parse(buf_text(text), text->len, "en", NULL, &error);
    if (!topic.query) {
        printf("error %zu %s\n", error.at, error.text);
        return;
    }
    struct tocsin_words words;
    struct tocsin_span added[MAX_ADDED];
    tocsin_words_make(buf_text(&columns[TEXT]), columns[TEXT].len, &words);
    struct view_document document = {.text = buf_text(&columns[TEXT]),
                                     .len = columns[TEXT].len,
                                     .words = words.words,
                                     .n_words = words.n,
                                     .title = buf_text(&columns[TITLE]),
                                     .path = buf_text(&columns[PATH]),
                                     .source = buf_text(&columns[SOURCE]),
                                     .type = buf_text(&columns[TYPE]),
                                     .date = (int32_t)strtol(buf_text(&columns[DATE]), NULL, 10),
                                     .today = TODAY,
                                     .added = added,
                                     .all_is_new = !strcmp(buf_text(&columns[ADDED]), "all")};
    if (!document.all_is_new)
        document.n_added = read_added(buf_text(&columns[ADDED]), added);
    AUTO_BUF struct buf bytes = {0};
    struct image image;
    if (make_image(&topic, &bytes, &image) == 0)
        judge(&image, topic.query, &document);
    tocsin_words_free(&words);
    query_free(&topic.query);
}

int main(int argc, char **argv)
{
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    struct buf columns[N_COLUMNS] = {0};
    struct diags diags = {0};
    if (argc > 1)
        lists_read(&lists, argv[1], &diags);
    while (getline(&line, &cap, stdin) > 0) {
        char *rest = line;
        for (size_t i = 0; i < N_COLUMNS; i++) {
            const char *field = strsep(&rest, " \n");
            if (i >= DATE) {
                buf_clear(&columns[i]);
                buf_puts(&columns[i], field ? field : "");
            } else {
                hex_decode(&columns[i], field ? field : "");
            }
        }
        answer(columns);
    }
    for (size_t i = 0; i < N_COLUMNS; i++)
        buf_deinit(&columns[i]);
    lists_deinit(&lists);
    diags_deinit(&diags);
    return 0;
}
