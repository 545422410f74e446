/*
 * Where a program listens, for this machine alone: 127.0.0.1:PORT or [::1]:PORT. The configuration
 * checks it, the host's sandbox opens the port, and the plugin listens there.
 */
#ifndef TOCSIN_BASE_ADDRESS_H
#define TOCSIN_BASE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
    struct sockaddr_storage socket; /* AF_INET or AF_INET6 */
    socklen_t len;
    uint16_t port;
};

/* False: *why says what is wrong, a static text that goes on after the text in quotes. */
bool address_parse_loopback(const char *text, struct address *address, const char **why);

#endif
