/*
 * Options by type, a table; see options.h. The daemon has checked them before, against the
 * description that a probe gave; here they are checked against the table of the file that is loaded
 * now.
 */
#include "host/options.h"

#include <string.h>

#include "base/address.h"
#include "base/str.h"
#include "host/post.h"

static bool take_text(const struct tocsin_option *option, const char *text,
                      struct tocsin_value *value)
{
    (void)option;
    value->text = text;
    return true;
}

static bool in_range(const struct tocsin_option *option, int64_t number)
{
    return (option->min == 0 && option->max == 0) ||
           (number >= option->min && number <= option->max);
}

static bool take_int(const struct tocsin_option *option, const char *text,
                     struct tocsin_value *value)
{
    return str_int_parse(text, &value->number) && in_range(option, value->number);
}

static bool take_bool(const struct tocsin_option *option, const char *text,
                      struct tocsin_value *value)
{
    (void)option;
    bool on;
    if (!str_bool_parse(text, &on))
        return false;
    value->number = on;
    return true;
}

static bool take_duration(const struct tocsin_option *option, const char *text,
                          struct tocsin_value *value)
{
    return str_duration_parse(text, &value->number) && in_range(option, value->number);
}

static bool take_size(const struct tocsin_option *option, const char *text,
                      struct tocsin_value *value)
{
    return str_size_parse(text, &value->number) && in_range(option, value->number);
}

static bool take_choice(const struct tocsin_option *option, const char *text,
                        struct tocsin_value *value)
{
    value->text = text;
    size_t len = strlen(text);
    for (const char *at = option->choices; at && *at;) {
        size_t n = strcspn(at, "|");
        if (n == len && memcmp(at, text, n) == 0)
            return true;
        at += n + (at[n] == '|');
    }
    return false;
}

static bool take_listen(const struct tocsin_option *option, const char *text,
                        struct tocsin_value *value)
{
    (void)option;
    struct address address;
    const char *why;
    value->text = text;
    return address_parse_loopback(text, &address, &why);
}

static const struct {
    const char *name;
    bool is_list;
    bool (*take)(const struct tocsin_option *option, const char *text, struct tocsin_value *value);
} types[] = {
    [TOCSIN_OPTION_TEXT] = {"text", false, take_text},
    [TOCSIN_OPTION_INT] = {"int", false, take_int},
    [TOCSIN_OPTION_BOOL] = {"bool", false, take_bool},
    [TOCSIN_OPTION_DURATION] = {"duration", false, take_duration},
    [TOCSIN_OPTION_SIZE] = {"size", false, take_size},
    [TOCSIN_OPTION_CHOICE] = {"choice", false, take_choice},
    [TOCSIN_OPTION_PATH] = {"path", false, take_text},
    [TOCSIN_OPTION_TEXTS] = {"texts", true, NULL},
    [TOCSIN_OPTION_PATHS] = {"paths", true, NULL},
    [TOCSIN_OPTION_SECRET] = {"secret", false, take_text},
    [TOCSIN_OPTION_COMMAND] = {"command", true, NULL},
    [TOCSIN_OPTION_OUTPUT] = {"output", false, take_text},
    [TOCSIN_OPTION_LISTEN] = {"listen", false, take_listen},
};

const char *options_type_name(enum tocsin_option_type type)
{
    return (size_t)type < ARRAY_LEN(types) ? types[type].name : NULL;
}

bool options_is_list(enum tocsin_option_type type)
{
    return types[type].is_list;
}

static int problem(struct plugin *plugin, const struct given *given, const char *what)
{
    AUTO_FREE char *text = mem_printf("option \"%s\" %s", given->name, what);
    post_problem(plugin->index, false, given->file, (int)given->line, (int)given->column, text);
    plugin->failed = true;
    return -1;
}

static struct given *given_by_name(const struct plugin *plugin, const char *name)
{
    for (size_t i = 0; i < plugin->n_given; i++)
        if (str_equal(plugin->given[i].name, name))
            return &plugin->given[i];
    return NULL;
}

static int apply_given(struct plugin *plugin, const struct tocsin_option *option,
                       const struct given *given, struct tocsin_value *value)
{
    if (options_is_list(option->type)) {
        value->list = (const char *const *)given->values;
        return 0;
    }
    if (given->n != 1)
        return problem(plugin, given, "takes one value");
    if (!types[option->type].take(option, given->values[0], value))
        return problem(plugin, given, "has a value that its type does not allow");
    return 0;
}

static int apply_default(struct plugin *plugin, const struct tocsin_option *option,
                         struct tocsin_value *value)
{
    if (option->required)
        return plugin_problem(plugin, "option \"%s\" is required and was not given", option->name);
    if (!option->fallback || options_is_list(option->type))
        return 0; /* a list's default is spelled out by the daemon */
    if (!types[option->type].take(option, option->fallback, value))
        return plugin_problem(plugin, "the default of option \"%s\" is none that its type allows",
                              option->name);
    return 0;
}

static bool in_table(const struct tocsin_option *options, const char *name)
{
    for (; options && options->name; options++)
        if (str_equal(options->name, name))
            return true;
    return false;
}

int options_apply(struct plugin *plugin)
{
    const struct tocsin_option *options = plugin->table->options;
    size_t n = 0;
    while (options && options[n].name)
        n++;
    plugin->values = NEW_N(struct tocsin_value, n);
    int result = 0;
    for (size_t i = 0; i < n; i++) {
        const struct given *given = given_by_name(plugin, options[i].name);
        result |= given ? apply_given(plugin, &options[i], given, &plugin->values[i])
                        : apply_default(plugin, &options[i], &plugin->values[i]);
    }
    for (size_t i = 0; i < plugin->n_given; i++)
        if (!in_table(options, plugin->given[i].name))
            result |= problem(plugin, &plugin->given[i], "is unknown to the plugin");
    return result;
}
