/* Forgetting a document: what goes, what is made bare, and what stays as it was. */
#include "tests/support/kept_store.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/alerts.h"
#include "store/deliveries.h"
#include "store/documents.h"
#include "store/forget.h"
#include "store/views.h"

#define NOW_MS 5000

static int setup(void **state)
{
    return kept_store_setup(state);
}

/* ---- what there is ---- */

static struct hash hash_of(const char *text)
{
    return hash_bytes(text, strlen(text));
}

/* A document with one version, its text archived, one detector to go. Its number and its version's
 * are the same. */
static int64_t add_document(struct store_txn *txn, const char *path, const char *text)
{
    struct err err = {""};
    struct hash hash = hash_of(text);
    char source[] = "docs", empty[] = "";
    AUTO_FREE char *own_path = mem_strdup(path), *title = mem_printf("Title of %s", path);
    struct store_document document = {
        .source = source, .path = own_path, .origin = hash, .hash = hash, .added_ms = 1};
    assert_int_equal(store_document_add(txn, &document, &err), 0);
    struct store_version version = {.document = document.id,
                                    .hash = hash,
                                    .text_hash = hash,
                                    .date = 20260101,
                                    .title = title,
                                    .media_type = empty,
                                    .charset = empty,
                                    .note = title};
    assert_int_equal(store_version_add(txn, &version, &err), 0);
    assert_int_equal(version.id, document.id);
    document.version = version.id;
    assert_int_equal(store_document_update(txn, &document, &err), 0);
    AUTO_FREE char *bytes = mem_strdup(text);
    struct store_packed packed = {(int64_t)strlen(text), bytes, strlen(text)};
    assert_int_equal(store_archive_add(txn, &hash, &packed, 1, &err), 0);
    assert_int_equal(store_pending_add(txn, version.id, "topics", &err), 0);
    return document.id;
}

static struct hash put_alert(struct store_txn *txn, const char *name)
{
    struct err err = {""};
    AUTO_FREE char *own = mem_strdup(name);
    char empty[] = "", list[] = "[]", object[] = "{}", open[] = "open";
    struct store_alert alert = {.id = hash_of(name),
                                .detector = own,
                                .topic = own,
                                .subject = own,
                                .key_base = empty,
                                .edition = empty,
                                .headline = empty,
                                .labels = list,
                                .fields = object,
                                .state = open};
    struct store_alert there;
    int got = store_alert_get(txn, &alert.id, &there, &err);
    assert_true(got >= 0);
    if (got)
        store_alert_deinit(&there);
    else
        assert_int_equal(store_alert_put(txn, &alert, &err), 0);
    return alert.id;
}

static void show(struct store_txn *txn, const struct hash *id, char *headline, char *fields)
{
    struct err err = {""};
    struct store_alert alert;
    assert_int_equal(store_alert_get(txn, id, &alert, &err), 1);
    free(alert.headline);
    free(alert.fields);
    alert.headline = mem_strdup(headline);
    alert.fields = mem_strdup(fields);
    assert_int_equal(store_alert_put(txn, &alert, &err), 0);
    store_alert_deinit(&alert);
}

/* A document says so: a finding, which is told by a revision, "NAME by N". */
static struct hash find_and_tell(struct store_txn *txn, const char *name, int64_t document)
{
    struct err err = {""};
    AUTO_FREE char *text = mem_printf("%s by %d", name, (int)document);
    AUTO_FREE char *fields = mem_printf("{\"f\":[\"%s\"]}", text);
    AUTO_FREE char *evidence = mem_printf("[{\"quote\":\"%s\"}]", text);
    struct hash alert = put_alert(txn, name);
    struct store_finding finding = {.alert = alert,
                                    .document = document,
                                    .version = document,
                                    .origin = alert,
                                    .date = 20260101,
                                    .status = "said",
                                    .edition = "",
                                    .summary = text,
                                    .fields = fields,
                                    .evidence = evidence,
                                    .outcome = "rang"};
    assert_int_equal(store_finding_add(txn, &finding, &err), 0);
    struct hash told = hash_of(text);
    assert_int_equal(store_told_add(txn, &alert, &told, &err), 0);
    struct store_revision revision = {.id = told,
                                      .alert = alert,
                                      .number = document,
                                      .finding = finding.id,
                                      .headline = text,
                                      .change = ""};
    assert_int_equal(store_revision_add(txn, &revision, &err), 0);
    show(txn, &alert, text, fields);
    return revision.id;
}

static struct hash deliver(struct store_txn *txn, const char *name, const char *state,
                           const struct hash *revisions, size_t n)
{
    struct err err = {""};
    struct store_delivery delivery = {.id = hash_of(name),
                                      .notifier = "mail",
                                      .state = state,
                                      .summary = "",
                                      .reason = "as it was"};
    assert_int_equal(store_delivery_add(txn, &delivery, revisions, n, &err), 1);
    return delivery.id;
}

static struct store_forgotten forget(struct store_txn *txn, int64_t document, int n_texts)
{
    struct err err = {""};
    struct store_forgotten forgotten = {0};
    int n_deleted = -1;
    if (store_forget_texts(txn, document, 50, &n_deleted, &err) < 0 ||
        store_forget(txn, document, NOW_MS, &forgotten, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(n_deleted, n_texts);
    return forgotten;
}

/* ---- what is left ---- */

static void assert_delivery(struct store_txn *txn, const struct hash *id, const char *state,
                            bool tells)
{
    struct err err = {""};
    struct store_delivery_row row = {0};
    int got = store_delivery_get(txn, id, &row, &err);
    assert_int_equal(got, state != NULL);
    if (!state)
        return;
    assert_string_equal(row.state, state);
    assert_int_equal(row.tells, tells);
    store_delivery_row_deinit(&row);
}

static bool has_text(struct store_txn *txn, const char *text)
{
    struct err err = {""};
    struct hash hash = hash_of(text);
    struct store_packed packed = {0};
    int got = store_archive_get(txn, &hash, &packed, &err);
    free(packed.bytes);
    return got > 0;
}

static void assert_version(struct store_txn *txn, int64_t id, const char *title)
{
    struct err err = {""};
    struct store_version version;
    assert_int_equal(store_version_get(txn, id, &version, &err), 1);
    assert_string_equal(version.title, title);
    assert_string_equal(version.note, title);
    assert_int_equal(version.date, *title ? 20260101 : 0);
    assert_int_equal(version.document, id);
    assert_false(hash_is_zero(&version.hash) || hash_is_zero(&version.text_hash));
    assert_int_equal(store_version_is_forgotten(txn, id, &err), !*title);
    store_version_deinit(&version);
}

/* NULL: there is no such alert. */
static void assert_headline(struct store_txn *txn, const char *name, const char *headline,
                            const char *fields)
{
    struct err err = {""};
    struct store_alert alert;
    struct hash id = hash_of(name);
    assert_int_equal(store_alert_get(txn, &id, &alert, &err), headline != NULL);
    if (headline) {
        assert_string_equal(alert.headline, headline);
        assert_string_equal(alert.fields, fields);
    }
    store_alert_deinit(&alert);
}

static int64_t count_pending(struct store_txn *txn)
{
    struct err err = {""};
    int64_t pending, quarantined;
    assert_int_equal(store_pending_count(txn, &pending, &quarantined, &err), 0);
    return pending;
}

/* ---- cases ---- */

static int alone(struct store_txn *txn, struct err *err)
{
    int64_t one = add_document(txn, "one", "text one"), two = add_document(txn, "two", "text two");
    struct hash first = find_and_tell(txn, "a", one), other = find_and_tell(txn, "b", two);
    struct hash sent = deliver(txn, "sent", "sent", &first, 1);
    struct hash dead = deliver(txn, "dead", "dead", &first, 1);
    struct hash queued = deliver(txn, "queued", "queued", &first, 1);
    struct hash theirs = deliver(txn, "theirs", "queued", &other, 1);
    struct store_forgotten forgotten = forget(txn, one, 1);
    assert_int_equal(forgotten.versions, 1);
    assert_int_equal(forgotten.findings, 1);
    assert_int_equal(forgotten.alerts, 1);
    assert_int_equal(forgotten.cancelled, 1);
    assert_int_equal(forgotten.n_deliveries, 1);
    assert_true(hash_equal(&forgotten.deliveries[0], &queued));
    store_forgotten_deinit(&forgotten);
    assert_delivery(txn, &sent, NULL, false);
    assert_delivery(txn, &dead, NULL, false);
    assert_delivery(txn, &queued, "cancelled", false);
    assert_headline(txn, "a", NULL, NULL);
    assert_version(txn, one, "");
    assert_false(has_text(txn, "text one"));
    /* The others are as they were. */
    assert_delivery(txn, &theirs, "queued", true);
    assert_headline(txn, "b", "b by 2", "{\"f\":[\"b by 2\"]}");
    assert_version(txn, two, "Title of two");
    assert_true(has_text(txn, "text two"));
    assert_int_equal(count_pending(txn), 1);
    /* The document itself, too. */
    struct store_document document;
    assert_int_equal(store_document_at(txn, "docs", "one", &document, err), 1);
    struct hash hash = hash_of("text one");
    assert_true(hash_equal(&document.hash, &hash) && hash_equal(&document.origin, &hash));
    store_document_deinit(&document);
    /* Once more, there is nothing to do. */
    forgotten = forget(txn, one, 0);
    assert_int_equal(forgotten.versions + forgotten.findings + forgotten.alerts +
                         forgotten.cancelled + (int64_t)forgotten.n_deliveries,
                     0);
    store_forgotten_deinit(&forgotten);
    return 0;
}

static void what_rests_on_it_alone_goes(void **state)
{
    (void)state;
    within(alone);
}

static int copies(struct store_txn *txn, struct err *err)
{
    (void)err;
    int64_t one = add_document(txn, "one", "the same"), two = add_document(txn, "two", "the same");
    struct store_forgotten forgotten = forget(txn, one, 0);
    store_forgotten_deinit(&forgotten);
    assert_true(has_text(txn, "the same"));
    forgotten = forget(txn, two, 1);
    store_forgotten_deinit(&forgotten);
    assert_false(has_text(txn, "the same"));
    return 0;
}

static void the_text_of_a_copy_stays_until_that_is_forgotten_too(void **state)
{
    (void)state;
    within(copies);
}

static int shared(struct store_txn *txn, struct err *err)
{
    int64_t one = add_document(txn, "one", "text one"), two = add_document(txn, "two", "text two");
    struct hash of_two = find_and_tell(txn, "fact", two), of_one = find_and_tell(txn, "fact", one);
    struct hash sent = deliver(txn, "sent", "sent", &of_one, 1);
    struct hash deferred = deliver(txn, "deferred", "deferred", &of_one, 1);
    struct hash dead = deliver(txn, "dead", "dead", &of_one, 1);
    struct hash theirs = deliver(txn, "theirs", "queued", &of_two, 1);
    struct hash id = hash_of("fact");
    assert_headline(txn, "fact", "fact by 1", "{\"f\":[\"fact by 1\"]}");
    struct store_forgotten forgotten = forget(txn, one, 1);
    assert_int_equal(forgotten.alerts, 0);
    assert_int_equal(forgotten.findings, 1);
    assert_int_equal(forgotten.cancelled, 1);
    store_forgotten_deinit(&forgotten);
    assert_headline(txn, "fact", "fact by 2", "{\"f\":[\"fact by 2\"]}");
    assert_delivery(txn, &sent, "sent", true);
    assert_delivery(txn, &deferred, "cancelled", false);
    assert_delivery(txn, &dead, NULL, false);
    assert_delivery(txn, &theirs, "queued", true);
    /* The rung stays, so that what stands is what was told. */
    json_t *findings, *revisions;
    assert_int_equal(store_view_findings(txn, &id, &findings, err), 0);
    assert_int_equal(json_array_size(findings), 2);
    AUTO_FREE char *text = json_dumps(findings, 0);
    assert_null(strstr(text, "fact by 1"));
    assert_non_null(strstr(text, "fact by 2"));
    assert_int_equal(store_view_revisions(txn, &id, &revisions, err), 0);
    assert_int_equal(json_array_size(revisions), 2);
    AUTO_FREE char *told = json_dumps(revisions, 0);
    assert_null(strstr(told, "fact by 1"));
    json_decref(findings);
    json_decref(revisions);
    /* Nothing is left that it rests on. */
    forgotten = forget(txn, two, 1);
    assert_int_equal(forgotten.alerts, 1);
    assert_int_equal(forgotten.cancelled, 1);
    store_forgotten_deinit(&forgotten);
    assert_headline(txn, "fact", NULL, NULL);
    assert_delivery(txn, &sent, NULL, false);
    return 0;
}

static void from_what_others_say_too_it_is_taken_out(void **state)
{
    (void)state;
    within(shared);
}

static int summaries(struct store_txn *txn, struct err *err)
{
    (void)err;
    int64_t one = add_document(txn, "one", "text one"), two = add_document(txn, "two", "text two");
    struct hash revisions[] = {find_and_tell(txn, "a", one), find_and_tell(txn, "b", two)};
    struct hash queued = deliver(txn, "queued", "queued", revisions, 2);
    struct hash sent = deliver(txn, "sent", "sent", revisions, 2);
    struct store_forgotten forgotten = forget(txn, one, 1);
    assert_int_equal(forgotten.cancelled, 0);
    assert_int_equal(forgotten.n_deliveries, 1);
    assert_true(hash_equal(&forgotten.deliveries[0], &queued));
    store_forgotten_deinit(&forgotten);
    assert_delivery(txn, &queued, "queued", true);
    assert_delivery(txn, &sent, "sent", true);
    struct store_due *due;
    assert_int_equal(store_delivery_load(txn, &queued, 10, &due, err), 1);
    assert_int_equal(due->n_told, 1);
    assert_string_equal(due->told[0].headline, "b by 2");
    store_due_free(&due);
    return 0;
}

static void a_summary_goes_on_without_it(void **state)
{
    (void)state;
    within(summaries);
}

static int recall(struct store_txn *txn, struct err *err)
{
    int64_t one = add_document(txn, "one", "text one");
    find_and_tell(txn, "a", one);
    struct store_forgotten forgotten = forget(txn, one, 1);
    store_forgotten_deinit(&forgotten);
    struct hash alert = put_alert(txn, "a"), told = hash_of("a by 1");
    assert_int_equal(store_told_has(txn, &alert, &told, err), 0);
    assert_int_equal(store_told_recall(txn, &alert, err), 1);
    assert_int_equal(store_told_recall(txn, &alert, err), 0);
    assert_int_equal(store_told_has(txn, &alert, &told, err), 1);
    /* Remembered once, and only for a time. */
    assert_int_equal(store_told_expire(txn, NOW_MS + 1, 10, err), 0);
    find_and_tell(txn, "b", add_document(txn, "two", "text two"));
    forgotten = forget(txn, 2, 1);
    store_forgotten_deinit(&forgotten);
    assert_int_equal(store_told_expire(txn, NOW_MS, 10, err), 0);
    assert_int_equal(store_told_expire(txn, NOW_MS + 1, 10, err), 1);
    return 0;
}

static void what_was_told_is_remembered(void **state)
{
    (void)state;
    within(recall);
}

static int many_texts(struct store_txn *txn, struct err *err)
{
    int64_t one = add_document(txn, "one", "text one");
    char empty[] = "";
    for (int i = 0; i < 4; i++) {
        AUTO_FREE char *text = mem_printf("later text %d", i);
        struct hash hash = hash_of(text);
        struct store_version version = {.document = one,
                                        .hash = hash,
                                        .text_hash = hash,
                                        .title = empty,
                                        .media_type = empty,
                                        .charset = empty,
                                        .note = empty};
        struct store_packed packed = {(int64_t)strlen(text), text, strlen(text)};
        assert_int_equal(store_version_add(txn, &version, err), 0);
        assert_int_equal(store_archive_add(txn, &hash, &packed, 1, err), 0);
    }
    int n_deleted;
    assert_int_equal(store_forget_texts(txn, one, 3, &n_deleted, err), 0);
    assert_int_equal(n_deleted, 3);
    struct store_forgotten forgotten = forget(txn, one, 2);
    assert_int_equal(forgotten.versions, 5);
    store_forgotten_deinit(&forgotten);
    return 0;
}

static void texts_go_in_steps(void **state)
{
    (void)state;
    within(many_texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_rests_on_it_alone_goes, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(the_text_of_a_copy_stays_until_that_is_forgotten_too, setup,
                                        kept_store_teardown),
        cmocka_unit_test_setup_teardown(from_what_others_say_too_it_is_taken_out, setup,
                                        kept_store_teardown),
        cmocka_unit_test_setup_teardown(a_summary_goes_on_without_it, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(what_was_told_is_remembered, setup, kept_store_teardown),
        cmocka_unit_test_setup_teardown(texts_go_in_steps, setup, kept_store_teardown),
    };
    return cmocka_run_group_tests_name("forget", tests, NULL, NULL);
}
