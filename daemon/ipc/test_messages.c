/* Every message there and back; cut short, bent and from the wrong side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ipc/channel.h"
#include "ipc/messages.h"

/* ---- a message of each type whose fields all differ ---- */

struct filler {
    uint32_t next;
    struct buf texts[4]; /* what lists point into */
    size_t n_texts;
    struct ipc_quote quotes[2];
};

static void fill_U32(struct filler *filler, uint32_t *value)
{
    *value = 0x80000000u + filler->next++;
}
static void fill_U64(struct filler *filler, uint64_t *value)
{
    *value = 0xf000000000000000u + filler->next++;
}
static void fill_I64(struct filler *filler, int64_t *value)
{
    *value = -(int64_t)filler->next++;
}
static void fill_F64(struct filler *filler, double *value)
{
    *value = 0.25 * filler->next++;
}
static void fill_HASH(struct filler *filler, struct hash *hash)
{
    memset(hash->bytes, (int)(filler->next++ & 0xff), HASH_BYTES);
}
static void fill_BYTES(struct filler *filler, struct ipc_bytes *bytes)
{
    static const uint8_t some[] = {0, 1, 0xff};
    *bytes = (struct ipc_bytes){filler->next++ % (sizeof(some) + 1), some};
}
static void fill_TEXT(struct filler *filler, const char **text)
{
    static const char *const some[] = {"", "24 Heures du Mans", "caf\xc3\xa9", "\xff not UTF-8"};
    *text = some[filler->next++ % ARRAY_LEN(some)];
}
static void fill_TEXTS(struct filler *filler, struct ipc_texts *texts)
{
    const char *const items[] = {"one", "", "three", NULL};
    assert_true(filler->n_texts < ARRAY_LEN(filler->texts));
    *texts = ipc_texts_pack(items, SIZE_MAX, &filler->texts[filler->n_texts++]);
    assert_int_equal(texts->n, 3);
}
static void fill_QUOTES(struct filler *filler, struct ipc_quotes *quotes)
{
    filler->quotes[0] = (struct ipc_quote){3, 9, 1, 7, 0, "a quote."};
    filler->quotes[1] = (struct ipc_quote){9, 9, 0, 0, 1, ""};
    *quotes = (struct ipc_quotes){.n = 2, .items = filler->quotes};
}

#define FILL(kind, name) fill_##kind(filler, &to->name);
#define DEFINE_FILL(NAME, member, direction)                                                       \
    static void fill_message_##member(struct filler *filler, struct ipc_##member *to)              \
    {                                                                                              \
        (void)filler, (void)to;                                                                    \
        IPC_##NAME##_FIELDS(FILL)                                                                  \
    }
IPC_MESSAGES(DEFINE_FILL)

static void fill(struct filler *filler, enum ipc_type type, struct ipc_message *message)
{
    memset(message, 0, sizeof(*message));
    message->type = type;
#define FILL_CASE(NAME, member, direction)                                                         \
    case IPC_##NAME:                                                                               \
        fill_message_##member(filler, &message->member);                                           \
        break;
    switch (type) {
        IPC_MESSAGES(FILL_CASE)
    case IPC_NONE:
    case IPC_N_TYPES:
        fail();
    }
}

static enum ipc_direction direction_of(enum ipc_type type)
{
#define DIRECTION_ROW(NAME, member, direction) [IPC_##NAME] = direction,
    static const enum ipc_direction directions[IPC_N_TYPES] = {IPC_MESSAGES(DIRECTION_ROW)};
    return directions[type];
}

/* ---- comparing what came back with what went in ---- */

static void same_U32(const uint32_t *a, const uint32_t *b)
{
    assert_int_equal(*a, *b);
}
static void same_U64(const uint64_t *a, const uint64_t *b)
{
    assert_true(*a == *b);
}
static void same_I64(const int64_t *a, const int64_t *b)
{
    assert_true(*a == *b);
}
static void same_F64(const double *a, const double *b)
{
    assert_memory_equal(a, b, sizeof(*a));
}
static void same_HASH(const struct hash *a, const struct hash *b)
{
    assert_true(hash_equal(a, b));
}
static void same_BYTES(const struct ipc_bytes *a, const struct ipc_bytes *b)
{
    assert_int_equal(a->len, b->len);
    assert_memory_equal(a->data, b->data, a->len);
}
static void same_TEXT(const char *const *a, const char *const *b)
{
    assert_string_equal(*a, *b);
}
static void same_TEXTS(const struct ipc_texts *a, const struct ipc_texts *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->bytes, b->bytes);
    assert_memory_equal(a->packed, b->packed, a->bytes);
}
static void same_QUOTES(const struct ipc_quotes *a, const struct ipc_quotes *b)
{
    assert_int_equal(a->n, b->n);
    for (uint32_t i = 0; i < a->n; i++) {
        assert_int_equal(a->items[i].start, b->items[i].start);
        assert_int_equal(a->items[i].end, b->items[i].end);
        assert_int_equal(a->items[i].mark_start, b->items[i].mark_start);
        assert_int_equal(a->items[i].mark_end, b->items[i].mark_end);
        assert_int_equal(a->items[i].is_old, b->items[i].is_old);
        assert_string_equal(a->items[i].quote, b->items[i].quote);
    }
}

#define SAME(kind, name) same_##kind(&a->name, &b->name);
#define DEFINE_SAME(NAME, member, direction)                                                       \
    static void same_message_##member(const struct ipc_##member *a, const struct ipc_##member *b)  \
    {                                                                                              \
        (void)a, (void)b;                                                                          \
        IPC_##NAME##_FIELDS(SAME)                                                                  \
    }
IPC_MESSAGES(DEFINE_SAME)

static void assert_same(const struct ipc_message *a, const struct ipc_message *b)
{
    assert_int_equal(a->type, b->type);
#define SAME_CASE(NAME, member, direction)                                                         \
    case IPC_##NAME:                                                                               \
        same_message_##member(&a->member, &b->member);                                             \
        break;
    switch (a->type) {
        IPC_MESSAGES(SAME_CASE)
    case IPC_NONE:
    case IPC_N_TYPES:
        fail();
    }
}

/* Runs `check` on the encoded form of a message of each type. */
static void each_type(void (*check)(enum ipc_type type, const struct ipc_message *message,
                                    const struct buf *bytes))
{
    for (enum ipc_type type = IPC_NONE + 1; type < IPC_N_TYPES; type++) {
        struct filler filler = {.next = 1};
        struct ipc_message message;
        fill(&filler, type, &message);
        AUTO_BUF struct buf bytes = {0};
        struct err err;
        assert_int_equal(ipc_encode(&message, &bytes, &err), 0);
        check(type, &message, &bytes);
        for (size_t i = 0; i < ARRAY_LEN(filler.texts); i++)
            buf_deinit(&filler.texts[i]);
    }
}

static void round_trip(enum ipc_type type, const struct ipc_message *message,
                       const struct buf *bytes)
{
    struct ipc_message back;
    struct err err;
    assert_int_equal(ipc_decode(bytes->data, bytes->len, direction_of(type), &back, &err),
                     bytes->len);
    assert_same(message, &back);
    ipc_message_deinit(&back);
}

static void test_every_type_survives_the_way(void **state)
{
    (void)state;
    each_type(round_trip);
}

static void refuse_other_side(enum ipc_type type, const struct ipc_message *message,
                              const struct buf *bytes)
{
    (void)message;
    struct ipc_message back;
    struct err err;
    enum ipc_direction wrong = direction_of(type) == IPC_TO_HOST ? IPC_TO_DAEMON : IPC_TO_HOST;
    assert_int_equal(ipc_decode(bytes->data, bytes->len, wrong, &back, &err), -1);
    assert_non_null(strstr(err.text, ipc_type_name(type)));
    ipc_message_deinit(&back);
}

static void test_the_wrong_side_is_refused(void **state)
{
    (void)state;
    each_type(refuse_other_side);
}

/* A copy of exactly the length, so that a sanitizer sees a byte read beyond it. */
static ssize_t decode_copy(const char *bytes, size_t len, enum ipc_direction direction,
                           struct buf *again)
{
    AUTO_FREE char *copy = mem_copy(bytes, len);
    struct ipc_message back;
    struct err err;
    ssize_t took = ipc_decode(copy, len, direction, &back, &err);
    buf_clear(again);
    if (took >= 0)
        assert_int_equal(ipc_encode(&back, again, &err), 0);
    ipc_message_deinit(&back);
    return took;
}

static void cut_and_go_on(enum ipc_type type, const struct ipc_message *message,
                          const struct buf *bytes)
{
    (void)message;
    AUTO_BUF struct buf again = {0};
    for (size_t len = 0; len < bytes->len; len++)
        assert_int_equal(decode_copy(bytes->data, len, direction_of(type), &again), -1);
    AUTO_BUF struct buf longer = {0};
    buf_append(&longer, bytes->data, bytes->len);
    buf_putc(&longer, '\0');
    assert_int_equal(decode_copy(longer.data, longer.len, direction_of(type), &again), bytes->len);
}

static void test_cut_short_is_refused_and_what_follows_left(void **state)
{
    (void)state;
    each_type(cut_and_go_on);
}

/* What is accepted has exactly one form: encoding it again gives the same bytes. */
static void bend(enum ipc_type type, const struct ipc_message *message, const struct buf *bytes)
{
    (void)message;
    static const uint8_t patterns[] = {0x01, 0x80, 0xff, 0x7f};
    AUTO_FREE char *bent = mem_copy(bytes->data, bytes->len);
    AUTO_BUF struct buf again = {0};
    for (size_t i = 0; i < bytes->len; i++) {
        for (size_t p = 0; p < ARRAY_LEN(patterns); p++) {
            bent[i] = (char)(bytes->data[i] ^ patterns[p]);
            ssize_t took = decode_copy(bent, bytes->len, direction_of(type), &again);
            if (took >= 0) {
                assert_int_equal(again.len, took);
                assert_memory_equal(again.data, bent, again.len);
            }
        }
        bent[i] = bytes->data[i];
    }
}

static void test_bent_bytes_do_no_harm(void **state)
{
    (void)state;
    each_type(bend);
}

static void test_a_count_beyond_the_packet_allocates_nothing(void **state)
{
    (void)state;
    struct ipc_message message = {.type = IPC_FINDING};
    AUTO_BUF struct buf bytes = {0};
    struct err err;
    assert_int_equal(ipc_encode(&message, &bytes, &err), 0);
    memset(bytes.data + bytes.len - sizeof(uint32_t), 0xff, sizeof(uint32_t));
    struct ipc_message back;
    assert_int_equal(ipc_decode(bytes.data, bytes.len, IPC_TO_DAEMON, &back, &err), -1);
    assert_null(back.finding.evidence.items);
    assert_non_null(strstr(err.text, "counts more"));
    ipc_message_deinit(&back);
}

/* A packet that it does not fit into stays as it was. */
static void assert_not_sendable(const struct ipc_message *message)
{
    AUTO_BUF struct buf bytes = {0};
    struct err err;
    buf_puts(&bytes, "before");
    assert_int_equal(ipc_encode(message, &bytes, &err), -1);
    assert_string_equal(buf_text(&bytes), "before");
    assert_int_equal(bytes.len, strlen("before"));
}

static void test_what_cannot_be_sent_is_said(void **state)
{
    (void)state;
    assert_not_sendable(&(struct ipc_message){.type = IPC_NONE});
    AUTO_FREE char *text = mem_alloc(IPC_MAX_BYTES + 1);
    memset(text, 'x', IPC_MAX_BYTES);
    text[IPC_MAX_BYTES] = '\0';
    assert_not_sendable(&(struct ipc_message){.type = IPC_READY, .ready = {.layers = text}});
    text[IPC_MAX_BYTES - 1] = '\0';
    assert_not_sendable(&(struct ipc_message){.type = IPC_READY, .ready = {.layers = text}});
    struct ipc_texts by_hand = {.n = 2, .packed = "one"};
    assert_not_sendable(&(struct ipc_message){.type = IPC_OUTCOME, .outcome = {.tokens = by_hand}});
}

static void test_lists_of_texts(void **state)
{
    (void)state;
    AUTO_BUF struct buf packed = {0};
    struct ipc_texts none = ipc_texts_pack(NULL, 0, &packed);
    assert_null(ipc_texts_next(&none, NULL));
    const char *const items[] = {"a", "", "ccc"};
    struct ipc_texts two = ipc_texts_pack(items, 2, &packed);
    assert_int_equal(two.n, 2);
    const char *text = ipc_texts_next(&two, NULL);
    assert_string_equal(text, "a");
    text = ipc_texts_next(&two, text);
    assert_string_equal(text, "");
    assert_null(ipc_texts_next(&two, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_survives_the_way),
        cmocka_unit_test(test_the_wrong_side_is_refused),
        cmocka_unit_test(test_cut_short_is_refused_and_what_follows_left),
        cmocka_unit_test(test_bent_bytes_do_no_harm),
        cmocka_unit_test(test_a_count_beyond_the_packet_allocates_nothing),
        cmocka_unit_test(test_what_cannot_be_sent_is_said),
        cmocka_unit_test(test_lists_of_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
