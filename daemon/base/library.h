/*
 * Libraries that few runs need, opened when the first does: each costs a process up to 2 MiB from
 * its start on. A sandbox that is shut forbids to open them; what is to use one there opens it
 * before.
 *
 * The names of files are those that the program was built against (configure: TOCSIN_SONAME). What
 * links nothing says what it opens in a note, so that who makes a package of it sees that, too:
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata/.
 */
#ifndef TOCSIN_BASE_LIBRARY_H
#define TOCSIN_BASE_LIBRARY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* For a list of functions, as X-macro: the members of a struct of pointers to them, and their
 * names. */
#define LIBRARY_MEMBER(function) __typeof__(function) *function;
#define LIBRARY_NAME(function)   #function,

#define LIBRARY_MAX 16 /* functions */

#define LIBRARY_NOTE_TYPE 0x407C0C0A
/* Once for each library, in the file that opens it: the file's name, and what for. */
#define LIBRARY_NOTE(file, feature)                                                                \
    LIBRARY_NOTE_OF("[{\"soname\":[\"" file "\"],\"feature\":\"" feature                           \
                    "\",\"priority\":\"required\"}]")
#define LIBRARY_NOTE_OF(json)                                                                      \
    __attribute__((used, section(".note.dlopen"))) _Alignas(uint32_t) static const struct {        \
        uint32_t name_len, json_len, type;                                                         \
        char name[4], text[sizeof(json)];                                                          \
    } library_note = {4, sizeof(json), LIBRARY_NOTE_TYPE, "FDO", json}

/* `functions`: a struct of n pointers, up to LIBRARY_MAX, in the order of the names. All are set,
 * or, on failure, none. It stays open; when it is so already nothing is done. */
int library_open(const char *file, const char *const *names, size_t n, void *functions,
                 struct err *err);

#endif
