/*
 * READ and TEXT: a document's version is made or handed in, and every detector asked for looks at
 * it, one after the other.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/memfd.h"
#include "base/str.h"
#include "host/decode.h"
#include "host/earlier.h"
#include "host/jobs.h"
#include "host/post.h"
#include "host/quote.h"
#include "host/share.h"
#include "host/sketching.h"
#include "host/version.h"
#include "host/voice.h"

void job_done(struct bundle *bundle, uint64_t job)
{
    bundle_add(bundle, &(struct ipc_message){.type = IPC_DONE, .done = {.job = job}});
    bundle_post(bundle);
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

static void add_finding(struct bundle *bundle, const struct ipc_running *at,
                        struct earlier *earlier, const struct tocsin_finding *finding,
                        struct tally *tally)
{
    tally->n_cut += finding->n_cut;
    if (finding->n_evidence == 0) {
        tally->n_unproven++;
        return;
    }
    struct ipc_quotes quotes = quotes_make(earlier->document, finding);
    if (!finding->is_fact && quotes_are_old(&quotes) && !earlier_has(earlier, finding->topic))
        quotes_are_news(&quotes);
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
                    .evidence = quotes,
                    .shadow = finding->shadow ? finding->shadow : ""}};
    if (bundle_add_if_it_fits(bundle, &message))
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

static void add_sketch(const struct tocsin_document *document, struct buf *out)
{
    struct sketch sketch;
    sketch_document(document, &sketch);
    sketch_pack(&sketch, out);
}

/* What it found, and what of it is news. */
static void add_findings(struct bundle *bundle, struct plugin *plugin, uint64_t job,
                         const struct tocsin_document *document, const struct tocsin_report *report,
                         struct tally *tally)
{
    struct ipc_running at = {.job = job, .plugin = plugin->index};
    struct earlier earlier = EARLIER_INIT(plugin, document);
    for (size_t i = 0; i < report->n; i++)
        add_finding(bundle, &at, &earlier, report->findings[i], tally);
    earlier_deinit(&earlier);
}

/* What it has learnt from this document and those before it, if it gave that now. */
static void add_learnt(struct plugin *plugin, uint64_t job, struct bundle *bundle)
{
    if (plugin->new_part_fd < 0)
        return;
    const struct ipc_message message = {.type = IPC_LEARNT,
                                        .learnt = {.job = job, .plugin = plugin->index}};
    bundle_add_with_fd(bundle, &message, plugin->new_part_fd);
    bundle_post(bundle);
    fd_close(&plugin->new_part_fd);
}

/* What it found stays in the bundle. */
static void detect_one(struct plugin *plugin, uint64_t job, const struct tocsin_document *document,
                       struct bundle *bundle)
{
    struct ipc_message running = {.type = IPC_RUNNING,
                                  .running = {.job = job, .plugin = plugin->index}};
    bundle_add(bundle, &running);
    bundle_post(bundle);
    voice_begin(plugin);
    struct tocsin_report report = {.text_len = document->len};
    uint64_t began = now_us();
    plugin_accepts_part(plugin, false);
    share_begin(plugin);
    bool ok = plugin->table->detector->detect(plugin->state, document, &report) >= 0;
    share_end();
    plugin_accepts_no_part(plugin);
    uint64_t took = now_us() - began;
    AUTO_FREE char *error = voice_end(plugin);
    AUTO_BUF struct buf reason = {0}, sketch = {0};
    struct tally tally = {0};
    if (ok) {
        add_findings(bundle, plugin, job, document, &report, &tally);
        explain_tally(&tally, &report, &reason);
    } else {
        note_add(&reason, "%s", error ? error : "the plugin could not judge the document");
    }
    if (tally.n_sent)
        add_sketch(document, &sketch);
    add_learnt(plugin, job, bundle);
    struct ipc_message detected = {
        .type = IPC_DETECTED,
        .detected = {.job = job,
                     .plugin = plugin->index,
                     .ok = ok,
                     .n_findings = tally.n_sent,
                     .n_dropped = ok ? (uint32_t)(report.n + report.n_dropped - tally.n_sent) : 0,
                     .took_us = took,
                     .reason = buf_text(&reason),
                     .sketch = {(uint32_t)sketch.len, (const uint8_t *)buf_text(&sketch)}}};
    bundle_add(bundle, &detected);
    tocsin_host_report_deinit(&report);
}

static void detect(struct host *host, uint64_t job, uint64_t mask,
                   const struct tocsin_document *document, struct bundle *bundle)
{
    for (size_t i = 0; i < host->n_plugins; i++)
        if (mask >> i & 1)
            detect_one(&host->plugins[i], job, document, bundle);
}

static int check_mask(const struct host *host, uint64_t mask, struct err *err)
{
    if (host->role != IPC_ROLE_DETECTOR)
        return err_set(err, "this host has no detectors");
    if (host->n_plugins < 64 && mask >> host->n_plugins)
        return err_set(err, "plugins that this host does not have");
    return 0;
}

/* ---- BEFORE ---- */

int job_before(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    (void)message;
    if (host->has_before || fd < 0)
        return err_set(err, "one text a job");
    if (memfd_map(fd, IPC_MAX_TEXT_BYTES, &host->before, err) < 0)
        return -1;
    host->has_before = true;
    return 0;
}

static void forget_before(struct host *host)
{
    if (host->has_before)
        memfd_unmap(&host->before);
    host->has_before = false;
}

/* The detectors, with what the document was before. */
static void detect_change(struct host *host, uint64_t job, uint64_t mask,
                          struct tocsin_document *document, struct bundle *bundle)
{
    document->before = host->has_before ? host->before.data : NULL;
    document->before_len = host->before.len;
    detect(host, job, mask, document, bundle);
    tocsin_host_document_deinit(document);
}

/* ---- READ ---- */

/* A short text goes with the message. In a NUL-terminated one there is no room for a NUL. */
static bool is_inline(const struct buf *text)
{
    return text->len <= IPC_INLINE_TEXT_BYTES && strlen(buf_text(text)) == text->len;
}

static int add_version(struct bundle *bundle, uint64_t job, const struct version *version,
                       struct err *err)
{
    bool has_text = version->status == IPC_READ_OK;
    bool in_file = has_text && !is_inline(&version->text);
    struct ipc_message message = {.type = IPC_VERSION,
                                  .version = {.job = job,
                                              .status = version->status,
                                              .hash = version->hash,
                                              .text_hash = version->text_hash,
                                              .size_bytes = version->size_bytes,
                                              .date = version->date,
                                              .title = version->title,
                                              .media_type = version->media_type,
                                              .charset = version->charset,
                                              .note = buf_text(&version->note)}};
    if (!in_file) {
        message.version.text = has_text ? buf_text(&version->text) : "";
        bundle_add(bundle, &message);
        return 0;
    }
    AUTO_FD int fd = memfd_from("text", buf_text(&version->text), version->text.len, err);
    if (fd < 0)
        return -1;
    bundle_add_with_fd(bundle, &message, fd);
    bundle_post(bundle);
    return 0;
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

int job_read(struct host *host, const struct ipc_message *message, int fd, struct err *err)
{
    const struct ipc_read *read = &message->read;
    if (fd < 0)
        return err_set(err, "READ without a file");
    if (check_mask(host, read->plugins, err) < 0)
        return -1;
    AUTO_BUNDLE struct bundle bundle = {0};
    struct version version;
    version_read(fd, read, &version);
    int result = add_version(&bundle, read->job, &version, err);
    if (result == 0 && version.status == IPC_READ_OK) {
        struct tocsin_document document = {.text = buf_text(&version.text),
                                           .len = version.text.len,
                                           .title = version.title,
                                           .path = read->path,
                                           .source = read->source,
                                           .media_type = version.media_type,
                                           .date = date_or_today(version.date, read->today)};
        detect_change(host, read->job, read->plugins, &document, &bundle);
    }
    forget_before(host);
    version_deinit(&version);
    if (result == 0)
        job_done(&bundle, read->job);
    return result;
}

/* ---- TEXT ---- */

int job_load_document(int fd, const struct job_document *from, struct buf *text,
                      struct tocsin_document *document, struct err *err)
{
    struct memfd_map map;
    buf_clear(text);
    if (fd < 0) {
        buf_puts(text, from->text);
    } else if (memfd_map(fd, IPC_MAX_TEXT_BYTES, &map, err) < 0) {
        return -1;
    } else { /* copied, so that a NUL stands behind it, as plugins are promised */
        buf_append(text, map.data, map.len);
        memfd_unmap(&map);
    }
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
    struct job_document from = {given->source,     given->path, given->title,
                                given->media_type, given->date, given->text};
    AUTO_BUF struct buf text = {0};
    struct tocsin_document document;
    if (check_mask(host, given->plugins, err) < 0 ||
        job_load_document(fd, &from, &text, &document, err) < 0)
        return -1;
    AUTO_BUNDLE struct bundle bundle = {0};
    detect_change(host, given->job, given->plugins, &document, &bundle);
    forget_before(host);
    job_done(&bundle, given->job);
    return 0;
}
