/* The words of a line, and what is wrong with them; see script.h. */
#include "script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/calendar.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/zone.h"

int script_fail(struct script *script, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    vsnprintf(script->error, sizeof(script->error), fmt, va);
    va_end(va);
    return -1;
}

/* "..." may hold spaces, also after `key=`. */
void script_split(struct script *script, char *line)
{
    script->n_words = 0;
    char *out = line, *in = line;
    while (script->n_words < SCRIPT_MAX_WORDS) {
        while (*in == ' ')
            in++;
        if (!*in || *in == '#')
            break;
        script->words[script->n_words++] = out;
        for (bool quoted = false; *in && (quoted || *in != ' '); in++) {
            if (*in == '"')
                quoted = !quoted;
            else
                *out++ = *in;
        }
        if (*in)
            in++;
        *out++ = '\0';
    }
    script->words[script->n_words] = NULL;
}

const char *script_word(const struct script *script, size_t i)
{
    return i < script->n_words ? script->words[i] : "";
}

const char *script_option(const struct script *script, const char *key)
{
    size_t len = strlen(key);
    for (size_t i = 1; i < script->n_words; i++) {
        if (strncmp(script->words[i], key, len) == 0 && script->words[i][len] == '=')
            return script->words[i] + len + 1;
    }
    return NULL;
}

bool script_flag(const struct script *script, const char *name)
{
    for (size_t i = 1; i < script->n_words; i++) {
        if (strcmp(script->words[i], name) == 0)
            return true;
    }
    return false;
}

int64_t script_number(const char *text)
{
    int64_t value = 0;
    return str_int_parse(text, &value) ? value : -1;
}

struct config_texts script_texts(const char *list)
{
    struct config_texts texts = {0};
    while (list && *list) {
        size_t len = strcspn(list, ",");
        texts.items = mem_resize(texts.items, (texts.n + 2) * sizeof(*texts.items));
        texts.items[texts.n++] = mem_strndup(list, len);
        texts.items[texts.n] = NULL;
        list += len + (list[len] == ',');
    }
    return texts;
}

int script_time(struct script *script, const char *text, const char *zone_name, int64_t *ms)
{
    struct err err;
    struct calendar at;
    struct zone *zone = zone_open(zone_name, &err);
    int result =
        zone && calendar_parse(text, &at, &err) == 0 ? 0 : script_fail(script, "%s", err.text);
    if (result == 0)
        *ms = calendar_next(&at, zone, 0) * 1000;
    zone_free(&zone);
    return result;
}

void script_texts_deinit(struct config_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->items[i]);
    free(texts->items);
}

int script_compare(struct script *script, const char *what, const char *wanted, const char *is)
{
    if (!wanted || strcmp(wanted, is) == 0)
        return 0;
    return script_fail(script, "%s is \"%s\", not \"%s\"", what, is, wanted);
}

int script_compare_number(struct script *script, const char *what, const char *wanted, int64_t is)
{
    if (!wanted || script_number(wanted) == is)
        return 0;
    return script_fail(script, "%s is %lld, not %s", what, (long long)is, wanted);
}
