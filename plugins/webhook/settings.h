/*
 * The options of one web hook: their table, and what they come to. Files are read here, once, while
 * they are in reach; what they hold is kept in memory.
 */
#ifndef TOCSIN_WEBHOOK_SETTINGS_H
#define TOCSIN_WEBHOOK_SETTINGS_H

#include <curl/curl.h>

#include <tocsin/plugin.h>

#include "sign.h"
#include "target.h"

extern const struct tocsin_option settings_table[];

/* Texts that are not freed are the instance's, which lives as long as the host. */
struct settings {
    const char *receiver; /* this notifier's name */
    struct target target;
    const char *external_url;
    struct sign_key key;
    struct curl_slist *headers;  /* of the options: the same for each request */
    const char *proxy;           /* "": none */
    const char *proxy_login;     /* NULL: none */
    char *ca;                    /* PEM, NULL: the system's */
    char *certificate;           /* PEM, NULL: none */
    const char *certificate_key; /* PEM, NULL: with the certificate */
    const char *key_passphrase;  /* "": none */
    long connect_timeout_ms, timeout_ms;
    size_t max_response_bytes;
    char **secrets; /* never to be shown; NULL-terminated */
    size_t n_secrets, secrets_cap;
};

/* -1 when something is wrong, all of which was said by tocsin_fail. Deinit in any case. */
int settings_read(struct tocsin_instance *instance, struct settings *settings);
void settings_deinit(struct settings *settings);

#endif
