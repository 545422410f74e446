/*
 * From libyaml's errors to hints; see syntax.h.
 *
 * The hints look at the source line, not only at libyaml's words, because the slips that people
 * make most (a tab, a query that begins with a quote, a pattern that begins with a star) all end in
 * the same few messages.
 */
#include "config/syntax.h"

#include <string.h>

#include "base/str.h"

/* The line of a mistake: where it starts in the text, and where the mistake is. */
struct spot {
    const char *line, *at, *end;
};

static bool utf8_continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static const char *line_start(const char *text, const char *end, size_t line)
{
    while (line > 0 && text < end) {
        const char *feed = memchr(text, '\n', (size_t)(end - text));
        if (!feed)
            return end;
        text = feed + 1;
        line--;
    }
    return text;
}

static struct spot spot_find(const char *text, size_t len, const yaml_mark_t *mark)
{
    struct spot spot = {.line = line_start(text, text + len, mark->line)};
    const char *feed = memchr(spot.line, '\n', (size_t)(text + len - spot.line));
    spot.end = feed ? feed : text + len;
    spot.at = spot.line;
    for (size_t i = 0; i < mark->column && spot.at < spot.end; i++) {
        do
            spot.at++;
        while (spot.at < spot.end && utf8_continues(*spot.at));
    }
    return spot;
}

static bool tab_indents(const struct spot *spot)
{
    for (const char *c = spot->line; c < spot->end && (*c == ' ' || *c == '\t'); c++) {
        if (*c == '\t')
            return true;
    }
    return false;
}

/* `query: "a b" AND c`: the mistake stands behind a closing quote whose partner began the value. */
static bool follows_quote(const struct spot *spot)
{
    const char *c = spot->at;
    while (c > spot->line && (c[-1] == ' ' || c[-1] == '\t'))
        c--;
    if (c == spot->line || (c[-1] != '"' && c[-1] != '\''))
        return false;
    char quote = c[-1];
    const char *open = memchr(spot->line, quote, (size_t)(c - 1 - spot->line));
    if (!open)
        return false;
    while (open > spot->line && open[-1] == ' ')
        open--;
    return open == spot->line || strchr(":-,[{", open[-1]);
}

static const char *hint(const yaml_parser_t *parser, const struct spot *spot)
{
    const char *problem = parser->problem ? parser->problem : "";
    const char *context = parser->context ? parser->context : "";
    if (tab_indents(spot))
        return "a tab in the indentation; YAML wants spaces there";
    if (follows_quote(spot))
        return "a value that begins with a quote ends at its partner; write it as a block: "
               "\"query: >\", and the text indented on the next line";
    if (str_starts(problem, "mapping values"))
        return "a value that holds \": \" must stand in quotes or in a block (\"query: >\"), and "
               "keys of one map must be indented alike";
    if (strstr(context, "alias"))
        return SYNTAX_STAR_HINT;
    if (strstr(context, "tag"))
        return "a value that begins with ! must stand in quotes";
    if (spot->at < spot->end && strchr("@`%", *spot->at))
        return "a value that begins with @, ` or % must stand in quotes or in a block "
               "(\"query: >\")";
    if (strstr(context, "quoted scalar"))
        return "this quote is never closed";
    if (strstr(context, "flow sequence") || strstr(context, "flow node"))
        return "a list in brackets reads [one, two]; a # after a space begins a comment";
    if (strstr(context, "flow mapping"))
        return "a map in braces reads {key: value, key: value}";
    if (strstr(context, "block mapping"))
        return "keys of one map must be indented alike, each with a colon and a space";
    return NULL;
}

/* Bytes that are no text: libyaml knows only how many came before. */
static void explain_bytes(const yaml_parser_t *parser, const char *file, const char *text,
                          size_t len, struct diags *diags)
{
    size_t offset = parser->problem_offset < len ? parser->problem_offset : len;
    struct config_at at = {.file = file, .line = 1, .column = 1};
    for (size_t i = 0; i < offset; i++) {
        if (text[i] == '\n') {
            at.line++;
            at.column = 1;
        } else if (!utf8_continues(text[i])) {
            at.column++;
        }
    }
    bool control = parser->problem && strstr(parser->problem, "control characters");
    if (control)
        diags_error(diags, at, "not text: the control character 0x%02x", parser->problem_value);
    else
        diags_error(diags, at, "not UTF-8: %s (save the file as UTF-8)",
                    parser->problem ? parser->problem : "invalid bytes");
}

void syntax_explain(const yaml_parser_t *parser, const char *file, const char *text, size_t len,
                    struct diags *diags)
{
    if (parser->error == YAML_READER_ERROR) {
        explain_bytes(parser, file, text, len, diags);
        return;
    }
    const yaml_mark_t *mark = &parser->problem_mark;
    /* Of these the beginning is what a person has to look at. */
    const char *context = parser->context ? parser->context : "";
    if (strstr(context, "quoted scalar") || strstr(context, "scanning an alias"))
        mark = &parser->context_mark;
    struct spot spot = spot_find(text, len, mark);
    struct config_at at = {file, (int)mark->line + 1, (int)mark->column + 1};
    const char *why = hint(parser, &spot);
    diags_error(diags, at, "not valid YAML: %s%s%s%s",
                parser->problem ? parser->problem : "out of memory", why ? " (" : "",
                why ? why : "", why ? ")" : "");
}
