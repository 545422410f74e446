/*
 * Quotes: the sentence around a piece of evidence, cut to what a person reads at a glance, with the
 * evidence marked in it.
 */
#ifndef TOCSIN_HOST_QUOTE_H
#define TOCSIN_HOST_QUOTE_H

#include "ipc/messages.h"
#include "lib/objects.h"

#define QUOTE_MAX_BYTES 400 /* the ellipses come on top */

/* One quote for each piece of the finding's evidence; pieces with nothing but white space between
 * them are one, pieces over several sentences bring all of them. In the order the plugin gave them.
 * Free with quotes_free. */
struct ipc_quotes quotes_make(const struct tocsin_document *document,
                              const struct tocsin_finding *finding);
/* Had the document all that they mark before its last change? Or is it news all the same? */
bool quotes_are_old(const struct ipc_quotes *quotes);
void quotes_are_news(struct ipc_quotes *quotes);
void quotes_free(struct ipc_quotes *quotes);

#endif
