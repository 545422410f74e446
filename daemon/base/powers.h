/* The powers that a plugin may ask for (enum tocsin_powers), by their names in descriptions. */
#ifndef TOCSIN_BASE_POWERS_H
#define TOCSIN_BASE_POWERS_H

#include <stdbool.h>

#include <tocsin/plugin.h>

/* "none", "bus" ...; NULL for a number that is none of them. */
const char *powers_name(unsigned powers);
/* False when no powers have this name; NULL is none. */
bool powers_parse(const char *name, enum tocsin_powers *powers);

#endif
