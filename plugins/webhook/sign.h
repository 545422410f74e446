/*
 * The signature of Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric: HMAC-SHA256
 * over "ID.TIMESTAMP.BODY". Pure.
 */
#ifndef TOCSIN_WEBHOOK_SIGN_H
#define TOCSIN_WEBHOOK_SIGN_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SIGN_MIN_BYTES 24 /* of a key, says the standard */

struct sign_key {
    unsigned char *bytes; /* NULL: nothing is signed */
    size_t len;
};

/* A key as the standard writes it, "whsec_" and base64; any other text is the key as it stands. */
int sign_key_parse(const char *text, struct sign_key *key, struct err *err);
void sign_key_deinit(struct sign_key *key);
/* The value of webhook-signature, "v1,BASE64"; free(3). `timestamp` in seconds, UTC. */
char *sign(const struct sign_key *key, const char *id, int64_t timestamp, const char *body,
           size_t len);

#endif
