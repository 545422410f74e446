/* Where in the configuration it is written what decided: "tocsin.yaml:90"; "" of what is written
 * nowhere. The caller frees it. */
#ifndef TOCSIN_ALERT_PLACE_H
#define TOCSIN_ALERT_PLACE_H

#include "config/config.h"

char *place_of(const struct config_at *at);
char *place_of_route(const struct config_route *route);

#endif
