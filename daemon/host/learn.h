/*
 * Which powers a notifier asks for. The sandbox has to know before plugin code is in this process,
 * and only the plugin's table says it: so a child that has no powers at all loads the plugin, tells
 * and ends.
 */
#ifndef TOCSIN_HOST_LEARN_H
#define TOCSIN_HOST_LEARN_H

#include "host/plugin.h"
#include "host/sandbox.h"

/* TOCSIN_POWERS_NONE also when it cannot be learnt: loading it in earnest then says why.
 * `strict`: the sandbox of the child. */
enum tocsin_powers learn_powers(struct host *host, const struct sandbox *strict);

#endif
