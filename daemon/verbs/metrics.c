/* Counts and measures. */
#include "base/str.h"
#include "verbs/verbs.h"

static void answer_text(void *arg, const struct metrics *metrics)
{
    AUTO_BUF struct buf text = {0};
    metrics_text(metrics, &text);
    control_answer(arg, json_pack("{s:s}", "text", buf_text(&text)));
}

static void answer_families(void *arg, const struct metrics *metrics)
{
    control_answer(arg, metrics_json(metrics));
}

void verb_metrics(void *arg, struct control_request *request, const json_t *args)
{
    bool as_text = str_equal(text_arg(args, "form"), "text");
    figures_gather(arg, as_text ? answer_text : answer_families, request);
}
