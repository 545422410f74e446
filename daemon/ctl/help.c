/* Help, made from the tables of command.h; 80 columns wide. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/ctl.h"

#define WIDTH    80
#define LEFT     28 /* columns for a command or option; a longer one has its line to itself */
#define ARG_LEFT 10

static const struct ctl_status common[] = {{EX_OK, "done"}, {EX_USAGE, "wrong usage"}};
static const struct ctl_status asking[] = {{EX_UNAVAILABLE, "no daemon answers"},
                                           {EX_NOPERM, "it is another user's"}};
#define STATUSES_MAX (ARRAY_LEN(common) + ARRAY_LEN(asking) + CTL_MAX_STATUSES)

void ctl_usage(const struct command *command, struct buf *out)
{
    size_t n_open = 0;
    buf_puts(out, command->name);
    for (const struct ctl_arg *arg = command->args; arg->name; arg++) {
        bool optional = ctl_is_optional(arg);
        buf_printf(out, " %s%s%s", optional ? "[" : "", arg->name, ctl_goes_on(arg) ? "..." : "");
        n_open += optional;
    }
    while (n_open--)
        buf_putc(out, ']');
}

/* "  LEFT   TEXT", the text in columns of its own, below a left side that is too long. */
static void print_row(FILE *out, const char *left, size_t columns, const char *text)
{
    size_t len = strlen(left);
    fprintf(out, "  %s", left);
    if (len + 2 > columns)
        fprintf(out, "\n%*s", (int)columns + 2, "");
    else
        fprintf(out, "%*s", (int)(columns - len), "");
    ctl_print_wrapped(out, columns + 2, WIDTH, text);
}

static void print_command(FILE *out, const struct command *command)
{
    AUTO_BUF struct buf usage = {0};
    ctl_usage(command, &usage);
    print_row(out, buf_text(&usage), LEFT, command->help);
}

void ctl_group_help(FILE *out, const char *group)
{
    for (size_t i = 0; i < ctl_n_commands; i++) {
        if (ctl_in_group(&ctl_commands[i], group) && !ctl_commands[i].hidden)
            print_command(out, &ctl_commands[i]);
    }
    fprintf(out, "\nMore: tocsinctl %s COMMAND --help\n", group);
}

static void print_section(FILE *out, enum ctl_section section)
{
    fprintf(out, "\n%s\n", ctl_sections[section]);
    for (size_t i = 0; i < ctl_n_commands; i++) {
        if (ctl_commands[i].section == section && !ctl_commands[i].hidden)
            print_command(out, &ctl_commands[i]);
    }
}

static void print_options(FILE *out)
{
    fputs("\nOptions\n", out);
    for (size_t i = 0; i < ctl_n_options; i++) {
        const struct ctl_option *option = &ctl_options[i];
        AUTO_FREE char *left = mem_printf("--%s%s%s", option->name, option->value ? " " : "",
                                          option->value ? option->value : "");
        print_row(out, left, LEFT, option->help);
    }
}

void ctl_help(FILE *out)
{
    fputs("usage: tocsinctl [OPTION...] COMMAND [ARGUMENT...]\n", out);
    for (enum ctl_section section = 0; section < CTL_N_SECTIONS; section++)
        print_section(out, section);
    print_options(out);
    fputs("\n"
          "More: tocsinctl COMMAND --help, with an example, and tocsinctl(1).\n"
          "example: tocsinctl explain ~/News/today.txt\n",
          out);
}

/* ---- one command ---- */

static int by_status(const void *a, const void *b)
{
    return ((const struct ctl_status *)a)->status - ((const struct ctl_status *)b)->status;
}

/* All that it may end with, sorted, in `all`; returns how many. */
static size_t statuses_of(const struct command *command, struct ctl_status *all)
{
    size_t n = 0;
    for (size_t i = 0; i < ARRAY_LEN(common); i++)
        all[n++] = common[i];
    for (size_t i = 0; !command->offline && i < ARRAY_LEN(asking); i++)
        all[n++] = asking[i];
    for (const struct ctl_status *own = command->statuses; own->when; own++)
        all[n++] = *own;
    qsort(all, n, sizeof(*all), by_status);
    return n;
}

static void print_sentence(FILE *out, const char *text)
{
    AUTO_FREE char *sentence = mem_printf("%s.", text);
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    ctl_print_wrapped(out, 0, WIDTH, sentence);
}

void ctl_command_help(FILE *out, const struct command *command)
{
    AUTO_BUF struct buf usage = {0};
    ctl_usage(command, &usage);
    fprintf(out, "usage: tocsinctl %s\n\n", buf_text(&usage));
    print_sentence(out, command->help);
    if (command->about)
        ctl_print_wrapped(out, 0, WIDTH, command->about);
    if (command->offline)
        fputs("Needs no daemon.\n", out);
    if (command->args[0].name)
        fputc('\n', out);
    for (const struct ctl_arg *arg = command->args; arg->name; arg++)
        print_row(out, arg->name, ARG_LEFT, arg->help);
    fputs("\nexit status:\n", out);
    struct ctl_status statuses[STATUSES_MAX];
    size_t n = statuses_of(command, statuses);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "  %-2d  %s\n", statuses[i].status, statuses[i].when);
    fprintf(out, "\nexample: %s\n", command->example);
}

/* ---- as JSON ---- */

static json_t *arg_json(const struct ctl_arg *arg)
{
    return json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", arg->name, "kind",
                     ctl_kind_name(arg->kind), "help", arg->help, "optional", ctl_is_optional(arg),
                     "many", ctl_goes_on(arg));
}

static json_t *command_json(const struct command *command)
{
    AUTO_BUF struct buf usage = {0};
    ctl_usage(command, &usage);
    json_t *args = json_array(), *statuses = json_array();
    for (const struct ctl_arg *arg = command->args; arg->name; arg++)
        json_array_append_new(args, arg_json(arg));
    struct ctl_status all[STATUSES_MAX];
    size_t n = statuses_of(command, all);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            statuses, json_pack("{s:i, s:s}", "status", all[i].status, "when", all[i].when));
    return json_pack("{s:s, s:s, s:o, s:s, s:s*, s:s, s:o, s:b, s:b}", "name", command->name,
                     "usage", buf_text(&usage), "arguments", args, "help", command->help, "about",
                     command->about, "example", command->example, "statuses", statuses, "daemon",
                     !command->offline, "hidden", command->hidden);
}

json_t *ctl_help_json(void)
{
    json_t *commands = json_array(), *options = json_array();
    for (size_t i = 0; i < ctl_n_commands; i++)
        json_array_append_new(commands, command_json(&ctl_commands[i]));
    for (size_t i = 0; i < ctl_n_options; i++)
        json_array_append_new(options, json_pack("{s:s, s:s*, s:s, s:s}", "name",
                                                 ctl_options[i].name, "value", ctl_options[i].value,
                                                 "kind", ctl_kind_name(ctl_options[i].kind), "help",
                                                 ctl_options[i].help));
    return json_pack("{s:o, s:o}", "commands", commands, "options", options);
}
