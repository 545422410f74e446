/* Commands on topics that need no daemon: tocsin-topics, which stands beside tocsin-host, runs
 * them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/ctl.h"

#define PROGRAM "tocsin-topics"

char *ctl_topics_program(const struct ctl *ctl)
{
    const char *slash = ctl->host ? strrchr(ctl->host, '/') : NULL;
    if (!ctl->host)
        return mem_strdup(HOSTDIR "/" PROGRAM);
    return mem_printf("%.*s/" PROGRAM, slash ? (int)(slash - ctl->host) : 1,
                      slash ? ctl->host : ".");
}

/* Becomes that program, with the arguments that are left; comes back only when that fails. */
static int run(struct ctl *ctl, const char *name)
{
    AUTO_FREE char *program = ctl_topics_program(ctl);
    const char **argv = NEW_N(const char *, (size_t)ctl->n_args + 4);
    size_t n = 0;
    argv[n++] = "tocsinctl";
    argv[n++] = name;
    if (ctl->json && strcmp(name, "match") != 0)
        argv[n++] = "--json";
    for (int i = 0; i < ctl->n_args; i++)
        argv[n++] = ctl->args[i];
    execv(program, (char *const *)(uintptr_t)argv);
    ctl_complain("%s cannot be started: %s", program, strerror(errno));
    free(argv);
    return EX_UNAVAILABLE;
}

int ctl_topic_check(struct ctl *ctl)
{
    return run(ctl, "check");
}

int ctl_topic_tree(struct ctl *ctl)
{
    return run(ctl, "tree");
}

int ctl_topic_test(struct ctl *ctl)
{
    return run(ctl, "test");
}

int ctl_topic_match(struct ctl *ctl)
{
    return run(ctl, "match");
}
