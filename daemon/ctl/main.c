/* tocsinctl: reads the command line, finds the command in the table, runs it. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"
#include "ctl/ctl.h"

enum {
    OPT_HELP = 256,
    OPT_VERSION,
    OPT_USER,
    OPT_SYSTEM,
    OPT_SOCKET,
    OPT_CONFIG,
    OPT_OUTPUT,
    OPT_HOST,
    OPT_PLUGINS
};

static const struct option long_options[] = {
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"user", no_argument, NULL, OPT_USER},
    {"system", no_argument, NULL, OPT_SYSTEM},
    {"socket", required_argument, NULL, OPT_SOCKET},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"output", required_argument, NULL, OPT_OUTPUT},
    {"host", required_argument, NULL, OPT_HOST},
    {"plugins", required_argument, NULL, OPT_PLUGINS},
    {NULL, 0, NULL, 0},
};

static void print_help(FILE *out)
{
    fputs("usage: tocsinctl [OPTION...] COMMAND [ARGUMENT...]\n\n", out);
    for (size_t i = 0; i < ctl_n_commands; i++) {
        const struct command *command = &ctl_commands[i];
        AUTO_FREE char *left = mem_printf("%s %s", command->name, command->args);
        fprintf(out, "  %-40s  %s\n", left, command->help);
    }
    fputs("\n"
          "  --user, --system       the user's daemon or the system's (default: the user's if it "
          "runs)\n"
          "  --output text|json     how to print (default: text)\n"
          "  --socket PATH          the control socket\n"
          "  --config FILE          the main configuration file\n"
          "  --host PROGRAM         the tocsin-host to use without a daemon\n"
          "  --plugins DIR[:DIR]    where plugins are, without a daemon\n"
          "  --help, --version\n",
          out);
}

static void print_command_help(const struct command *command)
{
    printf("usage: tocsinctl %s%s%s\n\n%s\n\nexample: %s\n", command->name,
           *command->args ? " " : "", command->args, command->help, command->example);
}

/* The command of one or two words at the front of args; NULL when there is none. */
static const struct command *find_command(char **args, int n_args, int *n_words)
{
    for (size_t i = 0; i < ctl_n_commands; i++) {
        const struct command *command = &ctl_commands[i];
        const char *space = strchr(command->name, ' ');
        *n_words = space ? 2 : 1;
        if (n_args < *n_words)
            continue;
        size_t first = space ? (size_t)(space - command->name) : strlen(command->name);
        if (strlen(args[0]) == first && strncmp(args[0], command->name, first) == 0 &&
            (!space || strcmp(args[1], space + 1) == 0))
            return command;
    }
    return NULL;
}

static int unknown_command(char **args, int n_args)
{
    if (!n_args) {
        print_help(stderr);
        return EX_USAGE;
    }
    AUTO_FREE char *words =
        n_args > 1 ? mem_printf("%s %s", args[0], args[1]) : mem_strdup(args[0]);
    const char *names[64];
    size_t n = 0;
    bool group = false;
    for (size_t i = 0; i < ctl_n_commands && n < ARRAY_LEN(names); i++) {
        names[n++] = ctl_commands[i].name;
        size_t len = strlen(args[0]);
        group |=
            strncmp(ctl_commands[i].name, args[0], len) == 0 && ctl_commands[i].name[len] == ' ';
    }
    const char *near = str_nearest(words, names, n);
    if (!near && n_args > 1)
        near = str_nearest(args[0], names, n);
    AUTO_FREE char *hint = near ? mem_printf(" (did you mean \"%s\"?)", near) : mem_strdup("");
    ctl_complain("unknown command \"%s\"%s; %s", words, hint,
                 group ? "these are:" : "see tocsinctl --help");
    for (size_t i = 0; group && i < ctl_n_commands; i++) {
        if (strncmp(ctl_commands[i].name, args[0], strlen(args[0])) == 0)
            fprintf(stderr, "  tocsinctl %s %s\n", ctl_commands[i].name, ctl_commands[i].args);
    }
    return EX_USAGE;
}

static int usage_error(const char *text)
{
    ctl_complain("%s; see tocsinctl --help", text);
    return EX_USAGE;
}

/* Options; -1 to go on, else the exit status. */
static int read_options(struct ctl *ctl, int argc, char **argv, bool *help)
{
    int option;
    while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
        case OPT_HELP:
            *help = true;
            break;
        case OPT_VERSION:
            puts("tocsinctl " PACKAGE_VERSION);
            return EX_OK;
        case OPT_USER:
            ctl->user = true;
            break;
        case OPT_SYSTEM:
            ctl->system = true;
            break;
        case OPT_SOCKET:
            ctl->socket = optarg;
            break;
        case OPT_CONFIG:
            ctl->config = optarg;
            break;
        case OPT_HOST:
            ctl->host = optarg;
            break;
        case OPT_PLUGINS:
            ctl->plugins = optarg;
            break;
        case OPT_OUTPUT:
            ctl->json = strcmp(optarg, "json") == 0;
            if (!ctl->json && strcmp(optarg, "text") != 0)
                return usage_error("--output is text or json");
            break;
        default:
            return EX_USAGE;
        }
    }
    if (ctl->user && ctl->system)
        return usage_error("--user and --system exclude each other");
    return -1;
}

static bool has_colour(void)
{
    const char *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !getenv("NO_COLOR") && term && *term &&
           !str_equal(term, "dumb");
}

int main(int argc, char **argv)
{
    struct ctl ctl = {.colour = has_colour()};
    log_init("tocsinctl", LOG_LEVEL_WARNING);
    bool help = false;
    int status = read_options(&ctl, argc, argv, &help);
    if (status >= 0)
        return status;
    ctl.args = argv + optind;
    ctl.n_args = argc - optind;
    int n_words = 0;
    ctl.command = find_command(ctl.args, ctl.n_args, &n_words);
    if (help && ctl.command) {
        print_command_help(ctl.command);
        return EX_OK;
    }
    if (help) {
        print_help(stdout);
        return EX_OK;
    }
    if (!ctl.command)
        return unknown_command(ctl.args, ctl.n_args);
    ctl.args += n_words;
    ctl.n_args -= n_words;
    if (ctl.n_args < ctl.command->min_args ||
        (ctl.command->max_args >= 0 && ctl.n_args > ctl.command->max_args)) {
        fprintf(stderr, "usage: tocsinctl %s %s\nexample: %s\n", ctl.command->name,
                ctl.command->args, ctl.command->example);
        return EX_USAGE;
    }
    status = ctl.command->run(&ctl);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("tocsinctl: standard output");
        return EX_IOERR;
    }
    return status;
}
