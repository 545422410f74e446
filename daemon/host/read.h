/*
 * The bytes of a file that the daemon opened, read once into memory: bounded, and all of one state
 * of the file. Nothing is opened here and no path is known.
 */
#ifndef TOCSIN_HOST_READ_H
#define TOCSIN_HOST_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ipc/messages.h"

/* Replaces what `bytes` holds. `growing`: what is added meanwhile does not count as a change.
 * `note` says why when it is not IPC_READ_OK. */
enum ipc_read_status read_file(int fd, int64_t max_bytes, bool growing, struct buf *bytes,
                               struct buf *note);

#endif
