/*
 * How long a person waits for a list of alerts, or for a search in them: alerts_history DIR [N]
 *
 * Makes a store of N alerts (a million by default) in DIR, each of a document, a finding and a
 * revision, a thousand to a transaction, as the policy writes them; then asks for lists and
 * searches as tocsinctl does, on the store's reader thread, from the asking to the answer on the
 * loop, and prints the median and the worst of each. One JSON object a line: the rate of writing,
 * the size, the questions. TOCSIN_NO_WORDS=1 writes without the index of words, to see what it
 * costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/alerts.h"
#include "store/views.h"

#define N_DEFAULT 1000000
#define GROUP     1000 /* alerts a transaction */
#define TIMES     21
#define DAY_MS    INT64_C(86400000)
#define END_MS    INT64_C(1780000000000)

static struct loop *loop;
static struct store *store;
static int64_t n_alerts;

static void stop(void *arg, const char *error)
{
    (void)arg;
    if (error) {
        fprintf(stderr, "alerts_history: %s\n", error);
        exit(1);
    }
    loop_stop(loop);
}

/* ---- writing ---- */

static uint32_t roll(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Words as a language has them: a few often, most of them hardly ever. */
static void add_words(struct buf *out, uint32_t *state, int n)
{
    for (int i = 0; i < n; i++) {
        uint32_t r = roll(state), rank = r % 16 < 8 ? r % 61 : r % 16 < 14 ? r % 3001 : r % 200003;
        buf_printf(out, "%sw%u", i ? " " : "", rank);
    }
}

/* A year's alerts, evenly; of 5,000 topics, one in ten a fact about one of 500 people. */
static int put_alert(struct store_txn *txn, int64_t n, struct err *err)
{
    uint32_t state = (uint32_t)n * 2654435761u + 1;
    AUTO_BUF struct buf title = {0}, quote = {0};
    add_words(&title, &state, 9);
    add_words(&quote, &state, 28);
    bool is_fact = n % 10 == 0;
    int64_t now_ms = END_MS - (n_alerts - n) * (365 * DAY_MS / n_alerts);
    AUTO_FREE char *topic =
        is_fact ? mem_strdup("confirmed") : mem_printf("topic-%u", roll(&state) % 5000);
    AUTO_FREE char *fields =
        is_fact ? mem_printf("{\"driver\":[\"Driver Name%u\"],\"team\":[\"Team%u\"]}",
                             roll(&state) % 500, roll(&state) % 20)
                : mem_strdup("{}");
    AUTO_FREE char *evidence =
        mem_printf("[{\"start\":120,\"end\":320,\"mark\":[4,9],\"quote\":\"%s\",\"new\":true}]",
                   buf_text(&quote));
    AUTO_FREE char *source =
        mem_printf("news/2026/%lld/%lld.txt", (long long)(n % 365), (long long)n);
    AUTO_FREE char *headline = mem_printf("%s: %.60s", topic, buf_text(&quote));
    struct hash id = hash_bytes(&n, sizeof(n)), told = hash_bytes(&id, sizeof(id));
    char subject[HASH_HEX_SIZE], empty[] = "", labels[] = "[]", open[] = "open",
                                 closed[] = "closed", detector[] = "topics";
    hash_hex(&id, HASH_BYTES, subject);
    struct store_alert alert = {.id = id,
                                .detector = detector,
                                .topic = topic,
                                .subject = subject,
                                .key_base = empty,
                                .edition = empty,
                                .headline = headline,
                                .labels = labels,
                                .fields = fields,
                                .state = n % 4 ? open : closed,
                                .severity = 2,
                                .revisions = 1,
                                .created_ms = now_ms,
                                .updated_ms = now_ms};
    struct store_finding finding = {.alert = id,
                                    .document = n + 1,
                                    .version = n + 1,
                                    .origin = id,
                                    .date = 20260613,
                                    .status = is_fact ? topic : "",
                                    .edition = "",
                                    .summary = headline,
                                    .fields = fields,
                                    .evidence = evidence,
                                    .outcome = "rang",
                                    .title = buf_text(&title),
                                    .source = source,
                                    .topic = is_fact ? "" : topic,
                                    .severity = 2,
                                    .score = 1,
                                    .seen_ms = now_ms};
    if (store_alert_put(txn, &alert, err) < 0 || store_finding_add(txn, &finding, err) < 0 ||
        store_told_add(txn, &id, &told, err) < 0)
        return -1;
    struct store_revision revision = {.id = told,
                                      .alert = id,
                                      .number = 1,
                                      .finding = finding.id,
                                      .headline = headline,
                                      .change = "",
                                      .created_ms = now_ms};
    return store_revision_add(txn, &revision, err);
}

static int put_group(struct store_txn *txn, void *arg, struct err *err)
{
    int64_t first = *(int64_t *)arg;
    for (int64_t n = first; n < first + GROUP && n < n_alerts; n++)
        if (put_alert(txn, n, err) < 0)
            return -1;
    return 0;
}

static int drop_words(struct store_txn *txn, void *arg, struct err *err)
{
    (void)arg;
    static const char *const names[] = {"DROP TRIGGER finding_added", "DROP INDEX finding_seen"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (store_exec(txn, store_stmt(txn, names[i]), err) < 0)
            return -1;
    return 0;
}

static void write_all(const char *dir)
{
    if (getenv("TOCSIN_NO_WORDS")) {
        store_write(store, drop_words, stop, NULL);
        loop_run(loop);
    }
    int64_t began_us = loop_now_us(loop);
    for (int64_t first = 0; first < n_alerts; first += GROUP) {
        store_write(store, put_group, stop, &first);
        loop_run(loop);
    }
    double s = (double)(loop_now_us(loop) - began_us) / 1e6;
    AUTO_FREE char *file = mem_printf("%s/tocsin.db", dir);
    struct stat about = {0};
    stat(file, &about);
    printf("{\"alerts\": %lld, \"seconds\": %.1f, \"alerts_per_second\": %.0f, \"store_bytes\": "
           "%lld}\n",
           (long long)n_alerts, s, (double)n_alerts / s, (long long)about.st_size);
    fflush(stdout);
}

/* ---- asking ---- */

struct question {
    const char *name, *words; /* words: JSON */
    struct store_alert_filter filter;
    json_t *list;
};

static int ask(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    json_decref(question->list);
    return store_view_alerts(txn, &question->filter, &question->list, err);
}

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static void measure(struct question *question)
{
    int64_t took_us[TIMES];
    json_t *words = question->words ? json_loads(question->words, 0, NULL) : NULL;
    question->filter.words = words;
    for (int i = 0; i < TIMES; i++) {
        int64_t began_us = loop_now_us(loop);
        store_read(store, ask, stop, question);
        loop_run(loop);
        took_us[i] = loop_now_us(loop) - began_us;
    }
    int64_t first_us = took_us[0], median_us;
    qsort(took_us, TIMES, sizeof(*took_us), by_number);
    median_us = took_us[TIMES / 2];
    printf("{\"question\": \"%s\", \"answers\": %zu, \"first_ms\": %.1f, \"median_ms\": %.1f, "
           "\"worst_ms\": %.1f}\n",
           question->name, json_array_size(question->list), (double)first_us / 1e3,
           (double)median_us / 1e3, (double)took_us[TIMES - 1] / 1e3);
    fflush(stdout);
    json_decref(question->list);
    json_decref(words);
}

static void ask_all(void)
{
    const int64_t june = END_MS - 180 * DAY_MS;
    struct question questions[] = {
        {"list", NULL, {.limit = 100}, NULL},
        {"list limit=10000", NULL, {.limit = 10000}, NULL},
        {"list open", NULL, {.state = "open", .limit = 100}, NULL},
        {"list acknowledged (none)", NULL, {.state = "acknowledged", .limit = 100}, NULL},
        {"list until=180d", NULL, {.until_ms = june, .limit = 100}, NULL},
        {"list topic=NAME", NULL, {.topic = "topic-77", .limit = 100}, NULL},
        {"list topic=NAME*", NULL, {.topic = "topic-7*", .limit = 100}, NULL},
        {"list topic=*END", NULL, {.topic = "*-77", .limit = 100}, NULL},
        {"list topic=NAME until=180d",
         NULL,
         {.topic = "topic-77", .until_ms = june, .limit = 100},
         NULL},
        {"list person=NAME", NULL, {.person = "name77", .limit = 100}, NULL},
        {"list person=NAME closed",
         NULL,
         {.person = "name77", .state = "closed", .limit = 100},
         NULL},
        {"search COMMON", "[\"w7\"]", {.limit = 100}, NULL},
        {"search COMMON COMMON COMMON", "[\"w7\", \"w8\", \"w9\"]", {.limit = 100}, NULL},
        {"search RARE", "[\"w123457\"]", {.limit = 100}, NULL},
        {"search COMMON RARE", "[\"w7\", \"w123457\"]", {.limit = 100}, NULL},
        {"search NOTHING", "[\"nosuchword\"]", {.limit = 100}, NULL},
        {"search PHRASE", "[\"w7 w8\"]", {.limit = 100}, NULL},
        {"search BEGINNING*", "[\"w1234*\"]", {.limit = 100}, NULL},
        {"search COMMON until=180d", "[\"w7\"]", {.until_ms = june, .limit = 100}, NULL},
        {"search COMMON since=180d until=179d",
         "[\"w7\"]",
         {.since_ms = june, .until_ms = june + DAY_MS, .limit = 100},
         NULL},
        {"search COMMON topic=NAME", "[\"w7\"]", {.topic = "topic-77", .limit = 100}, NULL},
        {"search COMMON closed", "[\"w7\"]", {.state = "closed", .limit = 100}, NULL},
        {"search COMMON acknowledged (none)",
         "[\"w7\"]",
         {.state = "acknowledged", .limit = 100},
         NULL},
        {"search COMMON limit=10000", "[\"w7\"]", {.limit = 10000}, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(questions); i++)
        measure(&questions[i]);
}

static void measure_wipe(void)
{
    int64_t began_us = loop_now_us(loop);
    store_wipe(store, stop, NULL);
    loop_run(loop);
    printf("{\"question\": \"wipe\", \"ms\": %.0f}\n",
           (double)(loop_now_us(loop) - began_us) / 1e3);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: alerts_history DIR [N]\n");
        return 64;
    }
    struct err err;
    n_alerts = argc > 2 ? strtoll(argv[2], NULL, 10) : N_DEFAULT;
    loop = loop_new();
    enum store_opened opened = store_open(loop, argv[1], &store, &err);
    if (!store) {
        fprintf(stderr, "alerts_history: %s\n", err.text);
        return 1;
    }
    if (opened == STORE_OPENED_NEW)
        write_all(argv[1]);
    if (!getenv("TOCSIN_NO_WORDS")) {
        ask_all();
        measure_wipe();
    }
    store_free(&store);
    loop_free(&loop);
    return 0;
}
