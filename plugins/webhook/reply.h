/*
 * What one attempt brought, filled by send.c; verdict.c says what it means.
 */
#ifndef TOCSIN_WEBHOOK_REPLY_H
#define TOCSIN_WEBHOOK_REPLY_H

#include <curl/curl.h>

#include "base/buf.h"

#define REPLY_KEPT_BYTES 512 /* of the response, for a person */

struct reply {
    CURLcode code;
    char error[CURL_ERROR_SIZE]; /* libcurl's words for it, "" for none */
    long verify;                 /* OpenSSL's word on the server's certificate, 0: good */
    long status;                 /* once its headers are complete, whatever became of the rest */
    struct buf kept;             /* the beginning of the response */
    size_t n_bytes;              /* of the response */
    char *retry_after;           /* the header, NULL: none */
    char *redirect;              /* the URL it points to, NULL: nowhere */
};

#endif
