/* From SETUP to READY; see setup.h. */
#include "host/setup.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/address.h"
#include "base/buf.h"
#include "base/memfd.h"
#include "base/powers.h"
#include "host/charset.h"
#include "host/describe.h"
#include "host/load.h"
#include "host/options.h"
#include "host/paths.h"
#include "host/porter.h"
#include "host/post.h"
#include "host/programs.h"
#include "host/sandbox.h"
#include "host/share.h"
#include "host/voice.h"
#include "ipc/channel.h"

#define MAX_PLUGINS 64 /* READ names them by the bits of a number */

/* ---- what the daemon says ---- */

static int take_setup(struct host *host, const struct ipc_setup *setup, struct err *err)
{
    if (setup->version != IPC_PROTOCOL)
        return err_set(err, "the daemon speaks version %u, this host %u: they are of two builds",
                       setup->version, IPC_PROTOCOL);
    if (setup->role > IPC_ROLE_BUILDER)
        return err_set(err, "there is no role %u", setup->role);
    /* A detector host without any reads and decodes: what all detectors wait for is kept. */
    bool single = setup->role != IPC_ROLE_DETECTOR;
    if (single ? setup->n_plugins != 1 : setup->n_plugins > MAX_PLUGINS)
        return err_set(err, "%u plugins in one host", setup->n_plugins);
    host->role = (enum ipc_role)setup->role;
    host->plugins_cap = setup->n_plugins; /* they must not move: instances point to them */
    host->plugins = NEW_N(struct plugin, setup->n_plugins);
    host->sandbox_off = mem_strdup(setup->sandbox_off);
    return 0;
}

static int take_plugin(struct host *host, const struct ipc_plugin *message, struct err *err)
{
    if (host->n_plugins == host->plugins_cap)
        return err_set(err, "more plugins than were announced");
    if (!powers_name(message->powers))
        return err_set(err, "there are no powers %u", message->powers);
    struct plugin *plugin = &host->plugins[host->n_plugins];
    plugin->index = (uint32_t)host->n_plugins++;
    plugin->instance = mem_strdup(message->instance);
    plugin->name = mem_strdup(message->plugin);
    plugin->file = mem_strdup(message->file);
    plugin->powers = (enum tocsin_powers)message->powers;
    plugin->memory_bytes = message->memory_bytes;
    plugin->new_part_fd = -1;
    return 0;
}

/* The option of this name, a new one unless a long list goes on. */
static struct given *given_for(struct plugin *plugin, const struct ipc_option *option)
{
    for (size_t i = 0; option->is_list && i < plugin->n_given; i++)
        if (strcmp(plugin->given[i].name, option->name) == 0)
            return &plugin->given[i];
    plugin->given =
        mem_grow(plugin->given, &plugin->given_cap, plugin->n_given + 1, sizeof(plugin->given[0]));
    struct given *given = &plugin->given[plugin->n_given++];
    *given = (struct given){.name = mem_strdup(option->name),
                            .kind = (enum ipc_option_kind)option->kind,
                            .file = mem_strdup(option->file),
                            .line = option->line,
                            .column = option->column};
    return given;
}

static int take_option(struct host *host, const struct ipc_option *option, struct err *err)
{
    if (host->n_plugins == 0)
        return err_set(err, "an option of no plugin");
    if (option->kind >= IPC_N_OPTION_KINDS)
        return err_set(err, "there is no kind %u of options", option->kind);
    struct given *given = given_for(&host->plugins[host->n_plugins - 1], option);
    const char *text = NULL;
    given->values = mem_grow(given->values, &given->cap, given->n + option->values.n + 1,
                             sizeof(given->values[0]));
    while ((text = ipc_texts_next(&option->values, text)))
        given->values[given->n++] = mem_strdup(text);
    given->values[given->n] = NULL;
    return 0;
}

/* Mapped as long as the process. */
static int take_index(struct host *host, const struct ipc_index *message, int fd, struct err *err)
{
    struct memfd_map map;
    if (host->n_plugins == 0 || fd < 0)
        return err_set(err, "an index of no plugin");
    struct tocsin_instance *handle = &host->plugins[host->n_plugins - 1].handle;
    struct tocsin_index_bytes *parts = message->in_force ? handle->in_force : handle->index;
    if (message->part >= TOCSIN_INDEX_PARTS || parts[message->part].bytes)
        return err_set(err, "a part of an index out of turn");
    if (memfd_map(fd, IPC_MAX_INDEX_BYTES, &map, err) < 0)
        return -1;
    parts[message->part] = (struct tocsin_index_bytes){map.data, map.len};
    return 0;
}

/* One message; true when it was START. */
static int take(struct host *host, const struct ipc_message *message, int fd, bool *start,
                struct err *err)
{
    bool first = host->plugins == NULL;
    if (first != (message->type == IPC_SETUP))
        return err_set(err, "%s out of turn", ipc_type_name(message->type));
    if (message->type == IPC_SETUP)
        return take_setup(host, &message->setup, err);
    if (message->type == IPC_PLUGIN)
        return take_plugin(host, &message->plugin, err);
    if (message->type == IPC_OPTION)
        return take_option(host, &message->option, err);
    if (message->type == IPC_INDEX)
        return take_index(host, &message->index, fd, err);
    if (message->type != IPC_START || host->n_plugins != host->plugins_cap)
        return err_set(err, "%s out of turn", ipc_type_name(message->type));
    *start = true;
    return 0;
}

static int hear(struct host *host, struct err *err)
{
    bool start = false;
    while (!start) {
        AUTO_FD int fd = -1;
        struct ipc_message message;
        enum ipc_status status =
            ipc_inbox_next(&host->inbox, host->channel, IPC_TO_HOST, &message, &fd, err);
        if (status == IPC_CLOSED)
            return err_set(err, "the daemon is gone");
        int result = status == IPC_OK ? take(host, &message, fd, &start, err) : -1;
        ipc_message_deinit(&message);
        if (result < 0)
            return -1;
    }
    return 0;
}

/* ---- the sandbox ---- */

static void add_given(const struct given *given, struct paths *readable)
{
    for (size_t i = 0; given->kind == IPC_OPTION_PATH && i < given->n; i++)
        paths_add(readable, given->values[i]);
}

/* The port of an address that the daemon has checked; of another none is opened. */
static uint16_t port_to_listen_on(const struct host *host)
{
    struct address address;
    const char *why;
    const struct plugin *plugin = &host->plugins[0];
    for (size_t g = 0; host->role == IPC_ROLE_EXPORTER && g < plugin->n_given; g++)
        if (plugin->given[g].kind == IPC_OPTION_LISTEN && plugin->given[g].n == 1 &&
            address_parse_loopback(plugin->given[g].values[0], &address, &why))
            return address.port;
    return 0;
}

/* What stage 1 leaves readable: the plugins' folders, and what options name. */
static void collect_paths(const struct host *host, struct paths *readable)
{
    for (size_t i = 0; i < host->n_plugins; i++) {
        const struct plugin *plugin = &host->plugins[i];
        paths_add_folder_of(readable, plugin->file);
        for (size_t g = 0; g < plugin->n_given; g++)
            add_given(&plugin->given[g], readable);
    }
}

static enum sandbox_kind kind_of(const struct host *host)
{
    static const enum sandbox_kind kinds[] = {
        [TOCSIN_POWERS_NONE] = SANDBOX_NONE,
        [TOCSIN_POWERS_BUS] = SANDBOX_BUS,
        [TOCSIN_POWERS_NETWORK] = SANDBOX_NETWORK,
        [TOCSIN_POWERS_JOURNAL] = SANDBOX_JOURNAL, /* which the porter tells */
        [TOCSIN_POWERS_EXEC] = SANDBOX_NONE,       /* the launcher's, not its own */
        [TOCSIN_POWERS_FILES] = SANDBOX_FILES,     /* which the porter opens */
    };
    switch (host->role) {
    case IPC_ROLE_PROBE:
    case IPC_ROLE_BUILDER:
    case IPC_ROLE_DETECTOR:
        return SANDBOX_DETECTOR;
    case IPC_ROLE_NOTIFIER:
        return kinds[host->plugins[0].powers];
    case IPC_ROLE_EXPORTER:
        return SANDBOX_LISTEN;
    }
    return SANDBOX_DETECTOR;
}

static void enter_sandbox(struct host *host, struct sandbox *sandbox)
{
    struct paths readable = {0};
    collect_paths(host, &readable);
    *sandbox = (struct sandbox){.kind = kind_of(host),
                                .memory_bytes = share_of_all(host),
                                .off = host->sandbox_off,
                                .readable = (const char *const *)readable.items,
                                .port = port_to_listen_on(host)};
    sandbox_enter(sandbox);
    sandbox->readable = NULL;
    paths_deinit(&readable);
}

/* ---- the plugins ---- */

static void tell_running(const struct plugin *plugin)
{
    post(&(struct ipc_message){.type = IPC_RUNNING, .running = {.plugin = plugin->index}});
}

/* The table is the one that this host was made for. */
static int check_role(const struct host *host, struct plugin *plugin)
{
    const struct tocsin_plugin *table = plugin->table;
    const char *is = table->exporter   ? "an exporter"
                     : table->notifier ? "a notifier"
                                       : "a detector";
    if ((host->role == IPC_ROLE_DETECTOR || host->role == IPC_ROLE_BUILDER) && !table->detector)
        return plugin_problem(plugin, "%s is %s, not a detector", plugin->name, is);
    if (host->role == IPC_ROLE_NOTIFIER && !table->notifier)
        return plugin_problem(plugin, "%s is %s, not a notifier", plugin->name, is);
    if (host->role == IPC_ROLE_EXPORTER && !table->exporter)
        return plugin_problem(plugin, "%s is %s, not an exporter", plugin->name, is);
    return 0;
}

/* So does it the same still? Its sandbox was made for that. */
static int check_powers(struct plugin *plugin)
{
    if (plugin_powers(plugin->table) == plugin->powers)
        return 0;
    return plugin_problem(plugin, "%s asks for other powers than when it was looked at",
                          plugin->name);
}

static bool has_secret(const struct plugin *plugin)
{
    const struct tocsin_option *option = plugin->table->options;
    for (; option && option->name; option++)
        if (option->type == TOCSIN_OPTION_SECRET)
            return true;
    return false;
}

static int start_plugin(const struct host *host, struct plugin *plugin)
{
    if (has_secret(plugin) && prctl(PR_SET_DUMPABLE, 0) < 0)
        return plugin_problem(plugin, "its secret cannot be kept out of others' sight");
    voice_attach(plugin);
    struct plugin_life life = plugin_life(plugin->table, host->role);
    int result = life.init ? life.init(&plugin->handle, &plugin->state) : 0;
    if (result < 0 && !plugin->failed)
        plugin_problem(plugin, "init failed and did not say why");
    return plugin->failed ? -1 : result;
}

static int load_plugin(const struct host *host, struct plugin *plugin)
{
    struct err err;
    tell_running(plugin);
    if (load_table(plugin, &err) < 0)
        return plugin_problem(plugin, "%s", err.text);
    return check_role(host, plugin);
}

/* Loads and starts them all, so that everything wrong is said at once. */
static int start_plugins(struct host *host)
{
    int result = 0;
    for (size_t i = 0; i < host->n_plugins; i++) {
        struct plugin *plugin = &host->plugins[i];
        if (load_plugin(host, plugin) < 0 || check_powers(plugin) < 0 ||
            options_apply(plugin) < 0 || start_plugin(host, plugin) < 0)
            result = -1;
    }
    return result;
}

static enum setup_end probe(struct host *host)
{
    struct plugin *plugin = &host->plugins[0];
    if (load_plugin(host, plugin) < 0)
        return SETUP_UNUSABLE;
    AUTO_FREE char *json = describe(plugin->table, plugin->file);
    struct ipc_message message = {.type = IPC_DESCRIBE, .describe = {.json = json}};
    if (post_if_it_fits(&message))
        return SETUP_OVER;
    plugin_problem(plugin, "its description is longer than a message");
    return SETUP_UNUSABLE;
}

/* `prepare`, and what it gave goes to the daemon. */
static int prepare(struct plugin *plugin)
{
    const struct tocsin_detector *detector = plugin->table->detector;
    if (!detector->prepare)
        return plugin_problem(plugin, "%s has nothing to prepare", plugin->name);
    voice_attach(plugin);
    plugin_accepts_part(plugin, true);
    int result = detector->prepare(&plugin->handle);
    plugin_accepts_no_part(plugin);
    if (result == 0 && plugin->new_part_fd < 0 && !plugin->handle.index[TOCSIN_INDEX_BASE].bytes &&
        !plugin->failed)
        return plugin_problem(plugin, "prepare gave no index");
    if (result < 0 && !plugin->failed)
        return plugin_problem(plugin, "prepare failed and did not say why");
    return plugin->failed ? -1 : result;
}

static enum setup_end build(struct host *host)
{
    struct plugin *plugin = &host->plugins[0];
    if (load_plugin(host, plugin) < 0 || check_powers(plugin) < 0 || options_apply(plugin) < 0 ||
        prepare(plugin) < 0)
        return SETUP_UNUSABLE;
    AUTO_BUNDLE struct bundle bundle = {0};
    enum ipc_prepared_what what = plugin->new_part_fd < 0                   ? IPC_PREPARED_SAME
                                  : plugin->new_part == TOCSIN_INDEX_UPDATE ? IPC_PREPARED_UPDATE
                                                                            : IPC_PREPARED_BASE;
    const struct ipc_message message = {.type = IPC_PREPARED, .prepared = {.what = what}};
    if (plugin->new_part_fd >= 0)
        bundle_add_with_fd(&bundle, &message, plugin->new_part_fd);
    else
        bundle_add(&bundle, &message);
    bundle_post(&bundle);
    return SETUP_OVER;
}

static void tell_ready(struct sandbox *sandbox, const struct buf *program_layers)
{
    AUTO_BUF struct buf missing = {0}, layers = {0};
    sandbox_missing(sandbox, &missing);
    if (missing.len)
        post_log(0, TOCSIN_WARNING, "sandbox layers that this system does not grant: %s",
                 buf_text(&missing));
    sandbox_layers(sandbox, &layers);
    post(&(struct ipc_message){
        .type = IPC_READY,
        .ready = {.layers = buf_text(&layers), .program_layers = buf_text(program_layers)}});
}

enum setup_end setup_run(struct host *host, struct err *err)
{
    if (hear(host, err) < 0)
        return SETUP_FAILED;
    /* One heap for all threads: an arena each would eat the address space that RLIMIT_AS grants. */
    mallopt(M_ARENA_MAX, 1);
    if (host->role == IPC_ROLE_DETECTOR)
        charset_open();
    AUTO_BUF struct buf program_layers = {0};
    if (programs_open(host, &program_layers, err) < 0 || porter_start(host, err) < 0)
        return SETUP_FAILED;
    share_open(host);
    struct sandbox sandbox;
    enter_sandbox(host, &sandbox);
    enum setup_end end = SETUP_UNUSABLE;
    if (host->role == IPC_ROLE_PROBE) {
        end = probe(host);
    } else if (host->role == IPC_ROLE_BUILDER) {
        end = build(host);
    } else if (start_plugins(host) == 0) {
        sandbox_shut(&sandbox);
        tell_ready(&sandbox, &program_layers);
        voice_set_up_is_over();
        end = SETUP_READY;
    }
    sandbox_deinit(&sandbox);
    return end;
}
