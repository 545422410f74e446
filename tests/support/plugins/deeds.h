/* See deeds.c; linked into the test plugins that do them. */
#ifndef TOCSIN_TESTS_DEEDS_H
#define TOCSIN_TESTS_DEEDS_H

/* 0: done; an errno; -1: there is no such deed. */
int deed_do(const char *name, const char *path);
/* Options give paths with a '@' before them, so that the sandbox does not take them for its own. */
const char *deed_path(const char *text);

#endif
