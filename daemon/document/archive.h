/*
 * The archive: every text that became a version, once, packed by zstd in the store; and the keeper,
 * which lets go of what is past its time. Used for explanations after a file is gone, for taking up
 * pending detection, and for trying again.
 */
#ifndef TOCSIN_DOCUMENT_ARCHIVE_H
#define TOCSIN_DOCUMENT_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/loop.h"
#include "config/config.h"
#include "document/document.h"
#include "store/store.h"

/* Of one text; hosts bound it far below. */
#define ARCHIVE_MAX_BYTES ((size_t)1 << 30)

/* Packs texts: keeps what zstd works in, which to make anew costs more than to pack a short text.
 * Used by one thread at a time. */
struct archive_packer;
struct archive_packer *archive_packer_new(void);
void archive_packer_free(struct archive_packer **packer);

/* Within operations. Put packs a text; one that is there already was used now. */
int archive_put(struct store_txn *txn, struct archive_packer *packer, const struct hash *text_hash,
                const char *text, size_t len, int64_t now_ms, struct err *err);
/* The same with the text of a version, if it has one. Unless it is new, it is looked for before it
 * is packed. */
int archive_put_version(struct store_txn *txn, struct archive_packer *packer,
                        const struct document_version *version, bool is_new, int64_t now_ms,
                        struct err *err);
/* 1: *text_fd is a sealed memory file with the text, the caller's. 0: the text is not kept any
 * more, *text_fd is -1. */
int archive_get(struct store_txn *txn, const struct hash *text_hash, int *text_fd, struct err *err);

/* Expires archived texts and identities by the configuration's `keep`: when it is set, and every
 * hour from then on. */
struct archive_keeper;
struct archive_keeper *archive_keeper_new(struct loop *loop, struct store *store);
void archive_keeper_set(struct archive_keeper *keeper, const struct config_keep *keep);
/* Before store_flush: a run under way ends with the step at hand. */
void archive_keeper_free(struct archive_keeper **keeper);

#endif
