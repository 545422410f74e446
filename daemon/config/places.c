/* The places that are left to defaults: what systemd hands over, the XDG base directories, or a
 * system service's own. See config.h. */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "config/config.h"

char *config_default_file(bool system)
{
    const char *config_home = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    if (system)
        return mem_strdup(TOCSIN_CONF_DIR "/tocsin.yaml");
    if (config_home && config_home[0] == '/')
        return mem_printf("%s/tocsin/tocsin.yaml", config_home);
    return mem_printf("%s/.config/tocsin/tocsin.yaml", home ? home : "");
}

/* What systemd hands over first, then the XDG base directories, then the usual places. */
static char *default_dir(const char *from_systemd, bool system, const char *system_dir,
                         const char *xdg, const char *below_home)
{
    const char *given = getenv(from_systemd);
    if (given && *given)
        return mem_strdup(given);
    if (system)
        return mem_strdup(system_dir);
    const char *base = getenv(xdg);
    if (base && *base)
        return mem_printf("%s/tocsin", base);
    const char *home = getenv("HOME");
    if (home && *home && below_home)
        return mem_printf("%s/%s/tocsin", home, below_home);
    return mem_printf("/tmp/tocsin-%u", (unsigned)geteuid());
}

char *config_default_state_dir(bool system)
{
    return default_dir("STATE_DIRECTORY", system, "/var/lib/tocsin", "XDG_STATE_HOME",
                       ".local/state");
}

char *config_default_runtime_dir(bool system)
{
    return default_dir("RUNTIME_DIRECTORY", system, "/run/tocsin", "XDG_RUNTIME_DIR", NULL);
}
