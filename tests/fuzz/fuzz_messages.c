/*
 * Packets as a hostile host or a broken daemon may send them, in both directions. What is accepted
 * has one form: encoded again it is the same bytes.
 */
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first message of a packet; 0: it does not begin with one. */
static size_t try_message(const uint8_t *data, size_t size, enum ipc_direction direction)
{
    struct ipc_message message;
    struct err err;
    ssize_t took = ipc_decode(data, size, direction, &message, &err);
    if (took >= 0) {
        AUTO_BUF struct buf again = {0};
        if (ipc_encode(&message, &again, &err) == 0 &&
            (again.len != (size_t)took || memcmp(again.data, data, again.len) != 0))
            log_panic("message %s has two forms", ipc_type_name(message.type));
    }
    ipc_message_deinit(&message);
    return took < 0 ? 0 : (size_t)took;
}

static void try_direction(const uint8_t *data, size_t size, enum ipc_direction direction)
{
    for (size_t took; size && (took = try_message(data, size, direction)) > 0;) {
        data += took;
        size -= took;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_direction(data, size, IPC_TO_HOST);
    try_direction(data, size, IPC_TO_DAEMON);
    return 0;
}
