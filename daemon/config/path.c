/* Paths and lists of texts; see path.h. */
#include "config/path.h"

#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

void texts_add(struct config_texts *texts, const char *text)
{
    texts->items = mem_resize(texts->items, (texts->n + 2) * sizeof(char *));
    texts->items[texts->n++] = mem_strdup(text);
    texts->items[texts->n] = NULL;
}

void texts_deinit(struct config_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        free(texts->items[i]);
    free(texts->items);
    *texts = (struct config_texts){0};
}

bool texts_equal(const struct config_texts *a, const struct config_texts *b)
{
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return true;
}

/* The directory that a relative path in `file` starts from; "" when it cannot be told. */
static char *base_directory(const char *file)
{
    const char *slash = strrchr(file, '/');
    AUTO_FREE char *dir = slash ? mem_strndup(file, (size_t)(slash - file) + 1) : mem_strdup("");
    if (dir[0] == '/')
        return mem_strdup(dir);
    char *here = getcwd(NULL, 0);
    char *full = mem_printf("%s/%s", here ? here : "", dir);
    free(here);
    return full;
}

/* In place: "//" and "/./" become "/", a slash at the end goes. */
static void tidy(char *path)
{
    char *out = path;
    for (const char *in = path; *in;) {
        if (in[0] == '/' && in[1] == '/')
            in++;
        else if (in[0] == '/' && in[1] == '.' && (in[2] == '/' || in[2] == '\0'))
            in += 2;
        else
            *out++ = *in++;
    }
    if (out == path)
        *out++ = '/';
    if (out > path + 1 && out[-1] == '/')
        out--;
    *out = '\0';
}

char *path_absolute(const char *file, const char *written, const char **why)
{
    AUTO_FREE char *dir = NULL;
    *why = NULL;
    if (written[0] == '\0') {
        *why = "is empty";
        return NULL;
    }
    if (written[0] == '~' && written[1] != '\0' && written[1] != '/') {
        *why = "names another user's home, which is not supported (write it out)";
        return NULL;
    }
    if (written[0] == '~') {
        const char *home = getenv("HOME");
        if (!home || home[0] != '/') {
            *why = "begins with ~, but HOME is not set (write it out)";
            return NULL;
        }
        dir = mem_printf("%s/", home);
        written++;
    } else {
        dir = written[0] == '/' ? mem_strdup("") : base_directory(file);
    }
    char *path = mem_printf("%s%s", dir, written);
    tidy(path);
    return path;
}

bool path_is_pattern(const char *written)
{
    return strpbrk(written, "*?[") != NULL;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The directory of the file may itself hold characters that glob would read as a pattern. */
static char *escape(const char *dir)
{
    struct buf out = {0};
    for (; *dir; dir++) {
        if (strchr("*?[\\", *dir))
            buf_putc(&out, '\\');
        buf_putc(&out, *dir);
    }
    return buf_take(&out);
}

struct config_texts path_expand(const char *file, const char *written)
{
    struct config_texts found = {0};
    const char *why;
    AUTO_FREE char *root = path_absolute(file,
                                         written[0] == '/'   ? "/"
                                         : written[0] == '~' ? "~"
                                                             : ".",
                                         &why);
    if (!root)
        return found;
    AUTO_FREE char *escaped = escape(root);
    const char *rest = written[0] == '~' ? written + 1 : written;
    AUTO_FREE char *pattern = mem_printf("%s/%s", escaped, rest);
    glob_t matches;
    if (glob(pattern, GLOB_NOSORT, NULL, &matches) == 0) {
        for (size_t i = 0; i < matches.gl_pathc; i++) {
            AUTO_FREE char *path = path_absolute(file, matches.gl_pathv[i], &why);
            texts_add(&found, path);
        }
        globfree(&matches);
    }
    if (found.n)
        qsort(found.items, found.n, sizeof(char *), compare);
    return found;
}

char *path_of_program(const char *name)
{
    const char *path = getenv("PATH");
    AUTO_FREE char *dirs = mem_strdup(path && *path ? path : "/usr/local/bin:/usr/bin:/bin");
    char *rest = dirs;
    for (char *dir; *name && (dir = strsep(&rest, ":"));) {
        struct stat info;
        AUTO_FREE char *program = mem_printf("%s/%s", dir, name);
        /* A relative folder would be another one for whoever starts it. */
        if (*dir == '/' && stat(program, &info) == 0 && S_ISREG(info.st_mode) &&
            faccessat(AT_FDCWD, program, X_OK, AT_EACCESS) == 0) {
            char *found = program;
            program = NULL;
            return found;
        }
    }
    return NULL;
}
