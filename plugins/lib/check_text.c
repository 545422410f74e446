/*
 * What the text functions make of a text, for scripts that compare it with something else.
 *
 *     check_text words|plain|prose
 *
 * reads lines of hexadecimal text and answers each with one line:
 *   words         FOLDED:START:END ... with the folded word in hexadecimal
 *   plain, prose  the offsets where sentences end, by SENTENCES_PLAIN or SENTENCES_PROSE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tocsin/text.h>

#include "base/buf.h"
#include "lib/sentences.h"

static void print_words(const char *text, size_t len)
{
    struct tocsin_words words;
    tocsin_words_make(text, len, &words);
    for (size_t i = 0; i < words.n; i++) {
        const struct tocsin_word *word = &words.words[i];
        for (size_t at = 0; at < word->folded_len; at++)
            printf("%02x", (unsigned char)word->folded[at]);
        printf(":%u:%u ", word->start, word->end);
    }
    tocsin_words_free(&words);
}

static void print_end(void *arg, size_t end)
{
    (void)arg;
    printf("%zu ", end);
}

static void decode(struct buf *out, const char *hex)
{
    buf_clear(out);
    unsigned byte;
    for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        buf_putc(out, (char)byte);
}

int main(int argc, char **argv)
{
    const char *mode = argc == 2 ? argv[1] : "";
    bool words = !strcmp(mode, "words");
    if (!words && strcmp(mode, "plain") && strcmp(mode, "prose")) {
        fputs("usage: check_text words|plain|prose\n", stderr);
        return 64;
    }
    enum sentences_style style = strcmp(mode, "plain") ? SENTENCES_PROSE : SENTENCES_PLAIN;
    AUTO_BUF struct buf text = {0};
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        decode(&text, line);
        if (words)
            print_words(buf_text(&text), text.len);
        else
            sentences_find(buf_text(&text), text.len, style, print_end, NULL);
        putchar('\n');
    }
    return 0;
}
