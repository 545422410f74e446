/*
 * Input as a row of messages between daemon and host, for targets behind the decoder (which has a
 * target of its own): a byte of the type, then for each field of its table as few bytes as it
 * needs, so that most of what a fuzzer tries is a message that is taken.
 *
 *   U32, U64, I64   below F0 the number itself, else eight bytes follow
 *   F64             likewise, in tenths
 *   HASH            a byte, repeated
 *   TEXT            up to the next NUL
 *   TEXTS           a byte for how many, below 16, and that many texts
 *   QUOTES          a byte for how many, below 4, and each one's numbers and text
 */
#ifndef TOCSIN_FUZZ_PACKETS_H
#define TOCSIN_FUZZ_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ipc/messages.h"

struct packets {
    char *bytes; /* a copy of the input, with a NUL behind it */
    size_t at, len;
};

void packets_init(struct packets *packets, const uint8_t *data, size_t size);
void packets_deinit(struct packets *packets);

/* The next byte, 0 at the end. */
uint8_t packets_byte(struct packets *packets);
bool packets_over(const struct packets *packets);
/* The next message, encoded. False when it is longer than a packet. */
bool packets_next(struct packets *packets, enum ipc_direction direction, struct buf *packet);

#endif
