/* For the tests of this room: a directory of its own, files in it, and what loading them says. */
#ifndef TOCSIN_CONFIG_TEST_FIXTURE_H
#define TOCSIN_CONFIG_TEST_FIXTURE_H

#include "config/config.h"

struct fixture {
    char *dir; /* resolved */
    struct config *config;
    struct diags diags;
    char *messages; /* as printed, with the directory's name as "@" */
    char *watched;  /* a folder that was watched before; freed with the rest */
};

/* Makes the directory and, in it, the empty folder "news". */
struct fixture *fixture_new(void);
void fixture_free(struct fixture **fixture);
/* The caller frees it. */
char *fixture_path(const struct fixture *fixture, const char *name);
void fixture_write(const struct fixture *fixture, const char *name, const char *text);
void fixture_mkdir(const struct fixture *fixture, const char *name);
/* Loads the file of that name, replacing what was loaded before. */
int fixture_load(struct fixture *fixture, const char *name);
/* The same after writing `text` to tocsin.yaml. */
int fixture_load_text(struct fixture *fixture, const char *text);
/* Refreshes `messages` from `diags`. */
const char *fixture_messages(struct fixture *fixture);

#endif
