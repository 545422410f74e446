/* Bytes to text: charsets, marks, damage, and what is no text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/charset.h"
#include "host/decode.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static void assert_text(const char *bytes, size_t len, const char *text, const char *charset,
                        const char *note)
{
    struct decoded decoded;
    assert_true(decode(bytes, len, "a.txt", &decoded));
    assert_string_equal(buf_text(&decoded.text), text);
    assert_int_equal(decoded.text.len, strlen(text));
    assert_string_equal(decoded.charset, charset);
    assert_string_equal(buf_text(&decoded.note), note);
    decoded_deinit(&decoded);
}

static void test_utf8(void **state)
{
    (void)state;
    assert_text("", 0, "", "UTF-8", "");
    assert_text(BYTES("caf\xC3\xA9"), "caf\xC3\xA9", "UTF-8", "");
    assert_text(BYTES("\xEF\xBB\xBF"
                      "abc"),
                "abc", "UTF-8", "");
    assert_text(BYTES("a\0b and much more text"),
                "a\xEF\xBF\xBD"
                "b and much more text",
                "UTF-8", "1 NUL byte replaced");
    assert_text(BYTES("\xC3\xA9t\xC3\xA9 \xFF fin"), "\xC3\xA9t\xC3\xA9 \xEF\xBF\xBD fin", "UTF-8",
                "1 byte invalid in UTF-8 replaced");
}

static void test_wide_forms(void **state)
{
    (void)state;
    assert_text(BYTES("\xFF\xFE"
                      "a\0\xE9\0"),
                "a\xC3\xA9", "UTF-16LE", "");
    assert_text(BYTES("\xFE\xFF\0a\xD8\x3D\xDE\x00"), "a\xF0\x9F\x98\x80", "UTF-16BE", "");
    assert_text(BYTES("\xFF\xFE\0\0a\0\0\0"), "a", "UTF-32LE", "");
    assert_text(BYTES("\0\0\xFE\xFF\0\0\0a"), "a", "UTF-32BE", "");
    assert_text(BYTES("L\0e\0 \0M\0a\0n\0s\0"), "Le Mans", "UTF-16LE", "charset guessed: UTF-16LE");
    assert_text(BYTES("\0L\0e\0 \0M\0a\0n\0s"), "Le Mans", "UTF-16BE", "charset guessed: UTF-16BE");
    assert_text(BYTES("L\0\0\0e\0\0\0"), "Le", "UTF-32LE", "charset guessed: UTF-32LE");
    /* "Ле Ман", Cyrillic: one NUL in twelve bytes */
    assert_text(BYTES("\x1B\x04\x35\x04 \0\x1C\x04\x30\x04\x3D\x04"),
                "\xD0\x9B\xD0\xB5 \xD0\x9C\xD0\xB0\xD0\xBD", "UTF-16LE",
                "charset guessed: UTF-16LE");
    assert_text(BYTES("\xFF\xFE"
                      "a\0\x00\xD8"
                      "b\0c"),
                "a\xEF\xBF\xBD"
                "b\xEF\xBF\xBD",
                "UTF-16LE", "2 bytes invalid in UTF-16LE replaced");
}

static void test_old_charsets(void **state)
{
    (void)state;
    assert_text(BYTES("Le pilote fran\xE7"
                      "ais a gagn\xE9 la course des 24 Heures du Mans"),
                "Le pilote fran\xC3\xA7"
                "ais a gagn\xC3\xA9 la course des 24 Heures du Mans",
                "WINDOWS-1252", "charset guessed: WINDOWS-1252");
    struct decoded decoded;
    static const char koi8[] = "\xF3\xC5\xC7\xCF\xC4\xCE\xD1 \xC7\xCF\xCE\xDD\xC9\xCB "
                               "\xD7\xD9\xC9\xC7\xD2\xC1\xCC \xC7\xCF\xCE\xCB\xD5 \xD7 "
                               "\xEC\xC5-\xED\xC1\xCE\xC5";
    assert_true(decode(BYTES(koi8), "a.txt", &decoded));
    assert_string_equal(decoded.charset, "KOI8-R");
    assert_non_null(strstr(decoded.text.data, "\xD0\xB3\xD0\xBE\xD0\xBD"));
    decoded_deinit(&decoded);
}

static void assert_unsupported(const char *bytes, size_t len, const char *type)
{
    struct decoded decoded;
    assert_false(decode(bytes, len, "a.txt", &decoded));
    assert_string_equal(decoded.media_type, type);
    assert_int_equal(decoded.text.len, 0);
    assert_true(decoded.note.len > 0);
    decoded_deinit(&decoded);
}

static void test_what_is_no_text(void **state)
{
    (void)state;
    assert_unsupported(BYTES("%PDF-1.4\nplain words"), "application/pdf");
    assert_unsupported(BYTES("PK\x03\x04words"), "application/zip");
    assert_unsupported(BYTES("\x7F"
                             "ELF words"),
                       "application/x-elf");
    assert_unsupported(BYTES("\x89PNG\r\n\x1A\n words"), "image/png");
    static const char noise[] = "\x01\x02\x81\x90\xFE\x05\x06\x07\xC0\xC1\xF5 words";
    assert_unsupported(BYTES(noise), "application/octet-stream");
}

static const char *type_of(const char *text, const char *path)
{
    struct decoded decoded;
    assert_true(decode(text, strlen(text), path, &decoded));
    const char *type = decoded.media_type;
    decoded_deinit(&decoded);
    return type;
}

static void test_media_types_of_text(void **state)
{
    (void)state;
    assert_string_equal(type_of("words", "a.txt"), "text/plain");
    assert_string_equal(type_of("words", "a"), "text/plain");
    assert_string_equal(type_of("words", "A.HTML"), "text/html");
    assert_string_equal(type_of("\n <!DOCTYPE html>", "a.txt"), "text/html");
    assert_string_equal(type_of("# words", "dir/a.md"), "text/markdown");
}

static int open_charsets(void **state)
{
    (void)state;
    charset_open();
    return 0;
}

static int close_charsets(void **state)
{
    (void)state;
    charset_close();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_wide_forms),
        cmocka_unit_test(test_old_charsets),
        cmocka_unit_test(test_what_is_no_text),
        cmocka_unit_test(test_media_types_of_text),
    };
    return cmocka_run_group_tests(tests, open_charsets, close_charsets);
}
