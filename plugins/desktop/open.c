/* Opening a document by the user's systemd or the portal; see open.h. */
#include "open.h"

#define CALL_TIMEOUT_MS 10000

struct request {
    struct tocsin_instance *instance;
    char *path;
};

static void request_free(struct request *request)
{
    g_free(request->path);
    g_free(request);
}

static void portal_answered(GObject *connection, GAsyncResult *result, gpointer data)
{
    struct request *request = data;
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(connection), result, &error);
    if (!reply)
        tocsin_log(request->instance, TOCSIN_WARNING,
                   "cannot open %s: neither the user's systemd nor the portal would (%s)",
                   request->path, error->message);
    request_free(request);
}

static void ask_portal(GDBusConnection *connection, struct request *request)
{
    g_autofree char *uri = g_filename_to_uri(request->path, NULL, NULL);
    GVariantBuilder options;
    g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
    g_dbus_connection_call(connection, "org.freedesktop.portal.Desktop",
                           "/org/freedesktop/portal/desktop", "org.freedesktop.portal.OpenURI",
                           "OpenURI", g_variant_new("(ssa{sv})", "", uri ? uri : "", &options),
                           NULL, G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, portal_answered,
                           request);
}

static void systemd_answered(GObject *source, GAsyncResult *result, gpointer data)
{
    struct request *request = data;
    GDBusConnection *connection = G_DBUS_CONNECTION(source);
    g_autoptr(GVariant) reply = g_dbus_connection_call_finish(connection, result, NULL);
    if (reply)
        request_free(request);
    else
        ask_portal(connection, request);
}

/* The properties of the unit: what it is, and the one command line it runs. */
static GVariant *unit_properties(const char *path)
{
    GVariantBuilder commands, properties;
    const char *const argv[] = {"xdg-open", path, NULL};
    g_variant_builder_init(&commands, G_VARIANT_TYPE("a(sasb)"));
    g_variant_builder_add(&commands, "(s^asb)", "/usr/bin/xdg-open", argv, FALSE);
    g_variant_builder_init(&properties, G_VARIANT_TYPE("a(sv)"));
    g_variant_builder_add(&properties, "(sv)", "Description",
                          g_variant_new_string("a document opened from a tocsin alert"));
    g_variant_builder_add(&properties, "(sv)", "CollectMode",
                          g_variant_new_string("inactive-or-failed"));
    g_variant_builder_add(&properties, "(sv)", "ExecStart", g_variant_builder_end(&commands));
    return g_variant_builder_end(&properties);
}

void open_document(GDBusConnection *connection, struct tocsin_instance *instance, const char *path)
{
    /* systemd takes UTF-8 only; so does every program that would be started. */
    if (!g_utf8_validate(path, -1, NULL) || path[0] != '/') {
        tocsin_log(instance, TOCSIN_WARNING, "cannot open a document whose path is no UTF-8");
        return;
    }
    struct request *request = g_new0(struct request, 1);
    request->instance = instance;
    request->path = g_strdup(path);
    g_autofree char *unit =
        g_strdup_printf("tocsin-open-%" G_GINT64_FORMAT ".service", g_get_monotonic_time());
    GVariantBuilder aux;
    g_variant_builder_init(&aux, G_VARIANT_TYPE("a(sa(sv))"));
    g_dbus_connection_call(
        connection, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
        "org.freedesktop.systemd1.Manager", "StartTransientUnit",
        g_variant_new("(ss@a(sv)a(sa(sv)))", unit, "fail", unit_properties(path), &aux), NULL,
        G_DBUS_CALL_FLAGS_NONE, CALL_TIMEOUT_MS, NULL, systemd_answered, request);
}
