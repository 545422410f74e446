/* The snapshot as a main file with everything spelled out; see config.h, config_print. */
#include <string.h>

#include "config/build.h"
#include "config/value.h"

static void print_place(struct config_at at, struct buf *out)
{
    if (at.file)
        buf_printf(out, "  # %s:%d:%d", at.file, at.line, at.column);
    buf_putc(out, '\n');
}

static void print_options(const struct schema_item *item, const void *entry, const char *indent,
                          struct buf *out)
{
    size_t n;
    const struct config_option *options = value_options(item, entry, &n);
    buf_printf(out, "%s%s:%s\n", indent, item->key, n ? "" : " {}");
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s  ", indent);
        value_write_text(options[i].name, out);
        buf_puts(out, ": ");
        if (options[i].is_list)
            value_write_texts(&options[i].values, out);
        else
            value_write_text(options[i].values.n ? options[i].values.items[0] : "", out);
        print_place(options[i].at, out);
    }
}

static void print_items(const struct schema_section *section, const void *entry, const char *first,
                        const char *indent, struct buf *out)
{
    const struct config_at *places = config_entry_places(section, entry);
    for (size_t i = 0; i < section->n_items; i++) {
        const struct schema_item *item = &section->items[i];
        if (item->type == SCHEMA_OPTIONS) {
            print_options(item, entry, indent, out);
            continue;
        }
        buf_printf(out, "%s%s: ", i == 0 ? first : indent, item->key);
        value_write(item, entry, out);
        print_place(places[i], out);
    }
}

static void print_entry(const struct schema_section *section, const void *entry, struct buf *out)
{
    switch (section->shape) {
    case SCHEMA_NAMED:
        buf_puts(out, "  ");
        value_write_text(config_entry_name(section, entry), out);
        buf_puts(out, ":");
        print_place(config_entry_at(section, entry), out);
        print_items(section, entry, "    ", "    ", out);
        break;
    case SCHEMA_LIST:
        print_items(section, entry, "  - ", "    ", out);
        break;
    case SCHEMA_SINGLE:
        print_items(section, entry, "  ", "  ", out);
        break;
    }
}

void config_print(const struct config *config, struct buf *out)
{
    size_t n_sections;
    const struct schema_section *sections = schema_sections(&n_sections);
    for (size_t i = 0; i < n_sections; i++) {
        const struct schema_section *section = &sections[i];
        size_t n = config_entry_count(config, section);
        if (i)
            buf_putc(out, '\n');
        buf_printf(out, "# %s\n%s:%s\n", section->help, section->key,
                   n                               ? ""
                   : section->shape == SCHEMA_LIST ? " []"
                                                   : " {}");
        for (size_t k = 0; k < n; k++)
            print_entry(section, config_entry(config, section, k), out);
    }
}
