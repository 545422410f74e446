/* Limits of the address space, set anew for each call; see share.h. */
#include "host/share.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define HOST_BYTES (4u << 20) /* what the host itself takes meanwhile, for findings and lines */

static int statm = -1; /* -1: nobody shares this host */

void share_open(const struct host *host)
{
    if (statm < 0 && host->role == IPC_ROLE_DETECTOR && host->n_plugins > 1)
        statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

uint64_t share_of_all(const struct host *host)
{
    uint64_t all = 0;
    for (size_t i = 0; i < host->n_plugins; i++) {
        if (!host->plugins[i].memory_bytes)
            return 0;
        all += host->plugins[i].memory_bytes;
    }
    return all;
}

/* In bytes; 0 when it cannot be read. The first number there is in pages (proc(5)). */
static rlim_t address_space(void)
{
    char text[128] = "";
    if (pread(statm, text, sizeof(text) - 1, 0) <= 0)
        return 0;
    return strtoull(text, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* Where this fails, the limit of all holds. */
static void set(rlim_t bytes)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_max == RLIM_INFINITY)
        return;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_AS, &limit);
}

void share_begin(const struct plugin *plugin)
{
    rlim_t now = statm >= 0 && plugin->memory_bytes ? address_space() : 0;
    if (now)
        set(now + plugin->memory_bytes + HOST_BYTES);
}

void share_end(void)
{
    if (statm >= 0)
        set(RLIM_INFINITY);
}
