/*
 * URLs of files (RFC 8089): how bytes that are no text, as paths may be, are written where only
 * text goes. Every byte that is not plain is escaped (RFC 3986, 2.1).
 */
#ifndef TOCSIN_BASE_URL_H
#define TOCSIN_BASE_URL_H

#include <stdbool.h>

bool url_is_of_file(const char *text);
/* "file:///tmp/caf%C3%A9" for an absolute path. The caller frees it. */
char *url_of_file(const char *path);
/* The way back, with or without "localhost". The caller frees it; NULL: it is no such URL, or holds
 * %00. */
char *url_to_file(const char *url);

#endif
