/*
 * Questions of people to detectors: explain and topics. A question is one job for each detector it
 * is about; what they say is put together and answered once, when the last of them is done. One
 * that comes before the first line-up is ready waits for it.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "detect/pool.h"

struct ask {
    struct list link;
    struct detect *detect;
    struct lineup *lineup; /* NULL: it waits for the first */
    enum job_kind kind;
    char *detector; /* NULL: every one that works */
    json_t **said;  /* by each detector of the line-up: they take their time side by side */
    size_t n_jobs;
    char *error;
    void (*done)(void *arg, json_t *list, const char *error);
    void *arg;
    struct topic_plan *plan; /* topics: what is told of them, instead of `done`; NULL */
    void (*planned)(void *arg, const char *error);
    /* explain */
    char *topic, *source, *path, *title;
    int32_t date;
    int text_fd;
};

static void ask_free(struct ask *ask)
{
    list_remove(&ask->link);
    for (size_t i = 0; ask->lineup && i < ask->lineup->n; i++)
        json_decref(ask->said[i]);
    free(ask->said);
    lineup_unref(&ask->lineup);
    fd_close(&ask->text_fd);
    free(ask->error);
    free(ask->detector);
    free(ask->topic);
    free(ask->source);
    free(ask->path);
    free(ask->title);
    free(ask);
}

/* In the order of the configuration. */
static json_t *put_together(const struct ask *ask)
{
    json_t *all = json_array();
    for (size_t i = 0; i < ask->lineup->n; i++)
        json_array_extend(all, ask->said[i]);
    return all;
}

static void ask_answer(struct ask *ask)
{
    if (ask->plan)
        ask->planned(ask->arg, ask->error);
    else if (ask->done)
        ask->done(ask->arg, ask->error ? NULL : put_together(ask), ask->error);
    ask_free(ask);
}

void ask_job_over(struct job *job, const char *error)
{
    struct ask *ask = job->ask;
    if (error && !ask->error)
        ask->error = mem_strdup(error);
    if (!--ask->n_jobs)
        ask_answer(ask);
}

static struct ask *ask_new(struct detect *detect, enum job_kind kind, const char *detector,
                           void (*done)(void *arg, json_t *list, const char *error), void *arg)
{
    struct ask *ask = NEW(struct ask);
    *ask = (struct ask){.detect = detect,
                        .kind = kind,
                        .detector = detector ? mem_strdup(detector) : NULL,
                        .done = done,
                        .arg = arg,
                        .text_fd = -1};
    list_append(detect->lineup ? &detect->asks : &detect->early_asks, &ask->link);
    return ask;
}

/* People wait for it: before the documents. */
static void ask_begin(struct ask *ask)
{
    ask->lineup = lineup_ref(ask->detect->lineup);
    ask->said = NEW_N(json_t *, ask->lineup->n + 1);
    for (size_t i = 0; i < ask->lineup->n; i++)
        ask->said[i] = json_array();
    if (ask->detector && lineup_find(ask->lineup, ask->detector) == SIZE_MAX)
        ask->error = mem_printf("there is no detector \"%s\"", ask->detector);
    for (size_t i = 0; i < ask->lineup->n && !ask->error; i++) {
        const struct detector *at = &ask->lineup->items[i];
        if (ask->detector ? !str_equal(ask->detector, at->name) : at->trouble != NULL)
            continue;
        struct job *job = job_new(ask->detect, ask->kind);
        job->ask = ask;
        job->detector = i;
        ask->n_jobs++;
        pool_push(ask->detect->pool, job, true);
    }
    if (ask->n_jobs)
        pool_pump(ask->detect->pool);
    else
        ask_answer(ask);
}

static const char *job_detector(const struct job *job)
{
    return job->ask->lineup->items[job->detector].name;
}

static void ask_refuse(struct job *job)
{
    AUTO_FREE char *error = mem_printf("detector \"%s\" does not run", job_detector(job));
    ask_job_over(job, error);
}

bool ask_send(struct job *job, struct member *member)
{
    const struct ask *ask = job->ask;
    size_t number = member_plugin(member, job_detector(job));
    if (number == SIZE_MAX) {
        ask_refuse(job);
        return false;
    }
    uint32_t plugin = (uint32_t)number;
    struct ipc_message explain = {.type = IPC_EXPLAIN,
                                  .explain = {.job = job->id,
                                              .plugin = plugin,
                                              .topic = ask->topic,
                                              .source = ask->source,
                                              .path = ask->path,
                                              .title = ask->title,
                                              .media_type = "text/plain",
                                              .date = ask->date}};
    struct ipc_message topics = {.type = IPC_TOPICS, .topics = {.job = job->id, .plugin = plugin}};
    if (job->kind == JOB_EXPLAIN)
        host_send(member->host, &explain, ask->text_fd);
    else
        host_send(member->host, &topics, -1);
    return true;
}

/* To which more is added. */
static void add_entry(struct job *job, json_t *entry)
{
    job->entry = entry;
    json_array_append_new(job->ask->said[job->detector], entry);
}

static void begin_entry(struct job *job, const char *topic, bool matches)
{
    add_entry(job, json_pack("{s:s, s:s, s:b, s:[]}", "detector", job_detector(job), "topic", topic,
                             "matches", matches, "parts"));
}

int ask_part(struct job *job, const struct ipc_part *part)
{
    if (part->is_topic) {
        begin_entry(job, part->part, part->holds);
        return 0;
    }
    if (!job->entry)
        begin_entry(job, job->ask->topic, part->holds);
    json_array_append_new(json_object_get(job->entry, "parts"),
                          json_pack("{s:i, s:b, s:s, s:s}", "depth", (int)part->depth, "holds",
                                    part->holds != 0, "part", part->part, "text", part->text));
    return 0;
}

static void list_topic(struct job *job, const struct ipc_topic *topic)
{
    json_t *labels = json_array();
    const char *label = NULL;
    while ((label = ipc_texts_next(&topic->labels, label)))
        json_array_append_new(labels, json_string(label));
    add_entry(job, json_pack("{s:s, s:s, s:i, s:o, s:s, s:{}, s:s, s:i}", "detector",
                             job_detector(job), "name", topic->name, "severity",
                             (int)topic->severity, "labels", labels, "query", topic->query,
                             "details", "file", topic->file, "line", (int)topic->line));
}

int ask_topic(struct job *job, const struct ipc_topic *topic)
{
    if (job->ask->plan)
        topic_plan_present(job->ask->plan, job_detector(job), topic);
    else
        list_topic(job, topic);
    return 0;
}

int ask_detail(struct job *job, const struct ipc_part *detail)
{
    if (job->ask->plan)
        topic_plan_detail(job->ask->plan, detail);
    else
        json_object_set_new(json_object_get(job->entry, "details"), detail->part,
                            json_string(detail->text));
    return 0;
}

void detect_explain(struct detect *detect, const char *detector, const char *topic,
                    const char *source, const char *path, const char *title, int32_t date,
                    int text_fd, void (*done)(void *arg, json_t *parts, const char *error),
                    void *arg)
{
    struct ask *ask = ask_new(detect, JOB_EXPLAIN, detector, done, arg);
    ask->topic = mem_strdup(topic ? topic : "");
    ask->source = mem_strdup(source);
    ask->path = mem_strdup(path);
    ask->title = mem_strdup(title);
    ask->date = date ? date : str_date_from_ms(loop_wall_ms(detect->loop));
    ask->text_fd = text_fd;
    if (detect->lineup)
        ask_begin(ask);
}

void detect_topics(struct detect *detect,
                   void (*done)(void *arg, json_t *topics, const char *error), void *arg)
{
    struct ask *ask = ask_new(detect, JOB_TOPICS, NULL, done, arg);
    if (detect->lineup)
        ask_begin(ask);
}

void detect_plan_topics(struct detect *detect, const char *detector, struct topic_plan *plan,
                        void (*done)(void *arg, const char *error), void *arg)
{
    struct ask *ask = ask_new(detect, JOB_TOPICS, detector, NULL, arg);
    ask->plan = plan;
    ask->planned = done;
    if (detect->lineup)
        ask_begin(ask);
}

static void forget_plan(struct list *asks, const struct topic_plan *plan)
{
    list_each (link, asks) {
        struct ask *ask = LIST_ITEM(link, struct ask, link);
        if (ask->plan == plan)
            ask->plan = NULL;
    }
}

void detect_plan_cancel(struct detect *detect, const struct topic_plan *plan)
{
    forget_plan(&detect->asks, plan);
    forget_plan(&detect->early_asks, plan);
}

void asks_begin(struct detect *detect)
{
    for (struct list *link; (link = list_pop(&detect->early_asks));) {
        list_append(&detect->asks, link);
        ask_begin(LIST_ITEM(link, struct ask, link));
    }
}

void asks_free(struct detect *detect)
{
    list_each_safe (link, &detect->asks)
        ask_free(LIST_ITEM(link, struct ask, link));
    list_each_safe (link, &detect->early_asks)
        ask_free(LIST_ITEM(link, struct ask, link));
}
