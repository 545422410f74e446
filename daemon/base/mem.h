/*
 * Memory and scope: allocation that never returns NULL, and clean-up at the end of a scope.
 *
 * Running out of memory is a fault of the environment: it is said and the process ends (base/log.h,
 * log_fatal); nothing above this file tests an allocation. Sizes that come from outside are bounded
 * by whoever reads them, before they get here.
 */
#ifndef TOCSIN_BASE_MEM_H
#define TOCSIN_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

/* Zeroed memory for one object of a type: struct foo *foo = NEW(struct foo); */
#define NEW(type)        ((type *)mem_zalloc(sizeof(type)))
#define NEW_N(type, n)   ((type *)mem_zalloc_n((n), sizeof(type)))
#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

/* The one attribute for clean-up: CLEANUP(fd_close) int fd = open(...); */
#define CLEANUP(fn)     __attribute__((cleanup(fn)))
#define PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))

void *mem_alloc(size_t size_bytes);
void *mem_zalloc(size_t size_bytes);
void *mem_zalloc_n(size_t n, size_t size_bytes);
void *mem_resize(void *p, size_t size_bytes);
/* Room for n elements in a growing array; doubles *cap until it holds them. */
void *mem_grow(void *p, size_t *cap, size_t n, size_t element_bytes);
void *mem_copy(const void *p, size_t size_bytes);
/* NULL gives NULL. */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t len);
char *mem_printf(const char *fmt, ...) PRINTF(1, 2);
char *mem_vprintf(const char *fmt, va_list va) PRINTF(1, 0);

/* For CLEANUP: frees what a char * or any pointer variable holds, sets it NULL. */
void mem_free_p(void *pointer_to_pointer);
#define AUTO_FREE CLEANUP(mem_free_p)

/* For CLEANUP and by hand: closes *fd if it is open (>= 0), sets it -1, keeps errno. */
void fd_close(int *fd);
#define AUTO_FD CLEANUP(fd_close)
/* The descriptor, the caller's from now on; *fd is -1. */
int fd_take(int *fd);

#endif
