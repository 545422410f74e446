/* Messages about folders that cannot be watched; see unseen.h. */
#include "config/unseen.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "config/unit.h"
#include "config/visible.h"

#define MAX_LINKS 40 /* as path_resolution(7) */

/* The longest leading part of the path that can be reached. The caller frees it. */
static char *reachable_part(const char *path)
{
    struct stat info;
    char *part = mem_strdup(path);
    for (char *slash = strrchr(part, '/'); slash && slash > part; slash = strrchr(part, '/')) {
        *slash = '\0';
        if (stat(part, &info) == 0)
            return part;
    }
    free(part);
    return mem_strdup("/");
}

/* ---- away ---- */

/* The entry of `dir` that the missing name was perhaps meant to be; "" when none is near. */
static char *near_entry(const char *dir, const char *missing)
{
    enum { NAMES_MAX = 1000 };
    size_t n = 0, cap = 0;
    char **names = NULL;
    DIR *open = opendir(dir);
    struct dirent *entry;
    while (open && n < NAMES_MAX && (entry = readdir(open))) {
        names = mem_grow(names, &cap, n + 1, sizeof(char *));
        names[n++] = mem_strdup(entry->d_name);
    }
    if (open)
        closedir(open);
    const char *near = str_nearest(missing, (const char *const *)names, n);
    char *hint =
        near ? mem_printf("; did you mean \"%s%s%s\"?", dir, str_equal(dir, "/") ? "" : "/", near)
             : mem_strdup("");
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
    return hint;
}

static void say_missing(const struct config_folder *folder, struct config_at at,
                        struct diags *diags)
{
    AUTO_FREE char *part = reachable_part(folder->path);
    const char *rest = folder->path + (str_equal(part, "/") ? 1 : strlen(part) + 1);
    AUTO_FREE char *missing = mem_strndup(rest, strcspn(rest, "/"));
    AUTO_FREE char *near = near_entry(part, missing);
    diags_error(diags, at,
                "folder \"%s\": %s does not exist: there is no \"%s\" in %s (make it, or correct "
                "the path%s)",
                folder->name, folder->path, missing, part, near);
}

/* ---- forbidden ---- */

/* The caller frees it. */
static char *user_name(uid_t uid)
{
    const struct passwd *user = getpwuid(uid);
    return user ? mem_strdup(user->pw_name) : mem_printf("%u", uid);
}

static void say_forbidden(const struct config_folder *folder, struct config_at at,
                          struct diags *diags)
{
    struct stat info;
    bool itself = stat(folder->path, &info) == 0;
    AUTO_FREE char *part = itself ? mem_strdup(folder->path) : reachable_part(folder->path);
    if (stat(part, &info) < 0)
        info = (struct stat){0};
    AUTO_FREE char *user = user_name(geteuid()), *owner = user_name(info.st_uid);
    /* To go through a folder takes x; to watch it, r as well, for its files and those to come. */
    AUTO_FREE char *mend = itself ? mem_printf("setfacl -R -m u:%s:rX,d:u:%s:rX", user, user)
                                  : mem_printf("setfacl -m u:%s:x", user);
    AUTO_FREE char *unit =
        unit_is_this() ? mem_printf("give the unit a group that may: \"SupplementaryGroups=GROUP\" "
                                    "under [Service] in `%s tocsin`; tocsind(8) has more ways",
                                    unit_edit())
                       : mem_strdup("run tocsin as its owner");
    diags_error(diags, at,
                "folder \"%s\": %s is not visible to user %s: %s belongs to user %s and has mode "
                "%04o (let it in with \"%s %s\", or %s)",
                folder->name, folder->path, user, part, owner, info.st_mode & 07777u, mend, part,
                unit);
}

void unseen_say(const struct config_folder *folder, int error, struct config_at at,
                struct diags *diags)
{
    if (error == ENOENT)
        say_missing(folder, at, diags);
    else if (error == EACCES || error == EPERM)
        say_forbidden(folder, at, diags);
    else if (error == ENOTDIR)
        diags_error(diags, at,
                    "folder \"%s\": %s is not a folder (watch the folder it is in, with \"include: "
                    "NAME\")",
                    folder->name, folder->path);
    else
        diags_error(diags, at, "folder \"%s\": %s: %s", folder->name, folder->path,
                    strerror(error));
}

/* ---- hidden ---- */

/* Where DIR/REST goes on if the first part of REST is a link; NULL when it is none. The caller
 * frees it. */
static char *follow(const char *dir, const char *rest)
{
    char target[PATH_MAX];
    size_t len = strcspn(rest, "/");
    AUTO_FREE char *link = mem_printf("%s/%.*s", dir, (int)len, rest);
    ssize_t n = readlink(link, target, sizeof(target) - 1);
    if (n <= 0)
        return NULL;
    target[n] = '\0';
    return target[0] == '/' ? mem_printf("%s%s", target, rest + len)
                            : mem_printf("%s/%s%s", dir, target, rest + len);
}

/* Resolves what can be reached of the path, and one link behind it. False: there is no such link.
 */
static bool resolve_step(char **path)
{
    AUTO_FREE char *part = reachable_part(*path);
    AUTO_FREE char *resolved = realpath(part, NULL);
    const char *dir = resolved && !str_equal(resolved, "/") ? resolved : "";
    const char *rest = *path + (str_equal(part, "/") ? 1 : strlen(part) + 1);
    char *next = follow(dir, rest);
    bool is_link = next != NULL;
    if (!is_link)
        next = mem_printf("%s/%s", dir, rest);
    free(*path);
    *path = next;
    return is_link;
}

/* The path with its links followed as far as they can be read: also into a hidden place. The caller
 * frees it. */
static char *resolve_seen(const char *path)
{
    char *at = mem_strdup(path), *whole;
    for (int i = 0; !(whole = realpath(at, NULL)) && i < MAX_LINKS && resolve_step(&at); i++)
        ;
    if (!whole)
        return at;
    free(at);
    return whole;
}

/* "" when it cannot be read. The caller frees it. */
static char *read_mountinfo(void)
{
    struct buf text = {0};
    char line[4096];
    FILE *file = fopen("/proc/self/mountinfo", "re");
    while (file && fgets(line, sizeof(line), file))
        buf_puts(&text, line);
    if (file)
        fclose(file);
    return buf_take(&text);
}

static bool say_hidden(const struct config_folder *folder, int error, struct config_at at,
                       const struct hidden *hidden, struct diags *diags)
{
    AUTO_FREE char *mend = mem_printf("write %s under [Service] in `%s tocsin`, then `%s tocsin`",
                                      hidden->mend, unit_edit(), unit_restart());
    if (!hidden->sure && !error) {
        diags_warning(
            diags, at,
            "folder \"%s\" (%s) lies in a file system that only this unit has: %s (unless "
            "that is meant, %s)",
            folder->name, folder->path, hidden->cause, mend);
        return false;
    }
    diags_error(diags, at, "folder \"%s\" (%s) is not visible inside this unit: %s hides %s (%s)",
                folder->name, folder->path, hidden->cause, hidden->place, mend);
    return true;
}

bool unseen_is_hidden(const struct config_folder *folder, int error, struct config_at at,
                      struct diags *diags)
{
    if (!unit_is_this())
        return false;
    struct hidden hidden;
    bool refused = false;
    AUTO_FREE char *mountinfo = read_mountinfo();
    AUTO_FREE char *path = resolve_seen(folder->path);
    if (visible_is_hidden(mountinfo, path, &hidden))
        refused = say_hidden(folder, error, at, &hidden, diags);
    else if (folder->recursive && visible_hides_part(mountinfo, path, &hidden))
        diags_warning(
            diags, at,
            "folder \"%s\" (%s): what is in %s is not visible inside this unit: %s (write "
            "%s under [Service] in `%s tocsin`)",
            folder->name, folder->path, hidden.place, hidden.cause, hidden.mend, unit_edit());
    hidden_deinit(&hidden);
    return refused;
}
