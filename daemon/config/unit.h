/* Whether this process is the main one of a systemd unit, and how its unit is spoken of. */
#ifndef TOCSIN_CONFIG_UNIT_H
#define TOCSIN_CONFIG_UNIT_H

#include <stdbool.h>

/* Programs that a unit's process starts, such as tocsinctl in a terminal, are not meant. */
bool unit_is_this(void);
/* What edits the unit (systemctl(1)), without the unit's name: "systemctl --user edit". */
const char *unit_edit(void);
/* What makes such a change hold: "systemctl --user restart". */
const char *unit_restart(void);

#endif
