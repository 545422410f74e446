/* Told by what systemd puts into the environment (systemd.exec(5)); see unit.h. */
#include "config/unit.h"

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"

bool unit_is_this(void)
{
    const char *text = getenv("SYSTEMD_EXEC_PID");
    int64_t pid;
    return text && str_int_parse(text, &pid) && pid == getpid();
}

/* Only a user's manager names itself. */
static bool is_of_a_user(void)
{
    return getenv("MANAGERPID") != NULL;
}

const char *unit_edit(void)
{
    return is_of_a_user() ? "systemctl --user edit" : "systemctl edit";
}

const char *unit_restart(void)
{
    return is_of_a_user() ? "systemctl --user restart" : "systemctl restart";
}
