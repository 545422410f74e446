/*
 * The room on files of a real folder, driven by hand: a source that only counts stands in for
 * libsource.la, and a reader that reads whole files for detect/.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memfd.h"
#include "document/archive.h"
#include "document/document.h"
#include "ipc/messages.h"
#include "store/documents.h"

/* ---- the source ---- */

struct source {
    struct source_counts counts;
    unsigned n_out; /* descriptors that were handed over and not given back */
    unsigned n_vanished;
    char retried[128];
};

static struct source source;

void source_owe(struct source *s, unsigned n)
{
    s->n_out += n;
}

void source_credit(struct source *s, unsigned n)
{
    assert_true(s->n_out >= n);
    s->n_out -= n;
}

void source_vanished(struct source *s)
{
    s->n_vanished++;
}

void source_retry(struct source *s, const char *path, int64_t delay_ms)
{
    (void)delay_ms;
    snprintf(s->retried, sizeof(s->retried), "%s", path);
}

const struct source_counts *source_counts(const struct source *s)
{
    return &s->counts;
}

/* ---- the scene ---- */

static char dir[64];
static struct loop *loop;
static struct store *store;
static struct documents *documents;
static struct config_folder folder;
static void *handle;
static const struct source_ops *ops;

/* What came of the last reading. */
static struct {
    int64_t version, document;
    struct hash origin, text_hash;
    bool is_news, quiet;
    uint64_t settled;
    unsigned n_read, n_committed;
} last;
static uint64_t found_nothing; /* detectors, by the time of the commit */
static bool hold;              /* keeps works instead of reading them */
static struct document_work *held[8];
static size_t n_held;
static int read_as = IPC_READ_OK;

static void committed(void *arg, struct document_version *version)
{
    (void)arg;
    last.version = version->version;
    last.document = version->document;
    last.origin = version->origin;
    last.text_hash = version->text_hash;
    last.is_news = version->is_news;
    last.settled = version->settled;
    last.n_committed++;
    document_version_free(&version);
}

static void read_work(struct document_work *work)
{
    static const char *const detectors[] = {"topics", "lemans"};
    AUTO_BUF struct buf text = {0};
    for (ssize_t n; (n = read(work->fd, buf_reserve(&text, 65536), 65536)) > 0;)
        text.len += (size_t)n;
    struct hash hash = hash_bytes(buf_text(&text), text.len);
    last.n_read++;
    last.quiet = work->quiet;
    if (read_as != IPC_READ_OK || hash_equal(&hash, &work->known)) {
        documents_unread(documents, work, read_as != IPC_READ_OK ? read_as : IPC_READ_UNCHANGED,
                         "note");
        return;
    }
    struct document_version *version = NEW(struct document_version);
    *version =
        (struct document_version){.hash = hash,
                                  .text_hash = hash,
                                  .size_bytes = (int64_t)text.len,
                                  .title = mem_strdup("title"),
                                  .media_type = mem_strdup("text/plain"),
                                  .charset = mem_strdup("utf-8"),
                                  .note = mem_strdup(""),
                                  .found_nothing = found_nothing,
                                  .text_fd = memfd_from("text", buf_text(&text), text.len, NULL)};
    documents_version(documents, work, version, detectors, 2, committed, NULL);
}

static void read_or_hold(void *arg, struct document_work *work)
{
    (void)arg;
    if (hold)
        held[n_held++] = work;
    else
        read_work(work);
}

static const struct documents_ops documents_ops = {.read = read_or_hold};

static void settle(void)
{
    for (int turns = 0; !documents_idle(documents); turns++) {
        assert_true(turns < 100);
        store_flush(store);
    }
    assert_int_equal(source.n_out, 0);
}

static void open_documents(void)
{
    struct err err;
    if (documents_new(loop, store, &documents_ops, NULL, &documents, &err) < 0)
        fail_msg("%s", err.text);
    handle = documents_add_source(documents, &folder);
    documents_set_source(handle, &source);
}

static void reopen(void)
{
    settle();
    documents_free(&documents);
    open_documents();
}

static void scan_began(void)
{
    ops->scan_began(handle, &source);
}

static void scan_ended(bool ok)
{
    ops->scan_ended(handle, &source, ok);
}

static int setup(void **state)
{
    (void)state;
    snprintf(dir, sizeof(dir), "/tmp/tocsin-documents-XXXXXX");
    assert_non_null(mkdtemp(dir));
    struct err err;
    static char name[] = "seeds";
    folder = (struct config_folder){
        .name = name, .path = dir, .first_start = CONFIG_FIRST_ALL, .max_size_bytes = 1 << 20};
    source = (struct source){.n_out = 0};
    memset(&last, 0, sizeof(last));
    hold = false;
    n_held = 0;
    read_as = IPC_READ_OK;
    found_nothing = 0;
    loop = loop_new();
    ops = documents_source_ops();
    assert_int_equal(store_open(loop, ":memory:", &store, &err), STORE_OPENED_NEW);
    open_documents();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    settle();
    documents_free(&documents);
    assert_null(documents);
    store_free(&store);
    loop_free(&loop);
    AUTO_FREE char *command = mem_printf("rm -rf '%s'", dir);
    return system(command);
}

static char *path_of(const char *name)
{
    return mem_printf("%s/%s", dir, name);
}

static void write_file(const char *name, const char *text)
{
    AUTO_FREE char *path = path_of(name);
    AUTO_FD int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void move_file(const char *from, const char *to)
{
    AUTO_FREE char *old_path = path_of(from), *new_path = path_of(to);
    assert_int_equal(rename(old_path, new_path), 0);
}

static void unlink_file(const char *name)
{
    AUTO_FREE char *path = path_of(name);
    assert_int_equal(unlink(path), 0);
}

static struct source_key key_of(const char *name)
{
    AUTO_FREE char *path = path_of(name);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return (struct source_key){st.st_ino, st.st_size,
                               st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec,
                               st.st_ctim.tv_sec * INT64_C(1000000000) + st.st_ctim.tv_nsec};
}

static bool is_known(const char *name)
{
    struct source_key key = key_of(name);
    bool known_path;
    return ops->known(handle, &source, name, &key, &known_path);
}

/* As a source does: asks first, opens what is not known. */
static void arrive_from(const char *name, bool from_scan)
{
    struct source_key key = key_of(name);
    bool known_path;
    if (ops->known(handle, &source, name, &key, &known_path))
        return;
    AUTO_FREE char *path = path_of(name);
    struct change change = {.kind = known_path ? CHANGE_MODIFIED : CHANGE_ADDED,
                            .path = name,
                            .fd = open(path, O_RDONLY | O_CLOEXEC),
                            .key = key,
                            .seen_us = loop_now_us(loop),
                            .from_scan = from_scan};
    source.n_out++;
    ops->change(handle, &source, &change);
}

static void arrive(const char *name)
{
    arrive_from(name, false);
    settle();
}

static void put(const char *name, const char *text)
{
    write_file(name, text);
    arrive(name);
}

static void removed(const char *name)
{
    ops->change(handle, &source, &(struct change){.kind = CHANGE_REMOVED, .path = name, .fd = -1});
}

static void renamed(const char *from, const char *to)
{
    move_file(from, to);
    ops->change(
        handle, &source,
        &(struct change){
            .kind = CHANGE_RENAMED, .path = to, .old_path = from, .fd = -1, .key = key_of(to)});
}

static void release(void)
{
    hold = false;
    for (size_t i = 0; i < n_held; i++)
        read_work(held[i]);
    n_held = 0;
    settle();
}

/* ---- questions to the store ---- */

struct question {
    const char *path; /* document at; or NULL: the one with this number */
    struct store_document document;
    struct store_version version;
    int found;
    int64_t n_pending, n_quarantined;
    json_t *list;
};

static int ask_document(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *q = arg;
    q->found = q->path ? store_document_at(txn, "seeds", q->path, &q->document, err)
                       : store_document_get(txn, q->document.id, &q->document, err);
    if (q->found > 0 && store_version_get(txn, q->document.version, &q->version, err) != 1)
        return -1;
    return q->found < 0 ? -1 : store_pending_count(txn, &q->n_pending, &q->n_quarantined, err);
}

static int ask_unread(struct store_txn *txn, void *arg, struct err *err)
{
    return store_unread_list(txn, 10, &((struct question *)arg)->list, err);
}

static int ask_sources(struct store_txn *txn, void *arg, struct err *err)
{
    return store_source_list(txn, &((struct question *)arg)->list, err);
}

static void answered(void *arg, const char *error)
{
    (void)arg;
    if (error)
        fail_msg("%s", error);
}

static void ask(store_run_fn *run, struct question *q)
{
    store_read(store, run, answered, q);
    store_flush(store);
}

struct seen {
    int64_t id, number, removed_ms;
    struct hash origin;
    int64_t n_pending;
};

static struct seen ask_once(struct question q)
{
    ask(ask_document, &q);
    struct seen seen = {.n_pending = q.n_pending};
    if (q.found)
        seen = (struct seen){q.document.id, q.version.number, q.document.removed_ms,
                             q.document.origin, q.n_pending};
    store_document_deinit(&q.document);
    store_version_deinit(&q.version);
    return seen;
}

/* id 0: no document there. */
static struct seen seen_at(const char *path)
{
    return ask_once((struct question){.path = path});
}

static struct seen seen_as(int64_t id)
{
    return ask_once((struct question){.document.id = id});
}

static size_t n_unread(void)
{
    struct question q = {0};
    ask(ask_unread, &q);
    size_t n = json_array_size(q.list);
    json_decref(q.list);
    return n;
}

static bool has_baseline(void)
{
    struct question q = {0};
    ask(ask_sources, &q);
    bool has = json_is_integer(json_object_get(json_array_get(q.list, 0), "baseline_ms"));
    json_decref(q.list);
    return has;
}

/* ---- versions ---- */

static void new_file_is_a_document(void **state)
{
    (void)state;
    put("a", "first");
    assert_true(last.is_news);
    assert_true(hash_equal(&last.origin, &last.text_hash));
    struct seen seen = seen_at("a");
    assert_int_equal(seen.id, last.document);
    assert_int_equal(seen.number, 1);
    assert_int_equal(seen.n_pending, 2);
    assert_true(is_known("a"));
    reopen();
    assert_true(is_known("a"));
    assert_int_equal(documents_counts(documents)->known, 1);
}

static void nothing_is_pending_of_who_found_nothing(void **state)
{
    (void)state;
    found_nothing = 1; /* the first of two */
    put("a", "first");
    assert_int_equal(last.settled, 1);
    assert_int_equal(seen_at("a").n_pending, 1);
    found_nothing = 3;
    put("b", "second");
    assert_int_equal(last.settled, 3);
    assert_int_equal(seen_at("b").n_pending, 1);
}

static void edit_keeps_document_and_origin(void **state)
{
    (void)state;
    put("a", "first");
    int64_t id = last.document;
    struct hash origin = last.origin;
    put("a", "second");
    assert_true(last.is_news);
    assert_int_equal(last.document, id);
    assert_true(hash_equal(&last.origin, &origin));
    assert_int_equal(seen_at("a").number, 2);
    put("a", "first"); /* A -> B -> A: a version, no news */
    assert_false(last.is_news);
    assert_int_equal(seen_at("a").number, 3);
    assert_int_equal(seen_at("a").n_pending, 4);
}

static void touch_is_no_version(void **state)
{
    (void)state;
    put("a", "first");
    AUTO_FREE char *path = path_of("a");
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[2]){{1, 0}, {1, 0}}, 0), 0);
    assert_false(is_known("a"));
    arrive("a");
    assert_int_equal(last.n_read, 2);
    assert_int_equal(last.n_committed, 1);
    assert_int_equal(documents_counts(documents)->unchanged, 1);
    assert_true(is_known("a"));
    reopen();
    assert_true(is_known("a"));
    assert_int_equal(seen_at("a").number, 1);
}

static void copy_has_the_origin(void **state)
{
    (void)state;
    put("a", "first");
    struct hash origin = last.origin;
    put("a", "second");
    put("b", "second"); /* of an edited one */
    assert_true(last.is_news);
    assert_int_not_equal(last.document, seen_at("a").id);
    assert_true(hash_equal(&last.origin, &origin));
}

static void empty_files_have_nothing_in_common(void **state)
{
    (void)state;
    put("a", "");
    put("b", "");
    put("a", "text of a");
    struct hash origin = last.origin;
    put("b", "text of b");
    assert_false(hash_equal(&last.origin, &origin));
    assert_true(hash_equal(&last.origin, &last.text_hash));
    assert_int_equal(seen_at("b").number, 2);
}

/* ---- renames and removals ---- */

static void rename_keeps_the_document(void **state)
{
    (void)state;
    put("a", "first");
    int64_t id = last.document;
    renamed("a", "b");
    settle();
    assert_int_equal(seen_at("b").id, id);
    assert_int_equal(seen_at("a").id, 0);
    assert_true(is_known("b"));
    reopen();
    assert_true(is_known("b"));
    assert_int_equal(last.n_read, 1);
}

static void change_before_a_rename_is_not_lost(void **state)
{
    (void)state;
    put("a", "first");
    write_file("a", "second, not told of yet");
    renamed("a", "b");
    settle();
    assert_false(is_known("b"));
    arrive("b");
    assert_int_equal(seen_at("b").number, 2);
}

static void rename_over_another_removes_that(void **state)
{
    (void)state;
    put("a", "first");
    put("b", "other");
    int64_t a = seen_at("a").id, b = seen_at("b").id;
    renamed("a", "b");
    settle();
    assert_int_equal(seen_at("b").id, a);
    assert_true(seen_as(b).removed_ms > 0);
}

static void unknown_name_is_opened(void **state)
{
    (void)state;
    write_file("x.tmp", "first");
    renamed("x.tmp", "a");
    settle();
    assert_string_equal(source.retried, "a");
}

static void moved_out_and_in(void **state)
{
    (void)state;
    put("a", "first");
    int64_t id = last.document;
    move_file("a", "b");
    removed("a");
    settle();
    assert_true(seen_as(id).removed_ms > 0);
    arrive("b");
    assert_int_equal(last.document, id);
    assert_false(last.is_news);
    assert_int_equal(seen_at("b").id, id);
    assert_int_equal(seen_at("b").number, 1);
}

static void content_that_just_vanished(void **state)
{
    (void)state;
    put("a", "first");
    int64_t id = last.document;
    write_file("b", "first");
    unlink_file("a");
    removed("a");
    arrive("b");
    assert_int_equal(last.document, id);
    assert_int_equal(documents_counts(documents)->renamed, 1);
}

static void made_again_at_its_place(void **state)
{
    (void)state;
    put("a", "first");
    int64_t id = last.document;
    unlink_file("a");
    removed("a");
    put("a", "second");
    assert_int_equal(last.document, id);
    assert_int_equal(seen_at("a").number, 2);
    assert_int_equal(seen_at("a").removed_ms, 0);
}

static void tree_moves_and_leaves(void **state)
{
    (void)state;
    AUTO_FREE char *from = path_of("d"), *to = path_of("e");
    assert_int_equal(mkdir(from, 0700), 0);
    put("d/a", "first");
    put("d/b", "second");
    put("dx", "not below");
    int64_t a = seen_at("d/a").id;
    assert_int_equal(rename(from, to), 0);
    ops->tree_moved(handle, &source, "d", "e");
    settle();
    assert_int_equal(seen_at("e/a").id, a);
    assert_int_equal(seen_at("d/a").id, 0);
    assert_true(is_known("e/a"));
    assert_true(is_known("e/b"));
    assert_true(is_known("dx"));
    ops->tree_moved(handle, &source, "e", NULL);
    settle();
    assert_true(seen_as(a).removed_ms > 0);
    assert_false(is_known("e/a"));
    assert_int_equal(seen_at("dx").removed_ms, 0);
}

/* ---- listings ---- */

static void listing_finds_what_is_gone(void **state)
{
    (void)state;
    put("a", "first");
    put("b", "second");
    int64_t a = seen_at("a").id;
    unlink_file("a");
    scan_began();
    arrive_from("b", true);
    scan_ended(false); /* the root went away meanwhile: nothing is gone */
    settle();
    assert_int_equal(seen_as(a).removed_ms, 0);
    scan_began();
    arrive_from("b", true);
    scan_ended(true);
    settle();
    assert_true(seen_as(a).removed_ms > 0);
    assert_int_equal(seen_at("b").removed_ms, 0);
    assert_int_equal(documents_counts(documents)->known, 1);
    assert_int_equal(documents_counts(documents)->removed, 1);
}

static void listing_finds_a_rename(void **state)
{
    (void)state;
    put("a", "first");
    put("c", "other");
    int64_t id = seen_at("a").id;
    reopen();
    move_file("a", "b");
    unsigned n_read = last.n_read;
    scan_began();
    arrive_from("b", true);
    arrive_from("c", true);
    store_flush(store);
    assert_int_equal(seen_at("b").id, 0); /* it waits for the end of the listing */
    assert_int_equal(source.n_out, 0);
    scan_ended(true);
    settle();
    assert_int_equal(seen_at("b").id, id);
    assert_int_equal(last.n_read, n_read);
    assert_true(is_known("b"));
    assert_string_equal(source.retried, "");
}

static void hard_link_is_no_rename(void **state)
{
    (void)state;
    put("b", "first");
    AUTO_FREE char *from = path_of("b"), *to = path_of("a");
    assert_int_equal(link(from, to), 0);
    scan_began();
    arrive_from("a", true); /* before its other name is met */
    store_flush(store);
    arrive_from("b", true);
    scan_ended(true);
    assert_string_equal(source.retried, "a");
    arrive_from("a", false);
    settle();
    assert_int_not_equal(seen_at("a").id, seen_at("b").id);
    assert_int_not_equal(seen_at("a").id, 0);
}

/* ---- the first start ---- */

static void set_first_start(enum config_first_start first_start)
{
    folder.first_start = first_start;
    reopen();
}

static void baseline_is_quiet(void **state)
{
    (void)state;
    set_first_start(CONFIG_FIRST_BASELINE);
    write_file("a", "first");
    write_file("b", "second");
    scan_began();
    arrive_from("a", true);
    source.counts.waiting = 1; /* b was met, and is handed over after the listing */
    scan_ended(true);
    settle();
    assert_true(last.quiet);
    assert_false(last.is_news);
    assert_false(has_baseline());
    assert_false(is_known("b"));
    struct source_key key = key_of("b");
    AUTO_FREE char *path = path_of("b");
    source.counts.waiting = 0;
    source.n_out++;
    ops->change(handle, &source,
                &(struct change){.path = "b",
                                 .fd = open(path, O_RDONLY | O_CLOEXEC),
                                 .key = key,
                                 .seen_us = 1,
                                 .from_scan = true});
    settle();
    assert_true(last.quiet);
    assert_int_equal(seen_at("b").number, 1);
    assert_int_equal(seen_at("b").n_pending, 0);
    assert_true(has_baseline());
    put("a", "edited"); /* known, so this is news */
    assert_true(last.is_news);
    write_file("c", "third");
    arrive_from("c", true);
    settle();
    assert_true(last.is_news);
}

/* The daemon ended in the middle of its first start: what is left of it is no news either. */
static void interrupted_baseline_goes_on(void **state)
{
    (void)state;
    set_first_start(CONFIG_FIRST_BASELINE);
    write_file("a", "first");
    write_file("b", "second");
    scan_began();
    arrive_from("a", true);
    reopen();
    write_file("a", "edited meanwhile");
    scan_began();
    arrive_from("b", true);
    settle();
    assert_true(last.quiet);
    arrive_from("a", true);
    settle();
    assert_false(last.quiet);
    assert_true(last.is_news);
    scan_ended(true);
    settle();
    assert_true(has_baseline());
    reopen();
    write_file("c", "came while the daemon was down");
    scan_began();
    arrive_from("c", true);
    settle();
    assert_true(last.is_news);
}

static void event_during_the_baseline_is_news(void **state)
{
    (void)state;
    set_first_start(CONFIG_FIRST_BASELINE);
    scan_began();
    put("a", "first");
    assert_true(last.is_news);
}

static void newer_than_is_by_mtime(void **state)
{
    (void)state;
    folder.newer_than_ms = 3600 * 1000;
    set_first_start(CONFIG_FIRST_NEWER_THAN);
    write_file("old", "first");
    AUTO_FREE char *path = path_of("old");
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[2]){{1, 0}, {1, 0}}, 0), 0);
    scan_began();
    arrive_from("old", true);
    settle();
    assert_true(last.quiet);
    write_file("new", "second");
    arrive_from("new", true);
    settle();
    assert_true(last.is_news);
}

static void lost_store_is_a_baseline(void **state)
{
    (void)state;
    documents_store_was_lost(documents);
    write_file("a", "first");
    scan_began();
    arrive_from("a", true);
    settle();
    assert_true(last.quiet);
}

/* ---- what cannot be read ---- */

static void unread_is_not_opened_again(void **state)
{
    (void)state;
    read_as = IPC_READ_UNSUPPORTED;
    put("a", "%PDF");
    assert_int_equal(documents_counts(documents)->unsupported, 1);
    assert_int_equal(n_unread(), 1);
    assert_true(is_known("a"));
    reopen();
    assert_true(is_known("a"));
    read_as = IPC_READ_OK;
    put("a", "text at last");
    assert_int_equal(n_unread(), 0);
    assert_int_equal(seen_at("a").number, 1);
}

static void each_source_is_counted_by_itself(void **state)
{
    (void)state;
    const enum ipc_read_status statuses[] = {IPC_READ_OK, IPC_READ_UNSUPPORTED, IPC_READ_UNREADABLE,
                                             IPC_READ_TOO_LARGE};
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        read_as = statuses[i];
        put((const char[]){(char)('a' + i), '\0'}, "text");
    }
    const struct documents_counts *counts = documents_source_counts(documents, folder.name);
    assert_int_equal(counts->known, 4);
    assert_int_equal(counts->read, 1);
    assert_int_equal(counts->unsupported, 1);
    assert_int_equal(counts->unreadable, 1);
    assert_int_equal(counts->too_large, 1);
    assert_memory_equal(counts, documents_counts(documents), sizeof(*counts));
    assert_null(documents_source_counts(documents, "other"));
    /* The same name later, after a reload without it: what was counted stays. */
    documents_remove_source(documents, folder.name);
    handle = documents_add_source(documents, &folder);
    assert_int_equal(documents_source_counts(documents, folder.name)->read, 1);
}

static void unread_goes_with_its_file(void **state)
{
    (void)state;
    read_as = IPC_READ_UNREADABLE;
    put("a", "x");
    put("b", "y");
    unlink_file("a");
    removed("a");
    settle();
    assert_int_equal(n_unread(), 1);
    scan_began();
    scan_ended(true);
    settle();
    assert_int_equal(n_unread(), 0);
}

static void unstable_is_tried_again(void **state)
{
    (void)state;
    read_as = IPC_READ_UNSTABLE;
    put("a", "x");
    assert_string_equal(source.retried, "a");
    assert_false(is_known("a"));
    assert_int_equal(n_unread(), 1);
    reopen();
    assert_false(is_known("a"));
    read_as = IPC_READ_OK;
    put("a", "x");
    assert_true(is_known("a"));
    assert_int_equal(n_unread(), 0);
    read_as = IPC_READ_UNSTABLE;
    put("a", "y");
    assert_false(is_known("a"));
    read_as = IPC_READ_OK;
    put("a", "x"); /* as it was: no version, and no trace of the rest */
    assert_true(is_known("a"));
    assert_int_equal(n_unread(), 0);
}

/* ---- while it is read ---- */

static void only_the_latest_waits(void **state)
{
    (void)state;
    hold = true;
    write_file("a", "first");
    arrive_from("a", false);
    assert_int_equal(n_held, 1);
    assert_true(is_known("a")); /* on its way */
    write_file("a", "second, longer");
    arrive_from("a", false);
    write_file("a", "third, longer still");
    arrive_from("a", false);
    assert_int_equal(n_held, 1);
    assert_int_equal(source.n_out, 2);
    release();
    assert_int_equal(last.n_read, 2);
    assert_int_equal(documents_counts(documents)->known, 1);
    assert_true(is_known("a"));
}

static void removed_while_it_is_read(void **state)
{
    (void)state;
    hold = true;
    write_file("a", "first");
    arrive_from("a", false);
    unlink_file("a");
    removed("a");
    release();
    assert_true(last.is_news);
    assert_true(seen_as(last.document).removed_ms > 0);
    assert_int_equal(documents_counts(documents)->known, 0);
}

static void removed_before_it_was_read(void **state)
{
    (void)state;
    hold = true;
    write_file("a", "first");
    arrive_from("a", false);
    write_file("a", "second, longer");
    arrive_from("a", false);
    unlink_file("a");
    removed("a");
    assert_int_equal(source.n_vanished, 1); /* the second */
    read_as = IPC_READ_UNSTABLE;
    release();
    assert_int_equal(source.n_vanished, 2); /* the first, too */
    assert_string_equal(source.retried, "");
}

static void renamed_while_it_is_read(void **state)
{
    (void)state;
    hold = true;
    write_file("a", "first");
    arrive_from("a", false);
    renamed("a", "b");
    release();
    assert_int_equal(seen_at("b").id, last.document);
    assert_int_equal(seen_at("a").id, 0);
    arrive("b"); /* its ctime is another */
    assert_int_equal(last.n_committed, 1);
    assert_true(is_known("b"));
}

static void source_goes_while_it_is_read(void **state)
{
    (void)state;
    hold = true;
    write_file("a", "first");
    arrive_from("a", false);
    documents_remove_source(documents, "seeds");
    source.n_out = 0;
    release();
    assert_int_equal(seen_at("a").number, 1);
}

/* After a reload that changes the folder. */
static void source_is_replaced_while_it_reads(void **state)
{
    (void)state;
    hold = true;
    write_file("a", "first");
    arrive_from("a", false);
    write_file("a", "second, longer");
    arrive_from("a", false);
    documents_remove_source(documents, "seeds");
    source.n_out = 0;
    handle = documents_add_source(documents, &folder);
    documents_set_source(handle, &source);
    assert_int_equal(source.n_out, 2);
    release();
    assert_int_equal(source.n_out, 0);
}

/* ---- forgetting ---- */

static int64_t n_texts_forgotten;

static void forgot(void *arg, const struct documents_forgotten *forgotten, const char *error)
{
    (void)arg;
    assert_null(error);
    n_texts_forgotten = forgotten->texts;
}

static bool is_under_way(const char *path)
{
    struct question q = {.path = path};
    ask(ask_document, &q);
    assert_int_equal(q.found, 1);
    bool is = documents_under_way(documents, &q.document);
    store_document_deinit(&q.document);
    store_version_deinit(&q.version);
    return is;
}

static void forget(const char *path)
{
    assert_false(is_under_way(path));
    documents_forget(documents, seen_at(path).id, forgot, NULL);
    settle();
}

static void forgotten_file_is_known(void **state)
{
    (void)state;
    put("a", "first");
    put("b", "other");
    assert_int_equal(seen_at("a").n_pending, 4);
    forget("a");
    assert_int_equal(n_texts_forgotten, 1);
    assert_int_equal(seen_at("a").n_pending, 2);
    unsigned n_read = last.n_read;
    arrive("a");
    reopen();
    arrive("a");
    assert_int_equal(last.n_read, n_read);
    /* Touched: it is read, and nothing new. */
    AUTO_FREE char *path = path_of("a");
    assert_int_equal(utimensat(AT_FDCWD, path, (struct timespec[2]){{1, 0}, {1, 0}}, 0), 0);
    arrive("a");
    assert_int_equal(last.n_read, n_read + 1);
    assert_int_equal(seen_at("a").number, 1);
    /* Changed: a version like any other, of the same origin. */
    struct hash origin = seen_at("a").origin;
    put("a", "second");
    assert_true(last.is_news);
    assert_true(hash_equal(&last.origin, &origin));
    assert_int_equal(seen_at("a").number, 2);
}

static void many_texts_are_forgotten(void **state)
{
    (void)state;
    for (int i = 0; i < 101; i++) {
        AUTO_FREE char *text = mem_printf("number %d", i);
        put("a", text);
    }
    forget("a");
    assert_int_equal(n_texts_forgotten, 101);
    assert_int_equal(seen_at("a").n_pending, 0);
}

static void what_is_read_just_now_is_under_way(void **state)
{
    (void)state;
    put("a", "first");
    hold = true;
    write_file("a", "second");
    arrive_from("a", false);
    store_flush(store);
    assert_true(is_under_way("a"));
    renamed("a", "b");
    store_flush(store);
    assert_true(is_under_way("b"));
    release();
    assert_false(is_under_way("b"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(new_file_is_a_document),
        CASE(nothing_is_pending_of_who_found_nothing),
        CASE(edit_keeps_document_and_origin),
        CASE(touch_is_no_version),
        CASE(copy_has_the_origin),
        CASE(empty_files_have_nothing_in_common),
        CASE(rename_keeps_the_document),
        CASE(change_before_a_rename_is_not_lost),
        CASE(rename_over_another_removes_that),
        CASE(unknown_name_is_opened),
        CASE(moved_out_and_in),
        CASE(content_that_just_vanished),
        CASE(made_again_at_its_place),
        CASE(tree_moves_and_leaves),
        CASE(listing_finds_what_is_gone),
        CASE(listing_finds_a_rename),
        CASE(hard_link_is_no_rename),
        CASE(baseline_is_quiet),
        CASE(interrupted_baseline_goes_on),
        CASE(event_during_the_baseline_is_news),
        CASE(newer_than_is_by_mtime),
        CASE(lost_store_is_a_baseline),
        CASE(unread_is_not_opened_again),
        CASE(each_source_is_counted_by_itself),
        CASE(unread_goes_with_its_file),
        CASE(unstable_is_tried_again),
        CASE(only_the_latest_waits),
        CASE(removed_while_it_is_read),
        CASE(removed_before_it_was_read),
        CASE(renamed_while_it_is_read),
        CASE(source_goes_while_it_is_read),
        CASE(source_is_replaced_while_it_reads),
        CASE(forgotten_file_is_known),
        CASE(many_texts_are_forgotten),
        CASE(what_is_read_just_now_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
