/*
 * tocsin/output.h - where a notifier's words go, beside the network and the desktop: files that it
 * appends to, and the journal.
 *
 * A plugin can open no file and no socket by itself once it runs. What its options of type OUTPUT
 * name is opened for it, if it has TOCSIN_POWERS_FILES, and entries are handed to the journal for
 * it, if it has TOCSIN_POWERS_JOURNAL. To be used from the thread that calls the plugin.
 */
#ifndef TOCSIN_OUTPUT_H
#define TOCSIN_OUTPUT_H

#include <tocsin/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The file that stands under this option's path now, open to be read and appended to, close(2) it
 * after use; made, with mode 0600, when there is none, and its name is on the disk then. Open it
 * for each delivery: so nothing goes to a file that was rotated away, and none is kept on the disk.
 * It may be written to, cut with ftruncate(2), waited for with fdatasync(2), locked with flock(2),
 * and given room with fallocate(2) and FALLOC_FL_KEEP_SIZE.
 *
 * -1 with errno: as open(2) says; ELOOP for every symbolic link, EISDIR for a folder, EINVAL for
 * what is no regular file otherwise. */
int tocsin_output_open(struct tocsin_instance *instance, const char *option);

/* A field of an entry. Names are those of systemd.journal-fields(7): up to 64 capitals, digits and
 * '_', and neither of the latter two first. Values may hold anything but a NUL. */
struct tocsin_journal_field {
    const char *name, *value;
};

/* Hands an entry to the journal. 0: the journal has it. -1 with errno: EINVAL for a name that is
 * none, ENOENT and ECONNREFUSED when there is no journal, EAGAIN when it does not take any more. */
int tocsin_journal_tell(struct tocsin_instance *instance, const struct tocsin_journal_field *fields,
                        size_t n);

#ifdef __cplusplus
}
#endif

#endif
