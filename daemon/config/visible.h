/*
 * What the mounts of a systemd unit hide from the processes in it. A unit sees the machine's files
 * through mounts of its own: ProtectHome=, PrivateTmp=, InaccessiblePaths= and TemporaryFileSystem=
 * lay something empty over a place, and what is there for everybody else is gone, or is another
 * folder of the same name. Pure: the text of /proc/self/mountinfo (proc(5)) goes in.
 */
#ifndef TOCSIN_CONFIG_VISIBLE_H
#define TOCSIN_CONFIG_VISIBLE_H

#include <stdbool.h>

struct hidden {
    char *place; /* the mount point that lies over the path, or over a part of what is in it */
    char *cause; /* the unit's setting: "ProtectHome=yes" */
    char *mend;  /* what to write under [Service], each line in quotes */
    bool sure;   /* false: a file system of the unit's own, which might be meant */
};

/* True: what `path` names in this unit is not what it names outside. `path` is absolute, with its
 * links followed. The caller frees the rest with hidden_deinit, in either case. */
bool visible_is_hidden(const char *mountinfo, const char *path, struct hidden *hidden);
/* True: the path itself is visible, but a place below it is hidden; the first one found. */
bool visible_hides_part(const char *mountinfo, const char *path, struct hidden *hidden);
void hidden_deinit(struct hidden *hidden);

#endif
