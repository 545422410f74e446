/*
 * DELIVER: its revisions are collected from the messages that follow it, the notifier is called,
 * and what became of it goes back. A delivery is never answered twice and never without an answer.
 * Several may wait in the channel: those behind one that is to be tried again go back untried.
 */
#include <stdlib.h>
#include <time.h>

#include "host/jobs.h"
#include "host/post.h"
#include "host/sandbox.h"
#include "host/voice.h"

#define MAX_REVISIONS 10000 /* in one delivery */

/* The arrays that a plugin reads a received revision by. */
struct carried {
    const char **labels, **names, **values;
};

struct load {
    struct buf *packets; /* that the revisions point into, as far as others followed them */
    size_t n_packets, cap_packets;
    struct carried *carried;
    struct tocsin_revision *revisions;
    size_t n;
};

/* NULL-terminated, pointing into the packet. */
static const char **unpacked(const struct ipc_texts *texts)
{
    const char **items = NEW_N(const char *, texts->n + 1);
    const char *text = NULL;
    for (size_t i = 0; (text = ipc_texts_next(texts, text)); i++)
        items[i] = text;
    return items;
}

static int take_revision(const struct ipc_revision *from, struct carried *carried,
                         struct tocsin_revision *to, struct err *err)
{
    if (from->field_names.n != from->field_values.n)
        return err_set(err, "fields without their values");
    if (from->severity < TOCSIN_LOW || from->severity > TOCSIN_URGENT)
        return err_set(err, "there is no severity %u", from->severity);
    if (from->notice > TOCSIN_MUTED)
        return err_set(err, "there is no notice %u", from->notice);
    enum tocsin_notice notice = (enum tocsin_notice)from->notice;
    carried->labels = unpacked(&from->labels);
    carried->names = unpacked(&from->field_names);
    carried->values = unpacked(&from->field_values);
    *to = (struct tocsin_revision){.alert_id = from->alert_id,
                                   .revision_id = from->revision_id,
                                   .number = (int)from->number,
                                   .detector = from->detector,
                                   .topic = from->topic,
                                   .headline = from->headline,
                                   .change = from->change,
                                   .severity = (enum tocsin_severity)from->severity,
                                   .labels = carried->labels,
                                   .field_names = carried->names,
                                   .field_values = carried->values,
                                   .quote = from->quote,
                                   .mark_start = from->mark_start,
                                   .mark_end = from->mark_end,
                                   .document_title = from->document_title,
                                   .document_path = from->document_path,
                                   .source = from->source,
                                   .document_date = (int32_t)from->document_date,
                                   .created_ms = from->created_ms,
                                   .n_sources = (int)from->n_sources,
                                   .token = from->token,
                                   .started_ms = from->started_ms,
                                   .resolved = notice == TOCSIN_ENDED,
                                   .ended_ms = notice == TOCSIN_ENDED ? from->notice_ms : 0,
                                   .is_fact = from->is_fact != 0,
                                   .notice = notice,
                                   .notice_ms = from->notice_ms,
                                   .until_ms = from->until_ms};
    return 0;
}

/* The packet at hand holds nothing more, but what is read of it already points into it. */
static void keep_packet(struct ipc_inbox *inbox, struct load *load)
{
    load->packets =
        mem_grow(load->packets, &load->cap_packets, load->n_packets + 1, sizeof(*load->packets));
    load->packets[load->n_packets++] = inbox->packet;
    inbox->packet = (struct buf){0};
    inbox->at = 0;
}

static int receive_revision(struct host *host, struct load *load, struct err *err)
{
    AUTO_FD int fd = -1;
    struct ipc_message message;
    if (ipc_inbox_empty(&host->inbox))
        keep_packet(&host->inbox, load);
    enum ipc_status status =
        ipc_inbox_next(&host->inbox, host->channel, IPC_TO_HOST, &message, &fd, err);
    if (status == IPC_CLOSED)
        return err_set(err, "the daemon is gone");
    int result = status == IPC_OK ? 0 : -1;
    if (result == 0 && message.type != IPC_REVISION)
        result = err_set(err, "%s in place of a revision", ipc_type_name(message.type));
    if (result == 0)
        result = take_revision(&message.revision, &load->carried[load->n],
                               &load->revisions[load->n], err);
    ipc_message_deinit(&message);
    return result;
}

static int load_receive(struct host *host, size_t n, struct load *load, struct err *err)
{
    *load = (struct load){.carried = NEW_N(struct carried, n),
                          .revisions = NEW_N(struct tocsin_revision, n)};
    for (; load->n < n; load->n++)
        if (receive_revision(host, load, err) < 0)
            return -1;
    return 0;
}

static void load_deinit(struct load *load, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(load->carried[i].labels);
        free(load->carried[i].names);
        free(load->carried[i].values);
    }
    for (size_t i = 0; i < load->n_packets; i++)
        buf_deinit(&load->packets[i]);
    free(load->packets);
    free(load->carried);
    free(load->revisions);
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void post_outcome(uint64_t job, enum tocsin_result result,
                         const struct tocsin_outcome *outcome, uint64_t took_us)
{
    AUTO_BUF struct buf packed = {0};
    struct ipc_texts tokens = {0};
    if (outcome->tokens)
        tokens =
            ipc_texts_pack((const char *const *)outcome->tokens, outcome->n_revisions, &packed);
    struct ipc_message message = {.type = IPC_OUTCOME,
                                  .outcome = {.job = job,
                                              .result = (uint32_t)result,
                                              .delay_ms = outcome->delay_ms,
                                              .reason = outcome->reason,
                                              .tokens = tokens,
                                              .took_us = took_us}};
    if (post_if_it_fits(&message))
        return;
    message.outcome.tokens = (struct ipc_texts){0};
    post_log(0, TOCSIN_WARNING, "the tokens of a delivery were too long and are lost");
    post(&message);
}

static enum tocsin_result carry(struct plugin *plugin, uint64_t job,
                                const struct tocsin_delivery *delivery)
{
    struct tocsin_outcome outcome = {.n_revisions = delivery->n_revisions};
    uint64_t began_us = now_us();
    voice_begin(plugin);
    enum tocsin_result result = plugin->table->notifier->notify(plugin->state, delivery, &outcome);
    AUTO_FREE char *error = voice_end(plugin);
    if ((unsigned)result > TOCSIN_NEVER) {
        tocsin_outcome_reason(&outcome, "the plugin answered %d, which means nothing", (int)result);
        result = TOCSIN_LATER;
    }
    if (result != TOCSIN_OK && !outcome.reason)
        tocsin_outcome_reason(&outcome, "%s", error ? error : "the plugin did not say why");
    post_outcome(job, result, &outcome, now_us() - began_us);
    tocsin_host_outcome_deinit(&outcome);
    return result;
}

static void leave(uint64_t job, bool to_another)
{
    struct ipc_message message = {
        .type = IPC_OUTCOME,
        .outcome = {
            .job = job, .result = TOCSIN_LATER, .spent = to_another, .untried = !to_another}};
    post(&message);
}

int job_deliver(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    (void)fd;
    const struct ipc_deliver *given = &message->deliver;
    if (host->role != IPC_ROLE_NOTIFIER)
        return err_set(err, "this host has no notifier");
    if (given->count < 1 || given->count > MAX_REVISIONS)
        return err_set(err, "a delivery of %u revisions", given->count);
    if (given->total < given->count)
        return err_set(err, "%u revisions of a total of %u", given->count, given->total);
    struct load load;
    int result = load_receive(host, given->count, &load, err);
    struct tocsin_delivery delivery = {.id = given->id,
                                       .attempt = (int)given->attempt,
                                       .summary = given->summary[0] ? given->summary : NULL,
                                       .revisions = load.revisions,
                                       .n_revisions = load.n,
                                       .n_total = given->total};
    if (result == 0 && sandbox_is_outdated())
        leave(given->job, true);
    else if (result == 0 && given->follows && host->refused)
        leave(given->job, false);
    else if (result == 0)
        host->refused = carry(&host->plugins[0], given->job, &delivery) == TOCSIN_LATER;
    load_deinit(&load, given->count);
    return result;
}
