/* tocsinctl: reads the command line, finds the command in the table, runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "ctl/ctl.h"

static bool has_colour(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && *term &&
           !str_equal(term, "dumb");
}

static void help(const struct ctl *ctl)
{
    if (ctl->json) {
        json_t *tables = ctl_help_json();
        ctl_print_json(tables);
        json_decref(tables);
    } else if (ctl->command) {
        ctl_command_help(stdout, ctl->command);
    } else if (ctl->n_args) {
        ctl_group_help(stdout, ctl->args[0]);
    } else {
        ctl_help(stdout);
    }
}

static int run(struct ctl *ctl, int argc, char **argv)
{
    switch (ctl_parse(ctl, argc, argv)) {
    case CTL_PARSED_RUN:
        return ctl->command->run(ctl);
    case CTL_PARSED_HELP:
        help(ctl);
        return EX_OK;
    case CTL_PARSED_VERSION:
        puts("tocsinctl " PACKAGE_VERSION);
        return EX_OK;
    case CTL_PARSED_WRONG:
        return EX_USAGE;
    }
    return EX_USAGE;
}

int main(int argc, char **argv)
{
    struct ctl ctl = {.colour = has_colour()};
    log_init("tocsinctl", LOG_LEVEL_WARNING);
    int status = run(&ctl, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("tocsinctl: standard output");
        return EX_IOERR;
    }
    return status;
}
