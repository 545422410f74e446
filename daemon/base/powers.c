/* See powers.h. */
#include "base/powers.h"

#include <stddef.h>

#include "base/mem.h"
#include "base/str.h"

static const char *const names[] = {
    [TOCSIN_POWERS_NONE] = "none",       [TOCSIN_POWERS_BUS] = "bus",
    [TOCSIN_POWERS_NETWORK] = "network", [TOCSIN_POWERS_JOURNAL] = "journal",
    [TOCSIN_POWERS_EXEC] = "exec",       [TOCSIN_POWERS_FILES] = "files",
};

const char *powers_name(unsigned powers)
{
    return powers < ARRAY_LEN(names) ? names[powers] : NULL;
}

bool powers_parse(const char *name, enum tocsin_powers *powers)
{
    for (size_t i = 0; name && i < ARRAY_LEN(names); i++) {
        if (!str_equal(names[i], name))
            continue;
        *powers = (enum tocsin_powers)i;
        return true;
    }
    return false;
}
