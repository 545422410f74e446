/* The life of the exporter's host, with hosts that are none and a clock that is wound by hand. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/memfd.h"
#include "base/str.h"
#include "fake_loop.h"
#include "metrics/listener.h"

/* Of listener.c. */
#define ASKS_MAX    64
#define UNHEARD_MAX 256

/* ---- hosts that are none ---- */

struct host {
    struct host_ops ops;
    void *arg;
    char *address;
    bool quits;
};

static struct host *host; /* the one that lives */
static int n_spawned, n_killed;
static uint64_t last_job;
static bool last_known;
static char last_page[64];

struct host_plugin host_plugin_of(const struct config_plugin *plugin)
{
    return (struct host_plugin){.instance = plugin->name,
                                .plugin = plugin->plugin,
                                .options = plugin->options,
                                .n_options = plugin->n_options};
}

struct host *host_spawn(struct hosts *hosts, const struct host_spec *spec,
                        const struct host_ops *ops, void *arg)
{
    (void)hosts;
    assert_null(host);
    assert_int_equal(spec->role, HOST_EXPORTER);
    assert_int_equal(spec->n_plugins, 1);
    host = NEW(struct host);
    *host = (struct host){.ops = *ops,
                          .arg = arg,
                          .address = mem_strdup(spec->plugins[0].options[0].values.items[0])};
    n_spawned++;
    return host;
}

void host_send(struct host *to, const struct ipc_message *message, int fd)
{
    assert_ptr_equal(to, host);
    assert_int_equal(message->type, IPC_PAGE);
    last_job = message->page.job;
    last_known = message->page.is_known;
    last_page[0] = '\0';
    struct memfd_map map;
    struct err err;
    if (!last_known)
        return;
    assert_int_equal(memfd_map(fd, sizeof(last_page) - 1, &map, &err), 0);
    memcpy(last_page, map.data, map.len);
    last_page[map.len] = '\0';
    memfd_unmap(&map);
}

static void host_free(void)
{
    free(host->address);
    free(host);
    host = NULL;
}

void host_quit(struct host *of)
{
    of->quits = true;
}

void host_kill(struct host *of)
{
    n_killed++;
    of->quits = true;
}

void host_abandon(struct host **of)
{
    if (*of)
        host_free();
    *of = NULL;
}

static void ends(enum host_end end, const char *why)
{
    struct host_ops ops = host->ops;
    void *arg = host->arg;
    host_free();
    ops.ended(arg, end, -1, why);
}

static int says(enum ipc_type type, uint64_t job, const char *page)
{
    struct err err;
    struct ipc_message message = {.type = type};
    if (type == IPC_ASK)
        message.ask = (struct ipc_ask){.job = job, .page = page};
    return host->ops.message(host->arg, &message, -1, &err);
}

/* ---- the stage ---- */

static struct loop *loop;
static struct listener *listener;
static int n_troubles, n_over;
static char last_trouble[256];
static struct listener_ask *asks[ASKS_MAX + 1];
static size_t n_asks;

static void on_trouble(void *arg, const char *subject, const char *text)
{
    (void)arg;
    assert_string_equal(subject, "metrics:listener");
    n_troubles++;
    strncpy(last_trouble, text, sizeof(last_trouble) - 1);
}

static void on_over(void *arg, const char *subject)
{
    (void)arg;
    assert_string_equal(subject, "metrics:listener");
    n_over++;
}

static void on_ask(void *arg, const char *name, struct listener_ask *ask)
{
    (void)arg;
    assert_string_equal(name, "metrics");
    asks[n_asks++] = ask;
}

static const struct listener_ops ops = {on_trouble, on_over, on_ask};

/* A configuration with a listener on this address, or (NULL) without. It is in force from now on.
 */
static void configure(const char *address)
{
    struct config *config = NEW(struct config);
    config->refs = 1;
    if (address) {
        struct config_plugin *exporter = NEW(struct config_plugin);
        exporter->name = mem_strdup("metrics");
        exporter->plugin = mem_strdup("metrics");
        exporter->options = NEW(struct config_option);
        exporter->n_options = 1;
        exporter->options[0].name = mem_strdup("listen");
        exporter->options[0].values.items = NEW_N(char *, 2);
        exporter->options[0].values.items[0] = mem_strdup(address);
        exporter->options[0].values.n = 1;
        strncpy((char *)exporter->hash.bytes, address, HASH_BYTES - 1);
        config->exporter = exporter;
    }
    config->metrics_listen = mem_strdup(address ? address : "none");
    listener_configure(listener, config);
    config_unref(&config);
}

static const char *state(void)
{
    static char word[16];
    json_t *status = listener_status(listener);
    strncpy(word, json_string_value(json_object_get(status, "state")), sizeof(word) - 1);
    json_decref(status);
    return word;
}

static int setup(void **unused)
{
    (void)unused;
    loop = loop_new();
    listener = listener_new(loop, NULL, &ops, NULL);
    n_spawned = n_killed = n_troubles = n_over = 0;
    n_asks = 0;
    last_trouble[0] = '\0';
    return 0;
}

static int teardown(void **unused)
{
    (void)unused;
    listener_free(&listener);
    assert_null(host);
    loop_free(&loop);
    return 0;
}

/* ---- cases ---- */

static void it_lives_while_the_configuration_wants_it(void **unused)
{
    (void)unused;
    assert_string_equal(state(), "off");
    configure(NULL);
    assert_null(host);
    assert_int_equal(n_over, 1); /* of what an earlier daemon may have said */
    configure("127.0.0.1:1");
    assert_string_equal(state(), "starting");
    assert_string_equal(host->address, "127.0.0.1:1");
    host->ops.ready(host->arg);
    assert_string_equal(state(), "up");
    configure("127.0.0.1:1");
    assert_int_equal(n_spawned, 1);
    assert_false(host->quits);
    /* The next one comes when this one has left the address. */
    configure("127.0.0.1:2");
    assert_true(host->quits);
    assert_int_equal(n_spawned, 1);
    ends(HOST_ENDED, "metrics ended");
    assert_int_equal(n_spawned, 2);
    assert_string_equal(host->address, "127.0.0.1:2");
    /* Not ready yet: nothing to end in peace. */
    configure(NULL);
    assert_int_equal(n_killed, 1);
    assert_string_equal(state(), "off");
    ends(HOST_ENDED, "metrics was stopped");
    assert_null(host);
    assert_int_equal(fake_loop_timers(loop), 0);
    assert_int_equal(n_troubles, 0);
}

static void its_questions_are_passed_on(void **unused)
{
    (void)unused;
    configure("127.0.0.1:1");
    host->ops.ready(host->arg);
    assert_int_equal(says(IPC_ASK, 7, "metrics"), 0);
    assert_int_equal(says(IPC_ASK, 8, "metrics"), 0);
    listener_answer(asks[1], "text");
    assert_int_equal(last_job, 8);
    assert_true(last_known);
    assert_string_equal(last_page, "text");
    listener_answer(asks[0], NULL);
    assert_int_equal(last_job, 7);
    assert_false(last_known);
    assert_int_equal(says(IPC_DONE, 8, NULL), 0);
    assert_int_equal(says(IPC_OUTCOME, 8, NULL), -1);
    assert_int_equal(says(IPC_ACTION, 8, NULL), -1);
}

static void too_many_questions_have_no_answer(void **unused)
{
    (void)unused;
    configure("127.0.0.1:1");
    host->ops.ready(host->arg);
    for (uint64_t job = 1; job <= ASKS_MAX; job++)
        says(IPC_ASK, job, "metrics");
    assert_int_equal(n_asks, ASKS_MAX);
    last_job = 0;
    says(IPC_ASK, 99, "metrics");
    assert_int_equal(n_asks, ASKS_MAX);
    assert_int_equal(last_job, 99);
    assert_false(last_known);
    listener_answer(asks[0], "text");
    says(IPC_ASK, 100, "metrics");
    assert_int_equal(n_asks, ASKS_MAX + 1);
    for (size_t i = 1; i <= ASKS_MAX; i++)
        listener_answer(asks[i], "text");
}

/* What it does not take is kept for it: that has to have an end. */
static void one_that_asks_and_does_not_listen_ends(void **unused)
{
    (void)unused;
    configure("127.0.0.1:1");
    host->ops.ready(host->arg);
    for (uint64_t job = 1; job <= ASKS_MAX; job++)
        assert_int_equal(says(IPC_ASK, job, "metrics"), 0);
    for (uint64_t job = 1; job <= UNHEARD_MAX; job++)
        assert_int_equal(says(IPC_ASK, 1000 + job, "metrics"), 0);
    assert_int_equal(says(IPC_ASK, 2000, "metrics"), -1);
    assert_int_equal(says(IPC_DONE, 1001, NULL), 0);
    assert_int_equal(says(IPC_ASK, 2000, "metrics"), 0);
    assert_int_equal(says(IPC_ASK, 2001, "metrics"), -1);
    for (size_t i = 0; i < ASKS_MAX; i++)
        listener_answer(asks[i], "text");
}

static void what_a_dead_host_asked_is_answered_to_nobody(void **unused)
{
    (void)unused;
    configure("127.0.0.1:1");
    host->ops.ready(host->arg);
    says(IPC_ASK, 7, "metrics");
    ends(HOST_CRASHED, "metrics crashed");
    last_job = 0;
    listener_answer(asks[0], "text");
    assert_int_equal(last_job, 0);
    /* Nor is that of a listener that is gone. */
    fake_loop_advance(loop, 2000, NULL, NULL);
    host->ops.ready(host->arg);
    says(IPC_ASK, 1, "metrics");
    listener_free(&listener);
    listener_answer(asks[1], "text");
    assert_int_equal(last_job, 0);
}

static void it_is_started_again_ever_later(void **unused)
{
    (void)unused;
    configure("127.0.0.1:1");
    host->ops.ready(host->arg);
    int64_t pause_ms = 1000;
    for (int deaths = 1; deaths <= 12; deaths++) {
        ends(HOST_CRASHED, "metrics crashed");
        assert_string_equal(state(), deaths < 3 ? "starting" : "down");
        fake_loop_advance(loop, pause_ms * 8 / 10 - 1, NULL, NULL);
        assert_null(host);
        fake_loop_advance(loop, pause_ms * 4 / 10 + 2, NULL, NULL);
        assert_non_null(host);
        host->ops.ready(host->arg);
        pause_ms = pause_ms * 2 > 300000 ? 300000 : pause_ms * 2;
    }
    assert_int_equal(n_troubles, 1);
    assert_string_equal(last_trouble, "The listener for metrics does not work: metrics crashed");
    assert_string_equal(state(), "up");
    assert_int_equal(n_over, 1); /* when it came up first */
    /* It has to work, not only to start. */
    assert_int_equal(says(IPC_DONE, 1, NULL), 0);
    assert_int_equal(n_over, 2);
    ends(HOST_HUNG, "metrics took longer than 10s");
    assert_int_equal(n_troubles, 1);
    fake_loop_advance(loop, 1201, NULL, NULL);
    assert_non_null(host);
}

static void one_that_does_not_start_is_trouble_at_once_and_once(void **unused)
{
    (void)unused;
    configure("127.0.0.1:1");
    for (int i = 0; i < 3; i++) {
        ends(HOST_UNUSABLE, "cannot listen on 127.0.0.1:1");
        assert_string_equal(state(), "down");
        fake_loop_advance(loop, 6000, NULL, NULL);
        assert_non_null(host);
    }
    assert_int_equal(n_troubles, 1);
    host->ops.ready(host->arg);
    assert_string_equal(state(), "up");
    assert_int_equal(n_over, 1);
    /* While it waits to be started again, another configuration does not wait. */
    ends(HOST_UNUSABLE, "cannot listen on 127.0.0.1:1");
    assert_null(host);
    configure("127.0.0.1:2");
    assert_string_equal(host->address, "127.0.0.1:2");
    fake_loop_advance(loop, 600000, NULL, NULL);
    assert_string_equal(host->address, "127.0.0.1:2");
    configure(NULL);
    ends(HOST_ENDED, "metrics was stopped");
    assert_int_equal(n_over, 2);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_lives_while_the_configuration_wants_it),
        CASE(its_questions_are_passed_on),
        CASE(too_many_questions_have_no_answer),
        CASE(one_that_asks_and_does_not_listen_ends),
        CASE(what_a_dead_host_asked_is_answered_to_nobody),
        CASE(it_is_started_again_ever_later),
        CASE(one_that_does_not_start_is_trouble_at_once_and_once),
    };
    return cmocka_run_group_tests_name("listener", tests, NULL, NULL);
}
