/*
 * The encoder and the decoder of every message, made from the tables in messages.h.
 *
 * A writer or reader goes over the fields in order and remembers its first fault; the functions for
 * one message are nothing but the list of its fields. What is read here comes from a process that
 * may be hostile: every length is held against what is left before it is used, and nothing is
 * allocated that the packet could not fill.
 */
#include "ipc/messages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/channel.h"

#define QUOTE_MIN_BYTES (5 * sizeof(uint32_t) + sizeof(uint32_t) + 1)

/* ---- writing: put_KIND for each kind of field ---- */

struct writer {
    struct buf *out;
    const char *fault; /* the first one, NULL while all is well */
};

static void put_bytes(struct writer *writer, const void *bytes, size_t len)
{
    if (writer->fault)
        return;
    if (len > IPC_MAX_BYTES - writer->out->len)
        writer->fault = "longer than a packet";
    else
        buf_append(writer->out, bytes, len);
}

static void put_integer(struct writer *writer, const uint64_t *value, size_t n_bytes)
{
    uint8_t bytes[sizeof(*value)];
    for (size_t i = 0; i < n_bytes; i++)
        bytes[i] = (uint8_t)(*value >> (8 * i));
    put_bytes(writer, bytes, n_bytes);
}

static void put_U64(struct writer *writer, const uint64_t *value)
{
    put_integer(writer, value, sizeof(uint64_t));
}

static void put_U32(struct writer *writer, const uint32_t *value)
{
    uint64_t wide = *value;
    put_integer(writer, &wide, sizeof(uint32_t));
}

static void put_I64(struct writer *writer, const int64_t *value)
{
    uint64_t bits = (uint64_t)*value;
    put_U64(writer, &bits);
}

static void put_F64(struct writer *writer, const double *value)
{
    uint64_t bits;
    memcpy(&bits, value, sizeof(bits));
    put_U64(writer, &bits);
}

static void put_HASH(struct writer *writer, const struct hash *hash)
{
    put_bytes(writer, hash->bytes, HASH_BYTES);
}

static void put_TEXT(struct writer *writer, const char *const *text)
{
    const char *from = *text ? *text : "";
    size_t len = strlen(from);
    if (len >= IPC_MAX_BYTES) {
        writer->fault = "longer than a packet";
        return;
    }
    uint32_t wire_len = (uint32_t)len;
    put_U32(writer, &wire_len);
    put_bytes(writer, from, len + 1);
}

static void put_BYTES(struct writer *writer, const struct ipc_bytes *bytes)
{
    put_U32(writer, &bytes->len);
    put_bytes(writer, bytes->data, bytes->len);
}

static bool texts_are_whole(const char *packed, size_t bytes, uint32_t n)
{
    uint32_t found = 0;
    for (size_t i = 0; i < bytes; i++)
        found += packed[i] == '\0';
    return found == n && (bytes == 0 || packed[bytes - 1] == '\0');
}

static void put_TEXTS(struct writer *writer, const struct ipc_texts *texts)
{
    if (!texts_are_whole(texts->packed, texts->bytes, texts->n)) {
        writer->fault = "holds a list of texts that was not packed";
        return;
    }
    put_U32(writer, &texts->n);
    put_U32(writer, &texts->bytes);
    put_bytes(writer, texts->packed, texts->bytes);
}

static void put_QUOTES(struct writer *writer, const struct ipc_quotes *quotes)
{
    put_U32(writer, &quotes->n);
    for (uint32_t i = 0; i < quotes->n && !writer->fault; i++) {
        put_U32(writer, &quotes->items[i].start);
        put_U32(writer, &quotes->items[i].end);
        put_U32(writer, &quotes->items[i].mark_start);
        put_U32(writer, &quotes->items[i].mark_end);
        put_U32(writer, &quotes->items[i].is_old);
        put_TEXT(writer, &quotes->items[i].quote);
    }
}

/* ---- reading: get_KIND and drop_KIND for each kind of field ---- */

struct reader {
    const uint8_t *at;
    size_t left;
    const char *fault;
};

/* The next `len` bytes, NULL when there are fewer. */
static const uint8_t *get_bytes(struct reader *reader, size_t len)
{
    if (reader->fault)
        return NULL;
    if (len > reader->left) {
        reader->fault = "ends too early";
        return NULL;
    }
    const uint8_t *bytes = reader->at;
    reader->at += len;
    reader->left -= len;
    return bytes;
}

static uint64_t get_integer(struct reader *reader, size_t n_bytes)
{
    const uint8_t *bytes = get_bytes(reader, n_bytes);
    uint64_t value = 0;
    for (size_t i = 0; bytes && i < n_bytes; i++)
        value |= (uint64_t)bytes[i] << (8 * i);
    return value;
}

static void get_U64(struct reader *reader, uint64_t *value)
{
    *value = get_integer(reader, sizeof(uint64_t));
}

static void get_U32(struct reader *reader, uint32_t *value)
{
    *value = (uint32_t)get_integer(reader, sizeof(uint32_t));
}

static void get_I64(struct reader *reader, int64_t *value)
{
    *value = (int64_t)get_integer(reader, sizeof(uint64_t));
}

static void get_F64(struct reader *reader, double *value)
{
    uint64_t bits = get_integer(reader, sizeof(uint64_t));
    memcpy(value, &bits, sizeof(bits));
    if (!reader->fault && !isfinite(*value))
        reader->fault = "holds a number that is none";
}

static void get_HASH(struct reader *reader, struct hash *hash)
{
    const uint8_t *bytes = get_bytes(reader, HASH_BYTES);
    if (bytes)
        memcpy(hash->bytes, bytes, HASH_BYTES);
}

static void get_TEXT(struct reader *reader, const char **text)
{
    *text = "";
    size_t len = (size_t)get_integer(reader, sizeof(uint32_t));
    const char *bytes = (const char *)get_bytes(reader, len + 1);
    if (!bytes)
        return;
    if (strnlen(bytes, len + 1) != len)
        reader->fault = "holds a text with a NUL in it or none after it";
    else
        *text = bytes;
}

static void get_BYTES(struct reader *reader, struct ipc_bytes *bytes)
{
    bytes->len = (uint32_t)get_integer(reader, sizeof(uint32_t));
    bytes->data = get_bytes(reader, bytes->len);
    if (!bytes->data)
        bytes->len = 0;
}

static void get_TEXTS(struct reader *reader, struct ipc_texts *texts)
{
    uint32_t n = (uint32_t)get_integer(reader, sizeof(uint32_t));
    uint32_t bytes = (uint32_t)get_integer(reader, sizeof(uint32_t));
    const char *packed = (const char *)get_bytes(reader, bytes);
    if (!packed)
        return;
    if (!texts_are_whole(packed, bytes, n))
        reader->fault = "holds a list of texts whose count is wrong";
    else
        *texts = (struct ipc_texts){.n = n, .packed = packed, .bytes = bytes};
}

static void get_quote(struct reader *reader, struct ipc_quote *quote)
{
    get_U32(reader, &quote->start);
    get_U32(reader, &quote->end);
    get_U32(reader, &quote->mark_start);
    get_U32(reader, &quote->mark_end);
    get_U32(reader, &quote->is_old);
    get_TEXT(reader, &quote->quote);
    if (!reader->fault && (quote->start > quote->end || quote->mark_start > quote->mark_end ||
                           quote->mark_end > strlen(quote->quote) || quote->is_old > 1))
        reader->fault = "holds a quote whose bounds are wrong";
}

static void get_QUOTES(struct reader *reader, struct ipc_quotes *quotes)
{
    uint32_t n = (uint32_t)get_integer(reader, sizeof(uint32_t));
    if (reader->fault || n == 0)
        return;
    if (n > reader->left / QUOTE_MIN_BYTES) {
        reader->fault = "counts more than it holds";
        return;
    }
    struct ipc_quote *items = NEW_N(struct ipc_quote, n);
    *quotes = (struct ipc_quotes){.n = n, .items = items};
    for (uint32_t i = 0; i < n && !reader->fault; i++)
        get_quote(reader, &items[i]);
}

static void drop_QUOTES(struct ipc_quotes *quotes)
{
    free((void *)(uintptr_t)quotes->items);
    *quotes = (struct ipc_quotes){0};
}

/* ---- one function a message and deed, and the table of them ---- */

#define PUT(kind, name) put_##kind(writer, &from->name);
#define GET(kind, name) get_##kind(reader, &to->name);

#define DEFINE_CODEC(NAME, member, direction)                                                      \
    static void encode_##member(struct writer *writer, const struct ipc_##member *from)            \
    {                                                                                              \
        (void)writer, (void)from;                                                                  \
        IPC_##NAME##_FIELDS(PUT)                                                                   \
    }                                                                                              \
    static void decode_##member(struct reader *reader, struct ipc_##member *to)                    \
    {                                                                                              \
        (void)reader, (void)to;                                                                    \
        IPC_##NAME##_FIELDS(GET)                                                                   \
    }
IPC_MESSAGES(DEFINE_CODEC)

#define TYPE_ROW(NAME, member, direction) [IPC_##NAME] = {#NAME, direction},
static const struct {
    const char *name;
    enum ipc_direction direction;
} types[IPC_N_TYPES] = {IPC_MESSAGES(TYPE_ROW)};

static bool type_is_known(uint32_t type)
{
    return type > IPC_NONE && type < IPC_N_TYPES;
}

const char *ipc_type_name(enum ipc_type type)
{
    return type_is_known((uint32_t)type) ? types[type].name : "UNKNOWN";
}

#define PUT_CASE(NAME, member, direction)                                                          \
    case IPC_##NAME:                                                                               \
        encode_##member(writer, &message->member);                                                 \
        break;

static void put_fields(struct writer *writer, const struct ipc_message *message)
{
    switch (message->type) {
        IPC_MESSAGES(PUT_CASE)
    case IPC_NONE:
    case IPC_N_TYPES:
        writer->fault = "is of no type";
    }
}

int ipc_encode(const struct ipc_message *message, struct buf *packet, struct err *err)
{
    size_t before = packet->len;
    struct writer writer = {.out = packet};
    uint32_t type = (uint32_t)message->type;
    put_U32(&writer, &type);
    put_fields(&writer, message);
    if (!writer.fault)
        return 0;
    buf_truncate(packet, before);
    return err_set(err, "message %s: %s", ipc_type_name(message->type), writer.fault);
}

#define GET_CASE(NAME, member, direction)                                                          \
    case IPC_##NAME:                                                                               \
        decode_##member(reader, &message->member);                                                 \
        break;

static void get_fields(struct reader *reader, struct ipc_message *message)
{
    switch (message->type) {
        IPC_MESSAGES(GET_CASE)
    case IPC_NONE:
    case IPC_N_TYPES:
        reader->fault = "is of no type";
    }
}

ssize_t ipc_decode(const void *bytes, size_t len, enum ipc_direction direction,
                   struct ipc_message *message, struct err *err)
{
    memset(message, 0, sizeof(*message));
    struct reader reader = {.at = bytes, .left = len};
    uint32_t type = (uint32_t)get_integer(&reader, sizeof(uint32_t));
    if (reader.fault)
        return err_set(err, "%zu bytes are no message", len);
    if (!type_is_known(type))
        return err_set(err, "a message of the unknown type %u", type);
    if (types[type].direction != direction)
        return err_set(err, "message %s came from the wrong side", types[type].name);
    message->type = (enum ipc_type)type;
    get_fields(&reader, message);
    if (reader.fault)
        return err_set(err, "message %s %s", types[type].name, reader.fault);
    return (ssize_t)(len - reader.left);
}

void ipc_message_deinit(struct ipc_message *message)
{
    /* The one kind of field that owns memory, and the one message that has it. */
    if (message->type == IPC_FINDING)
        drop_QUOTES(&message->finding.evidence);
    message->type = IPC_NONE;
}

/* ---- lists of texts ---- */

const char *ipc_texts_next(const struct ipc_texts *texts, const char *text)
{
    if (texts->n == 0)
        return NULL;
    if (!text)
        return texts->packed;
    const char *next = text + strlen(text) + 1;
    return next < texts->packed + texts->bytes ? next : NULL;
}

struct ipc_texts ipc_texts_pack(const char *const *items, size_t n, struct buf *out)
{
    buf_clear(out);
    uint32_t count = 0;
    for (; items && count < n && (n != SIZE_MAX || items[count]); count++) {
        const char *text = items[count] ? items[count] : "";
        buf_append(out, text, strlen(text) + 1);
    }
    return (struct ipc_texts){.n = count, .packed = buf_text(out), .bytes = (uint32_t)out->len};
}
