/* A person's words as a question to the index of words, which no word can break. Private to this
 * folder. */
#ifndef TOCSIN_STORE_WORDS_H
#define TOCSIN_STORE_WORDS_H

#include "base/buf.h"
#include "base/err.h"
#include "store/views.h"

/* Adds the question in the syntax of https://www.sqlite.org/fts5.html, section 3; nothing when the
 * filter asks for no words. -1 when one has neither letters nor digits. */
int words_question(const struct store_alert_filter *filter, struct buf *question, struct err *err);
/* Adds the question for findings of the topic of this name, and for facts of this status. */
void words_name(struct buf *question, const char *name);
/* Adds the words of findings that have come in since, all at once. What asks for words within a
 * transaction calls it before; each ends with it. */
int words_catch_up(struct store_txn *txn, struct err *err);
/* Makes words that were taken out leave the index: until it is merged, they are only marked as
 * gone. Between transactions; reads and writes all of it. */
int words_settle(sqlite3 *db, struct err *err);
/* Makes the index again from what it was made from, whatever it holds. */
int words_renew(sqlite3 *db, struct err *err);

#endif
