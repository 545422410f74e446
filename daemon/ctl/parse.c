/* The command line, read by the tables of command.h. */
#include <getopt.h>
#include <string.h>

#include "base/str.h"
#include "ctl/ctl.h"

#define OPTIONS_MAX 32

static void set_option(struct ctl *ctl, const struct ctl_option *option, const char *value)
{
    void *field = (char *)ctl + option->offset;
    if (option->kind == CTL_FLAG)
        *(bool *)field = true;
    else
        *(const char **)field = value;
}

static bool read_options(struct ctl *ctl, int argc, char **argv)
{
    struct option longs[OPTIONS_MAX + 1] = {{NULL, 0, NULL, 0}};
    for (size_t i = 0; i < ctl_n_options && i < OPTIONS_MAX; i++)
        longs[i] = (struct option){ctl_options[i].name,
                                   ctl_options[i].value ? required_argument : no_argument, NULL, 1};
    int c, index = -1;
    optind = 0; /* from the beginning, in a test more than once */
    while ((c = getopt_long(argc, argv, "h", longs, &index)) != -1) {
        if (c == 'h')
            ctl->help = true;
        else if (c == 1)
            set_option(ctl, &ctl_options[index], optarg);
        else
            return false;
    }
    ctl->args = argv + optind;
    ctl->n_args = argc - optind;
    return true;
}

static bool asks_for_help(const char *word)
{
    return word && (str_equal(word, "--help") || str_equal(word, "-h"));
}

/* How many words of the command line are tocsinctl's own: all, or those up to a command that passes
 * the rest on, which has its help here like any other. */
static int own_words(int argc, char **argv)
{
    for (int at = 1; at + 1 < argc; at++)
        for (size_t i = 0; i < ctl_n_commands; i++) {
            const struct command *command = &ctl_commands[i];
            if (command->passes && ctl_in_group(command, argv[at]) &&
                str_equal(strchr(command->name, ' ') + 1, argv[at + 1]))
                return at + 2 + asks_for_help(argv[at + 2]);
        }
    return argc;
}

static const char *options_fault(struct ctl *ctl)
{
    if (ctl->user && ctl->system)
        return "--user and --system exclude each other";
    ctl->lines = str_equal(ctl->output, "jsonl");
    ctl->json = ctl->lines || str_equal(ctl->output, "json");
    if (ctl->output && !ctl->json && !str_equal(ctl->output, "text"))
        return "--output is text or json, or jsonl for fact extract";
    return NULL;
}

bool ctl_in_group(const struct command *command, const char *group)
{
    size_t len = strlen(group);
    return strncmp(command->name, group, len) == 0 && command->name[len] == ' ';
}

bool ctl_is_group(const char *word)
{
    for (size_t i = 0; i < ctl_n_commands; i++) {
        if (ctl_in_group(&ctl_commands[i], word) && !ctl_commands[i].hidden)
            return true;
    }
    return false;
}

/* Takes the one or two words of a command from the front of the arguments. */
static void find_command(struct ctl *ctl)
{
    for (size_t i = 0; i < ctl_n_commands && ctl->n_args; i++) {
        const struct command *command = &ctl_commands[i];
        const char *space = strchr(command->name, ' ');
        int n_words = space ? 2 : 1;
        bool same = space ? ctl->n_args > 1 && ctl_in_group(command, ctl->args[0]) &&
                                str_equal(ctl->args[1], space + 1)
                          : str_equal(ctl->args[0], command->name);
        if (!same)
            continue;
        ctl->command = command;
        ctl->args += n_words;
        ctl->n_args -= n_words;
        return;
    }
}

/* " (did you mean "alert list"?)", or "". The caller frees it. */
static char *hint_for(const struct ctl *ctl, const char *words)
{
    AUTO_FREE const char **names = NEW_N(const char *, ctl_n_commands);
    size_t n = 0;
    for (size_t i = 0; i < ctl_n_commands; i++)
        if (!ctl_commands[i].hidden)
            names[n++] = ctl_commands[i].name;
    const char *near = str_nearest(words, names, n);
    if (!near)
        near = str_nearest(ctl->args[0], names, n);
    return near ? mem_printf(" (did you mean \"%s\"?)", near) : mem_strdup("");
}

static void say_unknown(const struct ctl *ctl)
{
    const char *first = ctl->args[0];
    AUTO_FREE char *words =
        ctl->n_args > 1 ? mem_printf("%s %s", first, ctl->args[1]) : mem_strdup(first);
    AUTO_FREE char *hint = hint_for(ctl, words);
    bool group = ctl_is_group(first);
    if (group && ctl->n_args == 1)
        ctl_complain("\"%s\" wants a second word; these are:", words);
    else
        ctl_complain("unknown command \"%s\"%s; %s", words, hint,
                     group ? "these are:" : "see tocsinctl --help");
    if (group)
        ctl_group_help(stderr, first);
}

bool ctl_is_optional(const struct ctl_arg *arg)
{
    return arg->number == CTL_OPTIONAL || arg->number == CTL_ANY;
}

bool ctl_goes_on(const struct ctl_arg *arg)
{
    return arg->number == CTL_MANY || arg->number == CTL_ANY;
}

void ctl_count_args(const struct command *command, int *min, int *max)
{
    *min = *max = 0;
    for (const struct ctl_arg *arg = command->args; arg->name; arg++) {
        *min += !ctl_is_optional(arg);
        *max = ctl_goes_on(arg) ? -1 : *max + 1;
    }
}

static bool has_its_args(const struct ctl *ctl)
{
    int min, max;
    ctl_count_args(ctl->command, &min, &max);
    if (ctl->n_args >= min && (max < 0 || ctl->n_args <= max))
        return true;
    AUTO_BUF struct buf usage = {0};
    ctl_usage(ctl->command, &usage);
    fprintf(stderr, "usage: tocsinctl %s\nexample: %s\n", buf_text(&usage), ctl->command->example);
    return false;
}

enum ctl_parsed ctl_parse(struct ctl *ctl, int argc, char **argv)
{
    int own = own_words(argc, argv);
    if (!read_options(ctl, own, argv))
        return CTL_PARSED_WRONG; /* getopt has said why */
    ctl->n_args += argc - own;
    const char *fault = options_fault(ctl);
    if (fault) {
        ctl_complain("%s; see tocsinctl --help", fault);
        return CTL_PARSED_WRONG;
    }
    if (ctl->version)
        return CTL_PARSED_VERSION;
    find_command(ctl);
    if (ctl->help && (ctl->command || !ctl->n_args || ctl_is_group(ctl->args[0])))
        return CTL_PARSED_HELP;
    if (!ctl->command && ctl->n_args) {
        say_unknown(ctl);
        return CTL_PARSED_WRONG;
    }
    if (!ctl->command) {
        ctl_help(stderr);
        return CTL_PARSED_WRONG;
    }
    if (ctl->lines && !ctl->command->lines) {
        ctl_complain("--output jsonl is for fact extract; here it is text or json");
        return CTL_PARSED_WRONG;
    }
    return has_its_args(ctl) ? CTL_PARSED_RUN : CTL_PARSED_WRONG;
}
