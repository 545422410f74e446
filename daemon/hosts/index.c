/* The memory files of an index; see index.h. */
#include "hosts/index.h"

#include <fcntl.h>

#include "base/mem.h"

struct host_index host_index_dup(const struct host_index *index)
{
    struct host_index own = HOST_INDEX_NONE;
    for (int i = 0; i < HOST_INDEX_PARTS; i++) {
        if (index->fds[i] < 0)
            continue;
        own.fds[i] = fcntl(index->fds[i], F_DUPFD_CLOEXEC, 0);
        if (own.fds[i] < 0) {
            host_index_close(&own);
            break;
        }
    }
    return own;
}

void host_index_close(struct host_index *index)
{
    for (int i = 0; i < HOST_INDEX_PARTS; i++)
        fd_close(&index->fds[i]);
}
