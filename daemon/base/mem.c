/* Allocation that never fails quietly; see mem.h. */
#include "base/mem.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

void *mem_alloc(size_t size_bytes)
{
    void *p = malloc(size_bytes ? size_bytes : 1);
    if (!p)
        log_fatal("out of memory (%zu bytes)", size_bytes);
    return p;
}

void *mem_zalloc(size_t size_bytes)
{
    return mem_zalloc_n(1, size_bytes);
}

void *mem_zalloc_n(size_t n, size_t size_bytes)
{
    void *p = calloc(n ? n : 1, size_bytes ? size_bytes : 1);
    if (!p)
        log_fatal("out of memory (%zu times %zu bytes)", n, size_bytes);
    return p;
}

void *mem_resize(void *p, size_t size_bytes)
{
    void *q = realloc(p, size_bytes ? size_bytes : 1);
    if (!q)
        log_fatal("out of memory (%zu bytes)", size_bytes);
    return q;
}

void *mem_grow(void *p, size_t *cap, size_t n, size_t element_bytes)
{
    if (n <= *cap)
        return p;
    size_t want = *cap ? *cap : 8;
    while (want < n)
        want += want / 2 + 1;
    if (want > SIZE_MAX / element_bytes)
        log_fatal("out of memory (%zu times %zu bytes)", want, element_bytes);
    *cap = want;
    return mem_resize(p, want * element_bytes);
}

void *mem_copy(const void *p, size_t size_bytes)
{
    void *q = mem_alloc(size_bytes);
    if (size_bytes)
        memcpy(q, p, size_bytes);
    return q;
}

char *mem_strdup(const char *s)
{
    return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len)
        memcpy(copy, s, len);
    copy[len] = '\0';
    return copy;
}

char *mem_vprintf(const char *fmt, va_list va)
{
    char *text = NULL;
    if (vasprintf(&text, fmt, va) < 0)
        log_fatal("out of memory while formatting text");
    return text;
}

char *mem_printf(const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    char *text = mem_vprintf(fmt, va);
    va_end(va);
    return text;
}

void mem_free_p(void *pointer_to_pointer)
{
    void **p = pointer_to_pointer;
    free(*p);
    *p = NULL;
}

void fd_close(int *fd)
{
    int saved = errno;
    if (*fd >= 0 && close(*fd) < 0 && errno == EBADF)
        log_panic("closed a descriptor that was not open (%d)", *fd);
    *fd = -1;
    errno = saved;
}

int fd_take(int *fd)
{
    int taken = *fd;
    *fd = -1;
    return taken;
}

#ifdef TOCSIN_SANITIZED
/* Leaks of libraries: in the program, for a host in its sandbox can read no file of them. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libglib-2.0\nleak:libgobject-2.0\nleak:libgio-2.0\n";
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
#endif
