/*
 * The state of the files that a plugin's options name, as a part of a hash; see option_type.h.
 *
 * A reload compares hashes to see which hosts have to be replaced. Contents are not read: inode,
 * size, mtime and ctime change with them.
 */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "config/option_type.h"

#define STAMP_MAX_DEPTH 4

static void stamp(struct hasher *hasher, const char *path, int depth);

static void stamp_folder(struct hasher *hasher, const char *path, int depth)
{
    struct dirent **entries = NULL;
    int n = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (entries[i]->d_name[0] != '.') {
            AUTO_FREE char *child = mem_printf("%s/%s", path, entries[i]->d_name);
            stamp(hasher, child, depth + 1);
        }
        free(entries[i]);
    }
    free(entries);
}

static void stamp(struct hasher *hasher, const char *path, int depth)
{
    struct stat info;
    hasher_text(hasher, path);
    if (stat(path, &info) < 0)
        return;
    const int64_t parts[] = {(int64_t)info.st_ino, (int64_t)info.st_size, info.st_mtim.tv_sec,
                             info.st_mtim.tv_nsec, info.st_ctim.tv_sec,   info.st_ctim.tv_nsec};
    hasher_part(hasher, parts, sizeof(parts));
    if (S_ISDIR(info.st_mode) && depth < STAMP_MAX_DEPTH)
        stamp_folder(hasher, path, depth);
}

void option_stamp(struct hasher *hasher, const char *path)
{
    stamp(hasher, path, 0);
}
