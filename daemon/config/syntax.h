/*
 * Why a file is no YAML, said for a person who has never read the standard: libyaml's finding, its
 * place, and the usual slip behind it. Part of the tree; nobody else calls it.
 */
#ifndef TOCSIN_CONFIG_SYNTAX_H
#define TOCSIN_CONFIG_SYNTAX_H

#include <yaml.h>

#include "config/diag.h"

/* `parser` has just failed on `text`. */
void syntax_explain(const yaml_parser_t *parser, const char *file, const char *text, size_t len,
                    struct diags *diags);

/* A value that begins with '*' or '&' is no alias of anything here. */
#define SYNTAX_STAR_HINT "a value that begins with * must stand in quotes: \"*.tmp\""

#endif
