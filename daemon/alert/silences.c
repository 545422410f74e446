/*
 * What people do with silences: make one, end one, see which there are. Functions named run_* are
 * on the writer's thread, ask_* on the reader's.
 */
#include <stdlib.h>
#include <string.h>

#include "alert/inside.h"
#include "alert/silence.h"
#include "base/mem.h"
#include "store/silences.h"

struct edit {
    struct alerts *alerts;
    char *matcher, *author, *comment;
    int64_t id, now_ms, until_ms;
    alerts_answer_fn *answer;
    void *arg;
};

static void edit_free(struct edit *edit)
{
    free(edit->matcher);
    free(edit->author);
    free(edit->comment);
    free(edit);
}

static int run_add(struct store_txn *txn, void *arg, struct err *err)
{
    struct edit *edit = arg;
    struct store_silence silence = {.matcher = edit->matcher,
                                    .author = edit->author,
                                    .comment = edit->comment,
                                    .from_ms = edit->now_ms,
                                    .until_ms = edit->until_ms};
    int result = store_silence_add(txn, &silence, err);
    edit->id = silence.id;
    return result;
}

static int run_end(struct store_txn *txn, void *arg, struct err *err)
{
    const struct edit *edit = arg;
    int ended = store_silence_end(txn, edit->id, edit->now_ms, err);
    if (ended == 0)
        return err_set(err, "no silence %lld holds", (long long)edit->id);
    return ended < 0 ? -1 : 0;
}

static void changed(void *arg, const char *error)
{
    struct edit *edit = arg;
    alerts_answered(edit->alerts);
    edit->answer(edit->arg, error ? NULL : json_pack("{s:I}", "id", (json_int_t)edit->id), error);
    edit_free(edit);
}

static struct edit *edit_new(struct alerts *alerts, alerts_answer_fn *answer, void *arg)
{
    struct edit *edit = NEW(struct edit);
    *edit = (struct edit){
        .alerts = alerts, .now_ms = alerts_now_ms(alerts), .answer = answer, .arg = arg};
    alerts_asked(alerts);
    return edit;
}

void alerts_silence(struct alerts *alerts, const json_t *matcher, int64_t duration_ms,
                    const char *author, const char *comment, alerts_answer_fn *answer, void *arg)
{
    struct err err;
    if (silence_check(matcher, &err) < 0) {
        answer(arg, NULL, err.text);
        return;
    }
    struct edit *edit = edit_new(alerts, answer, arg);
    edit->matcher = json_dumps(matcher, JSON_COMPACT | JSON_SORT_KEYS);
    edit->author = mem_strdup(author);
    edit->comment = mem_strdup(comment);
    edit->until_ms = edit->now_ms + duration_ms;
    store_write(alerts_store(alerts), run_add, changed, edit);
}

void alerts_silence_end(struct alerts *alerts, int64_t id, alerts_answer_fn *answer, void *arg)
{
    struct edit *edit = edit_new(alerts, answer, arg);
    edit->id = id;
    store_write(alerts_store(alerts), run_end, changed, edit);
}

/* ---- the list ---- */

struct listing {
    struct alerts *alerts;
    int64_t now_ms;
    bool all;
    json_t *result;
    alerts_answer_fn *answer;
    void *arg;
};

static int ask_list(struct store_txn *txn, void *arg, struct err *err)
{
    struct listing *list = arg;
    json_decref(list->result);
    list->result = NULL;
    return store_view_silences(txn, list->now_ms, list->all, &list->result, err);
}

static void listed(void *arg, const char *error)
{
    struct listing *list = arg;
    alerts_answered(list->alerts);
    list->answer(list->arg, error ? NULL : json_incref(list->result), error);
    json_decref(list->result);
    free(list);
}

void alerts_silences(struct alerts *alerts, bool all, alerts_answer_fn *answer, void *arg)
{
    struct listing *list = NEW(struct listing);
    *list = (struct listing){.alerts = alerts,
                             .now_ms = alerts_now_ms(alerts),
                             .all = all,
                             .answer = answer,
                             .arg = arg};
    alerts_asked(alerts);
    store_read(alerts_store(alerts), ask_list, listed, list);
}
