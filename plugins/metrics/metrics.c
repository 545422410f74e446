/*
 * The exporter: answers programs of this machine by HTTP, with pages that the daemon makes.
 *
 *   /metrics     what tocsin counts, in the text format of Prometheus
 *   /-/healthy   200 while the daemon runs
 *   /-/ready     200 when it is ready, else 503 and why not
 *
 * libmicrohttpd serves them on one thread, which waits for the daemon when it must: a page takes
 * milliseconds. Every connection is for one request. Nobody can hold up others: the header is
 * bounded, a silent connection ends by time, and when there are too many, the oldest one goes, so
 * that a crowd of slow ones gives way to one that asks.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <microhttpd.h>

#include <tocsin/plugin.h>

#include "base/address.h"
#include "base/mem.h"

#define BACKLOG          16
#define CONNECTIONS      16 /* before the oldest goes */
#define CONNECTIONS_MAX  32 /* before the next waits; those that were told to go are among them */
#define CONNECTION_BYTES ((size_t)16 * 1024) /* for the header and what else a request needs */
#define SILENCE_S        10U

struct exporter {
    struct tocsin_instance *instance;
    struct MHD_Daemon *server;
    int connections[CONNECTIONS_MAX]; /* the oldest first; of the server's thread */
    size_t n_connections;
};

/* ---- answers ---- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, const char *text,
                              const char *type)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_add_response_header(response, "Content-Type", type);
    if (result == MHD_YES)
        result = MHD_add_response_header(response, "Connection", "close");
    if (result == MHD_YES && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        result = MHD_add_response_header(response, "Allow", "GET, HEAD");
    if (result == MHD_YES)
        result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_text(struct MHD_Connection *connection, unsigned status,
                                   const char *text)
{
    return answer(connection, status, text, "text/plain; charset=utf-8");
}

static const char no_answer[] = "the daemon does not answer\n";

static enum MHD_Result answer_metrics(struct MHD_Connection *connection)
{
    AUTO_FREE char *page = tocsin_page("metrics");
    if (!page)
        return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, no_answer);
    return answer(connection, MHD_HTTP_OK, page, "text/plain; version=0.0.4; charset=utf-8");
}

static enum MHD_Result answer_healthy(struct MHD_Connection *connection)
{
    return answer_text(connection, MHD_HTTP_OK,
                       "healthy\n"); /* this process ends with the daemon */
}

static enum MHD_Result answer_ready(struct MHD_Connection *connection)
{
    AUTO_FREE char *why = tocsin_page("ready");
    if (why && !*why)
        return answer_text(connection, MHD_HTTP_OK, "ready\n");
    return answer_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, why ? why : no_answer);
}

static const struct {
    const char *path;
    enum MHD_Result (*answer)(struct MHD_Connection *connection);
} pages[] = {
    {"/metrics", answer_metrics}, {"/-/healthy", answer_healthy}, {"/-/ready", answer_ready}};

static enum MHD_Result asked(void *arg, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *body,
                             size_t *body_bytes, void **request)
{
    (void)arg;
    (void)version;
    (void)body;
    (void)body_bytes;
    (void)request;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return answer_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    for (size_t i = 0; i < ARRAY_LEN(pages); i++)
        if (strcmp(url, pages[i].path) == 0)
            return pages[i].answer(connection);
    return answer_text(connection, MHD_HTTP_NOT_FOUND,
                       "there are /metrics, /-/healthy and /-/ready\n");
}

/* ---- connections ---- */

static void connection_began(struct exporter *exporter, int fd)
{
    if (exporter->n_connections >= CONNECTIONS)
        shutdown(exporter->connections[exporter->n_connections - CONNECTIONS], SHUT_RDWR);
    if (exporter->n_connections < CONNECTIONS_MAX)
        exporter->connections[exporter->n_connections++] = fd;
}

static void connection_ended(struct exporter *exporter, int fd)
{
    for (size_t i = 0; i < exporter->n_connections; i++) {
        if (exporter->connections[i] != fd)
            continue;
        exporter->n_connections--;
        memmove(&exporter->connections[i], &exporter->connections[i + 1],
                (exporter->n_connections - i) * sizeof(exporter->connections[0]));
        return;
    }
}

static void connection_changed(void *arg, struct MHD_Connection *connection, void **context,
                               enum MHD_ConnectionNotificationCode code)
{
    (void)context;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (!info)
        return;
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        connection_began(arg, info->connect_fd);
    else
        connection_ended(arg, info->connect_fd);
}

/* ---- life ---- */

static void complain(void *arg, const char *fmt, va_list va) PRINTF(2, 0);
static void complain(void *arg, const char *fmt, va_list va)
{
    const struct exporter *exporter = arg;
    char text[512];
    vsnprintf(text, sizeof(text), fmt, va);
    text[strcspn(text, "\n")] = '\0';
    tocsin_log(exporter->instance, TOCSIN_DEBUG, "%s", text);
}

static int cannot_listen(struct tocsin_instance *instance, const char *listen)
{
    int error = errno;
    const char *mend = error == EADDRINUSE ? " (another program listens there; take another port)"
                       : error == EACCES   ? " (take a port above 1023)"
                                           : "";
    return tocsin_fail(instance, NULL, 0, 0, "cannot listen on %s: %s%s", listen, strerror(error),
                       mend);
}

static int open_socket(struct tocsin_instance *instance)
{
    struct address address;
    const char *why, *text = tocsin_option_text(instance, "listen");
    if (!address_parse_loopback(text, &address, &why))
        return tocsin_fail(instance, NULL, 0, 0, "\"%s\" %s", text, why);
    /* What a daemon that has just ended leaves behind is no hindrance. */
    const int yes = 1;
    AUTO_FD int fd =
        socket(address.socket.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
        bind(fd, (const struct sockaddr *)&address.socket, address.len) < 0 ||
        listen(fd, BACKLOG) < 0)
        return cannot_listen(instance, text);
    return fd_take(&fd);
}

static int metrics_init(struct tocsin_instance *instance, void **state)
{
    AUTO_FD int fd = open_socket(instance);
    if (fd < 0)
        return -1;
    struct exporter *exporter = NEW(struct exporter);
    exporter->instance = instance;
    exporter->server = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL, asked, exporter,
        MHD_OPTION_EXTERNAL_LOGGER, complain, exporter, MHD_OPTION_LISTEN_SOCKET, fd,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S, MHD_OPTION_NOTIFY_CONNECTION,
        connection_changed, exporter, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!exporter->server) {
        free(exporter);
        return tocsin_fail(instance, NULL, 0, 0, "libmicrohttpd does not start: %s",
                           strerror(errno));
    }
    fd_take(&fd); /* the server's */
    *state = exporter;
    return 0;
}

static void metrics_fini(void *state)
{
    struct exporter *exporter = state;
    MHD_stop_daemon(exporter->server);
    free(exporter);
}

static const struct tocsin_option options[] = {
    {.name = "listen",
     .type = TOCSIN_OPTION_LISTEN,
     .required = true,
     .help = "where to listen, 127.0.0.1:PORT or [::1]:PORT"},
    {.name = NULL},
};

static const struct tocsin_exporter exporter = {
    .size = sizeof(struct tocsin_exporter),
    .init = metrics_init,
    .fini = metrics_fini,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,
    .name = "metrics",
    .version = "0.1",
    .summary = "answers programs of this machine by HTTP: metrics, readiness",
    .licence = "ISC",
    .options = options,
    .exporter = &exporter,
};
