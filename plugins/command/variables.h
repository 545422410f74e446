/*
 * An alert as environment variables, for programs that do not want to read JSON: TOCSIN_HEADLINE,
 * TOCSIN_QUOTE and so on, of the first revision of a delivery; tocsin.yaml(5) lists them.
 */
#ifndef TOCSIN_COMMAND_VARIABLES_H
#define TOCSIN_COMMAND_VARIABLES_H

#include <tocsin/plugin.h>

/* A NULL-terminated array of NAME=value in one piece of memory each; variables_free ends it. What a
 * person reads is cleaned and cut to 1,024 characters; the path is as it is. */
char **variables_make(const struct tocsin_delivery *delivery);
void variables_free(char ***variables);

#endif
