/* The tables of file systems; see filesystem.h. Overlay is not among the shared: its upper layer
 * raises events, and for the rest there is the routine look at everything. */
#include "base/filesystem.h"

#include <stdint.h>

#include "base/mem.h"

/* statfs(2); include/uapi/linux/magic.h. Those the header lacks are file systems' own. */
struct kind {
    const char *name;
    uint32_t type;
};

static const struct kind shared[] = {
    {"NFS", 0x6969},        {"CIFS", 0xff534d42},       {"SMB2", 0xfe534d42},
    {"SMB", 0x517b},        {"FUSE", 0x65735546},       {"9p", 0x01021997},
    {"AFS", 0x5346414f},    {"Coda", 0x73757245},       {"Ceph", 0x00c36400},
    {"GFS2", 0x01161970},   {"OCFS2", 0x7461636f},      {"NCP", 0x564c},
    {"Lustre", 0x0bd00bd0}, {"VirtualBox", 0x786f4256}, {"VMware", 0xbacbacbc},
};

static const struct kind own[] = {
    {"ext4", 0xef53},         {"XFS", 0x58465342},   {"Btrfs", 0x9123683e},
    {"ZFS", 0x2fc12fc1},      {"F2FS", 0xf2f52010},  {"bcachefs", 0xca451a4e},
    {"tmpfs", 0x01021994},    {"ramfs", 0x858458f6}, {"overlay", 0x794c7630},
    {"FAT", 0x4d44},          {"exFAT", 0x2011bab0}, {"NTFS", 0x5346544e},
    {"squashfs", 0x73717368}, {"ISO 9660", 0x9660},
};

static const struct kind kernels[] = {
    {"proc", 0x9fa0},           {"sysfs", 0x62656572},       {"debugfs", 0x64626720},
    {"tracefs", 0x74726163},    {"cgroup", 0x27e0eb},        {"cgroup2", 0x63677270},
    {"securityfs", 0x73636673}, {"selinuxfs", 0xf97cff8c},   {"smackfs", 0x43415d53},
    {"bpf", 0xcafe4a11},        {"pstore", 0x6165676c},      {"efivarfs", 0xde5e81e4},
    {"configfs", 0x62656570},   {"binfmt_misc", 0x42494e4d}, {"nsfs", 0x6e736673},
    {"mqueue", 0x19800202},
};

static const char *find(const struct kind *kinds, size_t n, long type)
{
    for (size_t i = 0; i < n; i++)
        if ((uint32_t)type == kinds[i].type)
            return kinds[i].name;
    return NULL;
}

const char *filesystem_shared(long type)
{
    return find(shared, ARRAY_LEN(shared), type);
}

const char *filesystem_name(long type)
{
    const char *name = filesystem_shared(type);
    if (!name)
        name = find(own, ARRAY_LEN(own), type);
    return name ? name : find(kernels, ARRAY_LEN(kernels), type);
}

bool filesystem_is_kernels(long type)
{
    return find(kernels, ARRAY_LEN(kernels), type) != NULL;
}
