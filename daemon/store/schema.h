/* The list of migrations: store_migrations[n] leads from schema n to n + 1. */
#ifndef TOCSIN_STORE_SCHEMA_H
#define TOCSIN_STORE_SCHEMA_H

#include "store/store.h"

extern const char *const store_migrations[STORE_SCHEMA_VERSION];

#endif
