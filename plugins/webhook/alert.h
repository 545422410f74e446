/*
 * One revision as an element of `alerts` in the body of Prometheus Alertmanager's web hook, version
 * 4 (template.Alert in its template/template.go):
 *
 *   labels       alertname (the topic; of a fact the detector), alert_id, detector, severity,
 *                status (of a fact), source, label_NAME="true" for each label, field_NAME for each
 *                field, its values joined
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

/* What of its labels stays the same as long as the alert lives: alert_id, alertname. The caller's
 * reference. */
json_t *alert_group_labels(const struct tocsin_revision *revision);
/* The caller's reference. `digest`: of a summary, what it says; else NULL. */
json_t *alert_json(const struct tocsin_revision *revision, const char *digest);
/* A text as JSON; what is no UTF-8 in it (a file's name may be anything) is taken out. */
json_t *alert_text(const char *text);

#endif
