/*
 * A document as hosts read it: decoded, its header taken off, its title found. Bytes that are plain
 * ASCII decode to themselves; and the title is made only when a query asks for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "batch/batch.h"
#include "host/decode.h"
#include "host/header.h"
#include "host/media.h"

#define CHUNK 65536

static int read_bytes(struct buf *bytes, const char *path)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    buf_clear(bytes);
    while (fd >= 0) {
        ssize_t n = read(fd, buf_reserve(bytes, CHUNK), CHUNK);
        if (n < 0)
            return -1;
        bytes->len += (size_t)n;
        if (n < CHUNK) /* of a regular file: its end */
            break;
    }
    buf_reserve(bytes, 1)[0] = '\0';
    return fd < 0 ? -1 : 0;
}

#define BLOCK 64 /* bytes that are looked at together, which a compiler does without a loop */

/* A control that is no white space, or a byte above 0x7F, which is below 0. */
static inline unsigned char is_odd(signed char byte)
{
    return (unsigned char)((byte < 0x20) & (byte != '\n') & (byte != '\t') & (byte != '\r'));
}

/* Nothing but what decoding leaves as it is. */
static bool is_plain(const struct buf *bytes)
{
    const signed char *at = (const signed char *)bytes->data;
    size_t left = bytes->len;
    unsigned char odd = 0;
    for (; left >= BLOCK && !odd; at += BLOCK, left -= BLOCK)
        for (size_t i = 0; i < BLOCK; i++)
            odd |= is_odd(at[i]);
    for (size_t i = 0; i < left; i++)
        odd |= is_odd(at[i]);
    return !odd;
}

/* The text of the bytes: theirs, or in `decoded`. */
static bool decode_bytes(struct reading *reading, struct buf *why)
{
    struct view_document *document = &reading->document;
    const char *bytes = buf_text(&reading->bytes);
    size_t len = reading->bytes.len;
    if (is_plain(&reading->bytes) && !media_of_bytes(bytes, len)) {
        document->text = bytes;
        document->len = len;
        document->type = NULL; /* asked for below */
        return true;
    }
    struct decoded decoded;
    bool good = decode(bytes, len, reading->path, &decoded);
    buf_deinit(&reading->decoded);
    reading->decoded = decoded.text;
    document->text = buf_text(&reading->decoded);
    document->len = reading->decoded.len;
    document->type = decoded.media_type;
    if (!good)
        buf_puts(why, buf_text(&decoded.note));
    buf_deinit(&decoded.note);
    return good;
}

static const char *media_type(struct reading *reading)
{
    struct view_document *document = &reading->document;
    if (!document->type)
        document->type = media_of_text(document->text, document->len, reading->path);
    return document->type;
}

static const char *ask(void *arg, enum query_field field)
{
    struct reading *reading = arg;
    if (field == FIELD_TYPE)
        return media_type(reading);
    if (field != FIELD_TITLE)
        return field == FIELD_PATH ? reading->path : "";
    if (!reading->title)
        reading->title =
            header_title(reading->document.text, reading->document.len, media_type(reading));
    return reading->title;
}

int32_t reading_today(void)
{
    time_t now = time(NULL);
    struct tm local;
    localtime_r(&now, &local);
    return (local.tm_year + 1900) * 10000 + (local.tm_mon + 1) * 100 + local.tm_mday;
}

/* What is in reading->bytes, under the name of a path. */
static bool understand(struct reading *reading, const char *path, int32_t today, struct buf *why)
{
    struct view_document *document = &reading->document;
    *document = (struct view_document){
        .ask = ask, .arg = reading, .date = today, .today = today, .all_is_new = true};
    reading->path = path;
    mem_free_p(&reading->title);
    if (!decode_bytes(reading, why))
        return false;
    struct buf ignored = {0};
    struct header header = header_parse(document->text, document->len, &ignored);
    buf_deinit(&ignored);
    document->text += header.len;
    document->len -= header.len;
    document->date = header.date ? header.date : today;
    tocsin_words_free(&reading->words);
    tocsin_words_make(document->text, document->len, &reading->words);
    document->words = reading->words.words;
    document->n_words = reading->words.n;
    return true;
}

bool reading_read(struct reading *reading, const char *path, int32_t today, struct buf *why)
{
    if (read_bytes(&reading->bytes, path) == 0)
        return understand(reading, path, today, why);
    buf_puts(why, strerror(errno));
    return false;
}

bool reading_take(struct reading *reading, const char *bytes, size_t len, const char *path,
                  int32_t today, struct buf *why)
{
    buf_clear(&reading->bytes);
    buf_append(&reading->bytes, bytes, len);
    return understand(reading, path, today, why);
}

void reading_deinit(struct reading *reading)
{
    buf_deinit(&reading->bytes);
    buf_deinit(&reading->decoded);
    mem_free_p(&reading->title);
    tocsin_words_free(&reading->words);
}
