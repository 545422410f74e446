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
#include "base/str.h"
#include "lib/sentences.h"
#include "lib/test_paths.h"
#include "tests/support/hex.h"

static void print_words(const char *text, size_t len)
{
    struct tocsin_words words;
    if (!test_paths_agree(text, len)) {
        fputs("the fast and the portable path differ\n", stderr);
        exit(EXIT_FAILURE);
    }
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

int main(int argc, char **argv)
{
    const char *mode = argc == 2 ? argv[1] : "";
    bool words = str_equal(mode, "words");
    if (!words && !str_equal(mode, "plain") && !str_equal(mode, "prose")) {
        fputs("usage: check_text words|plain|prose\n", stderr);
        return 64;
    }
    enum sentences_style style = str_equal(mode, "plain") ? SENTENCES_PLAIN : SENTENCES_PROSE;
    AUTO_BUF struct buf text = {0};
    AUTO_FREE char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, stdin) > 0) {
        hex_decode(&text, line);
        if (words)
            print_words(buf_text(&text), text.len);
        else
            sentences_find(buf_text(&text), text.len, style, print_end, NULL);
        putchar('\n');
    }
    return 0;
}
