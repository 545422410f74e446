/* A deep copy of a host's specification, so that a host does not hang on its owner's memory. */
#ifndef TOCSIN_HOSTS_SPEC_H
#define TOCSIN_HOSTS_SPEC_H

#include "hosts/hosts.h"

void spec_copy(struct host_spec *to, const struct host_spec *from);
void spec_deinit(struct host_spec *spec);

#endif
