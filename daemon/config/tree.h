/*
 * A YAML file as a tree whose every node knows file, line and column.
 *
 * By libyaml's parser, so everything a person can write in YAML 1.1 is read, but types are not
 * guessed: a scalar is text, and the schema that reads it says what it means. Anchors and aliases
 * are refused (they can grow without bound), as are tags, several documents in one file, duplicate
 * keys, NULs, anything but UTF-8, and what is larger or deeper than the limits below. Used by the
 * daemon's configuration and by plugins whose data files are YAML.
 */
#ifndef TOCSIN_CONFIG_TREE_H
#define TOCSIN_CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/diag.h"

enum tree_kind { TREE_SCALAR, TREE_LIST, TREE_MAP };

struct tree {
    enum tree_kind kind;
    struct config_at at; /* of the value */
    char *key;           /* in a map, else NULL */
    struct config_at key_at;
    char *text; /* scalar */
    size_t text_len;
    bool quoted;         /* a quoted or block scalar */
    struct tree **items; /* list and map, in the order written */
    size_t n;
};

#define TREE_MAX_BYTES (512u << 20)
#define TREE_MAX_NODES 4000000u
#define TREE_MAX_DEPTH 64

/* NULL on failure, with the reason in `diags`. An empty file is an empty map. */
struct tree *tree_read(const char *file, struct diags *diags);
/* The same on text in memory; `file` names it in messages. */
struct tree *tree_parse(const char *file, const char *text, size_t len, struct diags *diags);
/* As these, but what can be understood is returned in spite of errors (a key that stands twice, an
 * anchor), so that the reader can report its own findings, too. */
struct tree *tree_read_partly(const char *file, struct diags *diags);
struct tree *tree_parse_partly(const char *file, const char *text, size_t len, struct diags *diags);
/* What a file holds, appended to `out`, with the same checks and limit; -1 with the reason. */
int tree_read_bytes(const char *file, struct buf *out, struct diags *diags);
/* The same a part at a time, for files that are not to be in memory whole: `take` gets what is
 * read, and says how many bytes of it it has used; the rest comes again with more behind it, until
 * `last`.
 */
int tree_read_parts(const char *file,
                    size_t (*take)(void *arg, const char *text, size_t len, bool last), void *arg,
                    struct diags *diags);
void tree_free(struct tree **tree);
/* NULL when the map has no such key. */
const struct tree *tree_get(const struct tree *map, const char *key);

#endif
