/*
 * What hosts' processes (processes.h) answer when they behave: probes describe their plugin,
 * detectors find one topic and one fact in each document and crash over "bad", a notifier named
 * "refusing" never takes anything, every other takes all.
 */
#ifndef TOCSIN_FUZZ_BEHAVING_H
#define TOCSIN_FUZZ_BEHAVING_H

#include <stddef.h>

#include "ipc/messages.h"

/* For processes_hear. */
void behave(size_t process, const struct ipc_message *message);

#endif
