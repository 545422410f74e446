/*
 * Packets as a hostile host or a broken daemon may send them, in both directions. What is accepted
 * has one form: encoded again it is the same bytes.
 */
#include <stdint.h>
#include <string.h>

#include "base/log.h"
#include "ipc/messages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_direction(const uint8_t *data, size_t size, enum ipc_direction direction)
{
    struct ipc_message message;
    struct err err;
    if (ipc_decode(data, size, direction, &message, &err) == 0) {
        AUTO_BUF struct buf again = {0};
        if (ipc_encode(&message, &again, &err) == 0 &&
            (again.len != size || memcmp(again.data, data, size) != 0))
            log_panic("message %s has two forms", ipc_type_name(message.type));
    }
    ipc_message_deinit(&message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_direction(data, size, IPC_TO_HOST);
    try_direction(data, size, IPC_TO_DAEMON);
    return 0;
}
