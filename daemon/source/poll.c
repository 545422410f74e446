/* What inotify cannot see; see poll.h. Overlay file systems are not here: their upper layer raises
 * events, and for the rest there is the routine look at everything. */
#include "source/poll.h"

#include <stddef.h>

#include "base/mem.h"

/* statfs(2); include/uapi/linux/magic.h. Those the header lacks are file systems' own. */
static const struct {
    unsigned long type;
    const char *name;
} shared[] = {
    {0x6969, "NFS"},        {0xff534d42, "CIFS"},       {0xfe534d42, "SMB2"},
    {0x517b, "SMB"},        {0x65735546, "FUSE"},       {0x01021997, "9p"},
    {0x5346414f, "AFS"},    {0x73757245, "Coda"},       {0x00c36400, "Ceph"},
    {0x01161970, "GFS2"},   {0x7461636f, "OCFS2"},      {0x564c, "NCP"},
    {0x0bd00bd0, "Lustre"}, {0x786f4256, "VirtualBox"}, {0xbacbacbc, "VMware"},
};

const char *poll_file_system(long type)
{
    for (size_t i = 0; i < ARRAY_LEN(shared); i++)
        if ((uint32_t)type == shared[i].type)
            return shared[i].name;
    return NULL;
}

int64_t poll_interval_ms(int64_t took_us)
{
    int64_t interval_ms = took_us / 10; /* a hundred times as long, in milliseconds */
    if (interval_ms < POLL_MIN_MS)
        return POLL_MIN_MS;
    return interval_ms > POLL_MAX_MS ? POLL_MAX_MS : interval_ms;
}
