/* Lines, problems and actions; see voice.h. A plugin's own threads speak here, too. */
#include "host/voice.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "host/exporting.h"
#include "host/porter.h"
#include "host/post.h"
#include "host/programs.h"

#define LINES_PER_JOB 100

static atomic_bool set_up_is_over;
static pthread_mutex_t voice_lock = PTHREAD_MUTEX_INITIALIZER;

/* Whether the line is still to be passed on; *last: it is the last one that is. */
static bool count_line(struct plugin *plugin, enum tocsin_log_level level, const char *text,
                       bool *last)
{
    pthread_mutex_lock(&voice_lock);
    if (level == TOCSIN_ERROR) {
        free(plugin->last_error);
        plugin->last_error = mem_strdup(text);
    }
    unsigned n = plugin->n_lines++;
    pthread_mutex_unlock(&voice_lock);
    *last = n == LINES_PER_JOB;
    return n < LINES_PER_JOB;
}

static void say(void *arg, enum tocsin_log_level level, const char *text)
{
    struct plugin *plugin = arg;
    bool last;
    if (count_line(plugin, level, text, &last))
        post_log(plugin->index, level, "%s", text);
    else if (last)
        post_log(plugin->index, TOCSIN_WARNING,
                 "more than %d log lines; further ones are not shown", LINES_PER_JOB);
}

static void complain(void *arg, bool warning, const char *file, int line, int column,
                     const char *text)
{
    struct plugin *plugin = arg;
    if (atomic_load(&set_up_is_over)) {
        say(plugin, warning ? TOCSIN_WARNING : TOCSIN_ERROR, text);
        return;
    }
    if (!warning)
        plugin->failed = true;
    post_problem(plugin->index, warning, file, line, column, text);
}

static void tell_facts(void *arg, const char *const *key_fields, const char *const *statuses,
                       const char *edition_field)
{
    const struct plugin *plugin = arg;
    AUTO_BUF struct buf keys = {0};
    AUTO_BUF struct buf ladder = {0};
    post(&(struct ipc_message){.type = IPC_FACTS,
                               .facts = {.plugin = plugin->index,
                                         .key_fields = ipc_texts_pack(key_fields, SIZE_MAX, &keys),
                                         .statuses = ipc_texts_pack(statuses, SIZE_MAX, &ladder),
                                         .edition_field = edition_field}});
}

static void act(const char *alert_id, const char *verb)
{
    if (!atomic_load(&set_up_is_over))
        return;
    post(&(struct ipc_message){.type = IPC_ACTION, .action = {.alert_id = alert_id, .verb = verb}});
}

void voice_attach(struct plugin *plugin)
{
    /* The indexes stay as they are. */
    struct tocsin_instance *handle = &plugin->handle;
    handle->name = plugin->instance;
    handle->options = plugin->table->options;
    handle->values = plugin->values;
    handle->log = say;
    handle->problem = complain;
    handle->facts = tell_facts;
    handle->starter = programs_starter(plugin);
    handle->outlets = porter_outlets(plugin);
    handle->arg = plugin;
    tocsin_host_on_action(act);
    tocsin_host_on_page(exporting_page);
}

void voice_set_up_is_over(void)
{
    atomic_store(&set_up_is_over, true);
    exporting_open();
}

void voice_begin(struct plugin *plugin)
{
    free(voice_end(plugin));
}

char *voice_end(struct plugin *plugin)
{
    pthread_mutex_lock(&voice_lock);
    char *last = plugin->last_error;
    plugin->last_error = NULL;
    plugin->n_lines = 0;
    pthread_mutex_unlock(&voice_lock);
    return last;
}
