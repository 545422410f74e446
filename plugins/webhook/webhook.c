/*
 * The notifier `webhook`: alerts posted to a URL, as Prometheus Alertmanager posts its own.
 *
 *   settings.c  the options: target.c, header.c, sign.c
 *   body.c      what is posted: alert.c
 *   send.c      the wire
 *   verdict.c   what the answer means: quiet.c
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "body.h"
#include "clock.h"
#include "header.h"
#include "quiet.h"
#include "send.h"
#include "verdict.h"

struct state {
    struct settings settings;
    struct sender *sender;
    struct quiet quiet;
};

static void fini(void *arg)
{
    struct state *state = arg;
    sender_free(&state->sender);
    settings_deinit(&state->settings);
    quiet_deinit(&state->quiet);
    free(state);
    curl_global_cleanup();
}

static int start(struct tocsin_instance *instance, struct state *state)
{
    struct err err;
    if (settings_read(instance, &state->settings) < 0)
        return -1;
    state->sender = sender_new(&state->settings, &err);
    return state->sender ? 0 : tocsin_fail(instance, NULL, 0, 0, "%s", err.text);
}

static int init(struct tocsin_instance *instance, void **result)
{
    if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return tocsin_fail(instance, NULL, 0, 0, "libsodium or libcurl does not start");
    struct state *state = NEW(struct state);
    if (start(instance, state) < 0) {
        fini(state);
        return -1;
    }
    *result = state;
    return 0;
}

static struct curl_slist *headers_of(const struct settings *settings, const char *id,
                                     const char *body)
{
    struct curl_slist *headers = NULL;
    header_add(&headers, "Content-Type: application/json");
    header_add(&headers, "Expect:"); /* not to be asked for with a long body */
    header_add(&headers, "Idempotency-Key: %s", id);
    for (const struct curl_slist *at = settings->headers; at; at = at->next)
        header_add(&headers, "%s", at->data);
    if (!settings->key.bytes)
        return headers;
    int64_t now = time(NULL);
    AUTO_FREE char *signature = sign(&settings->key, id, now, body, strlen(body));
    header_add(&headers, "webhook-id: %s", id);
    header_add(&headers, "webhook-timestamp: %" PRId64, now);
    header_add(&headers, "webhook-signature: %s", signature);
    return headers;
}

static struct verdict deliver(const struct state *state, const struct tocsin_delivery *delivery)
{
    const struct settings *settings = &state->settings;
    AUTO_FREE char *body = body_make(delivery, settings->receiver, settings->external_url);
    struct curl_slist *headers = headers_of(settings, tocsin_delivery_id(delivery), body);
    struct reply reply;
    sender_post(state->sender, body, strlen(body), headers, &reply);
    struct verdict_case of = {.target = &settings->target,
                              .secrets = (const char *const *)settings->secrets,
                              .now = time(NULL)};
    struct verdict verdict = verdict_of(&reply, &of);
    reply_deinit(&reply);
    curl_slist_free_all(headers);
    return verdict;
}

static enum tocsin_result notify(void *arg, const struct tocsin_delivery *delivery,
                                 struct tocsin_outcome *outcome)
{
    struct state *state = arg;
    int64_t left_ms = quiet_left_ms(&state->quiet, clock_now_ms());
    if (left_ms) {
        tocsin_outcome_delay(outcome, left_ms);
        tocsin_outcome_reason(outcome, "not asked again yet: %s", state->quiet.reason);
        return TOCSIN_LATER;
    }
    struct verdict verdict = deliver(state, delivery);
    quiet_note(&state->quiet, clock_now_ms(), verdict.delay_ms, verdict.reason);
    tocsin_outcome_delay(outcome, verdict.delay_ms);
    if (verdict.reason)
        tocsin_outcome_reason(outcome, "%s", verdict.reason);
    free(verdict.reason);
    return verdict.result;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(notifier),
    .powers = TOCSIN_POWERS_NETWORK,
    .resolves = true,
    .follows = true,
    .init = init,
    .notify = notify,
    .fini = fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,
    .name = "webhook",
    .version = PACKAGE_VERSION,
    .summary = "alerts posted to a URL, in the form of Prometheus Alertmanager, signed",
    .licence = "ISC",
    .options = settings_table,
    .notifier = &notifier,
};
