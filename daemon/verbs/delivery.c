/* Deliveries: which there are, and what a person does to one. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/str.h"
#include "store/views.h"
#include "verbs/verbs.h"

#define LIST_LIMIT     100
#define LIST_LIMIT_MAX 100000

/* What a word asks for: one state, or several. */
static const struct {
    const char *word, *states;
} wanted[] = {
    {"open", "[\"queued\",\"held\",\"deferred\",\"unknown\"]"},
    {"dead", "[\"dead\"]"},
    {"sent", "[\"sent\"]"},
    {"cancelled", "[\"cancelled\"]"},
    {"superseded", "[\"superseded\"]"},
    {"all", "[\"queued\",\"held\",\"deferred\",\"unknown\",\"dead\",\"sent\",\"cancelled\","
            "\"superseded\"]"},
};

static const char *states_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
        if (str_equal(wanted[i].word, word))
            return wanted[i].states;
    }
    return NULL;
}

static int ask_list(struct store_txn *txn, const json_t *args, json_t **list, struct err *err)
{
    const char *states = states_of(text_arg(args, "state"));
    int64_t limit = limit_arg(args, LIST_LIMIT, LIST_LIMIT_MAX);
    return store_view_deliveries(txn, states ? states : states_of("all"), limit, list, err);
}

void verb_delivery_list(void *arg, struct control_request *request, const json_t *args)
{
    const char *state = text_arg(args, "state");
    if (!state || states_of(state))
        ask_store(arg, request, args, ask_list);
    else
        control_refuse(request, EX_USAGE, "there is no state \"%s\"", state);
}

static int ask_show(struct store_txn *txn, const json_t *args, json_t **delivery, struct err *err)
{
    struct hash id;
    if (store_find_delivery(txn, text_arg(args, "id"), &id, err) < 0)
        return -1;
    return store_view_delivery(txn, &id, delivery, err);
}

void verb_delivery_show(void *arg, struct control_request *request, const json_t *args)
{
    if (text_arg(args, "id"))
        ask_store(arg, request, args, ask_show);
    else
        control_refuse(request, EX_USAGE, "\"delivery show\" wants an \"id\"");
}

static void acted(struct control_request *request, const char *key, int64_t n, bool busy,
                  const char *error)
{
    if (error)
        control_refuse(request, busy ? EX_TEMPFAIL : EX_DATAERR, "%s", error);
    else
        control_answer(request, json_pack("{s:I}", key, (json_int_t)n));
}

static void retried(void *arg, int64_t n, bool busy, const char *error)
{
    acted(arg, "queued", n, busy, error);
}

void verb_delivery_retry(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *what = text_arg(args, "what");
    if (what)
        deliver_retry(daemon->deliver, what, retried, request);
    else
        control_refuse(request, EX_USAGE, "\"delivery retry\" wants a \"what\"");
}

static void dropped(void *arg, int64_t n, bool busy, const char *error)
{
    acted(arg, "dropped", n, busy, error);
}

void verb_delivery_drop(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *id = text_arg(args, "id");
    if (id)
        deliver_drop(daemon->deliver, id, dropped, request);
    else
        control_refuse(request, EX_USAGE, "\"delivery drop\" wants an \"id\"");
}
