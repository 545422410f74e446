/*
 * The tables of command.h as arrays of a shell, for the scripts in conf/completion. An element is
 * a key, a colon, and what belongs to it:
 *
 *   firsts     first word of a command: what it is about
 *   commands   command: what it is about
 *   arguments  command: kinds of its arguments, a * behind one that may be given again
 *   options    --option: its kind: what it is about
 *   kinds      kind: source: words of its own
 */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/ctl.h"

static const char *const sources[] = {
    [CTL_FROM_NOTHING] = "nothing",
    [CTL_FROM_FILES] = "files",
    [CTL_FROM_DIRECTORIES] = "directories",
    [CTL_FROM_SHARED_OBJECTS] = "shared-objects",
    [CTL_FROM_LIST] = "list",
    [CTL_FROM_TOCSINCTL] = "tocsinctl",
};

/* Between quotes of the shell. */
static void print_element(const char *text)
{
    fputs("    '", stdout);
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
    puts("'");
}

static void append_group(struct buf *out, const char *group)
{
    for (size_t i = 0; i < ctl_n_commands; i++) {
        const struct command *command = &ctl_commands[i];
        if (ctl_in_group(command, group) && !command->hidden)
            buf_printf(out, "%s%s", out->data[out->len - 1] == ':' ? "" : ", ",
                       command->name + strlen(group) + 1);
    }
}

static void print_firsts(void)
{
    puts("_tocsinctl_firsts=(");
    for (size_t i = 0; i < ctl_n_commands; i++) {
        const struct command *command = &ctl_commands[i];
        size_t len = strcspn(command->name, " ");
        AUTO_FREE char *first = mem_strndup(command->name, len);
        AUTO_BUF struct buf element = {0};
        buf_printf(&element, "%s:", first);
        /* The commands of a group stand together. */
        if (command->hidden ||
            (i && ctl_in_group(command, first) && ctl_in_group(&ctl_commands[i - 1], first)))
            continue;
        if (command->name[len])
            append_group(&element, first);
        else
            buf_puts(&element, command->help);
        print_element(buf_text(&element));
    }
    puts(")");
}

static void print_commands(void)
{
    puts("_tocsinctl_commands=(");
    for (size_t i = 0; i < ctl_n_commands; i++) {
        AUTO_FREE char *element = mem_printf("%s:%s", ctl_commands[i].name, ctl_commands[i].help);
        if (!ctl_commands[i].hidden)
            print_element(element);
    }
    puts(")");
}

static void print_arguments(void)
{
    puts("_tocsinctl_arguments=(");
    for (size_t i = 0; i < ctl_n_commands; i++) {
        const struct command *command = &ctl_commands[i];
        AUTO_BUF struct buf element = {0};
        buf_printf(&element, "%s:", command->name);
        for (const struct ctl_arg *arg = command->args; arg->name; arg++)
            buf_printf(&element, "%s%s%s", arg == command->args ? "" : " ",
                       ctl_kind_name(arg->kind), ctl_goes_on(arg) ? "*" : "");
        if (command->args[0].name && !command->hidden)
            print_element(buf_text(&element));
    }
    puts(")");
}

static void print_options(void)
{
    puts("_tocsinctl_options=(");
    for (size_t i = 0; i < ctl_n_options; i++) {
        const struct ctl_option *option = &ctl_options[i];
        AUTO_FREE char *element =
            mem_printf("--%s:%s:%s", option->name, ctl_kind_name(option->kind), option->help);
        print_element(element);
    }
    puts(")");
}

static void print_kinds(void)
{
    puts("_tocsinctl_kinds=(");
    for (enum ctl_kind kind = 0; kind < CTL_N_KINDS; kind++) {
        AUTO_BUF struct buf element = {0};
        buf_printf(&element, "%s:%s:", ctl_kind_name(kind), sources[ctl_kind_source(kind)]);
        const char *const *words =
            ctl_kind_source(kind) == CTL_FROM_LIST ? ctl_kind_words(kind) : NULL;
        for (size_t i = 0; words && words[i]; i++)
            buf_printf(&element, "%s%s", i ? " " : "", words[i]);
        print_element(buf_text(&element));
    }
    puts(")");
}

int ctl_completion_table(struct ctl *ctl)
{
    (void)ctl;
    print_firsts();
    print_commands();
    print_arguments();
    print_options();
    print_kinds();
    return EX_OK;
}
