/*
 * The bus thread of the desktop notifier. A popup's way: connect -> ping the server -> (wait for it
 * to come, or to answer) -> show. The ping comes first because a frozen server would otherwise
 * leave it unknown whether the popup was shown, and because libnotify waits 25 seconds for it.
 *
 * Buttons carry the alert's id in their key, so that a press finds its alert also when the popup
 * was shown by an earlier host.
 */
#include "bus.h"

#include <string.h>

#include <gio/gio.h>
#include <libnotify/notify.h>

#include "open.h"
#include "popup.h"

#define SERVER      "org.freedesktop.Notifications"
#define SERVER_PATH "/org/freedesktop/Notifications"
/* Debian 12's libnotify does not say so itself. */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NotifyNotification, g_object_unref)

#define MAX_SHOWN 512 /* popups whose document a click can still open */

struct shown {
    guint32 id;
    char *alert_id;
    char *path;
};

struct bus {
    struct tocsin_instance *instance;
    GMainContext *context;
    GMainLoop *loop;
    GThread *thread;
    GDBusConnection *connection;
    char *owner; /* the server's unique name, NULL while it is absent */
    guint watch, subscription;
    GQueue shown;
    bool actions, markup, tag; /* what the server can do */

    /* The popup at hand; under `lock`, as far as the caller waits for it. */
    GMutex lock;
    GCond finished;
    struct bus_popup *popup;
    enum bus_shown result;
    GCancellable *ping;
    GSource *too_late;
};

static void try_popup(struct bus *bus);

/* ---- buttons ---- */

static struct shown *find_shown(struct bus *bus, guint32 id, const char *alert_id)
{
    for (GList *at = bus->shown.tail; at; at = at->prev) {
        struct shown *shown = at->data;
        if (alert_id ? g_str_equal(shown->alert_id, alert_id) : shown->id == id)
            return shown;
    }
    return NULL;
}

static void shown_free(struct shown *shown)
{
    g_free(shown->alert_id);
    g_free(shown->path);
    g_free(shown);
}

static void remember(struct bus *bus, guint32 id, const struct tocsin_revision *revision)
{
    struct shown *shown = g_new0(struct shown, 1);
    *shown = (struct shown){id, g_strdup(revision->alert_id), g_strdup(revision->document_path)};
    g_queue_push_tail(&bus->shown, shown);
    if (g_queue_get_length(&bus->shown) > MAX_SHOWN)
        shown_free(g_queue_pop_head(&bus->shown));
}

/* Key: "VERB ALERT-ID", or "default" for a click on the popup itself. */
static void action_invoked(GDBusConnection *connection, const char *sender, const char *path,
                           const char *interface, const char *signal, GVariant *parameters,
                           gpointer data)
{
    (void)sender;
    (void)path;
    (void)interface;
    (void)signal;
    struct bus *bus = data;
    if (!g_variant_is_of_type(parameters, G_VARIANT_TYPE("(us)")))
        return;
    guint32 id;
    const char *key;
    g_variant_get(parameters, "(u&s)", &id, &key);
    const char *space = strchr(key, ' ');
    bool is_default = g_str_equal(key, "default");
    struct shown *shown = find_shown(bus, id, space ? space + 1 : NULL);
    if ((is_default || g_str_has_prefix(key, "open ")) && shown)
        open_document(connection, bus->instance, shown->path);
    if (is_default && shown)
        tocsin_action(shown->alert_id, "open");
    if (!space)
        return;
    g_autofree char *verb = g_strndup(key, (gsize)(space - key));
    tocsin_action(space + 1, verb);
}

/* Pressing is heard by action_invoked, for every popup of ours; libnotify wants a function, too. */
static void ignored(NotifyNotification *notification, char *action, gpointer data)
{
    (void)notification;
    (void)action;
    (void)data;
}

static void add_button(NotifyNotification *notification, const char *verb, const char *label,
                       const char *alert_id)
{
    g_autofree char *key = g_strdup_printf("%s %s", verb, alert_id);
    notify_notification_add_action(notification, key, label, ignored, NULL, NULL);
}

/* ---- the server ---- */

static void learn_capabilities(struct bus *bus)
{
    GList *capabilities = notify_get_server_caps();
    bus->actions = g_list_find_custom(capabilities, "actions", (GCompareFunc)g_strcmp0) != NULL;
    bus->markup = g_list_find_custom(capabilities, "body-markup", (GCompareFunc)g_strcmp0) != NULL;
    bus->tag =
        g_list_find_custom(capabilities, "x-dunst-stack-tag", (GCompareFunc)g_strcmp0) != NULL;
    g_list_free_full(capabilities, g_free);
}

static void appeared(GDBusConnection *connection, const char *name, const char *owner,
                     gpointer data)
{
    (void)connection;
    (void)name;
    struct bus *bus = data;
    g_free(bus->owner);
    bus->owner = g_strdup(owner);
    try_popup(bus);
}

static void vanished(GDBusConnection *connection, const char *name, gpointer data)
{
    (void)connection;
    (void)name;
    struct bus *bus = data;
    g_clear_pointer(&bus->owner, g_free);
}

static void disconnect(struct bus *bus)
{
    if (!bus->connection)
        return;
    g_bus_unwatch_name(bus->watch);
    g_dbus_connection_signal_unsubscribe(bus->connection, bus->subscription);
    notify_uninit();
    g_clear_object(&bus->connection);
    g_clear_pointer(&bus->owner, g_free);
}

/* False with `error` when there is no bus to be had at present. */
static bool connect_bus(struct bus *bus, GError **error)
{
    if (bus->connection && !g_dbus_connection_is_closed(bus->connection))
        return true;
    disconnect(bus);
    bus->connection = g_bus_get_sync(G_BUS_TYPE_SESSION, NULL, error);
    if (!bus->connection)
        return false;
    /* The end of a session is no reason for this process to end. */
    g_dbus_connection_set_exit_on_close(bus->connection, FALSE);
    if (!notify_init("tocsin")) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "libnotify cannot be initialised");
        g_clear_object(&bus->connection);
        return false;
    }
    bus->subscription = g_dbus_connection_signal_subscribe(
        bus->connection, SERVER, SERVER, "ActionInvoked", SERVER_PATH, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, action_invoked, bus, NULL);
    bus->watch =
        g_bus_watch_name_on_connection(bus->connection, SERVER, G_BUS_NAME_WATCHER_FLAGS_AUTO_START,
                                       appeared, vanished, bus, NULL);
    return true;
}

/* ---- one popup ---- */

static void finish(struct bus *bus, enum bus_shown result, const char *why)
{
    g_clear_object(&bus->ping);
    if (bus->too_late)
        g_source_destroy(bus->too_late);
    g_clear_pointer(&bus->too_late, g_source_unref);
    g_mutex_lock(&bus->lock);
    bus->popup->why = g_strdup(why);
    bus->popup = NULL;
    bus->result = result;
    g_cond_signal(&bus->finished);
    g_mutex_unlock(&bus->lock);
}

static NotifyUrgency urgency_of(enum tocsin_severity severity)
{
    switch (severity) {
    case TOCSIN_LOW:
        return NOTIFY_URGENCY_LOW;
    case TOCSIN_NORMAL:
    case TOCSIN_HIGH:
        return NOTIFY_URGENCY_NORMAL;
    case TOCSIN_URGENT:
        return NOTIFY_URGENCY_CRITICAL;
    }
    return NOTIFY_URGENCY_NORMAL;
}

/* Where a popup lives: a number means something only to this server on this bus. */
static char *token_prefix(const struct bus *bus)
{
    return g_strdup_printf("%s %s ", g_dbus_connection_get_guid(bus->connection), bus->owner);
}

static int known_popup(const struct bus *bus, const char *token)
{
    g_autofree char *prefix = token_prefix(bus);
    if (!g_str_has_prefix(token, prefix))
        return 0;
    return (int)g_ascii_strtoll(token + strlen(prefix), NULL, 10);
}

static void make_texts(const struct bus *bus, const struct tocsin_delivery *delivery,
                       struct popup *texts)
{
    const char *summary = tocsin_delivery_summary(delivery);
    size_t n = tocsin_delivery_count(delivery);
    if (!summary) {
        popup_make(tocsin_delivery_revision(delivery, 0), bus->markup, texts);
        return;
    }
    g_autofree const struct tocsin_revision **revisions = g_new0(const struct tocsin_revision *, n);
    for (size_t i = 0; i < n; i++)
        revisions[i] = tocsin_delivery_revision(delivery, i);
    popup_make_summary(summary, revisions, n, bus->markup, texts);
}

static NotifyNotification *make_notification(const struct bus *bus,
                                             const struct tocsin_delivery *delivery)
{
    const struct tocsin_revision *first = tocsin_delivery_revision(delivery, 0);
    struct popup texts;
    make_texts(bus, delivery, &texts);
    NotifyNotification *notification =
        notify_notification_new(texts.summary, texts.body, "dialog-information");
    popup_deinit(&texts);
    notify_notification_set_urgency(notification, urgency_of(first->severity));
    notify_notification_set_category(notification, "x-tocsin.alert");
    notify_notification_set_hint(notification, "desktop-entry", g_variant_new_string("tocsin"));
    if (tocsin_delivery_summary(delivery))
        return notification;
    g_object_set(notification, "id", known_popup(bus, first->token), NULL);
    if (bus->tag) {
        g_autofree char *tag = g_strdup_printf("tocsin-%s", first->alert_id);
        notify_notification_set_hint(notification, "x-dunst-stack-tag", g_variant_new_string(tag));
    }
    if (bus->actions && bus->popup->buttons) {
        notify_notification_add_action(notification, "default", "Open", ignored, NULL, NULL);
        add_button(notification, "open", "Open", first->alert_id);
        add_button(notification, "acknowledge", "Acknowledge", first->alert_id);
        add_button(notification, "snooze", "Snooze", first->alert_id);
        add_button(notification, "mute", "Mute topic", first->alert_id);
        add_button(notification, "close", "Close", first->alert_id);
    }
    return notification;
}

/* An error that the server, or the bus for want of one, has sent: there is no such popup. A server
 * closes one by itself when a button is pressed. */
static bool is_gone(const GError *error)
{
    return g_dbus_error_is_remote_error(error) &&
           !g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) &&
           !g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_LIMITS_EXCEEDED);
}

/* Nobody need be told of the alert any more: its popup goes, if this server still has it. */
static void take_away(struct bus *bus, const struct tocsin_revision *told)
{
    int id = known_popup(bus, told->token);
    g_autoptr(GError) error = NULL;
    if (id) {
        g_autoptr(NotifyNotification) notification = notify_notification_new("", NULL, NULL);
        g_object_set(notification, "id", id, NULL);
        notify_notification_close(notification, &error);
    }
    if (error && !is_gone(error))
        finish(bus, BUS_FAILED, error->message);
    else
        finish(bus, BUS_SHOWN, NULL);
}

static void show(struct bus *bus)
{
    const struct tocsin_delivery *delivery = bus->popup->delivery;
    const struct tocsin_revision *first = tocsin_delivery_revision(delivery, 0);
    if (first->notice) {
        take_away(bus, first);
        return;
    }
    learn_capabilities(bus);
    g_autoptr(NotifyNotification) notification = make_notification(bus, delivery);
    g_autoptr(GError) error = NULL;
    if (!notify_notification_show(notification, &error)) {
        finish(bus, BUS_FAILED, error ? error->message : "the server refused it");
        return;
    }
    int id = 0;
    g_object_get(notification, "id", &id, NULL);
    if (!tocsin_delivery_summary(delivery)) {
        g_autofree char *prefix = token_prefix(bus);
        remember(bus, (guint32)id, first);
        bus->popup->token = g_strdup_printf("%s%d", prefix, id);
    }
    finish(bus, BUS_SHOWN, NULL);
}

static void pinged(GObject *connection, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(connection), result, &error);
    g_clear_pointer(&reply, g_variant_unref); /* that there is one is all it says */
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return; /* an earlier popup's */
    struct bus *bus = data;
    g_clear_object(&bus->ping);
    /* Gone between two messages: its coming back is noticed by `appeared`. A server that knows no
     * Ping answers, too. */
    bool gone = g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY) ||
                g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER) ||
                g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN) ||
                g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CLOSED);
    if (bus->popup && !gone)
        show(bus);
}

static void try_popup(struct bus *bus)
{
    if (!bus->popup || bus->ping || !bus->owner)
        return;
    bus->ping = g_cancellable_new();
    g_dbus_connection_call(bus->connection, bus->owner, SERVER_PATH, "org.freedesktop.DBus.Peer",
                           "Ping", NULL, NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, G_MAXINT, bus->ping,
                           pinged, bus);
}

static gboolean too_late(gpointer data)
{
    struct bus *bus = data;
    if (bus->ping)
        g_cancellable_cancel(bus->ping);
    finish(bus, BUS_ABSENT,
           bus->owner ? "the notification server does not answer" : "no notification server runs");
    return G_SOURCE_REMOVE;
}

static gboolean begin(gpointer data)
{
    struct bus *bus = data;
    g_autoptr(GError) error = NULL;
    if (!connect_bus(bus, &error)) {
        g_autofree char *why = g_strdup_printf("no session bus: %s", error->message);
        finish(bus, BUS_ABSENT, why);
        return G_SOURCE_REMOVE;
    }
    bus->too_late = g_timeout_source_new((guint)bus->popup->wait_ms);
    g_source_set_callback(bus->too_late, too_late, bus, NULL);
    g_source_attach(bus->too_late, bus->context);
    try_popup(bus);
    return G_SOURCE_REMOVE;
}

enum bus_shown bus_show(struct bus *bus, struct bus_popup *popup)
{
    g_mutex_lock(&bus->lock);
    bus->popup = popup;
    g_main_context_invoke(bus->context, begin, bus);
    while (bus->popup)
        g_cond_wait(&bus->finished, &bus->lock);
    enum bus_shown result = bus->result;
    g_mutex_unlock(&bus->lock);
    return result;
}

/* ---- the thread ---- */

static gpointer run(gpointer data)
{
    struct bus *bus = data;
    /* Everything that libnotify and GDBus attach belongs to this thread's loop. */
    g_main_context_push_thread_default(bus->context);
    g_main_loop_run(bus->loop);
    disconnect(bus);
    g_main_context_pop_thread_default(bus->context);
    return NULL;
}

struct bus *bus_new(struct tocsin_instance *instance)
{
    struct bus *bus = g_new0(struct bus, 1);
    bus->instance = instance;
    g_mutex_init(&bus->lock);
    g_cond_init(&bus->finished);
    g_queue_init(&bus->shown);
    bus->context = g_main_context_new();
    bus->loop = g_main_loop_new(bus->context, FALSE);
    bus->thread = g_thread_new("bus", run, bus);
    return bus;
}

void bus_free(struct bus *bus)
{
    g_main_loop_quit(bus->loop);
    g_thread_join(bus->thread);
    g_main_loop_unref(bus->loop);
    g_main_context_unref(bus->context);
    g_queue_clear_full(&bus->shown, (GDestroyNotify)shown_free);
    g_mutex_clear(&bus->lock);
    g_cond_clear(&bus->finished);
    g_free(bus);
}
