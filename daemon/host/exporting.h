/* What an exporter's threads ask the daemon for; see exporting.c. */
#ifndef TOCSIN_HOST_EXPORTING_H
#define TOCSIN_HOST_EXPORTING_H

/* For tocsin_page: the text, the caller's to free(3); NULL: none came in time, or there is no such
 * page. From any thread but the one that sets this host up. */
char *exporting_page(const char *name);
/* The daemon knows that set-up is over: from now on it can be asked. */
void exporting_open(void);

#endif
