/*
 * Reading mountinfo as the kernel walks a path: from the root mount on, at each part of the path,
 * onto whatever is mounted there. The longest mount point that fits would be wrong, because mounts
 * that lie under others are listed, too. See visible.h.
 *
 * How systemd hides (its src/core/namespace.c): a place is made inaccessible by binding an empty
 * folder without any rights over it (.../inaccessible/dir, on the file system of /run); PrivateTmp=
 * binds a folder systemd-private-* over /tmp and /var/tmp; the others mount a tmpfs. A unit with
 * mounts of its own receives the machine's by propagation ("master:N"), from the root on; so a
 * tmpfs that was not received was made for the unit.
 */
#include "config/visible.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

struct mount {
    int64_t id, parent;
    char *root, *point, *type; /* root: what of its file system is mounted */
    bool read_only;
    bool received; /* from the machine's mounts */
};

struct mounts {
    struct mount *items;
    size_t n, cap;
};

/* ---- reading ---- */

/* In place: \040 and its kin are blanks and backslashes. */
static void unescape(char *text)
{
    char *out = text;
    while (*text) {
        bool octal = text[0] == '\\' && text[1] >= '0' && text[1] <= '3' && text[2] >= '0' &&
                     text[2] <= '7' && text[3] >= '0' && text[3] <= '7';
        if (octal) {
            *out++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text += 4;
        } else {
            *out++ = *text++;
        }
    }
    *out = '\0';
}

/* "" at the end of the line. */
static char *next_field(char **rest)
{
    char *field = strsep(rest, " ");
    if (!*rest)
        *rest = field + strlen(field);
    return field;
}

/* ID PARENT DEVICE ROOT POINT OPTIONS [TAG...] - TYPE SOURCE OPTIONS; false: no such line. */
static bool read_mount(char *line, struct mount *mount)
{
    char *rest = line;
    *mount = (struct mount){0};
    if (!str_int_parse(next_field(&rest), &mount->id) ||
        !str_int_parse(next_field(&rest), &mount->parent))
        return false;
    next_field(&rest);
    char *root = next_field(&rest), *point = next_field(&rest), *options = next_field(&rest);
    while (*rest && !str_starts(rest, "- "))
        mount->received |= str_starts(next_field(&rest), "master:");
    if (!*rest || *point != '/')
        return false;
    next_field(&rest);
    mount->read_only = str_equal(options, "ro") || str_starts(options, "ro,");
    unescape(root);
    unescape(point);
    mount->root = mem_strdup(root);
    mount->point = mem_strdup(point);
    mount->type = mem_strdup(next_field(&rest));
    return true;
}

static void mounts_read(struct mounts *mounts, const char *mountinfo)
{
    AUTO_FREE char *copy = mem_strdup(mountinfo);
    char *rest = copy;
    *mounts = (struct mounts){0};
    for (char *line; (line = strsep(&rest, "\n"));) {
        struct mount mount;
        if (!read_mount(line, &mount))
            continue;
        mounts->items = mem_grow(mounts->items, &mounts->cap, mounts->n + 1, sizeof(mount));
        mounts->items[mounts->n++] = mount;
    }
}

static void mounts_deinit(struct mounts *mounts)
{
    for (size_t i = 0; i < mounts->n; i++) {
        free(mounts->items[i].root);
        free(mounts->items[i].point);
        free(mounts->items[i].type);
    }
    free(mounts->items);
}

/* ---- walking ---- */

static const struct mount *find_id(const struct mounts *mounts, int64_t id)
{
    for (size_t i = 0; i < mounts->n; i++) {
        if (mounts->items[i].id == id)
            return &mounts->items[i];
    }
    return NULL;
}

static const struct mount *mounted_on(const struct mounts *mounts, const struct mount *below,
                                      const char *point, size_t len)
{
    for (size_t i = 0; i < mounts->n; i++) {
        const struct mount *mount = &mounts->items[i];
        if (mount->parent == below->id && mount != below && strlen(mount->point) == len &&
            memcmp(mount->point, point, len) == 0)
            return mount;
    }
    return NULL;
}

/* The uppermost at this point; at most all of them lie on each other. */
static const struct mount *climb(const struct mounts *mounts, const struct mount *mount,
                                 const char *point, size_t len)
{
    for (size_t i = 0; i < mounts->n; i++) {
        const struct mount *above = mounted_on(mounts, mount, point, len);
        if (!above)
            break;
        mount = above;
    }
    return mount;
}

/* The first mount at "/", which lies on none that is listed. NULL: there is none. */
static const struct mount *root_mount(const struct mounts *mounts)
{
    for (size_t i = 0; i < mounts->n; i++) {
        const struct mount *mount = &mounts->items[i];
        const struct mount *below = find_id(mounts, mount->parent);
        if (str_equal(mount->point, "/") && (!below || below == mount))
            return mount;
    }
    return NULL;
}

/* The mount that the path leads to. */
static const struct mount *walk(const struct mounts *mounts, const char *path)
{
    const struct mount *mount = root_mount(mounts);
    if (!mount)
        return NULL;
    mount = climb(mounts, mount, "/", 1);
    for (size_t i = 1; i <= strlen(path); i++) {
        if (i > 1 && (path[i] == '/' || path[i] == '\0'))
            mount = climb(mounts, mount, path, i);
    }
    return mount;
}

/* ---- judging ---- */

enum hidden_by { HIDDEN_BY_NOTHING, HIDDEN_BY_NO_RIGHTS, HIDDEN_BY_PRIVATE_TMP, HIDDEN_BY_TMPFS };

static enum hidden_by hidden_by(const struct mounts *mounts, const struct mount *mount)
{
    const struct mount *root = root_mount(mounts);
    bool tmpfs = str_equal(mount->type, "tmpfs");
    if (tmpfs && str_ends(mount->root, "/inaccessible/dir"))
        return HIDDEN_BY_NO_RIGHTS;
    if (strstr(mount->root, "/systemd-private-"))
        return HIDDEN_BY_PRIVATE_TMP;
    if (tmpfs && root && root->received && !mount->received)
        return HIDDEN_BY_TMPFS;
    return HIDDEN_BY_NOTHING;
}

/* ProtectHome= hides three places in the same way; one alone was named by another setting. */
static bool is_protect_home(const struct mounts *mounts, const char *place, enum hidden_by by)
{
    static const char *const homes[] = {"/home", "/root", "/run/user"};
    bool is_home = false;
    int n_hidden = 0;
    for (size_t i = 0; i < ARRAY_LEN(homes); i++) {
        const struct mount *mount = walk(mounts, homes[i]);
        is_home |= str_equal(place, homes[i]);
        n_hidden += str_equal(mount->point, homes[i]) && hidden_by(mounts, mount) == by;
    }
    return is_home && n_hidden > 1;
}

/* `BindReadOnlyPaths=PATH` in quotes, PATH as systemd.exec(5) wants it. */
static char *bind_line(const char *path)
{
    AUTO_BUF struct buf word = {0};
    bool blank = strpbrk(path, " \t") != NULL;
    for (; *path; path++) {
        if (*path == '%')
            buf_putc(&word, '%');
        if (strchr(":\\", *path))
            buf_putc(&word, '\\');
        buf_putc(&word, *path);
    }
    const char *quote = blank ? "'" : "";
    return mem_printf("\"BindReadOnlyPaths=%s%s%s\"", quote, buf_text(&word), quote);
}

static void explain(const struct mounts *mounts, const struct mount *mount, enum hidden_by by,
                    const char *path, struct hidden *hidden)
{
    const char *place = mount->point;
    bool home = is_protect_home(mounts, place, by);
    AUTO_FREE char *bind = bind_line(path);
    hidden->place = mem_strdup(place);
    hidden->sure = true;
    switch (by) {
    case HIDDEN_BY_NOTHING:
        break;
    case HIDDEN_BY_NO_RIGHTS:
        hidden->cause =
            home ? mem_strdup("ProtectHome=yes") : mem_printf("InaccessiblePaths=%s", place);
        hidden->mend = home ? mem_printf("\"ProtectHome=tmpfs\" and %s", bind)
                            : mem_strdup("\"InaccessiblePaths=\" with what shall stay hidden");
        break;
    case HIDDEN_BY_PRIVATE_TMP:
        hidden->cause = mem_strdup("PrivateTmp=yes");
        hidden->mend = mem_strdup(bind);
        break;
    case HIDDEN_BY_TMPFS:
        hidden->cause =
            home ? mem_strdup("ProtectHome=tmpfs") : mem_printf("TemporaryFileSystem=%s", place);
        hidden->mend = mem_strdup(bind);
        hidden->sure = home || mount->read_only;
        break;
    }
}

/* ---- the two questions ---- */

bool visible_is_hidden(const char *mountinfo, const char *path, struct hidden *hidden)
{
    struct mounts mounts;
    *hidden = (struct hidden){0};
    mounts_read(&mounts, mountinfo);
    const struct mount *mount = walk(&mounts, path);
    enum hidden_by by = mount ? hidden_by(&mounts, mount) : HIDDEN_BY_NOTHING;
    if (by != HIDDEN_BY_NOTHING)
        explain(&mounts, mount, by, path, hidden);
    mounts_deinit(&mounts);
    return by != HIDDEN_BY_NOTHING;
}

static bool is_below(const char *point, const char *path)
{
    size_t len = str_equal(path, "/") ? 0 : strlen(path);
    return strncmp(point, path, len) == 0 && point[len] == '/' && point[len + 1] != '\0';
}

bool visible_hides_part(const char *mountinfo, const char *path, struct hidden *hidden)
{
    struct mounts mounts;
    bool found = false;
    *hidden = (struct hidden){0};
    mounts_read(&mounts, mountinfo);
    for (size_t i = 0; i < mounts.n && !found; i++) {
        const struct mount *mount = &mounts.items[i];
        enum hidden_by by = hidden_by(&mounts, mount);
        found = by != HIDDEN_BY_NOTHING && is_below(mount->point, path) &&
                walk(&mounts, mount->point) == mount;
        if (found)
            explain(&mounts, mount, by, mount->point, hidden);
    }
    mounts_deinit(&mounts);
    return found;
}

void hidden_deinit(struct hidden *hidden)
{
    free(hidden->place);
    free(hidden->cause);
    free(hidden->mend);
    *hidden = (struct hidden){0};
}
