/* Files to append to and the journal, as plugins see them; the host has a porter carry what goes
 * there (daemon/host/porter.h). */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include <tocsin/output.h>

#include "base/buf.h"
#include "lib/objects.h"

#define NAME_MAX_BYTES 64
#define NAME_LETTERS   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

int tocsin_output_open(struct tocsin_instance *instance, const char *option)
{
    const char *path = tocsin_option_text(instance, option);
    if (path && instance->outlets && instance->outlets->open_output)
        return instance->outlets->open_output(instance->arg, path);
    errno = path ? EPERM : ENOENT;
    return -1;
}

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= NAME_MAX_BYTES && strchr(NAME_LETTERS, name[0]) &&
           strspn(name, NAME_LETTERS "0123456789_") == len;
}

/* The form that takes any value: its length before it (systemd.io/JOURNAL_NATIVE_PROTOCOL). */
static void add_field(struct buf *entry, const struct tocsin_journal_field *field)
{
    size_t len = strlen(field->value);
    uint64_t length = htole64(len);
    buf_puts(entry, field->name);
    buf_putc(entry, '\n');
    buf_append(entry, &length, sizeof(length));
    buf_append(entry, field->value, len);
    buf_putc(entry, '\n');
}

int tocsin_journal_tell(struct tocsin_instance *instance, const struct tocsin_journal_field *fields,
                        size_t n)
{
    const struct tocsin_outlets *outlets = instance->outlets;
    AUTO_BUF struct buf entry = {0};
    if (!outlets || !outlets->tell_journal) {
        errno = EPERM;
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        if (!is_name(fields[i].name)) {
            errno = EINVAL;
            return -1;
        }
        add_field(&entry, &fields[i]);
    }
    return outlets->tell_journal(instance->arg, buf_text(&entry), entry.len);
}
