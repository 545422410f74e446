/* Choices; see choice.h. */
#include "config/choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "config/diag.h"

/* One choice of the list: its word, and whether more than the word belongs to it. */
struct choice {
    const char *word;
    size_t len;
    bool with_age;
};

static bool next(const char **choices, struct choice *choice)
{
    if (!**choices)
        return false;
    size_t whole = strcspn(*choices, "|");
    *choice = (struct choice){.word = *choices, .len = strcspn(*choices, "| ")};
    choice->with_age = choice->len < whole;
    *choices += whole + ((*choices)[whole] == '|');
    return true;
}

int choice_index(const char *choices, const char *word, size_t len, bool *with_age)
{
    struct choice choice;
    for (int index = 0; next(&choices, &choice); index++) {
        if (choice.len != len || strncmp(choice.word, word, len) != 0)
            continue;
        if (with_age)
            *with_age = choice.with_age;
        return index;
    }
    return -1;
}

char *choice_word(const char *choices, int index, bool *with_age)
{
    struct choice choice;
    *with_age = false;
    while (next(&choices, &choice)) {
        if (index-- > 0)
            continue;
        *with_age = choice.with_age;
        return mem_strndup(choice.word, choice.len);
    }
    return mem_strdup("");
}

char *choice_list(const char *choices)
{
    struct buf out = {0};
    while (*choices) {
        size_t len = strcspn(choices, "|");
        const char *after = choices + len + (choices[len] == '|');
        if (out.len)
            buf_puts(&out, *after ? ", " : " or ");
        buf_append(&out, choices, len);
        choices = after;
    }
    return buf_take(&out);
}

char *choice_hint(const char *choices, const char *word)
{
    enum { WORDS_MAX = 32 };
    char *words[WORDS_MAX];
    size_t n = 0;
    struct choice choice;
    while (n < WORDS_MAX && next(&choices, &choice))
        words[n++] = mem_strndup(choice.word, choice.len);
    char *hint = diag_hint(word, (const char *const *)words, n);
    for (size_t i = 0; i < n; i++)
        free(words[i]);
    return hint;
}
