/* Where a program may listen: this machine alone. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/address.h"
#include "base/mem.h"

static void loopback_is_taken(void **state)
{
    (void)state;
    struct address address;
    const char *why;
    assert_true(address_parse_loopback("127.0.0.1:9464", &address, &why));
    const struct sockaddr_in *in = (const struct sockaddr_in *)&address.socket;
    assert_int_equal(address.port, 9464);
    assert_int_equal(address.len, sizeof(*in));
    assert_int_equal(in->sin_family, AF_INET);
    assert_int_equal(ntohs(in->sin_port), 9464);
    assert_int_equal(ntohl(in->sin_addr.s_addr), INADDR_LOOPBACK);
    assert_true(address_parse_loopback("127.255.0.9:1", &address, &why));
    assert_true(address_parse_loopback("[::1]:65535", &address, &why));
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address.socket;
    assert_int_equal(address.port, 65535);
    assert_int_equal(address.len, sizeof(*in6));
    assert_int_equal(in6->sin6_family, AF_INET6);
    assert_int_equal(ntohs(in6->sin6_port), 65535);
    assert_memory_equal(&in6->sin6_addr, &in6addr_loopback, sizeof(in6addr_loopback));
    assert_int_equal(in6->sin6_flowinfo, 0);
}

static void anything_else_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"0.0.0.0:9464", "other machines"},
        {"[::]:9464", "other machines"},
        {"192.168.1.7:9464", "other machines"},
        {"128.0.0.1:9464", "other machines"},
        {"[2001:db8::1]:9464", "other machines"},
        {"", "no address with a port"},
        {"9464", "no address with a port"},
        {":9464", "no address with a port"},
        {"127.0.0.1", "no address with a port"},
        {"127.0.0.1:", "no address with a port"},
        {"127.0.0.1:http", "no address with a port"},
        {"127.1:9464", "no address with a port"},
        {"localhost:9464", "no address with a port"},
        {"::1:9464", "no address with a port"},
        {"[::1]", "no address with a port"},
        {"[]:9464", "no address with a port"},
        {"[127.0.0.1]:9464", "no address with a port"},
        {"127.0.0.1:0", "no port from 1 to 65535"},
        {"127.0.0.1:65536", "no port from 1 to 65535"},
        {"127.0.0.1:-1", "no port from 1 to 65535"},
        {"0000000000000000000000000000000000000000000000000000000000000000000127.0.0.1:1",
         "no address with a port"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct address address;
        const char *why = "";
        assert_false(address_parse_loopback(cases[i].text, &address, &why));
        if (!strstr(why, cases[i].why))
            assert_string_equal(cases[i].text, why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_is_taken),
        cmocka_unit_test(anything_else_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
