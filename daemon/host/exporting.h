/* What an exporter's threads ask the daemon for; see exporting.c. */
#ifndef TOCSIN_HOST_EXPORTING_H
#define TOCSIN_HOST_EXPORTING_H

/* For tocsin_page, once set-up is over: the text, the caller's to free(3); NULL: none came in time,
 * or there is no such page. From any thread. */
char *exporting_page(const char *name);

#endif
