/* Sealed memory files; see memfd.h. */
#include "base/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL)

int memfd_seal(int fd, struct err *err)
{
    if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
        return err_errno(err, "sealing a memory file");
    return 0;
}

int memfd_from(const char *name, const void *bytes, size_t len, struct err *err)
{
    AUTO_FD int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return err_errno(err, "making a memory file");
    const char *at = bytes;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(err, "writing a memory file");
        at += n;
        len -= (size_t)n;
    }
    if (memfd_seal(fd, err) < 0)
        return -1;
    return fd_take(&fd);
}

int memfd_check(int fd, size_t max_bytes, size_t *size, struct err *err)
{
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0)
        return err_errno(err, "a descriptor that is no memory file");
    if ((seals & SEALS) != SEALS)
        return err_set(err, "a memory file that its sender can still change");
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_errno(err, "fstat of a memory file");
    if ((size_t)st.st_size > max_bytes)
        return err_set(err, "a memory file of %lld bytes, %zu allowed", (long long)st.st_size,
                       max_bytes);
    if (size)
        *size = (size_t)st.st_size;
    return 0;
}

int memfd_map(int fd, size_t max_bytes, struct memfd_map *map, struct err *err)
{
    *map = (struct memfd_map){.data = ""};
    size_t size = 0;
    if (memfd_check(fd, max_bytes, &size, err) < 0)
        return -1;
    if (size == 0)
        return 0;
    void *data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED)
        return err_errno(err, "mapping a memory file");
    *map = (struct memfd_map){data, size};
    return 0;
}

void memfd_unmap(struct memfd_map *map)
{
    if (map->len)
        munmap((void *)(uintptr_t)map->data, map->len);
    *map = (struct memfd_map){.data = ""};
}
