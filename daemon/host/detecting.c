/*
 * READ and TEXT: a document's version is made or handed in, and every detector asked for looks at
 * it, one after the other.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/memfd.h"
#include "base/str.h"
#include "host/decode.h"
#include "host/jobs.h"
#include "host/post.h"
#include "host/quote.h"
#include "host/version.h"
#include "host/voice.h"

void job_done(uint64_t job)
{
    post(&(struct ipc_message){.type = IPC_DONE, .done = {.job = job}}, -1);
}

/* ---- one detector ---- */

/* What became of a report, for DETECTED. */
struct tally {
    uint32_t n_sent, n_unproven, n_oversized;
    size_t n_cut;
};

static struct ipc_texts packed(const struct tocsin_texts *texts, struct buf *out)
{
    return ipc_texts_pack((const char *const *)texts->items, texts->n, out);
}

static void send_finding(const struct ipc_running *at, const struct tocsin_document *document,
                         const struct tocsin_finding *finding, struct tally *tally)
{
    tally->n_cut += finding->n_cut;
    if (finding->n_evidence == 0) {
        tally->n_unproven++;
        return;
    }
    struct ipc_quotes quotes = quotes_make(document, finding);
    AUTO_BUF struct buf labels = {0};
    AUTO_BUF struct buf names = {0};
    AUTO_BUF struct buf values = {0};
    struct ipc_message message = {
        .type = IPC_FINDING,
        .finding = {.job = at->job,
                    .plugin = at->plugin,
                    .is_fact = finding->is_fact,
                    .topic = finding->topic,
                    .summary = finding->summary,
                    .severity = finding->severity,
                    .score = finding->score,
                    .labels = packed(&finding->labels, &labels),
                    .field_names = packed(&finding->field_names, &names),
                    .field_values = packed(&finding->field_values, &values),
                    .evidence = quotes}};
    if (post_if_it_fits(&message))
        tally->n_sent++;
    else
        tally->n_oversized++;
    quotes_free(&quotes);
}

static void explain_tally(const struct tally *tally, const struct tocsin_report *report,
                          struct buf *reason)
{
    if (tally->n_unproven)
        note_add(reason, "%" PRIu32 " findings without evidence were dropped", tally->n_unproven);
    if (tally->n_oversized)
        note_add(reason, "%" PRIu32 " findings were too large for a message", tally->n_oversized);
    if (report->n_dropped)
        note_add(reason, "%zu findings beyond %d were dropped", report->n_dropped,
                 TOCSIN_MAX_FINDINGS);
    if (tally->n_cut)
        note_add(reason, "%zu parts of findings were too long, too many or made no sense",
                 tally->n_cut);
}

static uint64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void detect_one(struct plugin *plugin, uint64_t job, const struct tocsin_document *document)
{
    struct ipc_running at = {.job = job, .plugin = plugin->index};
    post(&(struct ipc_message){.type = IPC_RUNNING, .running = at}, -1);
    voice_begin(plugin);
    struct tocsin_report report = {.text_len = document->len};
    uint64_t began = now_us();
    int result = plugin->table->detector->detect(plugin->state, document, &report);
    uint64_t took = now_us() - began;
    AUTO_FREE char *error = voice_end(plugin);
    AUTO_BUF struct buf reason = {0};
    struct tally tally = {0};
    if (result < 0)
        note_add(&reason, "%s", error ? error : "the plugin could not judge the document");
    for (size_t i = 0; result >= 0 && i < report.n; i++)
        send_finding(&at, document, report.findings[i], &tally);
    if (result >= 0)
        explain_tally(&tally, &report, &reason);
    size_t n_dropped = result < 0 ? 0 : report.n + report.n_dropped - tally.n_sent;
    post(&(struct ipc_message){.type = IPC_DETECTED,
                               .detected = {.job = job,
                                            .plugin = plugin->index,
                                            .ok = result >= 0,
                                            .n_findings = tally.n_sent,
                                            .n_dropped = (uint32_t)n_dropped,
                                            .took_us = took,
                                            .reason = buf_text(&reason)}},
         -1);
    tocsin_host_report_deinit(&report);
}

static void detect(struct host *host, uint64_t job, uint64_t mask,
                   const struct tocsin_document *document)
{
    for (size_t i = 0; i < host->n_plugins; i++)
        if (mask >> i & 1)
            detect_one(&host->plugins[i], job, document);
}

static int check_mask(const struct host *host, uint64_t mask, struct err *err)
{
    if (host->role != IPC_ROLE_DETECTOR)
        return err_set(err, "this host has no detectors");
    if (host->n_plugins < 64 && mask >> host->n_plugins)
        return err_set(err, "plugins that this host does not have");
    return 0;
}

/* ---- READ ---- */

static void post_version(uint64_t job, const struct version *version, int text_fd)
{
    post(&(struct ipc_message){.type = IPC_VERSION,
                               .version = {.job = job,
                                           .status = version->status,
                                           .hash = version->hash,
                                           .text_hash = version->text_hash,
                                           .size_bytes = version->size_bytes,
                                           .date = version->date,
                                           .title = version->title,
                                           .media_type = version->media_type,
                                           .charset = version->charset,
                                           .note = buf_text(&version->note)}},
         text_fd);
}

static int32_t today_utc(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return str_date_from_ms((int64_t)now.tv_sec * 1000);
}

static int32_t date_or_today(int64_t date, int64_t today)
{
    if (date)
        return (int32_t)date;
    return today ? (int32_t)today : today_utc();
}

static int send_text(uint64_t job, struct version *version, struct err *err)
{
    AUTO_FD int fd = memfd_from("text", buf_text(&version->text), version->text.len, err);
    if (fd < 0)
        return -1;
    post_version(job, version, fd);
    return 0;
}

int job_read(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    const struct ipc_read *read = &message->read;
    if (fd < 0)
        return err_set(err, "READ without a file");
    if (check_mask(host, read->plugins, err) < 0)
        return -1;
    struct version version;
    version_read(fd, read, &version);
    int result = 0;
    if (version.status != IPC_READ_OK) {
        post_version(read->job, &version, -1);
    } else if ((result = send_text(read->job, &version, err)) == 0) {
        struct tocsin_document document = {.text = buf_text(&version.text),
                                           .len = version.text.len,
                                           .title = version.title,
                                           .path = read->path,
                                           .source = read->source,
                                           .media_type = version.media_type,
                                           .date = date_or_today(version.date, read->today)};
        detect(host, read->job, read->plugins, &document);
        tocsin_host_document_deinit(&document);
    }
    version_deinit(&version);
    if (result == 0)
        job_done(read->job);
    return result;
}

/* ---- TEXT ---- */

int job_map_document(int fd, const struct job_document *from, struct buf *text,
                     struct tocsin_document *document, struct err *err)
{
    if (fd < 0)
        return err_set(err, "a document without its text");
    struct memfd_map map;
    if (memfd_map(fd, IPC_MAX_TEXT_BYTES, &map, err) < 0)
        return -1;
    /* Copied, so that a NUL stands behind it, as plugins are promised. */
    buf_clear(text);
    buf_append(text, map.data, map.len);
    memfd_unmap(&map);
    *document = (struct tocsin_document){.text = buf_text(text),
                                         .len = text->len,
                                         .title = from->title,
                                         .path = from->path,
                                         .source = from->source,
                                         .media_type = from->media_type,
                                         .date = date_or_today(from->date, 0)};
    return 0;
}

int job_text(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    const struct ipc_text *given = &message->text;
    struct job_document from = {given->source, given->path, given->title, given->media_type,
                                given->date};
    AUTO_BUF struct buf text = {0};
    struct tocsin_document document;
    if (check_mask(host, given->plugins, err) < 0 ||
        job_map_document(fd, &from, &text, &document, err) < 0)
        return -1;
    detect(host, given->job, given->plugins, &document);
    tocsin_host_document_deinit(&document);
    job_done(given->job);
    return 0;
}
