/* The archive: texts in and out, and what the keeper lets go of. */
#include "tests/support/kept_store.h"
#include "tests/support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memfd.h"
#include "document/archive.h"
#include "store/documents.h"

#define DAY_MS INT64_C(86400000)

static int64_t now_ms;
static struct archive_packer *packer;

static int setup(void **state)
{
    kept_store_setup(state);
    now_ms = loop_wall_ms(loop);
    packer = archive_packer_new();
    return 0;
}

static int teardown(void **state)
{
    archive_packer_free(&packer);
    assert_null(packer);
    return kept_store_teardown(state);
}

static int put_text(struct store_txn *txn, const char *text, int64_t at_ms, struct err *err)
{
    struct hash hash = hash_bytes(text, strlen(text));
    return archive_put(txn, packer, &hash, text, strlen(text), at_ms, err);
}

/* Not kept: NULL. */
static char *text_kept(struct store_txn *txn, const char *text)
{
    struct err err = {""};
    struct hash hash = hash_bytes(text, strlen(text));
    int fd;
    int found = archive_get(txn, &hash, &fd, &err);
    assert_string_equal(err.text, "");
    if (!found) {
        assert_int_equal(fd, -1);
        return NULL;
    }
    struct memfd_map map;
    assert_int_equal(memfd_map(fd, 1 << 24, &map, &err), 0);
    char *copy = mem_strndup(map.data, map.len);
    memfd_unmap(&map);
    fd_close(&fd);
    return copy;
}

static void assert_kept(struct store_txn *txn, const char *text, bool wanted)
{
    AUTO_FREE char *kept = text_kept(txn, text);
    if (wanted)
        assert_string_equal(kept, text);
    else
        assert_null(kept);
}

static int round_trip(struct store_txn *txn, struct err *err)
{
    AUTO_FREE char *large = mem_alloc(3000001);
    for (size_t i = 0; i < 3000000; i++)
        large[i] = (char)('a' + i % 23);
    large[3000000] = '\0';
    const char *const texts[] = {"", "Leclerc wants to race at Le Mans", large};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        assert_int_equal(put_text(txn, texts[i], now_ms, err), 0);
        assert_int_equal(put_text(txn, texts[i], now_ms, err), 0);
        assert_kept(txn, texts[i], true);
    }
    assert_kept(txn, "another", false);
    int64_t size;
    assert_int_equal(store_archive_size(txn, &size, err), 0);
    assert_in_range(size, 10, 300000);
    return 0;
}

static void texts_come_back(void **state)
{
    (void)state;
    within(round_trip);
}

static int damage(struct store_txn *txn, struct err *err)
{
    struct hash hash = hash_bytes("x", 1);
    char junk[] = "this is not what zstd writes";
    struct store_packed packed = {1, junk, sizeof(junk)};
    assert_int_equal(store_archive_add(txn, &hash, &packed, now_ms, err), 0);
    int fd;
    assert_int_equal(archive_get(txn, &hash, &fd, err), -1);
    assert_non_null(strstr(err->text, "damaged"));
    assert_int_equal(fd, -1);
    return 0;
}

static void damaged_text_is_said(void **state)
{
    (void)state;
    within(damage);
}

/* ---- expiry ---- */

static int64_t add_document(struct store_txn *txn, const char *path, const char *text,
                            int64_t used_ms, int64_t removed_ms, bool pending, struct err *err)
{
    struct hash hash = hash_bytes(text, strlen(text));
    char empty[] = "", source[] = "s";
    AUTO_FREE char *name = mem_strdup(path);
    struct store_document document = {.source = source,
                                      .path = name,
                                      .origin = hash,
                                      .hash = hash,
                                      .added_ms = used_ms,
                                      .removed_ms = removed_ms};
    assert_int_equal(store_document_add(txn, &document, err), 0);
    struct store_version version = {.document = document.id,
                                    .hash = hash,
                                    .text_hash = hash,
                                    .title = empty,
                                    .media_type = empty,
                                    .charset = empty,
                                    .note = empty};
    assert_int_equal(store_version_add(txn, &version, err), 0);
    if (pending)
        assert_int_equal(store_pending_add(txn, version.id, "topics", err), 0);
    assert_int_equal(put_text(txn, text, used_ms, err), 0);
    return document.id;
}

static int64_t old_document, old_pending_document, recent_document;

static int make_old_and_new(struct store_txn *txn, struct err *err)
{
    add_document(txn, "a", "unused since long", now_ms - 100 * DAY_MS, 0, false, err);
    add_document(txn, "b", "unused but awaited", now_ms - 100 * DAY_MS, 0, true, err);
    add_document(txn, "c", "used", now_ms - 80 * DAY_MS, 0, false, err);
    add_document(txn, "d", "removed long ago", now_ms - 9 * DAY_MS, now_ms - 8 * DAY_MS, false,
                 err);
    add_document(txn, "e", "removed lately", now_ms - 9 * DAY_MS, now_ms - 6 * DAY_MS, false, err);
    add_document(txn, "f", "removed and there", now_ms - 9 * DAY_MS, now_ms - 8 * DAY_MS, false,
                 err);
    add_document(txn, "g", "removed and there", now_ms - 9 * DAY_MS, 0, false, err);
    old_document = add_document(txn, "h", "identity", now_ms, now_ms - 400 * DAY_MS, false, err);
    old_pending_document =
        add_document(txn, "i", "awaited", now_ms, now_ms - 400 * DAY_MS, true, err);
    recent_document =
        add_document(txn, "j", "identity 2", now_ms, now_ms - 300 * DAY_MS, false, err);
    return 0;
}

static const struct config_keep keep = {.archive_ms = 90 * DAY_MS,
                                        .archive_bytes = INT64_C(1) << 30,
                                        .removed_ms = 7 * DAY_MS,
                                        .identity_ms = 365 * DAY_MS};

static void stop_loop(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

/* The keeper's first run, waited for. */
static void run_keeper(const struct config_keep *how)
{
    struct archive_keeper *keeper = archive_keeper_new(loop, store);
    struct loop_timer *stop = loop_timer_new(loop, stop_loop, NULL);
    archive_keeper_set(keeper, how);
    loop_timer_set(stop, 0);
    loop_run(loop); /* the keeper's timer was set before, so it has fired */
    store_flush(store);
    loop_timer_free(&stop);
    archive_keeper_free(&keeper);
    assert_null(keeper);
}

static void assert_document(struct store_txn *txn, int64_t id, bool wanted, struct err *err)
{
    struct store_document document = {0};
    assert_int_equal(store_document_get(txn, id, &document, err), wanted);
    store_document_deinit(&document);
}

static int check_old_and_new(struct store_txn *txn, struct err *err)
{
    assert_kept(txn, "unused since long", false);
    assert_kept(txn, "unused but awaited", true);
    assert_kept(txn, "used", true);
    assert_kept(txn, "removed long ago", false);
    assert_kept(txn, "removed lately", true);
    assert_kept(txn, "removed and there", true);
    assert_document(txn, old_document, false, err);
    assert_document(txn, old_pending_document, true, err);
    assert_document(txn, recent_document, true, err);
    return 0;
}

static void keeper_lets_go_of_what_is_old(void **state)
{
    (void)state;
    within(make_old_and_new);
    run_keeper(&keep);
    within(check_old_and_new);
}

static void nth_text(unsigned n, char *out, size_t size)
{
    snprintf(out, size, "text number %u, quite short", n);
}

static int make_many(struct store_txn *txn, struct err *err)
{
    for (unsigned n = 0; n < 1000; n++) {
        char path[32], text[64];
        snprintf(path, sizeof(path), "%u", n);
        nth_text(n, text, sizeof(text));
        add_document(txn, path, text, now_ms - 1000 + n, 0, false, err);
    }
    return 0;
}

static int check_many(struct store_txn *txn, struct err *err)
{
    char text[64];
    int64_t size;
    assert_int_equal(store_archive_size(txn, &size, err), 0);
    assert_in_range(size, 8000, 10000);
    nth_text(0, text, sizeof(text));
    assert_kept(txn, text, false);
    nth_text(999, text, sizeof(text));
    assert_kept(txn, text, true);
    return 0;
}

static void keeper_lets_go_of_the_oldest(void **state)
{
    (void)state;
    within(make_many);
    struct config_keep small = keep;
    small.archive_bytes = 10000;
    run_keeper(&small);
    within(check_many);
}

static void keeper_ends_while_it_runs(void **state)
{
    (void)state;
    within(make_many);
    struct archive_keeper *keeper = archive_keeper_new(loop, store);
    struct loop_timer *stop = loop_timer_new(loop, stop_loop, NULL);
    archive_keeper_set(keeper, &keep);
    loop_timer_set(stop, 0);
    loop_run(loop);
    archive_keeper_free(&keeper);
    loop_timer_free(&stop);
    store_flush(store);
    assert_int_equal(store_backlog(store), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(texts_come_back),
        CASE(damaged_text_is_said),
        CASE(keeper_lets_go_of_what_is_old),
        CASE(keeper_lets_go_of_the_oldest),
        CASE(keeper_ends_while_it_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
