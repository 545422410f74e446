/* Lines of JSON as simple as most topics' are. */
#include "topics/bulk_plain.h"

#include <string.h>

#include "base/mem.h"

enum field { NAME, QUERY, SEVERITY, DESCRIPTION, LANGUAGE, N_FIELDS_PLAIN };
static const char *const keys[] = {"name", "query", "severity", "description", "language"};

/* A text in the line; `end` is its closing quote, 0 when there is none. */
struct text {
    size_t start, end;
};

struct plain {
    const char *line;
    size_t at;
    struct text fields[N_FIELDS_PLAIN];
};

static void skip_space(struct plain *plain)
{
    while (plain->line[plain->at] == ' ' || plain->line[plain->at] == '\t')
        plain->at++;
}

/* The character, and space before it. */
static bool take(struct plain *plain, char c)
{
    skip_space(plain);
    if (plain->line[plain->at] != c)
        return false;
    plain->at++;
    return true;
}

/* May it stand behind a \ and mean itself? */
static bool is_quoted(char c)
{
    return c == '"' || c == '\\' || c == '/';
}

static bool take_text(struct plain *plain, struct text *text)
{
    if (!take(plain, '"'))
        return false;
    text->start = plain->at;
    for (char c; (c = plain->line[plain->at]) != '"'; plain->at++)
        if (c < 0x20 || c > 0x7E || (c == '\\' && !is_quoted(plain->line[++plain->at])))
            return false;
    text->end = plain->at++;
    return true;
}

static bool take_field(struct plain *plain)
{
    struct text key, value;
    if (!take_text(plain, &key) || !take(plain, ':') || !take_text(plain, &value))
        return false;
    size_t len = key.end - key.start;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (strlen(keys[i]) != len || memcmp(plain->line + key.start, keys[i], len) != 0)
            continue;
        bool is_first = !plain->fields[i].end;
        plain->fields[i] = value;
        return is_first;
    }
    return false;
}

static const char *cut(char *line, struct text text)
{
    if (!text.end)
        return NULL;
    char *to = line + text.start;
    for (size_t from = text.start; from < text.end; from++) {
        from += line[from] == '\\';
        *to++ = line[from];
    }
    *to = '\0';
    return line + text.start;
}

bool bulk_plain(char *line, struct bulk_topic *said)
{
    struct plain plain = {.line = line};
    if (!take(&plain, '{'))
        return false;
    do {
        if (!take_field(&plain))
            return false;
    } while (take(&plain, ','));
    const struct text *fields = plain.fields;
    bool is_closed = take(&plain, '}');
    skip_space(&plain);
    if (!is_closed || line[plain.at] || !fields[NAME].end || !fields[QUERY].end)
        return false;
    *said = (struct bulk_topic){.name = cut(line, fields[NAME]),
                                .query = cut(line, fields[QUERY]),
                                .severity = cut(line, fields[SEVERITY]),
                                .description = cut(line, fields[DESCRIPTION]),
                                .language = cut(line, fields[LANGUAGE])};
    said->query_len = strlen(said->query);
    return true;
}
