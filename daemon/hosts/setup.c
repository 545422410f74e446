/*
 * The messages by which a host is set up, and the problems that it answers with; see setup.h.
 * Called by host.c alone.
 */
#include "hosts/setup.h"

#include <string.h>

#include "base/log.h"
#include "ipc/channel.h"

/* More are counted, not kept: a plugin may find fault with every line of a long file. */
#define PROBLEMS_KEPT 20
/* Of the values in one OPTION. */
#define VALUES_BYTES (IPC_MAX_BYTES / 2)

struct setup {
    int (*send)(void *arg, const struct ipc_message *message, int fd, struct err *err);
    void *arg;
    struct err *err;
};

/* As many values, from `at` on, as go into one message; at least one, if there are any. */
static size_t values_that_fit(const struct config_texts *values, size_t at)
{
    size_t bytes = 0, n = 0;
    while (at + n < values->n && (bytes += strlen(values->items[at + n]) + 1) <= VALUES_BYTES)
        n++;
    return n || at == values->n ? n : 1;
}

/* A long list goes in several messages. */
static int send_option(const struct setup *setup, const struct config_option *option)
{
    static const enum ipc_option_kind kinds[] = {
        [CONFIG_OPTION_PLAIN] = IPC_OPTION_PLAIN,     [CONFIG_OPTION_PATH] = IPC_OPTION_PATH,
        [CONFIG_OPTION_COMMAND] = IPC_OPTION_COMMAND, [CONFIG_OPTION_OUTPUT] = IPC_OPTION_OUTPUT,
        [CONFIG_OPTION_SECRET] = IPC_OPTION_PLAIN,    [CONFIG_OPTION_LISTEN] = IPC_OPTION_LISTEN,
    };
    AUTO_BUF struct buf packed = {0};
    const struct config_texts *values = &option->values;
    const char *const secret = option->secret;
    const char *const *items = secret ? &secret : (const char *const *)values->items;
    size_t at = 0;
    do {
        size_t n = values_that_fit(values, at);
        struct ipc_message message = {.type = IPC_OPTION,
                                      .option = {.name = option->name,
                                                 .kind = kinds[option->kind],
                                                 .is_list = option->is_list,
                                                 .values = ipc_texts_pack(items + at, n, &packed),
                                                 .file = option->at.file,
                                                 .line = (uint32_t)option->at.line,
                                                 .column = (uint32_t)option->at.column}};
        if (setup->send(setup->arg, &message, -1, setup->err) < 0)
            return err_prefix(setup->err, "option \"%s\"", option->name);
        at += n;
    } while (at < values->n);
    return 0;
}

static int send_index(const struct setup *setup, const struct host_index *index, bool in_force)
{
    for (uint32_t i = 0; index && i < HOST_INDEX_PARTS; i++) {
        if (index->fds[i] < 0)
            continue;
        const struct ipc_message message = {.type = IPC_INDEX,
                                            .index = {.part = i, .in_force = in_force}};
        if (setup->send(setup->arg, &message, index->fds[i], setup->err) < 0)
            return -1;
    }
    return 0;
}

static int send_plugin(const struct setup *setup, const struct hosts *hosts,
                       const struct host_plugin *plugin)
{
    AUTO_FREE char *file = hosts_plugin_file(hosts, plugin->plugin, setup->err);
    if (!file)
        return -1;
    struct ipc_message message = {.type = IPC_PLUGIN,
                                  .plugin = {.instance = plugin->instance,
                                             .plugin = plugin->plugin,
                                             .powers = plugin->powers,
                                             .memory_bytes = (uint64_t)plugin->memory_bytes,
                                             .file = file}};
    if (setup->send(setup->arg, &message, -1, setup->err) < 0)
        return -1;
    for (size_t i = 0; i < plugin->n_options; i++)
        if (send_option(setup, &plugin->options[i]) < 0)
            return err_prefix(setup->err, "%s", plugin->instance);
    if (send_index(setup, plugin->index, false) < 0 ||
        send_index(setup, plugin->in_force, true) < 0)
        return err_prefix(setup->err, "%s", plugin->instance);
    return 0;
}

int setup_send(const struct hosts *hosts, const struct host_spec *spec,
               int (*send)(void *arg, const struct ipc_message *message, int fd, struct err *err),
               void *arg, int *plugin, struct err *err)
{
    *plugin = -1;
    struct setup setup = {send, arg, err};
    struct ipc_message first = {.type = IPC_SETUP,
                                .setup = {.version = IPC_PROTOCOL,
                                          .role = spec->role,
                                          .n_plugins = (uint32_t)spec->n_plugins,
                                          .sandbox_off = spec->sandbox_off}};
    if (send(arg, &first, -1, err) < 0)
        return -1;
    for (size_t i = 0; i < spec->n_plugins; i++)
        if (send_plugin(&setup, hosts, &spec->plugins[i]) < 0) {
            *plugin = (int)i;
            return -1;
        }
    struct ipc_message last = {.type = IPC_START};
    return send(arg, &last, -1, err);
}

static void problem_print(const struct ipc_problem *problem, const char *instance, struct buf *out)
{
    if (problem->file[0])
        buf_puts(out, problem->file);
    else
        buf_puts(out, instance);
    if (problem->file[0] && problem->line)
        buf_printf(out, ":%u", problem->line);
    if (problem->file[0] && problem->line && problem->column)
        buf_printf(out, ":%u", problem->column);
    /* What goes on in more lines (a query with a caret) is for where columns stay columns. */
    buf_puts(out, ": ");
    buf_append(out, problem->text, strcspn(problem->text, "\n"));
}

void problems_add(struct problems *problems, const struct host_spec *spec,
                  const struct ipc_problem *problem)
{
    const char *instance = spec->plugins[problem->plugin].instance;
    if (problem->warning) {
        AUTO_BUF struct buf line = {0};
        problem_print(problem, instance, &line);
        log_warning("%s", buf_text(&line));
        return;
    }
    if (!problems->n++)
        problems->plugin = (int)problem->plugin;
    if (problems->n > PROBLEMS_KEPT)
        return;
    if (problems->text.len)
        buf_puts(&problems->text, "; ");
    problem_print(problem, instance, &problems->text);
    if (problems->n == PROBLEMS_KEPT)
        buf_puts(&problems->text, "; and more");
}

void problems_deinit(struct problems *problems)
{
    buf_deinit(&problems->text);
}
