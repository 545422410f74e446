/*
 * One option of the schema in one struct: read, default, written, compared, freed. The only place
 * that knows what a schema_type means. `entry` is the struct that the item's offsets are of.
 */
#ifndef TOCSIN_CONFIG_VALUE_H
#define TOCSIN_CONFIG_VALUE_H

#include "base/buf.h"
#include "config/config.h"
#include "config/schema.h"
#include "config/tree.h"

/* Reads what is written. On -1 the field is as it was and `diags` says what is wrong; `owner` opens
 * the message: `folder "seeds"`. */
int value_read(const struct schema_item *item, const struct tree *node, void *entry,
               const char *owner, struct diags *diags);
void value_default(const struct schema_item *item, void *entry);
/* As YAML that value_read reads back as the same value; OPTIONS are left out. */
void value_write(const struct schema_item *item, const void *entry, struct buf *out);
const struct config_option *value_options(const struct schema_item *item, const void *entry,
                                          size_t *n); /* of an OPTIONS item */
bool value_equal(const struct schema_item *item, const void *a, const void *b);
void value_free(const struct schema_item *item, void *entry);

/* Text as a YAML scalar, in quotes if it needs them. */
void value_write_text(const char *text, struct buf *out);
/* In brackets, however many. */
void value_write_texts(const struct config_texts *texts, struct buf *out);

/* Names of things, plugins and options; a plugin's is a part of a file's name. */
bool value_is_name(const char *text);
#define VALUE_NAME_HINT                                                                            \
    "a name is 1 to 64 letters (a-z), digits, \".\", \"-\" or \"_\", and begins with a letter or " \
    "digit"

/* `(write ...)` hints, shared with plugins' options. */
#define VALUE_DURATION_HINT "write it like 500ms, 90s, 1h30m or 2d"
#define VALUE_SIZE_HINT     "write it like 512, 64K, 16M or 1G"
#endif
