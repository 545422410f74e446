/*
 * What the host and its launcher say to each other, over an ipc/channel.h of their own: a head a
 * packet; START's environment follows it, each NAME=value with its NUL.
 *
 *   host -> launcher                        launcher -> host
 *   START number command environment        STARTED number, three times: with the descriptor of the
 *                                           program's input, output, errors; or FAILED number errno
 *   KILL number                             ENDED number status
 *                                           LAYERS, once, at the beginning
 *
 * Both are of one process image and neither has plugin code when they are made, but the host will:
 * the launcher believes no number and no length that it is sent.
 */
#ifndef TOCSIN_HOST_LAUNCH_H
#define TOCSIN_HOST_LAUNCH_H

#include <stdint.h>

#include "base/buf.h"
#include "ipc/channel.h"

#define LAUNCH_MAX_PROGRAMS 64          /* that run at once */
#define LAUNCH_MAX_ENV      (96 * 1024) /* bytes of START's environment */

enum launch_what {
    LAUNCH_START,
    LAUNCH_KILL,
    LAUNCH_LAYERS,
    LAUNCH_STARTED,
    LAUNCH_FAILED,
    LAUNCH_ENDED
};

struct launch_head {
    uint32_t what;    /* enum launch_what */
    uint32_t number;  /* of the program, as the host counts them */
    uint32_t command; /* START: which of the host's commands */
    int32_t value;    /* FAILED: errno; ENDED: as waitpid(2) gives it; LAYERS: bits as sandbox.up */
};

#endif
