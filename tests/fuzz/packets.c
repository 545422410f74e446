/* One reader a kind of field; the messages are made of them by their tables. See packets.h. */
#include "packets.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ipc/channel.h"

#define WIDE_FROM  0xF0 /* a byte from here on announces eight */
#define MAX_QUOTES 4
#define MAX_TEXTS  16

void packets_init(struct packets *packets, const uint8_t *data, size_t size)
{
    *packets = (struct packets){.bytes = mem_strndup((const char *)data, size), .len = size};
}

void packets_deinit(struct packets *packets)
{
    free(packets->bytes);
}

bool packets_over(const struct packets *packets)
{
    return packets->at >= packets->len;
}

uint8_t packets_byte(struct packets *packets)
{
    return packets_over(packets) ? 0 : (uint8_t)packets->bytes[packets->at++];
}

static void take_U64(struct packets *packets, uint64_t *value)
{
    *value = packets_byte(packets);
    if (*value < WIDE_FROM)
        return;
    *value = 0;
    for (int i = 0; i < 8; i++)
        *value |= (uint64_t)packets_byte(packets) << (8 * i);
}

static void take_U32(struct packets *packets, uint32_t *value)
{
    uint64_t wide;
    take_U64(packets, &wide);
    *value = (uint32_t)wide;
}

static void take_I64(struct packets *packets, int64_t *value)
{
    uint64_t bits;
    take_U64(packets, &bits);
    *value = (int64_t)bits;
}

static void take_F64(struct packets *packets, double *value)
{
    int64_t tenths;
    take_I64(packets, &tenths);
    *value = (double)tenths / 10;
}

static void take_HASH(struct packets *packets, struct hash *hash)
{
    memset(hash->bytes, packets_byte(packets), HASH_BYTES);
}

static void take_BYTES(struct packets *packets, struct ipc_bytes *bytes)
{
    const char *text = packets->bytes + packets->at;
    *bytes = (struct ipc_bytes){(uint32_t)strlen(text), (const uint8_t *)text};
    packets->at += bytes->len;
    packets->at += !packets_over(packets);
}

static void take_TEXT(struct packets *packets, const char **text)
{
    *text = packets->bytes + packets->at;
    packets->at += strlen(*text);
    packets->at += !packets_over(packets);
}

static void take_TEXTS(struct packets *packets, struct ipc_texts *texts)
{
    unsigned n = packets_byte(packets) % MAX_TEXTS;
    const char *first = NULL, *text;
    for (; texts->n < n && !packets_over(packets); texts->n++) {
        take_TEXT(packets, &text);
        first = first ? first : text;
        texts->packed = first;
        texts->bytes = (uint32_t)(text + strlen(text) + 1 - first);
    }
}

static void take_QUOTES(struct packets *packets, struct ipc_quotes *quotes)
{
    static struct ipc_quote items[MAX_QUOTES];
    quotes->n = packets_byte(packets) % MAX_QUOTES;
    quotes->items = items;
    for (uint32_t i = 0; i < quotes->n; i++) {
        take_U32(packets, &items[i].start);
        take_U32(packets, &items[i].end);
        take_U32(packets, &items[i].mark_start);
        take_U32(packets, &items[i].mark_end);
        items[i].is_old = items[i].start & 1;
        take_TEXT(packets, &items[i].quote);
    }
}

#define TAKE(kind, name) take_##kind(packets, &message->name);
#define DEFINE_TAKER(NAME, member, direction)                                                      \
    static void take_##member(struct packets *packets, struct ipc_##member *message)               \
    {                                                                                              \
        (void)packets, (void)message;                                                              \
        IPC_##NAME##_FIELDS(TAKE)                                                                  \
    }
IPC_MESSAGES(DEFINE_TAKER)

#define TAKE_CASE(NAME, member, direction)                                                         \
    case IPC_##NAME:                                                                               \
        take_##member(packets, &message->member);                                                  \
        break;

/* Messages to hosts come first in the table. */
static enum ipc_type type_of(uint8_t byte, enum ipc_direction direction)
{
    unsigned first = direction == IPC_TO_HOST ? IPC_SETUP : IPC_PROBLEM;
    unsigned behind = direction == IPC_TO_HOST ? IPC_PROBLEM : IPC_N_TYPES;
    return (enum ipc_type)(first + byte % (behind - first));
}

static void take_fields(struct packets *packets, struct ipc_message *message)
{
    switch (message->type) {
        IPC_MESSAGES(TAKE_CASE)
    case IPC_NONE:
    case IPC_N_TYPES:
        break;
    }
}

bool packets_next(struct packets *packets, enum ipc_direction direction, struct buf *packet)
{
    struct ipc_message message = {.type = type_of(packets_byte(packets), direction)};
    take_fields(packets, &message);
    /* An odd number stands for the version in force, so that seeds outlive it. */
    if (message.type == IPC_SETUP && message.setup.version & 1)
        message.setup.version = IPC_PROTOCOL;
    buf_clear(packet);
    return ipc_encode(&message, packet, NULL) == 0;
}
