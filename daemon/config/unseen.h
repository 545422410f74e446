/*
 * Why a folder on disk cannot be watched, and how to mend it: away, forbidden, no folder, or hidden
 * by the mounts of the unit. Used by folders.c alone.
 */
#ifndef TOCSIN_CONFIG_UNSEEN_H
#define TOCSIN_CONFIG_UNSEEN_H

#include "config/config.h"

/* `error` is what looking at the folder ended with. */
void unseen_say(const struct config_folder *folder, int error, struct config_at at,
                struct diags *diags);
/* The folder, or a part of it, is hidden from this unit: says so, and is true when it must not be
 * watched for that. `error` is 0 when there is a folder, which then need not be the one that
 * everybody else sees. */
bool unseen_is_hidden(const struct config_folder *folder, int error, struct config_at at,
                      struct diags *diags);

#endif
