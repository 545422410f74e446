/* Include and exclude patterns, temporary names; see names.h. Pure, no allocation after names_new.
 */
#include "source/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct pattern {
    char *glob;
    bool on_path;    /* else on the last name */
    size_t tail_len; /* of a literal text behind a star, which is all there is; else 0 */
};

struct patterns {
    struct pattern *items;
    size_t n;
};

struct names {
    struct patterns include, exclude;
};

/* By their ends instead of a glob: every name of a listing is asked about. */
struct temporary {
    const char *begins, *ends; /* ends NULL: nothing follows */
    size_t between;            /* bytes at least */
};

static const struct temporary temporary[] = {
    {"", "~", 0},        {".#", "", 0},        {"#", "#", 0},
    {"", ".tmp", 0},     {"", ".temp", 0},     {"", ".part", 0},
    {"", ".swp", 0},     {"", ".swx", 0},      {"", ".crdownload", 0},
    {"", ".partial", 0}, {"", ".filepart", 0}, {"", ".download", 0},
    {".nfs", "", 4},     {".~lock.", "#", 0},  {".goutputstream-", "", 0},
    {"4913", NULL, 0},   {".tmp", "", 0},      {".syncthing.", "", 0},
};

static struct pattern pattern_of(const char *glob)
{
    struct pattern pattern = {.glob = mem_strdup(glob), .on_path = strchr(glob, '/') != NULL};
    if (glob[0] == '*' && !strpbrk(glob + 1, "*?[\\/"))
        pattern.tail_len = strlen(glob + 1);
    return pattern;
}

static struct patterns copy(const struct config_texts *texts)
{
    struct patterns mine = {.items = NEW_N(struct pattern, texts->n + 1), .n = texts->n};
    for (size_t i = 0; i < texts->n; i++)
        mine.items[i] = pattern_of(texts->items[i]);
    return mine;
}

static void drop(struct patterns *patterns)
{
    for (size_t i = 0; i < patterns->n; i++)
        free(patterns->items[i].glob);
    free(patterns->items);
}

struct names *names_new(const struct config_folder *folder)
{
    struct names *names = NEW(struct names);
    names->include = copy(&folder->include);
    names->exclude = copy(&folder->exclude);
    return names;
}

void names_free(struct names **names)
{
    if (!*names)
        return;
    drop(&(*names)->include);
    drop(&(*names)->exclude);
    free(*names);
    *names = NULL;
}

static size_t character_bytes(const char *text)
{
    unsigned char lead = (unsigned char)text[0];
    size_t want = lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
    if (lead >= 0xf8)
        want = 1;
    for (size_t i = 1; i < want; i++)
        if (((unsigned char)text[i] & 0xc0) != 0x80)
            return 1;
    return want;
}

/* Holds c against the set that begins after '['; NULL when the set has no end. */
static const char *set_matches(const char *set, char c, bool *matches)
{
    bool negated = *set == '!' || *set == '^';
    bool found = false;
    if (negated)
        set++;
    const char *first = set;
    for (; *set && (*set != ']' || set == first); set++) {
        unsigned char from = (unsigned char)*set, to = from;
        if (set[1] == '-' && set[2] && set[2] != ']') {
            to = (unsigned char)set[2];
            set += 2;
        }
        found = found || ((unsigned char)c >= from && (unsigned char)c <= to);
    }
    *matches = found != negated;
    return *set ? set + 1 : NULL;
}

/* One step of the pattern that is no star; moves both on, or returns false. */
static bool step(const char **pattern, const char **text)
{
    const char *p = *pattern, *t = *text, *after = NULL;
    bool matches = false;
    if (*p == '?' && *t && *t != '/') {
        *pattern = p + 1;
        *text = t + character_bytes(t);
        return true;
    }
    if (*p == '[' && *t && *t != '/' && (after = set_matches(p + 1, *t, &matches))) {
        *pattern = after;
        *text = t + 1;
        return matches;
    }
    if (*p == '\\' && p[1])
        p++;
    else if (*p == '?')
        return false;
    if (!*t || *p != *t)
        return false;
    *pattern = p + 1;
    *text = t + 1;
    return true;
}

/* Backtracks to the last star only, and to the last double star beyond that: linear in practice,
 * at worst the product of both lengths for each. */
bool names_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *star_text = NULL, *wide = NULL, *wide_text = NULL;
    for (;;) {
        if (pattern[0] == '*' && pattern[1] == '*') {
            pattern += 2;
            /* `**` and its slash also stand for no directory at all. */
            if (*pattern == '/' && names_glob(pattern + 1, text))
                return true;
            wide = pattern;
            wide_text = text;
            star = NULL;
        } else if (pattern[0] == '*') {
            star = ++pattern;
            star_text = text;
        } else if (!*pattern && !*text) {
            return true;
        } else if (*pattern && step(&pattern, &text)) {
            continue;
        } else if (star && *star_text && *star_text != '/') {
            pattern = star;
            text = ++star_text;
        } else if (wide && *wide_text) {
            pattern = wide;
            text = ++wide_text;
            star = NULL;
        } else {
            return false;
        }
    }
}

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Most patterns are tails, and every name of a listing is held against them. */
static bool matches(const struct pattern *pattern, const char *path, const char *name)
{
    if (!pattern->tail_len)
        return names_glob(pattern->glob, pattern->on_path ? path : name);
    size_t len = strlen(name);
    return len >= pattern->tail_len &&
           memcmp(name + len - pattern->tail_len, pattern->glob + 1, pattern->tail_len) == 0;
}

static bool any_matches(const struct patterns *patterns, const char *path)
{
    const char *name = last_name(path);
    for (size_t i = 0; i < patterns->n; i++) {
        if (matches(&patterns->items[i], path, name))
            return true;
    }
    return false;
}

static bool is_temporary(const struct temporary *form, const char *name, size_t len)
{
    size_t begin = strlen(form->begins), end = form->ends ? strlen(form->ends) : 0;
    if (len < begin + form->between + end || memcmp(name, form->begins, begin) != 0)
        return false;
    return form->ends ? memcmp(name + len - end, form->ends, end) == 0 : len == begin;
}

bool names_temporary(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < ARRAY_LEN(temporary); i++)
        if (is_temporary(&temporary[i], name, len))
            return true;
    return false;
}

bool names_wants_file(const struct names *names, const char *path)
{
    return !names_temporary(last_name(path)) && !any_matches(&names->exclude, path) &&
           (!names->include.n || any_matches(&names->include, path));
}

bool names_enters(const struct names *names, const char *path)
{
    return !any_matches(&names->exclude, path);
}
