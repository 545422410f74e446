/*
 * The wire, by libcurl. Its connection is kept for the next delivery; a handle is not, for before
 * libcurl 8.1.1 one that is used again may read what it has freed, if the other side's first header
 * is a continuation (https://github.com/curl/curl/pull/11103).
 *
 * One attempt sends its body once. Libcurl would send it again by itself when a kept connection
 * turns out to be closed; it is not let (the daemon tries again, under the same delivery id),
 * unless nothing of the body had gone out.
 */
#ifndef TOCSIN_WEBHOOK_SEND_H
#define TOCSIN_WEBHOOK_SEND_H

#include "reply.h"
#include "settings.h"

struct sender;

/* `settings` stay the caller's and outlive it. */
struct sender *sender_new(const struct settings *settings, struct err *err);
void sender_free(struct sender **sender);
/* Posts a body, within the time-out of the settings. Follows redirects that stay at the same place.
 * Deinit the reply in any case. */
void sender_post(struct sender *sender, const char *body, size_t len, struct curl_slist *headers,
                 struct reply *reply);
void reply_deinit(struct reply *reply);

#endif
