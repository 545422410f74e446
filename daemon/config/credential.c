/* See credential.h. */
#include "config/credential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "config/unit.h"

#define PREFIX "credential:"

bool credential_is_named(const char *text)
{
    return str_starts(text, PREFIX);
}

/* As systemd.exec(5) has it: a file's name. */
static bool is_name(const char *name)
{
    return *name && !strchr(name, '/') && !str_equal(name, ".") && !str_equal(name, "..");
}

static void say_none(const struct option_value *value, const char *name)
{
    diags_error(value->diags, value->at,
                "%s: this unit has no credential \"%s\" (write \"LoadCredential=%s:/PATH/OF/ITS/"
                "FILE\" under [Service] in `%s tocsin`, then `%s tocsin`)",
                value->owner, name, name, unit_edit(), unit_restart());
}

static char *file_of(const struct option_value *value, const char *dir, const char *name)
{
    char *path = mem_printf("%s/%s", dir, name);
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0)
        return path;
    if (errno == ENOENT)
        say_none(value, name);
    else
        diags_error(value->diags, value->at, "%s: credential \"%s\": %s: %s", value->owner, name,
                    path, strerror(errno));
    free(path);
    return NULL;
}

char *credential_path(const struct option_value *value, const char *text)
{
    const char *name = text + strlen(PREFIX), *dir = getenv("CREDENTIALS_DIRECTORY");
    if (!is_name(name)) {
        diags_error(value->diags, value->at,
                    "%s: \"%s\" does not name a credential (write " PREFIX "NAME, with the NAME of "
                    "the unit's LoadCredential=)",
                    value->owner, text);
        return NULL;
    }
    if (value->elsewhere) {
        *value->unseen = true;
        diags_warning(value->diags, value->at,
                      "%s: whether there is a credential \"%s\" shows only inside the unit",
                      value->owner, name);
        return mem_strdup(text);
    }
    if (dir && *dir)
        return file_of(value, dir, name);
    if (unit_is_this())
        say_none(value, name);
    else
        diags_error(value->diags, value->at,
                    "%s: credential \"%s\" is handed over by a systemd unit, and this process is "
                    "none's (start tocsin by its unit, or name a file instead)",
                    value->owner, name);
    return NULL;
}
