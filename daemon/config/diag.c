/*
 * The list of what is wrong with a person's file; see diag.h.
 *
 * Filled by whoever reads the file, printed once by the program. A file made to be all errors
 * cannot fill the memory: beyond DIAGS_MAX entries they are only counted.
 */
#include "config/diag.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/str.h"

#define DIAGS_MAX 1000u

void diags_deinit(struct diags *diags)
{
    for (size_t i = 0; i < diags->n; i++)
        free(diags->items[i].text);
    free(diags->items);
    *diags = (struct diags){0};
}

/* Words of the file come back in messages; what could steer a terminal is spelled out. A line that
 * goes on indented stays: a query with a caret under its mistake takes several. */
static char *printable(const char *text)
{
    struct buf out = {0};
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        bool goes_on = c == '\n' && !strncmp(text + 1, "    ", 4);
        if ((c < 0x20 && !goes_on) || c == 0x7f)
            buf_printf(&out, "\\x%02x", c);
        else
            buf_putc(&out, *text);
    }
    return buf_take(&out);
}

PRINTF(4, 0)
static void add(struct diags *diags, bool warning, struct config_at at, const char *fmt, va_list va)
{
    diags->n_errors += !warning;
    if (diags->n >= DIAGS_MAX)
        return;
    AUTO_FREE char *text = mem_vprintf(fmt, va);
    diags->items = mem_grow(diags->items, &diags->cap, diags->n + 1, sizeof(*diags->items));
    diags->items[diags->n++] = (struct diag){.warning = warning, .at = at, .text = printable(text)};
}

int diags_error(struct diags *diags, struct config_at at, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    add(diags, false, at, fmt, va);
    va_end(va);
    return -1;
}

void diags_warning(struct diags *diags, struct config_at at, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    add(diags, true, at, fmt, va);
    va_end(va);
}

char *diag_hint(const char *word, const char *const *candidates, size_t n)
{
    const char *near = str_nearest(word, candidates, n);
    return near ? mem_printf(" (did you mean \"%s\"?)", near) : mem_strdup("");
}

static int compare(const void *a, const void *b)
{
    const struct diag *x = *(const struct diag *const *)a, *y = *(const struct diag *const *)b;
    int files = strcmp(x->at.file ? x->at.file : "", y->at.file ? y->at.file : "");
    if (files)
        return files;
    if (x->at.line != y->at.line)
        return x->at.line < y->at.line ? -1 : 1;
    if (x->at.column != y->at.column)
        return x->at.column < y->at.column ? -1 : 1;
    return x < y ? -1 : x > y; /* as they were found */
}

static void print_place(struct config_at at, struct buf *out)
{
    if (!at.file)
        return;
    buf_puts(out, at.file);
    if (at.line)
        buf_printf(out, ":%d:%d", at.line, at.column);
    buf_puts(out, ": ");
}

void diags_print(const struct diags *diags, struct buf *out)
{
    if (!diags->n)
        return;
    AUTO_FREE const struct diag **sorted = NEW_N(const struct diag *, diags->n);
    for (size_t i = 0; i < diags->n; i++)
        sorted[i] = &diags->items[i];
    qsort(sorted, diags->n, sizeof(struct diag *), compare);
    for (size_t i = 0; i < diags->n; i++) {
        print_place(sorted[i]->at, out);
        buf_printf(out, "%s%s\n", sorted[i]->warning ? "warning: " : "", sorted[i]->text);
    }
    if (diags->n >= DIAGS_MAX)
        buf_printf(out, "only the first %u are shown\n", DIAGS_MAX);
}

const char *config_file_intern(const char *file)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct map *files;
    pthread_mutex_lock(&lock);
    if (!files)
        files = map_new();
    char *known = map_get_text(files, file);
    if (!known) {
        known = mem_strdup(file);
        map_set_text(files, file, known);
    }
    pthread_mutex_unlock(&lock);
    return known;
}
