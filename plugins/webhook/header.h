/*
 * Headers of a request, "Name: value" each, and which of them the configuration may add. Pure.
 */
#ifndef TOCSIN_WEBHOOK_HEADER_H
#define TOCSIN_WEBHOOK_HEADER_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/err.h"

/* Whether it is one line of a name and a value (RFC 9110, 5.1 and 5.5), and none of those that are
 * the plugin's own. The error quotes at most the name: a value may be a secret. */
int header_check(const char *line, struct err *err);
/* Whether the line's name is this one, in any case of letters. */
bool header_is(const char *line, const char *name);
/* Adds a line to a list, which is the caller's to free. */
void header_add(struct curl_slist **headers, const char *fmt, ...) PRINTF(2, 3);

#endif
