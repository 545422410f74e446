/* The table of file systems; see filesystem.h. Overlay is not among the shared: its upper layer
 * raises events, and for the rest there is the routine look at everything. */
#include "base/filesystem.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"

/* statfs(2); include/uapi/linux/magic.h. Those the header lacks are file systems' own. */
static const struct {
    uint32_t type;
    const char *name;
    bool shared;
} kinds[] = {
    {0x6969, "NFS", true},           {0xff534d42, "CIFS", true},
    {0xfe534d42, "SMB2", true},      {0x517b, "SMB", true},
    {0x65735546, "FUSE", true},      {0x01021997, "9p", true},
    {0x5346414f, "AFS", true},       {0x73757245, "Coda", true},
    {0x00c36400, "Ceph", true},      {0x01161970, "GFS2", true},
    {0x7461636f, "OCFS2", true},     {0x564c, "NCP", true},
    {0x0bd00bd0, "Lustre", true},    {0x786f4256, "VirtualBox", true},
    {0xbacbacbc, "VMware", true},    {0xef53, "ext4", false},
    {0x58465342, "XFS", false},      {0x9123683e, "Btrfs", false},
    {0x2fc12fc1, "ZFS", false},      {0xf2f52010, "F2FS", false},
    {0xca451a4e, "bcachefs", false}, {0x01021994, "tmpfs", false},
    {0x858458f6, "ramfs", false},    {0x794c7630, "overlay", false},
    {0x4d44, "FAT", false},          {0x2011bab0, "exFAT", false},
    {0x5346544e, "NTFS", false},     {0x73717368, "squashfs", false},
    {0x9660, "ISO 9660", false},
};

const char *filesystem_name(long type)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if ((uint32_t)type == kinds[i].type)
            return kinds[i].name;
    return NULL;
}

const char *filesystem_shared(long type)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if ((uint32_t)type == kinds[i].type)
            return kinds[i].shared ? kinds[i].name : NULL;
    return NULL;
}
