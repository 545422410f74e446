/* The decision how to read some bytes, and the reading; see decode.h. */
#include "host/decode.h"

#include <string.h>

#include "host/charset.h"
#include "host/media.h"
#include "host/wide.h"
#include "lib/utf8.h"

#define UTF8_MARK   "\xEF\xBB\xBF"
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */
/* Shares of NULs and controls, in percent. */
#define WIDE_FROM          20 /* from here on the bytes may be UTF-16 or -32 */
#define BINARY_FROM        30 /* valid UTF-8 with more of them is no text */
#define BINARY_FROM_IF_BAD 5  /* so is what is not even UTF-8 */

/* What the bytes look like when read as UTF-8. */
struct survey {
    size_t n_bytes, n_nul, n_control, n_multibyte, n_bad;
    bool shifts; /* escape sequences of ISO-2022 */
};

void decoded_deinit(struct decoded *decoded)
{
    buf_deinit(&decoded->text);
    buf_deinit(&decoded->note);
}

void note_add(struct buf *note, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    va_end(va);
    buf_printf(note, "%s%s", note->len ? "; " : "", text);
}

static bool is_stray_control(int32_t c)
{
    return (c > 0 && c < 0x20 && !strchr("\t\n\v\f\r\x1B\b", (char)c)) || c == 0x7F;
}

static struct survey survey_of(const char *bytes, size_t len)
{
    struct survey survey = {.n_bytes = len};
    for (size_t at = 0; at < len;) {
        size_t from = at;
        int32_t c = utf8_next(bytes, len, &at);
        survey.n_bad += c == UTF8_BAD;
        survey.n_nul += c == 0;
        survey.n_multibyte += c >= 0x80;
        survey.n_control += is_stray_control(c);
        if (c == 0x1B && at < len && (bytes[from + 1] == '$' || bytes[from + 1] == '('))
            survey.shifts = true;
    }
    return survey;
}

static size_t odd_percent(const struct survey *survey)
{
    return (survey->n_nul + survey->n_control) * 100 / survey->n_bytes;
}

static bool may_be_wide(const struct survey *survey)
{
    return survey->n_nul > 0 && (survey->n_bad > 0 || odd_percent(survey) >= WIDE_FROM);
}

/* UTF-8 with some damage, rather than another charset: most of what is not ASCII is in order. */
static bool is_mostly_utf8(const struct survey *survey)
{
    return survey->n_multibyte > survey->n_bad || (survey->n_bad == 0 && !survey->shifts);
}

static bool is_binary(const struct survey *survey)
{
    size_t bound = is_mostly_utf8(survey) ? BINARY_FROM : BINARY_FROM_IF_BAD;
    return odd_percent(survey) >= bound;
}

/* Copies UTF-8, with U+FFFD for bytes that are none. */
static void copy_utf8(const char *bytes, size_t len, struct buf *out, size_t *n_bad)
{
    size_t good = 0; /* copied up to here */
    for (size_t at = 0; at < len;) {
        size_t from = at;
        if (utf8_next(bytes, len, &at) != UTF8_BAD)
            continue;
        buf_append(out, bytes + good, from - good);
        buf_puts(out, REPLACEMENT);
        good = at;
        (*n_bad)++;
    }
    buf_append(out, bytes + good, len - good);
}

static void replace_nuls(struct decoded *decoded)
{
    struct buf *text = &decoded->text;
    if (!text->len || !memchr(text->data, '\0', text->len))
        return;
    struct buf without = {0};
    size_t n = 0;
    for (size_t at = 0; at < text->len; n++) {
        const char *nul = memchr(text->data + at, '\0', text->len - at);
        size_t end = nul ? (size_t)(nul - text->data) : text->len;
        buf_append(&without, text->data + at, end - at);
        if (!nul)
            break;
        buf_puts(&without, REPLACEMENT);
        at = end + 1;
    }
    buf_deinit(text);
    *text = without;
    note_add(&decoded->note, "%zu NUL byte%s replaced", n, n == 1 ? "" : "s");
}

static bool unsupported(struct decoded *decoded, const char *media_type)
{
    decoded->media_type = media_type;
    decoded->charset = "";
    note_add(&decoded->note, "%s is not read as text", media_type);
    return false;
}

/* Picks the charset and fills the text; false when it is no text. */
static bool decode_text(const char *bytes, size_t len, struct decoded *decoded, size_t *n_bad)
{
    size_t skip;
    enum wide wide = wide_marked(bytes, len, &skip);
    struct survey survey = {0};
    if (wide == WIDE_NONE && len >= strlen(UTF8_MARK) &&
        memcmp(bytes, UTF8_MARK, strlen(UTF8_MARK)) == 0)
        skip = strlen(UTF8_MARK);
    else if (wide == WIDE_NONE && len)
        survey = survey_of(bytes, len);
    if (may_be_wide(&survey)) {
        wide = wide_guess(bytes, len);
        if (wide != WIDE_NONE)
            note_add(&decoded->note, "charset guessed: %s", wide_name(wide));
    }
    if (wide != WIDE_NONE) {
        decoded->charset = wide_name(wide);
        wide_decode(wide, bytes + skip, len - skip, &decoded->text, n_bad);
        return true;
    }
    if (survey.n_bytes && is_binary(&survey))
        return false;
    if (!survey.n_bytes || is_mostly_utf8(&survey)) {
        decoded->charset = "UTF-8";
        copy_utf8(bytes + skip, len - skip, &decoded->text, n_bad);
        return true;
    }
    decoded->charset = charset_guess(bytes, len);
    note_add(&decoded->note, "charset guessed: %s", decoded->charset);
    charset_decode(decoded->charset, bytes, len, &decoded->text, n_bad);
    return true;
}

bool decode(const char *bytes, size_t len, const char *path, struct decoded *decoded)
{
    *decoded = (struct decoded){0};
    const char *binary = media_of_bytes(bytes, len);
    if (binary)
        return unsupported(decoded, binary);
    size_t n_bad = 0;
    if (!decode_text(bytes, len, decoded, &n_bad))
        return unsupported(decoded, "application/octet-stream");
    if (n_bad)
        note_add(&decoded->note, "%zu byte%s invalid in %s replaced", n_bad, n_bad == 1 ? "" : "s",
                 decoded->charset);
    replace_nuls(decoded);
    decoded->media_type = media_of_text(buf_text(&decoded->text), decoded->text.len, path);
    return true;
}
