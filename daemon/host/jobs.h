/* The jobs of a host, one function each. `fd` is the message's descriptor or -1, the caller's.
 * -1: the message makes no sense, which only a daemon of another build would send. */
#ifndef TOCSIN_HOST_JOBS_H
#define TOCSIN_HOST_JOBS_H

#include "host/plugin.h"
#include "host/post.h"

/* detecting.c */
int job_before(struct host *host, const struct ipc_message *message, int fd, struct err *err);
int job_read(struct host *host, const struct ipc_message *message, int fd, struct err *err);
int job_text(struct host *host, const struct ipc_message *message, int fd, struct err *err);

/* explaining.c */
int job_explain(struct host *host, const struct ipc_message *message, int fd, struct err *err);
int job_topics(struct host *host, const struct ipc_message *message, int fd, struct err *err);

/* delivering.c */
int job_deliver(struct host *host, const struct ipc_message *message, int fd, struct err *err);

/* exporting.c */
int job_page(struct host *host, const struct ipc_message *message, int fd, struct err *err);

/* The last word on a job, sent with what was bundled. */
void job_done(struct bundle *bundle, uint64_t job);

/* A document of which the daemon sends the text, in a memory file or, when `fd` is -1, in the
 * message: its bytes in `text`, and what else the message says. The texts must outlive it;
 * tocsin_host_document_deinit ends it. */
struct job_document {
    const char *source, *path, *title, *media_type;
    int64_t date;
    const char *text;
};
int job_load_document(int fd, const struct job_document *from, struct buf *text,
                      struct tocsin_document *document, struct err *err);

#endif
