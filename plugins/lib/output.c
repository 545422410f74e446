/* Files to append to, as plugins see them; the host has them opened (daemon/host/opener.h). */
#include <errno.h>

#include <tocsin/output.h>

#include "lib/objects.h"

int tocsin_output_open(struct tocsin_instance *instance, const char *option)
{
    const char *path = tocsin_option_text(instance, option);
    if (path && instance->open_output)
        return instance->open_output(instance->arg, path);
    errno = path ? EPERM : ENOENT;
    return -1;
}
