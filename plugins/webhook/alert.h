/*
 * One revision as an element of `alerts` in the body of Prometheus Alertmanager's web hook, version
 * 4 (template.Alert in its template/template.go):
 *
 *   labels       alertname (the topic, or the fact's status), alert_id, detector, severity, source,
 *                label_NAME="true" for each label, field_NAME for each field, its values joined
 *   annotations  summary (the headline), description (the quote), match (what was found in it),
 *                change, document, path, date, labels, revision, sources
 *
 * What is empty is left out. Names are made of letters, digits and '_', as Prometheus wants them.
 * The fingerprint is the beginning of the alert's id: unlike Alertmanager's, which is a hash of the
 * labels, it stays when a fact rises to another status.
 */
#ifndef TOCSIN_WEBHOOK_ALERT_H
#define TOCSIN_WEBHOOK_ALERT_H

#include <jansson.h>

#include <tocsin/plugin.h>

/* The caller's reference. `digest`: of a summary, what it says; else NULL. */
json_t *alert_json(const struct tocsin_revision *revision, const char *digest);
/* A text as JSON; what is no UTF-8 in it (a file's name may be anything) is taken out. */
json_t *alert_text(const char *text);

#endif
