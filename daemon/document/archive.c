/* Packing and expiring texts; see archive.h. */
#include "document/archive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "store/documents.h"

#define LEVEL     3
#define EVERY_MS  (60 * 60 * 1000)
#define STEP_ROWS 200 /* an operation's share, so that commits of documents pass between */

struct archive_packer {
    ZSTD_CCtx *zstd;
};

struct archive_packer *archive_packer_new(void)
{
    struct archive_packer *packer = NEW(struct archive_packer);
    packer->zstd = ZSTD_createCCtx();
    if (!packer->zstd)
        log_fatal("out of memory");
    return packer;
}

void archive_packer_free(struct archive_packer **packer)
{
    if (!*packer)
        return;
    ZSTD_freeCCtx((*packer)->zstd);
    free(*packer);
    *packer = NULL;
}

static int pack(struct archive_packer *packer, const char *text, size_t len,
                struct store_packed *packed, struct err *err)
{
    size_t room = ZSTD_compressBound(len);
    packed->bytes = mem_alloc(room);
    packed->size_bytes = (int64_t)len;
    packed->len = ZSTD_compressCCtx(packer->zstd, packed->bytes, room, text, len, LEVEL);
    if (ZSTD_isError(packed->len))
        return err_set(err, "packing a text: %s", ZSTD_getErrorName(packed->len));
    return 0;
}

int archive_put(struct store_txn *txn, struct archive_packer *packer, const struct hash *text_hash,
                const char *text, size_t len, int64_t now_ms, struct err *err)
{
    struct store_packed packed = {0};
    int result = pack(packer, text, len, &packed, err);
    if (result == 0)
        result = store_archive_add(txn, text_hash, &packed, now_ms, err);
    free(packed.bytes);
    return result;
}

int archive_put_version(struct store_txn *txn, struct archive_packer *packer,
                        const struct document_version *version, bool is_new, int64_t now_ms,
                        struct err *err)
{
    const struct hash *hash = &version->text_hash;
    int found = is_new ? 0 : store_archive_touch(txn, hash, now_ms, err);
    if (found != 0)
        return found < 0 ? -1 : 0;
    if (version->text)
        return archive_put(txn, packer, hash, version->text, strlen(version->text), now_ms, err);
    if (version->text_fd < 0)
        return 0;
    struct memfd_map text;
    if (memfd_map(version->text_fd, ARCHIVE_MAX_BYTES, &text, err) < 0)
        return -1;
    int result = archive_put(txn, packer, hash, text.data, text.len, now_ms, err);
    memfd_unmap(&text);
    return result;
}

static int unpack(const struct store_packed *packed, int *text_fd, struct err *err)
{
    if (packed->size_bytes < 0 || (uint64_t)packed->size_bytes > ARCHIVE_MAX_BYTES)
        return err_set(err, "an archived text of %lld bytes", (long long)packed->size_bytes);
    size_t size = (size_t)packed->size_bytes;
    AUTO_FREE char *text = mem_alloc(size);
    size_t len = ZSTD_decompress(text, size, packed->bytes, packed->len);
    if (ZSTD_isError(len) || len != size)
        return err_set(err, "an archived text is damaged");
    *text_fd = memfd_from("text", text, size, err);
    return *text_fd < 0 ? -1 : 0;
}

int archive_get(struct store_txn *txn, const struct hash *text_hash, int *text_fd, struct err *err)
{
    *text_fd = -1;
    struct store_packed packed;
    int found = store_archive_get(txn, text_hash, &packed, err);
    if (found <= 0)
        return found;
    int result = unpack(&packed, text_fd, err);
    free(packed.bytes);
    return result < 0 ? -1 : 1;
}

/* ---- the keeper ---- */

/* One run is a chain of operations, each a step of one task, until a round of tasks found nothing
 * more to delete. */
struct archive_keeper {
    struct loop *loop;
    struct store *store;
    struct config_keep keep;
    struct loop_timer *timer;
    bool running;
    bool ended; /* freed while it ran: the last answer frees it */
    int64_t now_ms;
    int64_t removed_since_ms; /* texts of files removed before this were dealt with already */
    int64_t surplus_bytes;    /* as asked at the beginning of a run */
    size_t task;
    int n_deleted; /* of the last step */
};

static int expire_unused(struct store_txn *txn, struct archive_keeper *k, struct err *err)
{
    return store_archive_expire_unused(txn, k->now_ms - k->keep.archive_ms, STEP_ROWS,
                                       &k->n_deleted, err);
}

static int expire_removed(struct store_txn *txn, struct archive_keeper *k, struct err *err)
{
    return store_archive_expire_removed(txn, k->removed_since_ms, k->now_ms - k->keep.removed_ms,
                                        STEP_ROWS, &k->n_deleted, err);
}

static int expire_oldest(struct store_txn *txn, struct archive_keeper *k, struct err *err)
{
    int64_t freed = 0;
    k->n_deleted = 0;
    if (k->surplus_bytes <= 0)
        return 0;
    if (store_archive_expire_oldest(txn, k->surplus_bytes, STEP_ROWS, &freed, &k->n_deleted, err) <
        0)
        return -1;
    k->surplus_bytes -= freed;
    return 0;
}

static int expire_documents(struct store_txn *txn, struct archive_keeper *k, struct err *err)
{
    return store_document_expire(txn, k->now_ms - k->keep.identity_ms, STEP_ROWS, &k->n_deleted,
                                 err);
}

typedef int task_fn(struct store_txn *txn, struct archive_keeper *k, struct err *err);
static task_fn *const tasks[] = {expire_unused, expire_removed, expire_oldest, expire_documents};

static int step(struct store_txn *txn, void *arg, struct err *err)
{
    struct archive_keeper *keeper = arg;
    return tasks[keeper->task](txn, keeper, err);
}

static bool free_if_ended(struct archive_keeper *keeper)
{
    if (!keeper->ended)
        return false;
    free(keeper);
    return true;
}

static void end_run(struct archive_keeper *keeper)
{
    keeper->running = false;
    keeper->removed_since_ms = keeper->now_ms - keeper->keep.removed_ms;
    loop_timer_set(keeper->timer, EVERY_MS);
}

static void stepped(void *arg, const char *error)
{
    struct archive_keeper *keeper = arg;
    if (free_if_ended(keeper))
        return;
    if (error)
        log_warning("old texts could not be removed from the archive: %s", error);
    if (error || keeper->n_deleted < STEP_ROWS)
        keeper->task++;
    if (keeper->task < ARRAY_LEN(tasks))
        store_write(keeper->store, step, stepped, keeper);
    else
        end_run(keeper);
}

static int ask_size(struct store_txn *txn, void *arg, struct err *err)
{
    struct archive_keeper *keeper = arg;
    int64_t packed_bytes;
    if (store_archive_size(txn, &packed_bytes, err) < 0)
        return -1;
    keeper->surplus_bytes = packed_bytes - keeper->keep.archive_bytes;
    return 0;
}

static void size_asked(void *arg, const char *error)
{
    struct archive_keeper *keeper = arg;
    if (free_if_ended(keeper))
        return;
    if (error) {
        log_warning("the size of the archive is not known: %s", error);
        keeper->surplus_bytes = 0;
    }
    keeper->task = 0;
    store_write(keeper->store, step, stepped, keeper);
}

static void begin_run(void *arg)
{
    struct archive_keeper *keeper = arg;
    if (keeper->running)
        return;
    keeper->running = true;
    keeper->now_ms = loop_wall_ms(keeper->loop);
    store_read(keeper->store, ask_size, size_asked, keeper);
}

struct archive_keeper *archive_keeper_new(struct loop *loop, struct store *store)
{
    struct archive_keeper *keeper = NEW(struct archive_keeper);
    keeper->loop = loop;
    keeper->store = store;
    keeper->timer = loop_timer_new(loop, begin_run, keeper);
    return keeper;
}

void archive_keeper_set(struct archive_keeper *keeper, const struct config_keep *keep)
{
    keeper->keep = *keep;
    loop_timer_set(keeper->timer, 0);
}

void archive_keeper_free(struct archive_keeper **keeper)
{
    if (!*keeper)
        return;
    loop_timer_free(&(*keeper)->timer);
    (*keeper)->ended = true;
    if (!(*keeper)->running)
        free(*keeper);
    *keeper = NULL;
}
