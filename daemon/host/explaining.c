/* EXPLAIN and TOPICS: what a detector says about itself, passed on piece by piece. */
#include <string.h>

#include "host/jobs.h"
#include "host/post.h"
#include "host/share.h"
#include "host/voice.h"

static struct plugin *detector_at(struct host *host, uint32_t index, struct err *err)
{
    if (host->role == IPC_ROLE_DETECTOR && index < host->n_plugins)
        return &host->plugins[index];
    err_set(err, "there is no detector %u", index);
    return NULL;
}

/* What a plugin's answer is put into, piece by piece. */
struct answer {
    uint64_t job;
    struct bundle bundle;
};

static void add_part(struct answer *answer, const struct ipc_part *part)
{
    struct ipc_message message = {.type = IPC_PART, .part = *part};
    message.part.job = answer->job;
    if (!bundle_add_if_it_fits(&answer->bundle, &message))
        post_log(0, TOCSIN_WARNING, "a part of an answer was too long and left out");
}

static void explained_topic(void *arg, const char *topic, bool matches)
{
    add_part(arg, &(struct ipc_part){.is_topic = 1, .holds = matches, .part = topic});
}

static void explained_part(void *arg, int depth, bool holds, const char *part, const char *text)
{
    add_part(arg, &(struct ipc_part){
                      .depth = (uint32_t)depth, .holds = holds, .part = part, .text = text});
}

int job_explain(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    const struct ipc_explain *given = &message->explain;
    struct plugin *plugin = detector_at(host, given->plugin, err);
    struct job_document from = {given->source,     given->path, given->title,
                                given->media_type, given->date, given->text};
    AUTO_BUF struct buf text = {0};
    struct tocsin_document document;
    if (!plugin || job_load_document(fd, &from, &text, &document, err) < 0)
        return -1;
    struct answer answer = {.job = given->job};
    struct tocsin_explain explain = {explained_topic, explained_part, &answer};
    const struct tocsin_detector *detector = plugin->table->detector;
    const char *topic = given->topic[0] ? given->topic : NULL;
    voice_begin(plugin);
    share_begin(plugin);
    int result =
        detector->explain ? detector->explain(plugin->state, &document, topic, &explain) : 0;
    share_end();
    if (result < 0)
        explained_part(&answer, 0, false, plugin->instance, "the explanation failed");
    tocsin_host_document_deinit(&document);
    job_done(&answer.bundle, answer.job);
    bundle_deinit(&answer.bundle);
    return 0;
}

static void add_topic(void *arg, const char *name, enum tocsin_severity severity,
                      const char *const *labels, const char *query, const char *file, int line)
{
    struct answer *answer = arg;
    AUTO_BUF struct buf packed = {0};
    struct ipc_message message = {.type = IPC_TOPIC,
                                  .topic = {.job = answer->job,
                                            .name = name,
                                            .severity = severity,
                                            .labels = ipc_texts_pack(labels, SIZE_MAX, &packed),
                                            .query = query,
                                            .file = file,
                                            .line = (uint32_t)line}};
    if (!bundle_add_if_it_fits(&answer->bundle, &message))
        post_log(0, TOCSIN_WARNING, "topic \"%s\" was too long for a message and left out", name);
}

static void add_detail(void *arg, const char *name, const char *value)
{
    add_part(arg, &(struct ipc_part){.part = name, .text = value});
}

static void add_change(void *arg, enum tocsin_change change, const char *name, const char *file,
                       int line)
{
    struct answer *answer = arg;
    const struct ipc_message message = {.type = IPC_TOPIC,
                                        .topic = {.job = answer->job,
                                                  .change = change,
                                                  .name = name,
                                                  .query = "",
                                                  .file = file,
                                                  .line = (uint32_t)line}};
    if (!bundle_add_if_it_fits(&answer->bundle, &message))
        post_log(0, TOCSIN_WARNING, "the path of topic \"%s\" was too long for a message", name);
}

int job_topics(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    (void)fd;
    struct plugin *plugin = detector_at(host, message->topics.plugin, err);
    if (!plugin)
        return -1;
    struct answer answer = {.job = message->topics.job};
    struct tocsin_topics topics = {add_topic, add_detail, add_change, &answer};
    int (*list)(void *state, struct tocsin_topics *topics) = message->topics.changes
                                                                 ? plugin->table->detector->changes
                                                                 : plugin->table->detector->topics;
    voice_begin(plugin);
    if (list && list(plugin->state, &topics) < 0)
        post_log(plugin->index, TOCSIN_ERROR, "the list of topics is incomplete");
    job_done(&answer.bundle, answer.job);
    bundle_deinit(&answer.bundle);
    return 0;
}
