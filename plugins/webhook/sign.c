/* By libsodium; see sign.h. */
#include "sign.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/str.h"

#define PREFIX "whsec_"

int sign_key_parse(const char *text, struct sign_key *key, struct err *err)
{
    size_t len = strlen(text);
    *key = (struct sign_key){.bytes = mem_alloc(len + 1)};
    if (!str_starts(text, PREFIX)) {
        memcpy(key->bytes, text, len);
        key->len = len;
        return 0;
    }
    const char *base64 = text + strlen(PREFIX);
    len = strlen(base64);
    /* With padding as the standard writes it, or without, as it is copied at times. */
    if ((sodium_base642bin(key->bytes, len, base64, len, NULL, &key->len, NULL,
                           sodium_base64_VARIANT_ORIGINAL) == 0 ||
         sodium_base642bin(key->bytes, len, base64, len, NULL, &key->len, NULL,
                           sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0) &&
        key->len)
        return 0;
    sign_key_deinit(key);
    return err_set(err, "has no base64 after \"" PREFIX "\"");
}

void sign_key_deinit(struct sign_key *key)
{
    if (key->bytes)
        sodium_memzero(key->bytes, key->len);
    free(key->bytes);
    *key = (struct sign_key){0};
}

char *sign(const struct sign_key *key, const char *id, int64_t timestamp, const char *body,
           size_t len)
{
    AUTO_FREE char *head = mem_printf("%s.%" PRId64 ".", id, timestamp);
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char base64[sodium_base64_ENCODED_LEN(sizeof(mac), sodium_base64_VARIANT_ORIGINAL)];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, key->bytes, key->len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, len);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof(state));
    sodium_bin2base64(base64, sizeof(base64), mac, sizeof(mac), sodium_base64_VARIANT_ORIGINAL);
    return mem_printf("v1,%s", base64);
}
