/*
 * The paths that wait: until they are complete (settle.h), then for credit, then for the disk
 * thread to open them (opening.c). Each path is here once, whatever happens to it; a path that
 * nothing waits for is not here at all. Called by events.c, moves.c, scan.c and the receiver's
 * credit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "source/files.h"

static void fired(void *arg);

struct files *files_new(struct source *source)
{
    struct files *files = NEW(struct files);
    files->source = source;
    files->by_path = map_new();
    list_init(&files->ready);
    files->timer = loop_timer_new(source->loop, fired, files);
    return files;
}

struct settle_rule files_rule(const struct files *files)
{
    const struct source *source = files->source;
    return (struct settle_rule){
        .settle_us = source->folder->settle_ms * 1000,
        .growing = source->folder->growth == CONFIG_GROWTH_LOG,
        .trust_clock = !root_polled(source->root),
    };
}

static void timer_follow(struct files *files)
{
    const struct due *first = due_first(&files->due);
    if (!first) {
        loop_timer_stop(files->timer);
        return;
    }
    int64_t delay_us = first->at_us - loop_now_us(files->source->loop);
    loop_timer_set(files->timer, delay_us > 0 ? (delay_us + 999) / 1000 : 0);
}

/* The timer follows the earliest deadline; it is only moved when that became earlier, or fired. */
void file_wait(struct files *files, struct file *file, int64_t due_us)
{
    due_set(&files->due, &file->due, due_us);
    if (due_first(&files->due) == &file->due || !loop_timer_active(files->timer))
        timer_follow(files);
}

void file_set_state(struct files *files, struct file *file, enum file_state state)
{
    struct source_counts *counts = &files->source->counts;
    counts->waiting -= file->state != FILE_RESTING;
    counts->waiting += state != FILE_RESTING;
    if (state != FILE_WAITING && state != FILE_LOST && state != FILE_RESTING)
        due_clear(&files->due, &file->due);
    if (state != FILE_READY)
        list_remove(&file->ready);
    file->state = state;
}

static struct file *file_of(struct files *files, const char *path)
{
    struct file *file = map_get_text(files->by_path, path);
    if (file)
        return file;
    file = NEW(struct file);
    file->path = mem_strdup(path);
    list_init(&file->ready);
    map_set_text(files->by_path, path, file);
    return file;
}

void file_drop(struct files *files, struct file *file)
{
    file_set_state(files, file, FILE_RESTING);
    due_clear(&files->due, &file->due);
    map_remove_text(files->by_path, file->path);
    file_unask(file);
    free(file->path);
    free(file);
}

void files_forget(struct files *files)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(files->by_path, &at, &key, &len, &value))
        file_drop(files, value);
    loop_timer_stop(files->timer);
}

void files_free(struct files **files)
{
    if (!*files)
        return;
    files_forget(*files);
    map_free(&(*files)->by_path, NULL);
    due_heap_deinit(&(*files)->due);
    loop_timer_free(&(*files)->timer);
    free(*files);
    *files = NULL;
}

bool files_waits(const struct files *files, const char *path)
{
    return map_get_text(files->by_path, path) != NULL;
}

void file_ready(struct files *files, struct file *file)
{
    file_set_state(files, file, FILE_READY);
    if (!file->job && list_empty(&file->ready))
        list_append(&files->ready, &file->ready);
}

void file_need(struct files *files, struct file *file, enum settle_need need)
{
    switch (need) {
    case SETTLE_COMPLETE:
        file_ready(files, file);
        break;
    case SETTLE_LOOK:
        if (file->job)
            file_wait(files, file, loop_now_us(files->source->loop) + FILE_LOST_WAIT_US);
        else
            file_ask(files, file, false);
        break;
    case SETTLE_WAIT:
        file_set_state(files, file, FILE_WAITING);
        file_wait(files, file, file->settle.due_us);
        break;
    }
}

void file_count(struct source *source, enum disk_result result)
{
    switch (result) {
    case DISK_VANISHED:
        source->counts.vanished++;
        break;
    case DISK_UNREADABLE:
        source->counts.unreadable++;
        break;
    case DISK_SPECIAL:
        source->counts.skipped_special++;
        break;
    case DISK_LARGE:
        source->counts.skipped_large++;
        break;
    case DISK_OK:
    case DISK_DIRECTORY:
    case DISK_ROOT:
    case DISK_BUSY:
        return;
    }
    source_told(source);
}

void files_pump(struct files *files)
{
    while (files->outstanding < SOURCE_CREDIT) {
        struct list *link = list_pop(&files->ready);
        if (!link)
            break;
        struct file *file = LIST_ITEM(link, struct file, ready);
        files->outstanding++;
        file_ask(files, file, true);
        settle_reported(&file->settle, loop_now_us(files->source->loop));
        file->from_scan = file->missed = file->again = false;
    }
    scan_go_on(files->source->scan);
}

void files_owe(struct files *files, unsigned n)
{
    files->outstanding += n;
}

void files_credit(struct files *files, unsigned n)
{
    files->outstanding -= n < files->outstanding ? n : files->outstanding;
    files_pump(files);
}

/* --- what falls due --------------------------------------------------------------------------- */

static void came_due(struct files *files, struct file *file)
{
    switch (file->state) {
    case FILE_WAITING:
        file_need(files, file, settle_due(&file->settle));
        return;
    case FILE_LOST:
        if (!events_idle(files->source->events)) {
            file_wait(files, file, loop_now_us(files->source->loop) + FILE_LOST_WAIT_US);
            return;
        }
        file_count(files->source, DISK_VANISHED);
        file_drop(files, file);
        return;
    case FILE_RESTING:
        file_drop(files, file);
        return;
    case FILE_LOOKING:
    case FILE_READY:
    case FILE_OPENING:
        return;
    }
}

static void fired(void *arg)
{
    struct files *files = arg;
    int64_t now_us = loop_now_us(files->source->loop);
    struct due *first;
    while ((first = due_first(&files->due)) && first->at_us <= now_us) {
        due_clear(&files->due, first);
        came_due(files, LIST_ITEM(first, struct file, due));
    }
    timer_follow(files);
    files_pump(files);
}

/* --- what happened ---------------------------------------------------------------------------- */

void files_event(struct files *files, const char *path, enum settle_event event)
{
    struct file *file = file_of(files, path);
    struct settle_rule rule = files_rule(files);
    file->from_scan = file->missed = false;
    file->seen_us = loop_now_us(files->source->loop);
    file_need(files, file, settle_event(&rule, &file->settle, event, file->seen_us));
    files_pump(files);
}

void files_found(struct files *files, const char *path, const struct disk_entry *entry,
                 bool from_scan, bool missed)
{
    if (entry->result != DISK_OK) {
        file_count(files->source, entry->result);
        return;
    }
    struct file *file = map_get_text(files->by_path, path);
    if (file && file->state != FILE_RESTING)
        return;
    struct settle_rule rule = files_rule(files);
    struct loop *loop = files->source->loop;
    struct settle_stat stat = {.size_bytes = entry->key.size_bytes,
                               .mtime_ns = entry->key.mtime_ns,
                               .ctime_ns = entry->key.ctime_ns,
                               .links = entry->links};
    bool rested = file != NULL;
    file = file_of(files, path);
    file->from_scan = from_scan;
    file->missed = missed;
    file->seen_us = loop_now_us(loop);
    enum settle_need need =
        rested
            ? settle_event(&rule, &file->settle, SETTLE_WRITTEN, file->seen_us)
            : settle_look(&rule, &file->settle, &stat, file->seen_us, loop_wall_ms(loop) * 1000000);
    /* Young: perhaps it is still being written, perhaps its writer was faster than the watch. */
    if (!rested && need == SETTLE_WAIT && rule.trust_clock)
        need = SETTLE_LOOK;
    file_need(files, file, need);
    files_pump(files);
}

/* Deleted, or another took its name, before it was opened. */
static void lose(struct files *files, struct file *file)
{
    if (file->state != FILE_RESTING)
        file_count(files->source, DISK_VANISHED);
    file_drop(files, file);
}

void files_gone(struct files *files, const char *path)
{
    struct file *file = map_get_text(files->by_path, path);
    if (file)
        lose(files, file);
}

static void rename_file(struct files *files, struct file *file, const char *to)
{
    map_remove_text(files->by_path, file->path);
    free(file->path);
    file->path = mem_strdup(to);
    map_set_text(files->by_path, to, file);
    if (file->state == FILE_LOST)
        file_ready(files, file);
}

void files_renamed(struct files *files, const char *from, const char *to)
{
    struct file *over = map_get_text(files->by_path, to);
    if (over)
        lose(files, over);
    struct file *file = map_get_text(files->by_path, from);
    if (file)
        rename_file(files, file, to);
    files_pump(files);
}

void files_tree_moved(struct files *files, const char *from, const char *to)
{
    size_t from_len = strlen(from), at = 0, len, n = 0, cap = 0;
    const void *key;
    void *value;
    struct file **moved = NULL;
    while (map_next(files->by_path, &at, &key, &len, &value)) {
        const char *path = ((struct file *)value)->path;
        if (str_starts(path, from) && path[from_len] == '/') {
            moved = mem_grow(moved, &cap, n + 1, sizeof(struct file *));
            moved[n++] = value;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (!to) {
            lose(files, moved[i]);
            continue;
        }
        AUTO_FREE char *path = mem_printf("%s%s", to, moved[i]->path + from_len);
        struct file *over = map_get_text(files->by_path, path);
        if (!over)
            rename_file(files, moved[i], path);
    }
    free(moved);
    files_pump(files);
}

void files_retry(struct files *files, const char *path, int64_t delay_ms)
{
    struct file *file = map_get_text(files->by_path, path);
    if (file && file->state != FILE_RESTING) {
        file->again = true;
        return;
    }
    file = file_of(files, path);
    file->again = true;
    file->settle.open = false;
    file->seen_us = loop_now_us(files->source->loop);
    file_set_state(files, file, FILE_WAITING);
    file_wait(files, file, file->seen_us + delay_ms * 1000);
}
