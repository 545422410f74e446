/* Sending it, and looking how far it came; see canary.h. */
#include "canary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/calendar.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "config/timing.h"
#include "store/canary.h"

#define CANARY_SUBJECT "canary:end to end"
#define SECOND_MS      INT64_C(1000)

struct canary {
    struct daemon *daemon;
    struct loop_timer *send, *look;
    struct zone *zone; /* the system's */
    bool is_wanted;
    struct calendar schedule;
    int64_t within_ms;
    char *word, *folder;
    int64_t sent_ms; /* the one that is out; 0: none is */
};

static char *folder_of(const char *state_dir)
{
    return mem_printf("%s/%s", state_dir, CONFIG_CANARY);
}

static bool is_wanted(const struct config *config)
{
    return config->canary.schedule && !str_equal(config->canary.schedule, TIMING_NONE);
}

int canary_add_folder(struct config *config, const char *state_dir, struct err *err)
{
    if (!is_wanted(config))
        return 0;
    AUTO_FREE char *path = folder_of(state_dir);
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return err_errno(err, "the canary's folder: %s", path);
    config->folders =
        mem_resize(config->folders, (config->n_folders + 1) * sizeof(*config->folders));
    config->folders[config->n_folders++] =
        (struct config_folder){.name = mem_strdup(CONFIG_CANARY),
                               .path = mem_strdup(path),
                               .max_size_bytes = INT64_C(1) << 20,
                               .first_start = CONFIG_FIRST_ALL,
                               .at = config->canary_places[0]};
    return 0;
}

static void say(struct canary *canary, const char *what)
{
    char when[STR_MINUTE_SIZE], within[STR_DURATION_SIZE];
    str_minute_format(canary->sent_ms, when, sizeof(when));
    str_duration_format(canary->within_ms, within, sizeof(within));
    AUTO_FREE char *text = mem_printf("The canary of %s was %s within %s.", when, what, within);
    alerts_trouble(canary->daemon->alerts, CANARY_SUBJECT, text);
}

/* ---- looking ---- */

struct look {
    struct canary *canary;
    int64_t sent_ms;
    struct store_canary came;
};

static int look_run(struct store_txn *txn, void *arg, struct err *err)
{
    struct look *look = arg;
    store_canary_deinit(&look->came);
    return store_canary_look(txn, CONFIG_CANARY, look->sent_ms, &look->came, err);
}

static void judge(struct canary *canary, const struct store_canary *came)
{
    if (came->n_sent) {
        alerts_trouble_over(canary->daemon->alerts, CANARY_SUBJECT);
    } else if (!came->n_versions) {
        say(canary, "not read");
    } else if (!came->n_findings) {
        AUTO_FREE char *what =
            mem_printf("read, but no topic found it (write one with the query %s)", canary->word);
        say(canary, what);
    } else if (came->notifier) {
        AUTO_FREE char *what = mem_printf("found, but not told by \"%s\", where it is %s,",
                                          came->notifier, came->state);
        say(canary, what);
    } else {
        AUTO_FREE char *what = mem_printf("found, but told to nobody (%s: %s)", came->outcome,
                                          outcome_sentence(came->outcome));
        say(canary, what);
    }
}

static void looked(void *arg, const char *error)
{
    struct look *look = arg;
    struct canary *canary = look->canary;
    if (error)
        log_warning("the canary: how far it came is not known: %s", error);
    else if (canary->is_wanted)
        judge(canary, &look->came);
    store_canary_deinit(&look->came);
    free(look);
}

static void look(void *arg)
{
    struct canary *canary = arg;
    struct look *look = NEW(struct look);
    *look = (struct look){.canary = canary, .sent_ms = canary->sent_ms};
    store_read(canary->daemon->store, look_run, looked, look);
}

/* ---- sending ---- */

struct sending {
    struct canary *canary;
    char *folder, *text;
    struct err err;
    int result;
};

static int write_document(const char *folder, const char *text, struct err *err)
{
    AUTO_FREE char *temporary = mem_printf("%s/.canary", folder);
    AUTO_FREE char *path = mem_printf("%s/canary.txt", folder);
    FILE *file = fopen(temporary, "we");
    if (!file)
        return err_errno(err, "%s", temporary);
    bool written = fputs(text, file) >= 0;
    if (fclose(file) != 0 || !written)
        return err_errno(err, "%s", temporary);
    return rename(temporary, path) < 0 ? err_errno(err, "%s", path) : 0;
}

/* On the helper thread. */
static void send_run(void *arg)
{
    struct sending *sending = arg;
    sending->result = write_document(sending->folder, sending->text, &sending->err);
}

static void send_done(void *arg)
{
    struct sending *sending = arg;
    struct canary *canary = sending->canary;
    if (sending->result < 0) {
        AUTO_FREE char *what = mem_printf("not written (%s), and not told", sending->err.text);
        say(canary, what);
    } else if (canary->is_wanted && !loop_timer_active(canary->look)) {
        loop_timer_set(canary->look, canary->within_ms);
    }
    free(sending->folder);
    free(sending->text);
    free(sending);
}

static void wait_for_next(struct canary *canary)
{
    int64_t now_ms = loop_wall_ms(canary->daemon->loop);
    int64_t next_s = calendar_next(&canary->schedule, canary->zone, now_ms / SECOND_MS);
    if (next_s)
        loop_timer_set(canary->send, next_s * SECOND_MS - now_ms);
    else
        loop_timer_stop(canary->send);
}

/* Not while the last one may still be on its way: what is looked for is the one that is out. */
static void send_one(void *arg)
{
    struct canary *canary = arg;
    wait_for_next(canary);
    if (loop_timer_active(canary->look))
        return;
    char time[STR_TIME_SIZE];
    canary->sent_ms = loop_wall_ms(canary->daemon->loop);
    str_time_format(canary->sent_ms, time, sizeof(time));
    struct sending *sending = NEW(struct sending);
    *sending = (struct sending){
        .canary = canary,
        .folder = mem_strdup(canary->folder),
        .text = mem_printf("The canary of tocsin\n\nThe %s of %s sings.\n", canary->word, time)};
    worker_submit(canary->daemon->helper, send_run, send_done, sending);
}

/* ---- its life ---- */

struct canary *canary_new(struct daemon *daemon)
{
    struct canary *canary = NEW(struct canary);
    *canary = (struct canary){.daemon = daemon, .zone = zone_open(NULL, NULL)};
    canary->send = loop_timer_new(daemon->loop, send_one, canary);
    canary->look = loop_timer_new(daemon->loop, look, canary);
    canary->folder = folder_of(daemon->options->state_dir);
    if (!canary->zone)
        canary->zone = zone_open("UTC", NULL);
    return canary;
}

void canary_free(struct canary **canary)
{
    if (!*canary)
        return;
    loop_timer_free(&(*canary)->send);
    loop_timer_free(&(*canary)->look);
    zone_free(&(*canary)->zone);
    free((*canary)->word);
    free((*canary)->folder);
    free(*canary);
    *canary = NULL;
}

void canary_configure(struct canary *canary, const struct config *config)
{
    canary->is_wanted =
        is_wanted(config) && calendar_parse(config->canary.schedule, &canary->schedule, NULL) == 0;
    canary->within_ms = config->canary.within_ms;
    free(canary->word);
    canary->word = mem_strdup(config->canary.word);
    if (canary->is_wanted) {
        wait_for_next(canary);
        return;
    }
    loop_timer_stop(canary->send);
    loop_timer_stop(canary->look);
    alerts_trouble_over(canary->daemon->alerts, CANARY_SUBJECT);
}

void canary_clock_jumped(struct canary *canary)
{
    if (canary->is_wanted)
        wait_for_next(canary);
}
