/*
 * tocsind: the table of rooms, start and end.
 *
 * The processes, who starts them and what they may do:
 *
 *   - tocsind: reads the watched places, writes the store, listens on the control socket; loads no
 *     plugin, parses no document, uses no network
 *   - detector hosts, one warm, one a core under backlog: the descriptor they are handed
 *   - notifier hosts, one a notifier: what the powers of its plugin name
 *   - a host for metrics, when asked for: accepts connections on a loopback port
 *   - probes and trials, thrown away, to learn what a plugin is and whether it starts: nothing
 *
 * Threads of tocsind: the loop (this one), the store's writer, the store's reader, one disk thread
 * a source, and a helper that is idle but for a reload.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/mem.h"
#include "canary.h"
#include "config/unit.h"
#include "hosts/prepare.h"
#include "tocsind.h"

#define LOCK_WAIT_MS 10000 /* hosts of a daemon that was killed end at once; give them time */

/* ---- the rooms, in the order in which they start; they end in the opposite one ---- */

static int start_lock(struct daemon *daemon, struct err *err)
{
    daemon->exit_status = EX_TEMPFAIL;
    daemon->lock_fd = hosts_lock(daemon->options->state_dir, LOCK_WAIT_MS, err);
    return daemon->lock_fd < 0 ? -1 : 0;
}

static void stop_lock(struct daemon *daemon)
{
    fd_close(&daemon->lock_fd);
}

static int start_store(struct daemon *daemon, struct err *err)
{
    switch (store_open(daemon->loop, daemon->options->state_dir, &daemon->store, err)) {
    case STORE_OPENED_FAILED:
        daemon->exit_status = EX_CANTCREAT;
        return -1;
    case STORE_OPENED_NEWER:
        daemon->exit_status = EX_CONFIG;
        return -1;
    case STORE_OPENED_DAMAGED:
        log_error("%s", err->text);
        daemon->store_lost = mem_strdup(err->text);
        return 0;
    case STORE_OPENED_OLD:
    case STORE_OPENED_NEW:
        return 0;
    }
    return 0;
}

static void stop_store(struct daemon *daemon)
{
    store_free(&daemon->store);
    free(daemon->store_lost);
}

static int start_control(struct daemon *daemon, struct err *err)
{
    const struct options *options = daemon->options;
    const struct control_group group = {.gid = options->gid, .name = options->group};
    AUTO_FREE char *path = mem_printf("%s/control", options->runtime_dir);
    daemon->exit_status = EX_CANTCREAT;
    return control_new(daemon->loop, path, group.name ? &group : NULL, daemon_verbs, daemon_n_verbs,
                       daemon, &daemon->control, err);
}

static void stop_control(struct daemon *daemon)
{
    control_free(&daemon->control);
}

static int start_hosts(struct daemon *daemon, struct err *err)
{
    (void)err;
    const struct hosts_paths paths = {.host_program = daemon->options->host_program,
                                      .plugin_dirs = daemon->options->plugin_dirs,
                                      .lock_fd = daemon->lock_fd};
    daemon->hosts = hosts_new(daemon->loop, &paths);
    return 0;
}

static void stop_hosts(struct daemon *daemon)
{
    hosts_free(&daemon->hosts);
}

static int start_stages(struct daemon *daemon, struct err *err)
{
    daemon->exit_status = EX_IOERR;
    if (documents_new(daemon->loop, daemon->store, &flow_documents_ops, daemon, &daemon->documents,
                      err) < 0)
        return -1;
    if (daemon->store_lost)
        documents_store_was_lost(daemon->documents);
    daemon->keeper = archive_keeper_new(daemon->loop, daemon->store);
    daemon->detect = detect_new(daemon->loop, daemon->hosts, daemon->documents, daemon->store,
                                &flow_detect_ops, daemon);
    daemon->alerts = alerts_new(daemon->loop, daemon->store, &flow_alerts_ops, daemon);
    store_on_fault(daemon->store, flow_store_fault, daemon);
    store_on_damage(daemon->store, flow_store_damaged, daemon);
    daemon->deliver =
        deliver_new(daemon->loop, daemon->hosts, daemon->store, &flow_deliver_ops, daemon);
    loop_on_jump(daemon->loop, flow_clock_jumped, daemon);
    daemon->listener = listener_new(daemon->loop, daemon->hosts, &pages_listener_ops, daemon);
    return 0;
}

static void stop_stages(struct daemon *daemon)
{
    loop_on_jump(daemon->loop, NULL, NULL);
    listener_free(&daemon->listener);
    archive_keeper_free(&daemon->keeper);
    store_flush(daemon->store);
    deliver_free(&daemon->deliver);
    store_flush(daemon->store);
    alerts_free(&daemon->alerts);
    detect_free(&daemon->detect);
    documents_free(&daemon->documents);
}

static void say_each(const char *problems)
{
    AUTO_FREE char *copy = mem_strdup(problems);
    char *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (*line)
            log_error("%s", line);
    }
}

static void tell_loss(struct daemon *daemon)
{
    AUTO_FREE char *text = mem_printf("%s; what was known is lost, and what is in the folders now "
                                      "rings nobody",
                                      daemon->store_lost);
    alerts_trouble(daemon->alerts, "store", text);
}

/* The first configuration was tried and taken, or not: then there is nothing to run. */
static void configured(void *arg, const char *problems)
{
    struct daemon *daemon = arg;
    if (problems) {
        /* Each problem is a line of its own, as an editor can jump to it; to the journal an error.
         */
        if (unit_is_this())
            say_each(problems);
        else
            fputs(problems, stderr);
        daemon->exit_status = EX_CONFIG;
        loop_stop(daemon->loop);
        return;
    }
    detect_resume(daemon->detect);
    if (daemon->store_lost)
        tell_loss(daemon);
    service_ready(daemon);
}

static int start_flow(struct daemon *daemon, struct err *err)
{
    (void)err;
    AUTO_FREE char *indexes = mem_printf("%s/index", daemon->options->state_dir);
    daemon->helper = worker_new(daemon->loop, "tocsind-helper");
    hosts_keep_indexes(daemon->hosts, daemon->helper, indexes);
    daemon->canary = canary_new(daemon);
    daemon->service = service_new(daemon);
    reload_start(daemon, configured, daemon);
    return 0;
}

static void stop_flow(struct daemon *daemon)
{
    reload_cancel(daemon);
    flow_sources_free(daemon);
    worker_free(&daemon->helper);
    store_flush(daemon->store);
    canary_free(&daemon->canary);
    service_free(&daemon->service);
}

static void stop_config(struct daemon *daemon)
{
    config_unref(&daemon->config);
}

static const struct room {
    const char *name;
    int (*start)(struct daemon *daemon, struct err *err);
    void (*stop)(struct daemon *daemon);
} rooms[] = {
    {"configuration", NULL, stop_config}, /* taken by the flow, once the rest is up */
    {"lock", start_lock, stop_lock},
    {"store", start_store, stop_store},
    {"control socket", start_control, stop_control},
    {"hosts", start_hosts, stop_hosts},
    {"stages", start_stages, stop_stages},
    {"flow", start_flow, stop_flow},
};

/* ---- start and end ---- */

static void reload_done(void *arg, const char *problems)
{
    (void)arg;
    if (!problems) {
        log_notice("reloaded");
        return;
    }
    log_error("the configuration in force stays, for the new one is bad:");
    say_each(problems);
}

static void on_hangup(void *arg)
{
    reload_start(arg, reload_done, NULL);
}

static void on_end(void *arg)
{
    struct daemon *daemon = arg;
    loop_stop(daemon->loop);
}

static int run(struct daemon *daemon)
{
    struct loop_signal *ends[] = {loop_signal_new(daemon->loop, SIGINT, on_end, daemon),
                                  loop_signal_new(daemon->loop, SIGTERM, on_end, daemon)};
    struct loop_signal *hangup = loop_signal_new(daemon->loop, SIGHUP, on_hangup, daemon);
    struct err err = {0};
    size_t n = 0;
    while (n < ARRAY_LEN(rooms) && (!rooms[n].start || rooms[n].start(daemon, &err) == 0))
        n++;
    if (n == ARRAY_LEN(rooms)) {
        daemon->exit_status = EX_OK;
        loop_run(daemon->loop);
    } else {
        log_error("%s: %s", rooms[n].name, err.text);
    }
    while (n)
        rooms[--n].stop(daemon);
    loop_signal_free(&hangup);
    for (size_t i = 0; i < ARRAY_LEN(ends); i++)
        loop_signal_free(&ends[i]);
    return daemon->exit_status;
}

static int serve(const struct options *options)
{
    struct err err = {0};
    if (options_make_dirs(options, &err) < 0) {
        log_error("%s", err.text);
        return EX_CANTCREAT;
    }
    struct daemon daemon = {.options = options, .loop = loop_new(), .lock_fd = -1};
    daemon.started_ms = loop_wall_ms(daemon.loop);
    if (unit_is_this())
        log_info("tocsind " PACKAGE_VERSION ", configuration %s", options->config_file);
    list_init(&daemon.sources);
    int status = run(&daemon);
    loop_free(&daemon.loop);
    return status;
}

int main(int argc, char **argv)
{
    log_init("tocsind", LOG_LEVEL_INFO);
    struct options options = {0};
    int status = options_read(&options, argc, argv);
    if (status < 0) {
        /* No core with other people's documents and secrets in it. What the unit lets the daemon do
         * beyond its user, such as reading what is not its own, is not for the hosts. */
        prctl(PR_SET_DUMPABLE, 0);
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
        signal(SIGPIPE, SIG_IGN);
        status = options.restore ? restore_run(&options) : serve(&options);
    }
    options_deinit(&options);
    return status;
}
