/*
 * The options of the configuration, declared once: a table a section.
 *
 * The check, the defaults, `config show`, the diff of two configurations and the tests that hold
 * tocsin.yaml(5) and conf/tocsin.yaml against the code are all driven by these tables. Read-only;
 * plugins' own options are not here but in the plugins (config/options.h).
 */
#ifndef TOCSIN_CONFIG_SCHEMA_H
#define TOCSIN_CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schema_type {
    SCHEMA_NAME, /* what may name a file or a thing: see value_is_name */
    SCHEMA_PATH,
    SCHEMA_BOOL,
    SCHEMA_INT,
    SCHEMA_DURATION,
    SCHEMA_SIZE,
    SCHEMA_CHOICE,
    SCHEMA_TEXTS,
    SCHEMA_LISTEN,   /* a loopback address with a port, or "none" */
    SCHEMA_HOURS,    /* a list of hours: timing_hours_parse */
    SCHEMA_ZONE,     /* a time zone, or "system" */
    SCHEMA_CALENDAR, /* a calendar expression, or "none" */
    SCHEMA_RATE,     /* "10/1h", or "none" */
    SCHEMA_DELAYS,   /* a list of at most TIMING_REMIND delays: timing_delay_parse */
    SCHEMA_OPTIONS,  /* a plugin's options, kept as written */
};

struct schema_item {
    const char *key;
    enum schema_type type;
    size_t offset;        /* of the field in the section's struct */
    size_t extra_offset;  /* CHOICE: of the int64_t that "WORD AGE" fills; OPTIONS: of the count */
    const char *fallback; /* the default, written as in the file (TEXTS: separated by blanks); "":
                             empty; NULL: none */
    const char *unset;    /* what holds when it is left out or empty, in words; with fallback NULL
                             and this NULL, the option is required */
    int64_t min, max;     /* INT, DURATION, SIZE; both 0: any */
    const char *choices;  /* CHOICE: "a|b AGE|c"; INT: a word that may stand for a number */
    int64_t base;         /* CHOICE: the number of the first; INT: of the word */
    const char *help;     /* one line, no full stop */
};

enum schema_shape {
    SCHEMA_NAMED,  /* a map from names to maps of options */
    SCHEMA_LIST,   /* a list of maps of options */
    SCHEMA_SINGLE, /* one map of options */
};

struct schema_section {
    const char *key;  /* "folders" */
    const char *word; /* for one of them, in messages: "folder" */
    enum schema_shape shape;
    const struct schema_item *items;
    size_t n_items;
    const char *help;
    /* Where it stands in struct config: the array and its count; SINGLE's offsets are config's own,
     * and `places` too. */
    size_t array_offset, count_offset;
    /* In the struct of one entry. */
    size_t entry_size, name_offset, at_offset, places_offset;
};

/* In the order of a well-written file. */
const struct schema_section *schema_sections(size_t *n);
const struct schema_section *schema_section_find(const char *key);
/* NULL when the section has no such option; *index may be NULL. */
const struct schema_item *schema_item_find(const struct schema_section *section, const char *key,
                                           size_t *index);
bool schema_item_required(const struct schema_item *item);
/* The default for a reader: "200ms", "the folder's name"; "" when required. */
const char *schema_item_default(const struct schema_item *item);
/* "duration", "list" ...: the word the manual uses. */
const char *schema_type_name(enum schema_type type);

/* The temporary names of editors and downloads that a folder leaves out unless told otherwise. */
extern const char schema_temporary_names[];

/* The word of a LISTEN that is none. */
#define SCHEMA_NOWHERE "none"

/* The detector that tocsin's own trouble comes from; no plugin may take the name. */
#define SCHEMA_OWN_DETECTOR "tocsin"

#endif
