/* The statements on documents, versions and pending work: each once with what it must and must not
 * touch. The rules that use them are tested in document/. */
#include "tests/support/kept_store.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/documents.h"

#define OK(call) assert_int_equal((call), 0)

static int64_t add(struct store_txn *txn, const char *path, int64_t removed_ms)
{
    struct err err = {""};
    char source[] = "news", title[] = "a title", empty[] = "";
    AUTO_FREE char *name = mem_strdup(path);
    struct hash hash = hash_bytes(path, strlen(path));
    struct store_document document = {.source = source,
                                      .path = name,
                                      .key = {5, 6, 7, 8},
                                      .origin = hash,
                                      .hash = hash,
                                      .added_ms = 1,
                                      .removed_ms = removed_ms};
    OK(store_document_add(txn, &document, &err));
    struct store_version version = {.document = document.id,
                                    .hash = hash,
                                    .text_hash = hash,
                                    .date = 20251214,
                                    .title = title,
                                    .media_type = empty,
                                    .charset = empty,
                                    .note = empty,
                                    .seen_ms = 99};
    OK(store_version_add(txn, &version, &err));
    document.version = version.id;
    OK(store_document_update(txn, &document, &err));
    OK(store_pending_add(txn, version.id, "topics", &err));
    OK(store_pending_add(txn, version.id, "lemans", &err));
    return document.id;
}

static int64_t find(struct store_txn *txn, const char *what)
{
    struct err err = {""};
    struct store_document document = {0};
    int found = store_document_find(txn, what, &document, &err);
    assert_in_range(found, 0, 1);
    int64_t id = found ? document.id : 0;
    store_document_deinit(&document);
    return id;
}

static int finds(struct store_txn *txn, struct err *err)
{
    int64_t baseline_ms;
    OK(store_source_begin(txn, "news", "/srv/news", &baseline_ms, err));
    int64_t gone = add(txn, "a/b.txt", 1000), later = add(txn, "a/b.txt", 2000);
    assert_int_equal(find(txn, "a/b.txt"), later);
    int64_t there = add(txn, "a/b.txt", 0), odd = add(txn, "12", 0);
    assert_int_equal(find(txn, "a/b.txt"), there);
    assert_int_equal(find(txn, "/srv/news/a/b.txt"), there);
    assert_int_equal(find(txn, "/srv/newsa/b.txt"), 0);
    assert_int_equal(find(txn, "b.txt"), 0);
    assert_int_equal(find(txn, "12"), odd);
    char number[24];
    snprintf(number, sizeof(number), "%lld", (long long)gone);
    assert_int_equal(find(txn, number), gone);
    struct hash origin = hash_bytes("12", 2);
    char hex[HASH_HEX_SIZE];
    hash_hex(&origin, HASH_BYTES, hex);
    assert_int_equal(find(txn, hex), odd);
    return 0;
}

static void documents_are_found(void **state)
{
    (void)state;
    within(finds);
}

static int begins(struct store_txn *txn, struct err *err)
{
    int64_t baseline_ms = -1;
    OK(store_source_begin(txn, "news", "/srv/news", &baseline_ms, err));
    assert_int_equal(baseline_ms, 0);
    OK(store_source_baseline(txn, "news", 77, err));
    OK(store_source_begin(txn, "news", "/srv/news", &baseline_ms, err));
    assert_int_equal(baseline_ms, 77);
    add(txn, "a", 0);
    add(txn, "b", 5);
    json_t *list;
    OK(store_source_list(txn, &list, err));
    json_t *row = json_array_get(list, 0);
    assert_int_equal(json_integer_value(json_object_get(row, "documents")), 1);
    assert_int_equal(json_integer_value(json_object_get(row, "removed")), 1);
    json_decref(list);
    OK(store_source_begin(txn, "news", "/srv/other", &baseline_ms, err));
    assert_int_equal(baseline_ms, 0);
    return 0;
}

static void another_root_begins_anew(void **state)
{
    (void)state;
    within(begins);
}

/* Every pending row, in pages of two. */
static size_t pages(struct store_txn *txn, struct err *err)
{
    struct store_pendings all = {0};
    for (;;) {
        const struct store_pending *end = all.n ? &all.items[all.n - 1] : NULL;
        size_t before = all.n;
        OK(store_pending_list(txn, end ? end->version : 0, end ? end->detector : "", 2, &all, err));
        if (all.n == before)
            break;
        assert_string_equal(all.items[before].source, "news");
        assert_string_equal(all.items[before].title, "a title");
        assert_int_equal(all.items[before].date, 20251214);
        assert_int_equal(all.items[before].seen_ms, 99);
    }
    size_t n = all.n;
    store_pendings_deinit(&all);
    return n;
}

/* Its strikes, -1: there is none. */
static int pending_of(struct store_txn *txn, int64_t version, const char *detector, struct err *err)
{
    struct store_pendings one = {0};
    assert_return_code(store_pending_get(txn, version, detector, &one, err), 0);
    assert_true(one.n <= 1);
    int n = one.n ? one.items[0].strikes : -1;
    if (one.n) {
        assert_int_equal(one.items[0].version, version);
        assert_string_equal(one.items[0].detector, detector);
    }
    store_pendings_deinit(&one);
    return n;
}

static int strikes(struct store_txn *txn, struct err *err)
{
    int64_t id = add(txn, "a", 0), other = add(txn, "caf\xe9", 0);
    int n = 0;
    assert_int_equal(pages(txn, err), 4);
    assert_int_equal(pending_of(txn, id, "topics", err), 0);
    OK(store_pending_strike(txn, id, "topics", "crashed", &n, err));
    assert_int_equal(pending_of(txn, id, "topics", err), 1);
    assert_int_equal(pending_of(txn, id, "another", err), -1);
    OK(store_pending_strike(txn, id, "topics", "crashed", &n, err));
    assert_int_equal(n, 2);
    OK(store_pending_quarantine(txn, id, "topics", "crashed twice", 123, err));
    assert_int_equal(pending_of(txn, id, "topics", err), -1);
    OK(store_pending_quarantine(txn, other, "lemans", "too slow", 124, err));
    assert_int_equal(pages(txn, err), 2);
    json_t *list;
    OK(store_quarantine_list(txn, &list, err));
    assert_int_equal(json_array_size(list), 2);
    json_t *row = json_array_get(list, 0);
    assert_string_equal(json_string_value(json_object_get(row, "reason")), "crashed twice");
    assert_int_equal(json_integer_value(json_object_get(row, "strikes")), 2);
    row = json_array_get(list, 1);
    assert_string_equal(json_string_value(json_object_get(row, "path")), "caf?");
    json_decref(list);
    OK(store_pending_release(txn, "lemans", id, &n, err));
    assert_int_equal(n, 0);
    OK(store_pending_release(txn, NULL, id, &n, err));
    assert_int_equal(n, 1);
    OK(store_pending_release(txn, NULL, 0, &n, err));
    assert_int_equal(n, 1);
    assert_int_equal(pages(txn, err), 4);
    OK(store_pending_done(txn, id, "topics", err));
    OK(store_pending_done(txn, id, "topics", err));
    int64_t pending, quarantined;
    OK(store_pending_count(txn, &pending, &quarantined, err));
    assert_int_equal(pending, 3);
    assert_int_equal(quarantined, 0);
    return 0;
}

static void pending_work_goes_its_way(void **state)
{
    (void)state;
    within(strikes);
}

static int expires(struct store_txn *txn, struct err *err)
{
    int64_t id = add(txn, "a", 5);
    int n;
    OK(store_document_expire(txn, 10, 100, &n, err));
    assert_int_equal(n, 0); /* detectors still have to read it */
    OK(store_pending_done(txn, id, "topics", err));
    OK(store_pending_done(txn, id, "lemans", err));
    OK(store_document_expire(txn, 10, 100, &n, err));
    assert_int_equal(n, 1);
    struct store_version version;
    assert_int_equal(store_version_get(txn, id, &version, err), 0); /* went with it */
    return 0;
}

static void versions_go_with_their_document(void **state)
{
    (void)state;
    within(expires);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, kept_store_setup, kept_store_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(documents_are_found),
        CASE(another_root_begins_anew),
        CASE(pending_work_goes_its_way),
        CASE(versions_go_with_their_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
