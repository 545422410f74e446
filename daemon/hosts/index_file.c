/* The file of an index: a head with what it is for and the hash of what follows; see
 * index_file.h. */
#include "hosts/index_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/memfd.h"
#include "ipc/messages.h"

#define MAGIC "tocsin index 1\n"

struct head {
    char magic[sizeof(MAGIC)];
    struct hash key;     /* of what it is for */
    struct hash content; /* of the bytes that follow */
    uint64_t bytes;
};

void index_file_init(struct index_file *file, const char *dir, const char *instance,
                     const char *plugin)
{
    char name[17];
    struct hash hash = hash_bytes(instance, strlen(instance));
    hash_hex(&hash, 8, name);
    *file = (struct index_file){.path = mem_printf("%s/%s.index", dir, name),
                                .instance = mem_strdup(instance),
                                .plugin = mem_strdup(plugin)};
}

void index_file_deinit(struct index_file *file)
{
    free(file->path);
    free(file->instance);
    free(file->plugin);
    *file = (struct index_file){0};
}

/* `base` is the content of the base of an update, NULL for a base. */
static int make_key(const struct index_file *file, const struct hash *base, struct hash *key,
                    struct err *err)
{
    struct stat st;
    struct hasher hasher;
    if (stat(file->plugin, &st) < 0)
        return err_errno(err, "%s", file->plugin);
    const int64_t parts[] = {(int64_t)st.st_ino, (int64_t)st.st_size, st.st_mtim.tv_sec,
                             st.st_mtim.tv_nsec};
    hasher_init(&hasher);
    hasher_text(&hasher, PACKAGE_VERSION);
    hasher_text(&hasher, file->instance);
    hasher_text(&hasher, file->plugin);
    hasher_part(&hasher, parts, sizeof(parts));
    if (base)
        hasher_part(&hasher, base->bytes, sizeof(base->bytes));
    *key = hasher_final(&hasher);
    return 0;
}

static char *part_path(const struct index_file *file, enum tocsin_index_part part)
{
    static const char *const endings[HOST_INDEX_PARTS] = {"", ".update", ".learnt"};
    return mem_printf("%s%s", file->path, endings[part]);
}

/* ---- reading ---- */

static int check(const struct index_file *file, const struct hash *base, const char *bytes,
                 size_t len, struct hash *content, struct err *err)
{
    struct head head;
    struct hash key;
    memcpy(&head, bytes, sizeof(head));
    if (memcmp(head.magic, MAGIC, sizeof(MAGIC)) != 0 || head.bytes != len - sizeof(head))
        return err_set(err, "it is cut, or no index");
    if (make_key(file, base, &key, err) < 0)
        return -1;
    if (!hash_equal(&key, &head.key))
        return err_set(err, "it is of another build of its plugin, or of another detector");
    *content = hash_bytes(bytes + sizeof(head), len - sizeof(head));
    return hash_equal(content, &head.content) ? 0 : err_set(err, "it is damaged");
}

/* The whole file, as it is while it is read: somebody may write to it meanwhile. */
static char *slurp(int fd, size_t *len, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0) {
        err_errno(err, "fstat");
        return NULL;
    }
    if (!S_ISREG(st.st_mode) || (size_t)st.st_size < sizeof(struct head) ||
        (size_t)st.st_size > IPC_MAX_INDEX_BYTES) {
        err_set(err, "it is cut, or no index");
        return NULL;
    }
    char *bytes = mem_alloc((size_t)st.st_size);
    *len = 0;
    while (*len < (size_t)st.st_size) {
        ssize_t n = read(fd, bytes + *len, (size_t)st.st_size - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            err_errno(err, "reading it");
            free(bytes);
            return NULL;
        }
        *len += (size_t)n;
    }
    return bytes;
}

/* `base` as in make_key; `content` gets the hash of the bytes. */
static int read_part(const struct index_file *file, enum tocsin_index_part part,
                     const struct hash *base, struct hash *content, struct err *err)
{
    AUTO_FREE char *path = part_path(file, part);
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return -1;
    if (fd < 0)
        return err_errno(err, "%s", path);
    size_t len;
    AUTO_FREE char *bytes = slurp(fd, &len, err);
    if (!bytes || check(file, base, bytes, len, content, err) < 0)
        return err_prefix(err, "%s", path);
    return memfd_from("index", bytes + sizeof(struct head), len - sizeof(struct head), err);
}

struct host_index index_file_read(const struct index_file *file, struct err *err)
{
    struct host_index index = HOST_INDEX_NONE;
    struct hash base, other;
    err_set(err, "%s", "");
    index.fds[TOCSIN_INDEX_LEARNT] = read_part(file, TOCSIN_INDEX_LEARNT, NULL, &other, err);
    index.fds[TOCSIN_INDEX_BASE] = read_part(file, TOCSIN_INDEX_BASE, NULL, &base, err);
    if (host_index_is_there(&index))
        index.fds[TOCSIN_INDEX_UPDATE] = read_part(file, TOCSIN_INDEX_UPDATE, &base, &other, err);
    return index;
}

/* ---- writing ---- */

static int write_all(int fd, const void *bytes, size_t len, struct err *err)
{
    const char *at = bytes;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(err, "writing it");
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int write_file(int fd, const struct head *head, const struct memfd_map *map, struct err *err)
{
    if (write_all(fd, head, sizeof(*head), err) < 0 || write_all(fd, map->data, map->len, err) < 0)
        return -1;
    return fsync(fd) < 0 ? err_errno(err, "fsync") : 0;
}

static int put(const char *path, const struct head *head, const struct memfd_map *map,
               struct err *err)
{
    AUTO_FREE char *new_path = mem_printf("%s.new", path);
    AUTO_FREE char *dir = mem_printf("%.*s", (int)(strrchr(path, '/') - path), path);
    if (mkdir(dir, 0700) < 0 && errno != EEXIST)
        return err_errno(err, "%s", dir);
    AUTO_FD int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return err_errno(err, "%s", new_path);
    if (write_file(fd, head, map, err) == 0 && rename(new_path, path) == 0)
        return 0;
    unlink(new_path); /* a full disk is not to be kept full */
    return err_prefix(err, "%s", path);
}

/* The content of the base that is on disk. */
static int read_base_hash(const struct index_file *file, struct hash *hash, struct err *err)
{
    struct head head;
    AUTO_FD int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || read(fd, &head, sizeof(head)) != (ssize_t)sizeof(head))
        return err_errno(err, "%s", file->path);
    *hash = head.content;
    return 0;
}

int index_file_write(const struct index_file *file, enum tocsin_index_part part, int fd,
                     struct err *err)
{
    AUTO_FREE char *path = part_path(file, part), *update = part_path(file, TOCSIN_INDEX_UPDATE);
    struct memfd_map map;
    struct head head = {.magic = MAGIC};
    struct hash base;
    bool is_update = part == TOCSIN_INDEX_UPDATE;
    if ((is_update && read_base_hash(file, &base, err) < 0) ||
        make_key(file, is_update ? &base : NULL, &head.key, err) < 0 ||
        memfd_map(fd, IPC_MAX_INDEX_BYTES, &map, err) < 0)
        return -1;
    head.bytes = map.len;
    head.content = hash_bytes(map.data, map.len);
    int result = put(path, &head, &map, err);
    memfd_unmap(&map);
    if (result == 0 && part == TOCSIN_INDEX_BASE)
        unlink(update); /* it would not be read any more: it is of another base */
    return result;
}
