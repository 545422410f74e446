/*
 * Questions of people to detectors: explain and topics. A question is one job for each detector it
 * is about; what they say is put together and answered once, when the last of them is done.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "detect/pool.h"

struct ask {
    struct list link;
    struct detect *detect;
    struct lineup *lineup;
    json_t *list;
    size_t n_jobs;
    char *error;
    void (*done)(void *arg, json_t *list, const char *error);
    void *arg;
    /* explain */
    char *topic, *source, *path, *title;
    int32_t date;
    int text_fd;
};

static void ask_free(struct ask *ask)
{
    list_remove(&ask->link);
    lineup_unref(&ask->lineup);
    json_decref(ask->list);
    fd_close(&ask->text_fd);
    free(ask->error);
    free(ask->topic);
    free(ask->source);
    free(ask->path);
    free(ask->title);
    free(ask);
}

static void ask_answer(struct ask *ask)
{
    if (ask->error)
        ask->done(ask->arg, NULL, ask->error);
    else
        ask->done(ask->arg, json_incref(ask->list), NULL);
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

static struct ask *ask_new(struct detect *detect,
                           void (*done)(void *arg, json_t *list, const char *error), void *arg)
{
    struct ask *ask = NEW(struct ask);
    *ask = (struct ask){.detect = detect,
                        .lineup = lineup_ref(detect->lineup),
                        .list = json_array(),
                        .done = done,
                        .arg = arg,
                        .text_fd = -1};
    list_append(&detect->asks, &ask->link);
    return ask;
}

/* People wait for it: before the documents. `detector` NULL: every one that works. */
static void ask_submit(struct ask *ask, enum job_kind kind, const char *detector)
{
    for (size_t i = 0; i < ask->lineup->n; i++) {
        const struct detector *at = &ask->lineup->items[i];
        if (detector ? !str_equal(detector, at->name) : at->trouble != NULL)
            continue;
        struct job *job = job_new(ask->detect, kind);
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

static void begin_entry(struct job *job, const char *topic, bool matches)
{
    job->entry = json_pack("{s:s, s:s, s:b, s:[]}", "detector", job_detector(job), "topic", topic,
                           "matches", matches, "parts");
    json_array_append_new(job->ask->list, job->entry);
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

int ask_topic(struct job *job, const struct ipc_topic *topic)
{
    json_t *labels = json_array();
    const char *label = NULL;
    while ((label = ipc_texts_next(&topic->labels, label)))
        json_array_append_new(labels, json_string(label));
    json_array_append_new(job->ask->list,
                          json_pack("{s:s, s:s, s:i, s:o, s:s, s:s, s:i}", "detector",
                                    job_detector(job), "name", topic->name, "severity",
                                    (int)topic->severity, "labels", labels, "query", topic->query,
                                    "file", topic->file, "line", (int)topic->line));
    return 0;
}

void detect_explain(struct detect *detect, const char *detector, const char *topic,
                    const char *source, const char *path, const char *title, int32_t date,
                    int text_fd, void (*done)(void *arg, json_t *parts, const char *error),
                    void *arg)
{
    AUTO_FD int own = text_fd;
    if (!detect->lineup) {
        done(arg, NULL, "the detectors are still being started");
        return;
    }
    if (detector && lineup_find(detect->lineup, detector) == SIZE_MAX) {
        AUTO_FREE char *error = mem_printf("there is no detector \"%s\"", detector);
        done(arg, NULL, error);
        return;
    }
    struct ask *ask = ask_new(detect, done, arg);
    ask->topic = mem_strdup(topic ? topic : "");
    ask->source = mem_strdup(source);
    ask->path = mem_strdup(path);
    ask->title = mem_strdup(title);
    ask->date = date ? date : str_date_from_ms(loop_wall_ms(detect->loop));
    ask->text_fd = fd_take(&own);
    ask_submit(ask, JOB_EXPLAIN, detector);
}

void detect_topics(struct detect *detect,
                   void (*done)(void *arg, json_t *topics, const char *error), void *arg)
{
    if (!detect->lineup)
        done(arg, NULL, "the detectors are still being started");
    else
        ask_submit(ask_new(detect, done, arg), JOB_TOPICS, NULL);
}

void asks_free(struct detect *detect)
{
    list_each_safe (link, &detect->asks)
        ask_free(LIST_ITEM(link, struct ask, link));
}
