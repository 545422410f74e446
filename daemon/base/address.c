/* See address.h. */
#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/str.h"

#define HOST_MAX_BYTES 64

static const char no_form[] = "is no address with a port (write 127.0.0.1:PORT or [::1]:PORT)";
static const char no_loopback[] =
    "is an address that other machines may reach; only this one may ask (write 127.0.0.1:PORT or "
    "[::1]:PORT, and put a proxy before it if others shall)";
static const char no_port[] = "has no port from 1 to 65535";

/* Takes the host apart from the port, which follows the last ':'. */
static const char *split(const char *text, char *host)
{
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || colon - text >= HOST_MAX_BYTES)
        return NULL;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    return colon + 1;
}

static bool parse_ipv4(const char *host, struct address *address)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&address->socket;
    in->sin_family = AF_INET;
    in->sin_port = htons(address->port);
    address->len = sizeof(*in);
    return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

static bool parse_ipv6(char *host, struct address *address)
{
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address->socket;
    size_t len = strlen(host);
    if (host[0] != '[' || host[len - 1] != ']')
        return false;
    host[len - 1] = '\0';
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(address->port);
    address->len = sizeof(*in6);
    return inet_pton(AF_INET6, host + 1, &in6->sin6_addr) == 1;
}

static bool is_loopback(const struct address *address)
{
    if (address->socket.ss_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&address->socket)->sin6_addr);
    const struct sockaddr_in *in = (const struct sockaddr_in *)&address->socket;
    return ntohl(in->sin_addr.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

bool address_parse_loopback(const char *text, struct address *address, const char **why)
{
    char host[HOST_MAX_BYTES];
    int64_t port;
    *address = (struct address){0};
    const char *rest = split(text, host);
    *why = no_form;
    if (!rest || !str_int_parse(rest, &port))
        return false;
    *why = no_port;
    if (port < 1 || port > UINT16_MAX)
        return false;
    address->port = (uint16_t)port;
    *why = no_form;
    if (!parse_ipv4(host, address) && !parse_ipv6(host, address))
        return false;
    *why = no_loopback;
    return is_loopback(address);
}
