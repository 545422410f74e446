/*
 * Secrets that a systemd unit hands to its process: `credential:NAME` in the configuration stands
 * for the file NAME in $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential=). Used by
 * option_type.c alone.
 */
#ifndef TOCSIN_CONFIG_CREDENTIAL_H
#define TOCSIN_CONFIG_CREDENTIAL_H

#include "config/option_type.h"

bool credential_is_named(const char *text);
/* The path of the file, which can be read; the caller frees it. NULL, and said why: there is none.
 * If the value belongs to a configuration for another process, which alone can see its credentials,
 * the text itself and a warning. */
char *credential_path(const struct option_value *value, const char *text);

#endif
