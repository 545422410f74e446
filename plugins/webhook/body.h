/*
 * A delivery as the body of Prometheus Alertmanager's web hook, version 4 (webhook.Message in its
 * notify/webhook/webhook.go): {"receiver", "status", "alerts": [..], "groupLabels", "commonLabels",
 * "commonAnnotations", "externalURL", "version": "4", "groupKey", "truncatedAlerts"}.
 *
 * Each alert is a group of its own: its key stays the same as long as the alert lives, so that what
 * a receiver opened by it is closed by it. A summary is a group of many, and of that delivery.
 * Pure.
 */
#ifndef TOCSIN_WEBHOOK_BODY_H
#define TOCSIN_WEBHOOK_BODY_H

#include <tocsin/plugin.h>

/* free(3). `external_url` as the configuration gives it, "" for none. */
char *body_make(const struct tocsin_delivery *delivery, const char *receiver,
                const char *external_url);

#endif
