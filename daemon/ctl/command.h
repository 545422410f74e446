/*
 * The table of commands and the table of options, which everything that tells of them is made from:
 * the reading of the command line, help, the completion of bash and zsh, and the tests. The table
 * stands in commands.c; what a kind of argument is, in kinds.c.
 */
#ifndef TOCSIN_CTL_COMMAND_H
#define TOCSIN_CTL_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "base/buf.h"

struct ctl;

/* What an argument names, and so what completes it. In the order of the table in kinds.c. */
enum ctl_kind {
    CTL_FLAG, /* of an option: it takes no argument */
    CTL_FILE,
    CTL_DIRECTORY,
    CTL_PLUGIN_FILE,
    CTL_OUTPUT,
    CTL_TEXT, /* anything */
    CTL_STATUS,
    CTL_ALERT,
    CTL_OPEN_ALERT,
    CTL_FILTER, /* of alerts: a state, or a key and = */
    CTL_SEARCH, /* words, and such a key */
    CTL_REASON, /* why something did not ring, and since= */
    CTL_FOLDER,
    CTL_DOCUMENT, /* a path, a URL of a file, or a number */
    CTL_WHICH,    /* documents: those of a folder, or unread */
    CTL_TOPIC,
    CTL_NOTIFIER,
    CTL_DELIVERY,
    CTL_OPEN_DELIVERY,
    CTL_DEAD_DELIVERY,
    CTL_DELIVERY_STATE,
    CTL_PLUGIN,
    CTL_QUARANTINER, /* a detector that something is quarantined for */
    CTL_QUARANTINED, /* the number of such a document */
    CTL_SILENCE,     /* the number of one that holds */
    CTL_SILENCES,    /* which of them */
    CTL_MATCH,       /* what a silence meets */
    CTL_EXAMPLE,     /* what a route is asked about */
    CTL_DURATION,
    CTL_KIND, /* of those above: whose words are asked for */
    CTL_N_KINDS
};

/* The headings of the help. */
enum ctl_section {
    CTL_RUNNING,
    CTL_ALERTS,
    CTL_DOCUMENTS,
    CTL_TOPICS,
    CTL_NOTIFIERS,
    CTL_CONFIGURATION,
    CTL_PLUGINS,
    CTL_STORE,
    CTL_MACHINE,
    CTL_N_SECTIONS
};

#define CTL_MAX_ARGS     2
#define CTL_MAX_STATUSES 6

enum ctl_number {
    CTL_ONE,
    CTL_OPTIONAL, /* so are those after it */
    CTL_MANY,     /* one or more; the last argument */
    CTL_ANY,      /* none, one or more; likewise */
};

struct ctl_arg {
    const char *name; /* "ID"; NULL ends the list */
    enum ctl_number number;
    enum ctl_kind kind;
    const char *help;
};

struct ctl_status {
    int status;       /* sysexits(3), 1 or 2 */
    const char *when; /* NULL ends the list */
};

struct command {
    const char *name; /* one or two words */
    enum ctl_section section;
    bool offline; /* needs no daemon */
    bool hidden;  /* for programs: not in the help */
    bool lines;   /* --output jsonl is good for it */
    bool passes;  /* what follows it is for another program, options too */
    struct ctl_arg args[CTL_MAX_ARGS + 1];
    const char *help;                                 /* in half a line */
    const char *about;                                /* what else there is to know; sentences */
    struct ctl_status statuses[CTL_MAX_STATUSES + 1]; /* of its own */
    const char *example;
    int (*run)(struct ctl *ctl); /* returns the exit status */
};

struct ctl_option {
    const char *name; /* without the dashes */
    enum ctl_kind kind;
    const char *value; /* "FILE"; NULL: it takes none */
    size_t offset;     /* in struct ctl: a bool for CTL_FLAG, else a text */
    const char *help;
};

extern const struct command ctl_commands[];
extern const size_t ctl_n_commands;
extern const struct ctl_option ctl_options[];
extern const size_t ctl_n_options;
extern const char *const ctl_sections[CTL_N_SECTIONS];

/* ---- parse.c: the command line ---- */

enum ctl_parsed {
    CTL_PARSED_RUN,     /* ctl->command with its arguments */
    CTL_PARSED_HELP,    /* for ctl->command, or for the group ctl->args[0], or for all */
    CTL_PARSED_VERSION, /* is wanted */
    CTL_PARSED_WRONG,   /* was said on standard error: EX_USAGE */
};
/* Fills *ctl; its texts are those of argv, which is sorted so that options come first. */
enum ctl_parsed ctl_parse(struct ctl *ctl, int argc, char **argv);

bool ctl_is_optional(const struct ctl_arg *arg);
/* May it be given more than once? */
bool ctl_goes_on(const struct ctl_arg *arg);
/* How many arguments it takes; max -1: any number. */
void ctl_count_args(const struct command *command, int *min, int *max);
/* Is the word the first of commands of two words? */
bool ctl_is_group(const char *word);
bool ctl_in_group(const struct command *command, const char *group);

/* ---- help.c ---- */

/* "alert show ID", "quarantine release [DETECTOR [DOCUMENT]]" */
void ctl_usage(const struct command *command, struct buf *out);
void ctl_help(FILE *out);
void ctl_group_help(FILE *out, const char *group);
void ctl_command_help(FILE *out, const struct command *command);
/* Both tables as JSON, hidden commands too; a new reference. */
json_t *ctl_help_json(void);

/* ---- kinds.c ---- */

/* How a kind is completed. */
enum ctl_source {
    CTL_FROM_NOTHING,
    CTL_FROM_FILES, /* by the shell */
    CTL_FROM_DIRECTORIES,
    CTL_FROM_SHARED_OBJECTS, /* files NAME.so */
    CTL_FROM_LIST,           /* ctl_kind_words */
    CTL_FROM_TOCSINCTL,      /* `tocsinctl completion words KIND` */
};
const char *ctl_kind_name(enum ctl_kind kind);
enum ctl_source ctl_kind_source(enum ctl_kind kind);
/* A NULL-terminated list, for CTL_FROM_LIST. */
const char *const *ctl_kind_words(enum ctl_kind kind);

/* `tocsinctl completion words`: those of a kind that is CTL_FROM_TOCSINCTL. Says nothing when no
 * daemon answers. */
int ctl_completion_words(struct ctl *ctl);

/* ---- completion.c ---- */

/* `tocsinctl completion table`: both tables as arrays that bash and zsh read alike. */
int ctl_completion_table(struct ctl *ctl);

#endif
