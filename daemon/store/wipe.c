/* The log emptied, unused space of pages zeroed; see wipe.h. */
#include "store/wipe.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_HEADER 100 /* page 1 begins with the header of the file */
#define DEPTH_MAX    40

enum page_type { PAGE_INDEX = 2, PAGE_TABLE = 5, PAGE_INDEX_LEAF = 10, PAGE_TABLE_LEAF = 13 };

struct wipe {
    sqlite3_file *file;
    uint32_t page_bytes;
    uint32_t n_pages;
    bool wrote;
};

static uint32_t get16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
    return get16(at) << 16 | get16(at + 2);
}

static int damaged(uint32_t number, struct err *err)
{
    return err_set(err, "page %u of the store is damaged", (unsigned)number);
}

/* ---- one page ---- */

struct page {
    uint32_t number;
    uint8_t *bytes;
    uint32_t header, cells, n_cells; /* where they are, and how many pointers there are */
    bool is_leaf;
};

static bool page_parse(const struct wipe *wipe, struct page *page)
{
    page->header = page->number == 1 ? FIRST_HEADER : 0;
    const uint8_t *header = page->bytes + page->header;
    page->is_leaf = header[0] == PAGE_INDEX_LEAF || header[0] == PAGE_TABLE_LEAF;
    page->n_cells = get16(header + 3);
    page->cells = page->header + (page->is_leaf ? 8 : 12);
    return (page->is_leaf || header[0] == PAGE_INDEX || header[0] == PAGE_TABLE) &&
           page->cells + 2 * page->n_cells <= wipe->page_bytes;
}

static int zero_gap(struct wipe *wipe, const struct page *page, struct err *err)
{
    uint32_t from = page->cells + 2 * page->n_cells;
    uint32_t to = get16(page->bytes + page->header + 5);
    to = to ? to : 65536;
    if (to < from || to > wipe->page_bytes)
        return damaged(page->number, err);
    uint8_t *gap = page->bytes + from;
    size_t len = to - from;
    if (!len || (!gap[0] && memcmp(gap, gap + 1, len - 1) == 0))
        return 0;
    memset(gap, 0, len);
    wipe->wrote = true;
    sqlite3_int64 at = (sqlite3_int64)(page->number - 1) * wipe->page_bytes + from;
    if (wipe->file->pMethods->xWrite(wipe->file, gap, (int)len, at) != SQLITE_OK)
        return err_set(err, "the store cannot be written");
    return 0;
}

/* ---- a tree ---- */

static int wipe_tree(struct wipe *wipe, uint32_t number, int depth, struct err *err);

static int wipe_children(struct wipe *wipe, const struct page *page, int depth, struct err *err)
{
    for (uint32_t i = 0; i < page->n_cells; i++) {
        uint32_t cell = get16(page->bytes + page->cells + 2 * i);
        if (cell + 4 > wipe->page_bytes)
            return damaged(page->number, err);
        if (wipe_tree(wipe, get32(page->bytes + cell), depth + 1, err) < 0)
            return -1;
    }
    return wipe_tree(wipe, get32(page->bytes + page->header + 8), depth + 1, err);
}

static int wipe_tree(struct wipe *wipe, uint32_t number, int depth, struct err *err)
{
    if (!number || number > wipe->n_pages || depth > DEPTH_MAX)
        return damaged(number, err);
    AUTO_FREE uint8_t *bytes = mem_alloc(wipe->page_bytes);
    struct page page = {.number = number, .bytes = bytes};
    sqlite3_int64 at = (sqlite3_int64)(number - 1) * wipe->page_bytes;
    if (wipe->file->pMethods->xRead(wipe->file, bytes, (int)wipe->page_bytes, at) != SQLITE_OK)
        return err_set(err, "the store cannot be read");
    if (!page_parse(wipe, &page))
        return damaged(number, err);
    if (zero_gap(wipe, &page, err) < 0)
        return -1;
    return page.is_leaf ? 0 : wipe_children(wipe, &page, depth, err);
}

/* ---- the file ---- */

/* The roots of all trees but the schema's, which holds nothing of anybody. */
static int read_roots(sqlite3 *db, uint32_t **roots, size_t *n_roots, struct err *err)
{
    sqlite3_stmt *stmt = NULL;
    size_t cap = 0;
    int code = sqlite3_prepare_v2(db, "SELECT rootpage FROM sqlite_schema WHERE rootpage > 1", -1,
                                  &stmt, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        *roots = mem_grow(*roots, &cap, *n_roots + 1, sizeof(**roots));
        (*roots)[(*n_roots)++] = (uint32_t)sqlite3_column_int64(stmt, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? 0 : err_set(err, "%s", sqlite3_errmsg(db));
}

static int begin(sqlite3 *db, struct wipe *wipe, struct err *err)
{
    uint8_t header[FIRST_HEADER];
    sqlite3_int64 size = 0;
    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&wipe->file) !=
            SQLITE_OK ||
        wipe->file->pMethods->xRead(wipe->file, header, sizeof(header), 0) != SQLITE_OK ||
        wipe->file->pMethods->xFileSize(wipe->file, &size) != SQLITE_OK)
        return err_set(err, "the store cannot be read");
    wipe->page_bytes = get16(header + 16) == 1 ? 65536 : get16(header + 16);
    if (wipe->page_bytes < 512)
        return damaged(1, err);
    wipe->n_pages = (uint32_t)(size / wipe->page_bytes);
    return 0;
}

static int wipe_file(sqlite3 *db, const uint32_t *roots, size_t n_roots, struct err *err)
{
    struct wipe wipe = {0};
    /* Pages that are kept in memory would bring what is zeroed back. */
    sqlite3_db_release_memory(db);
    if (begin(db, &wipe, err) < 0)
        return -1;
    for (size_t i = 0; i < n_roots; i++) {
        if (wipe_tree(&wipe, roots[i], 0, err) < 0)
            return -1;
    }
    if (wipe.wrote && wipe.file->pMethods->xSync(wipe.file, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        return err_set(err, "the store cannot be written");
    return 0;
}

int wipe_deleted(sqlite3 *db, struct err *err)
{
    uint32_t *roots = NULL;
    size_t n_roots = 0;
    int result = read_roots(db, &roots, &n_roots, err);
    /* Nothing may be left there: it would be written over what is zeroed. */
    if (result == 0 &&
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) != SQLITE_OK)
        result = err_set(err, "the store's log cannot be emptied: %s", sqlite3_errmsg(db));
    if (result == 0)
        result = wipe_file(db, roots, n_roots, err);
    free(roots);
    return result;
}
