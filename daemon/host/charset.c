/* Guessing and converting charsets; see charset.h. */
#include "host/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <uchardet.h>

#include "base/library.h"
#include "base/log.h"
#include "lib/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
#define GUESS_BYTES 262144         /* enough to guess by */
#define OUT_BYTES   4096
#define NO_ICONV    ((iconv_t)-1)

/* What uchardet may answer, as iconv spells it; the first is what the rest falls back on. */
static const char *const names[] = {
    "WINDOWS-1252", "WINDOWS-1250", "WINDOWS-1251", "WINDOWS-1253", "WINDOWS-1255", "WINDOWS-1256",
    "WINDOWS-1257", "WINDOWS-1258", "ISO-8859-1",   "ISO-8859-2",   "ISO-8859-3",   "ISO-8859-4",
    "ISO-8859-5",   "ISO-8859-6",   "ISO-8859-7",   "ISO-8859-8",   "ISO-8859-9",   "ISO-8859-10",
    "ISO-8859-11",  "ISO-8859-13",  "ISO-8859-15",  "ISO-8859-16",  "KOI8-R",       "IBM852",
    "IBM855",       "IBM865",       "IBM866",       "MAC-CYRILLIC", "TIS-620",      "VISCII",
    "GB18030",      "BIG5",         "EUC-TW",       "SHIFT_JIS",    "EUC-JP",       "ISO-2022-JP",
    "EUC-KR",       "UHC",          "ISO-2022-KR",
};
#define N_NAMES ARRAY_LEN(names)

static iconv_t converters[N_NAMES]; /* NULL: not opened yet */
static uchardet_t detector;         /* the same */

LIBRARY_NOTE(UCHARDET_FILE, "charsets");
#define FUNCTIONS(F)                                                                               \
    F(uchardet_new)                                                                                \
    F(uchardet_delete)                                                                             \
    F(uchardet_reset) F(uchardet_handle_data) F(uchardet_data_end) F(uchardet_get_charset)
static struct {
    FUNCTIONS(LIBRARY_MEMBER)
} guessing;

static iconv_t converter_at(size_t i)
{
    if (!converters[i])
        converters[i] = iconv_open("UTF-8", names[i]);
    return converters[i];
}

/* NULL, which is said once, when the library is not there. */
static uchardet_t detector_made(void)
{
    static const char *const functions[] = {FUNCTIONS(LIBRARY_NAME)};
    static bool failed;
    struct err err;
    if (detector || failed)
        return detector;
    failed = library_open(UCHARDET_FILE, functions, ARRAY_LEN(functions), &guessing, &err) < 0;
    if (failed)
        log_error("charsets cannot be guessed, text that is not UTF-8 is read as %s: %s", names[0],
                  err.text);
    else
        detector = guessing.uchardet_new();
    return detector;
}

void charset_open(void)
{
    for (size_t i = 0; i < N_NAMES; i++)
        converter_at(i);
    detector_made();
}

void charset_close(void)
{
    for (size_t i = 0; i < N_NAMES; i++) {
        if (converters[i] && converters[i] != NO_ICONV)
            iconv_close(converters[i]);
        converters[i] = NULL;
    }
    if (detector)
        guessing.uchardet_delete(detector);
    detector = NULL;
}

static size_t index_of(const char *name)
{
    for (size_t i = 0; i < N_NAMES; i++)
        if (strcasecmp(names[i], name) == 0 && converter_at(i) != NO_ICONV)
            return i;
    return 0;
}

const char *charset_guess(const char *bytes, size_t len)
{
    uchardet_t guesser = detector_made();
    if (!guesser)
        return names[0];
    guessing.uchardet_reset(guesser);
    if (guessing.uchardet_handle_data(guesser, bytes, len < GUESS_BYTES ? len : GUESS_BYTES) != 0)
        return names[0];
    guessing.uchardet_data_end(guesser);
    const char *name = guessing.uchardet_get_charset(guesser);
    /* A guess by few bytes; the C1 controls that tell the two apart are in no text. */
    if (strcasecmp(name, "ISO-8859-1") == 0)
        return names[0];
    return names[index_of(name)];
}

/* One turn of iconv: false when the input is used up. */
static bool convert_some(iconv_t converter, char **in, size_t *left, struct buf *out, size_t *n_bad)
{
    char room[OUT_BYTES];
    char *to = room;
    size_t to_left = sizeof(room);
    size_t result = iconv(converter, in, left, &to, &to_left);
    int why = errno;
    buf_append(out, room, (size_t)(to - room));
    if (result != (size_t)-1)
        return false;
    if (why == E2BIG)
        return true;
    buf_puts(out, REPLACEMENT);
    (*n_bad)++;
    if (why == EINVAL) /* cut off within a character, at the end */
        return false;
    (*in)++;
    (*left)--;
    return *left > 0;
}

void charset_decode(const char *name, const char *bytes, size_t len, struct buf *out, size_t *n_bad)
{
    iconv_t converter = converter_at(index_of(name));
    if (converter == NO_ICONV) { /* not even the first one: keep what is ASCII */
        for (size_t i = 0; i < len; i++)
            buf_puts(out, (bytes[i] & 0x80) ? REPLACEMENT : (char[]){bytes[i], '\0'});
        *n_bad += len;
        return;
    }
    iconv(converter, NULL, NULL, NULL, NULL);
    char *in = (char *)(uintptr_t)bytes;
    size_t left = len;
    while (left > 0 && convert_some(converter, &in, &left, out, n_bad))
        continue;
}
