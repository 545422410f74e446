/*
 * tocsind: options, the table of rooms, start and end.
 *
 * The processes, who starts them and what they may do:
 *
 *   - tocsind: reads the watched places, writes the store, listens on the control socket; loads no
 *     plugin, parses no document, uses no network
 *   - detector hosts, one warm, one a core under backlog: the descriptor they are handed
 *   - notifier hosts, one a notifier: what the powers of its plugin name
 *   - probes and trials, thrown away, to learn what a plugin is and whether it starts: nothing
 *
 * Threads of tocsind: the loop (this one), the store's writer, the store's reader, one disk thread
 * a source, and a helper that is idle but for a reload.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
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
        daemon->store_lost = true;
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
}

static int start_control(struct daemon *daemon, struct err *err)
{
    AUTO_FREE char *path = mem_printf("%s/control", daemon->options->runtime_dir);
    daemon->exit_status = EX_CANTCREAT;
    return control_new(daemon->loop, path, daemon_verbs, daemon_n_verbs, daemon, &daemon->control,
                       err);
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
    daemon->deliver =
        deliver_new(daemon->loop, daemon->hosts, daemon->store, &flow_deliver_ops, daemon);
    return 0;
}

static void stop_stages(struct daemon *daemon)
{
    archive_keeper_free(&daemon->keeper);
    store_flush(daemon->store);
    deliver_free(&daemon->deliver);
    store_flush(daemon->store);
    alerts_free(&daemon->alerts);
    detect_free(&daemon->detect);
    documents_free(&daemon->documents);
}

/* The first configuration was tried and taken, or not: then there is nothing to run. */
static void configured(void *arg, const char *problems)
{
    struct daemon *daemon = arg;
    if (problems) {
        /* Each problem is a line of its own, as an editor can jump to it. */
        fputs(problems, stderr);
        daemon->exit_status = EX_CONFIG;
        loop_stop(daemon->loop);
        return;
    }
    detect_resume(daemon->detect);
    if (daemon->store_lost)
        alerts_trouble(daemon->alerts, "store",
                       "the store was damaged and has been begun anew; what was known is lost, the "
                       "damaged file is kept beside it");
    service_ready(daemon);
}

static int start_flow(struct daemon *daemon, struct err *err)
{
    (void)err;
    daemon->helper = worker_new(daemon->loop, "tocsind-helper");
    daemon->service = service_new(daemon);
    reload_start(daemon, configured, daemon);
    return 0;
}

static void stop_flow(struct daemon *daemon)
{
    reload_cancel(daemon);
    flow_sources_free(daemon);
    worker_free(&daemon->helper);
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

/* ---- options ---- */

enum {
    OPT_HELP = 256,
    OPT_VERSION,
    OPT_CONFIG,
    OPT_STATE,
    OPT_RUNTIME,
    OPT_HOST,
    OPT_PLUGINS,
    OPT_SYSTEM,
    OPT_ONCE,
    OPT_VERBOSE
};

static const struct option long_options[] = {
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"state", required_argument, NULL, OPT_STATE},
    {"runtime", required_argument, NULL, OPT_RUNTIME},
    {"host", required_argument, NULL, OPT_HOST},
    {"plugins", required_argument, NULL, OPT_PLUGINS},
    {"system", no_argument, NULL, OPT_SYSTEM},
    {"once", no_argument, NULL, OPT_ONCE},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "usage: tocsind [OPTION...]\n"
    "\n"
    "Watches folders, finds what you care about in the documents that arrive, tells you once.\n"
    "\n"
    "  --config FILE     the configuration (default: ~/.config/tocsin/tocsin.yaml)\n"
    "  --state DIR       where the store is kept (default: ~/.local/state/tocsin)\n"
    "  --runtime DIR     where the control socket is (default: $XDG_RUNTIME_DIR/tocsin)\n"
    "  --system          the defaults of a system service: /etc, /var/lib, /run\n"
    "  --once            handle what is there, sum up, exit\n"
    "  --host PROGRAM    tocsin-host, the process that plugins run in\n"
    "  --plugins DIRS    where plugins are looked for, in order, separated by ':'\n"
    "  --verbose         say more\n"
    "  --help, --version\n"
    "\n"
    "See tocsind(8), tocsin.yaml(5), tocsinctl(1).\n";

static void set(char **to, const char *value)
{
    free(*to);
    *to = mem_strdup(value);
}

/* -1 to go on, else the exit status. */
static int read_options(struct options *options, int argc, char **argv)
{
    int option;
    while ((option = getopt_long(argc, argv, "hv", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
        case OPT_HELP:
            fputs(help, stdout);
            return EX_OK;
        case OPT_VERSION:
            puts("tocsind " PACKAGE_VERSION);
            return EX_OK;
        case OPT_CONFIG:
            set(&options->config_file, optarg);
            break;
        case OPT_STATE:
            set(&options->state_dir, optarg);
            break;
        case OPT_RUNTIME:
            set(&options->runtime_dir, optarg);
            break;
        case OPT_HOST:
            set(&options->host_program, optarg);
            break;
        case OPT_PLUGINS:
            set(&options->plugin_dirs, optarg);
            break;
        case OPT_SYSTEM:
            options->system = true;
            break;
        case OPT_ONCE:
            options->once = true;
            break;
        case 'v':
        case OPT_VERBOSE:
            log_set_level(LOG_LEVEL_DEBUG);
            break;
        default:
            return EX_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "tocsind: unexpected \"%s\"; see tocsind --help\n", argv[optind]);
        return EX_USAGE;
    }
    return -1;
}

/* What systemd hands over first, then the XDG base directories, then the usual places. */
static char *default_dir(const char *from_systemd, bool system, const char *system_dir,
                         const char *xdg, const char *below_home)
{
    const char *given = getenv(from_systemd);
    if (given && *given)
        return mem_strdup(given);
    if (system)
        return mem_strdup(system_dir);
    const char *base = getenv(xdg);
    if (base && *base)
        return mem_printf("%s/tocsin", base);
    const char *home = getenv("HOME");
    if (home && *home && below_home)
        return mem_printf("%s/%s/tocsin", home, below_home);
    return mem_printf("/tmp/tocsin-%u", (unsigned)geteuid());
}

static void fill_defaults(struct options *options)
{
    if (!options->config_file)
        options->config_file = config_default_file(options->system);
    if (!options->state_dir)
        options->state_dir = default_dir("STATE_DIRECTORY", options->system, "/var/lib/tocsin",
                                         "XDG_STATE_HOME", ".local/state");
    if (!options->runtime_dir)
        options->runtime_dir = default_dir("RUNTIME_DIRECTORY", options->system, "/run/tocsin",
                                           "XDG_RUNTIME_DIR", NULL);
    if (!options->host_program)
        options->host_program = mem_strdup(HOSTDIR "/tocsin-host");
    if (!options->plugin_dirs)
        options->plugin_dirs = mem_strdup(PLUGINDIR);
}

/* Makes a directory of ours, and those above it, private. */
static int make_dir(const char *path, struct err *err)
{
    AUTO_FREE char *copy = mem_strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0700) < 0 && errno != EEXIST)
            return err_errno(err, "%s", copy);
        *slash = '/';
    }
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return err_errno(err, "%s", path);
    struct stat st;
    if (stat(path, &st) < 0)
        return err_errno(err, "%s", path);
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return err_set(err, "%s is no directory of this user", path);
    if ((st.st_mode & 077) && chmod(path, 0700) < 0)
        return err_errno(err, "%s: chmod 0700", path);
    return 0;
}

static void options_deinit(struct options *options)
{
    free(options->config_file);
    free(options->state_dir);
    free(options->runtime_dir);
    free(options->host_program);
    free(options->plugin_dirs);
}

/* ---- start and end ---- */

static void reload_done(void *arg, const char *problems)
{
    (void)arg;
    if (!problems) {
        log_notice("reloaded");
        return;
    }
    log_error("the configuration in force stays, for the new one is bad:");
    AUTO_FREE char *copy = mem_strdup(problems);
    char *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));) {
        if (*line)
            log_error("%s", line);
    }
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

int main(int argc, char **argv)
{
    log_init("tocsind", LOG_LEVEL_INFO);
    struct options options = {0};
    int status = read_options(&options, argc, argv);
    if (status < 0) {
        fill_defaults(&options);
        struct err err = {0};
        /* No core with other people's documents and secrets in it. */
        prctl(PR_SET_DUMPABLE, 0);
        signal(SIGPIPE, SIG_IGN);
        if (make_dir(options.state_dir, &err) < 0 || make_dir(options.runtime_dir, &err) < 0) {
            log_error("%s", err.text);
            status = EX_CANTCREAT;
        } else {
            struct daemon daemon = {.options = &options, .loop = loop_new(), .lock_fd = -1};
            list_init(&daemon.sources);
            status = run(&daemon);
            loop_free(&daemon.loop);
        }
    }
    options_deinit(&options);
    return status;
}
