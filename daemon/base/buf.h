/* A growing byte buffer. Always followed by a NUL that is not counted, so `data` is a C string. */
#ifndef TOCSIN_BASE_BUF_H
#define TOCSIN_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "base/mem.h"

struct buf {
    char *data; /* NULL until the first byte */
    size_t len;
    size_t cap;
};

void buf_deinit(struct buf *buf);
#define AUTO_BUF CLEANUP(buf_deinit)

void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF(2, 3);
/* Keeps the memory for the next use. */
void buf_clear(struct buf *buf);
/* Keeps the first n bytes. */
void buf_truncate(struct buf *buf, size_t n);
/* Takes the first n bytes away. */
void buf_consume(struct buf *buf, size_t n);
/* Room for n more bytes at data + len; the caller adds to len what it wrote. */
char *buf_reserve(struct buf *buf, size_t n);
/* The text, owned by the caller from now on (never NULL); the buffer is empty again. */
char *buf_take(struct buf *buf);
/* The text as it stands, "" when empty; valid until the next change. */
const char *buf_text(const struct buf *buf);

#endif
