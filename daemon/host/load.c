/* dlopen and the checks of a plugin's table; see load.h. */
#include "host/load.h"

#include <dlfcn.h>
#include <string.h>

#include "base/powers.h"
#include "base/str.h"
#include "host/options.h"

#define SYMBOL "tocsin_plugin"

static bool is_name(const char *name)
{
    if (!name || *name < 'a' || *name > 'z')
        return false;
    for (; *name; name++)
        if (!(*name >= 'a' && *name <= 'z') && !(*name >= '0' && *name <= '9') && *name != '-')
            return false;
    return true;
}

/* The parts of the table that tell how to read the rest. */
static int check_head(const struct tocsin_plugin *table, struct err *err)
{
    if (table->size < sizeof(*table))
        return err_set(err, "its table has %zu bytes where this tocsin wants %zu: build it anew",
                       table->size, sizeof(*table));
    if (table->abi_major != TOCSIN_ABI_MAJOR || table->abi_minor > TOCSIN_ABI_MINOR)
        return err_set(err,
                       "it was built for plugin ABI %u.%u, this tocsin has %u.%u: build it anew",
                       table->abi_major, table->abi_minor, TOCSIN_ABI_MAJOR, TOCSIN_ABI_MINOR);
    return 0;
}

static int check_texts(const struct tocsin_plugin *table, const char *file, struct err *err)
{
    if (!is_name(table->name))
        return err_set(err, "its name is not made of lower-case letters, digits and '-'");
    const char *slash = strrchr(file, '/');
    const char *base = slash ? slash + 1 : file;
    size_t len = strlen(table->name);
    if (strncmp(base, table->name, len) != 0 || !str_equal(base + len, ".so"))
        return err_set(err, "its name \"%s\" is not that of its file %s", table->name, base);
    if (!table->version || !table->summary || !table->licence)
        return err_set(err, "version, summary or licence is missing in its table");
    return 0;
}

static int check_option(const struct tocsin_option *option, struct err *err)
{
    if (!is_name(option->name))
        return err_set(err, "option \"%s\": a name is made of lower-case letters, digits and '-'",
                       option->name);
    if (!options_type_name(option->type))
        return err_set(err, "option \"%s\" has the unknown type %d", option->name,
                       (int)option->type);
    if (option->type == TOCSIN_OPTION_CHOICE && (!option->choices || !*option->choices))
        return err_set(err, "option \"%s\" has no choices", option->name);
    if (option->min > option->max)
        return err_set(err, "option \"%s\" has a minimum above its maximum", option->name);
    return 0;
}

static int check_options(const struct tocsin_option *options, struct err *err)
{
    for (const struct tocsin_option *option = options; option && option->name; option++) {
        if (check_option(option, err) < 0)
            return -1;
        for (const struct tocsin_option *other = options; other != option; other++)
            if (str_equal(other->name, option->name))
                return err_set(err, "option \"%s\" is in its table twice", option->name);
    }
    return 0;
}

static bool holds(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (str_equal(*names, name))
            return true;
    return false;
}

static int check_detector(const struct tocsin_detector *detector, struct err *err)
{
    if (detector->size < sizeof(*detector))
        return err_set(err, "its detector's table is too small: build it anew");
    if (!detector->detect)
        return err_set(err, "its detector has no detect");
    if (detector->powers != TOCSIN_POWERS_NONE && detector->powers != TOCSIN_POWERS_EXEC)
        return err_set(err, "a detector has no powers, or may start programs; it asks for %d",
                       (int)detector->powers);
    if (!detector->key_fields != !detector->statuses)
        return err_set(err, "key_fields and statuses belong together, one is missing");
    if (detector->key_fields && (!detector->key_fields[0] || !detector->statuses[0]))
        return err_set(err, "key_fields or statuses is empty");
    if (detector->edition_field && !holds(detector->key_fields, detector->edition_field))
        return err_set(err, "its edition field \"%s\" is none of its key fields",
                       detector->edition_field);
    return 0;
}

static int check_notifier(const struct tocsin_notifier *notifier, struct err *err)
{
    if (notifier->size < sizeof(*notifier))
        return err_set(err, "its notifier's table is too small: build it anew");
    if (!notifier->notify)
        return err_set(err, "its notifier has no notify");
    if (!powers_name(notifier->powers))
        return err_set(err, "it asks for the unknown powers %d", (int)notifier->powers);
    return 0;
}

static int check_table(const struct tocsin_plugin *table, const char *file, struct err *err)
{
    if (check_head(table, err) < 0 || check_texts(table, file, err) < 0 ||
        check_options(table->options, err) < 0)
        return -1;
    const struct tocsin_detector *detector = table->detector;
    const struct tocsin_notifier *notifier = table->notifier;
    const struct tocsin_exporter *exporter = table->exporter;
    if (exporter && (detector || notifier))
        return err_set(err, "it is an exporter, and more than that");
    if (exporter && exporter->size < sizeof(*exporter))
        return err_set(err, "its exporter's table is too small: build it anew");
    if (!detector && !notifier && !exporter)
        return err_set(err, "it is neither a detector nor a notifier nor an exporter");
    if ((detector && check_detector(detector, err) < 0) ||
        (notifier && check_notifier(notifier, err) < 0))
        return -1;
    if (detector && notifier && detector->powers != notifier->powers)
        return err_set(err, "it asks for other powers as a detector than as a notifier");
    return 0;
}

int load_table(struct plugin *plugin, struct err *err)
{
    /* Everything is resolved now: later the sandbox would forbid to load a library. Never closed:
     * a plugin may have left threads, handlers and atexit functions behind. */
    void *object = dlopen(plugin->file, RTLD_NOW | RTLD_LOCAL);
    if (!object)
        return err_set(err, "cannot be loaded: %s", dlerror());
    const struct tocsin_plugin *table = dlsym(object, SYMBOL);
    if (!table)
        return err_set(err, "%s is no tocsin plugin: it has no symbol %s", plugin->file, SYMBOL);
    if (check_table(table, plugin->file, err) < 0)
        return err_prefix(err, "%s", plugin->file);
    plugin->table = table;
    return 0;
}
