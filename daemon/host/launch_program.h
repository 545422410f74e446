/* Starting one program of the launcher's. Called by launcher.c alone. */
#ifndef TOCSIN_HOST_LAUNCH_PROGRAM_H
#define TOCSIN_HOST_LAUNCH_PROGRAM_H

#include <sys/types.h>

#include "host/plugin.h"
#include "host/sandbox.h"

struct launched {
    pid_t pid;
    int fds[3]; /* the other ends of its input, output and errors; non-blocking, the caller's */
};

/* `argv` is NULL-terminated and begins with an absolute path; `env` holds NAME=value texts, each
 * with its NUL, that go on top of this process's own environment. 0, or an errno: also when it
 * cannot be executed. */
int launch_program(char *const *argv, const char *env, size_t env_len,
                   const struct sandbox *sandbox, struct launched *launched);

/* The sandbox of the programs of a host; tries which layers come up, and leaves it to the caller
 * for good. */
void launch_sandbox(const struct host *host, struct sandbox *sandbox);

#endif
