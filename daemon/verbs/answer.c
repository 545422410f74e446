/* What the files of this folder share: arguments, answers, and questions to the store. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "verbs/verbs.h"

const char *text_arg(const json_t *args, const char *name)
{
    return json_string_value(json_object_get(args, name));
}

int64_t limit_arg(const json_t *args, int64_t usual, int64_t most)
{
    int64_t limit = json_integer_value(json_object_get(args, "limit"));
    if (limit <= 0)
        return usual;
    return limit < most ? limit : most;
}

void answer_json(void *arg, json_t *result, const char *error)
{
    if (error)
        control_refuse(arg, EX_DATAERR, "%s", error);
    else
        control_answer(arg, result);
}

void answer_done(void *arg, const char *error)
{
    if (error)
        control_refuse(arg, EX_DATAERR, "%s", error);
    else
        control_answer(arg, json_pack("{s:b}", "done", 1));
}

struct question {
    struct control_request *request;
    json_t *args, *result;
    ask_fn *ask;
};

static int run_question(struct store_txn *txn, void *arg, struct err *err)
{
    struct question *question = arg;
    return question->ask(txn, question->args, &question->result, err);
}

static void answered(void *arg, const char *error)
{
    struct question *question = arg;
    answer_json(question->request, question->result, error);
    json_decref(question->args);
    free(question);
}

void ask_store(struct daemon *daemon, struct control_request *request, const json_t *args,
               ask_fn *ask)
{
    struct question *question = NEW(struct question);
    *question = (struct question){.request = request, .args = json_deep_copy(args), .ask = ask};
    store_read(daemon->store, run_question, answered, question);
}
