/*
 * The pages that an exporter may ask for: "metrics", what tocsin counts, and "ready", which is
 * empty when it is, else says why not, a line for each reason.
 */
#include "base/mem.h"
#include "base/str.h"
#include "tocsind.h"

static void say_metrics(void *arg, const struct metrics *metrics)
{
    AUTO_BUF struct buf text = {0};
    metrics_text(metrics, &text);
    listener_answer(arg, buf_text(&text));
}

static void say_ready(const struct daemon *daemon, struct listener_ask *ask)
{
    AUTO_BUF struct buf text = {0};
    const char *fault = store_fault(daemon->store);
    if (!daemon->ready)
        buf_puts(&text, "no configuration is in force yet\n");
    if (fault)
        buf_printf(&text, "the store cannot be written: %s\n", fault);
    list_each (link, &daemon->sources) {
        const struct source *source = LIST_ITEM(link, struct watched, link)->source;
        if (source_state(source) == SOURCE_STARTING)
            buf_printf(&text, "folder \"%s\" is listed for the first time\n", source_name(source));
    }
    listener_answer(ask, buf_text(&text));
}

static void ask(void *arg, const char *name, struct listener_ask *ask)
{
    struct daemon *daemon = arg;
    if (str_equal(name, "metrics"))
        figures_gather(daemon, say_metrics, ask);
    else if (str_equal(name, "ready"))
        say_ready(daemon, ask);
    else
        listener_answer(ask, NULL);
}

static void trouble(void *arg, const char *subject, const char *text)
{
    const struct daemon *daemon = arg;
    alerts_trouble(daemon->alerts, subject, text);
}

static void trouble_over(void *arg, const char *subject)
{
    const struct daemon *daemon = arg;
    alerts_trouble_over(daemon->alerts, subject);
}

const struct listener_ops pages_listener_ops = {
    .trouble = trouble, .trouble_over = trouble_over, .ask = ask};
