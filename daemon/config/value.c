/* What the schema's types mean; see value.h. */
#include "config/value.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "base/log.h"
#include "base/str.h"
#include "config/choice.h"
#include "config/path.h"
#include "config/timing.h"

#define FIELD(entry, item, type) ((type *)(void *)((char *)(entry) + (item)->offset))
#define EXTRA(entry, item, type) ((type *)(void *)((char *)(entry) + (item)->extra_offset))
#define CONST_FIELD(entry, item, type)                                                             \
    ((type const *)(const void *)((const char *)(entry) + (item)->offset))
#define CONST_EXTRA(entry, item, type)                                                             \
    ((type const *)(const void *)((const char *)(entry) + (item)->extra_offset))

#define NAME_MAX_BYTES 64u

static bool is_list(enum schema_type type)
{
    return type == SCHEMA_TEXTS || type == SCHEMA_HOURS || type == SCHEMA_DELAYS;
}

/* Kept as a text of its own. */
static bool is_text(enum schema_type type)
{
    return type == SCHEMA_NAME || type == SCHEMA_PATH || type == SCHEMA_LISTEN ||
           type == SCHEMA_ZONE || type == SCHEMA_CALENDAR || type == SCHEMA_RATE;
}

bool value_is_name(const char *text)
{
    size_t len = strlen(text);
    if (!len || len > NAME_MAX_BYTES || !isalnum((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!isalnum((unsigned char)text[i]) && !strchr("._-", text[i]))
            return false;
    }
    return true;
}

static bool number_parse(const struct schema_item *item, const char *text, int64_t *number)
{
    switch (item->type) {
    case SCHEMA_INT:
        if (item->choices && strcmp(text, item->choices) == 0) {
            *number = item->base;
            return true;
        }
        return str_int_parse(text, number);
    case SCHEMA_DURATION:
        return str_duration_parse(text, number);
    case SCHEMA_SIZE:
        return str_size_parse(text, number);
    case SCHEMA_NAME:
    case SCHEMA_PATH:
    case SCHEMA_BOOL:
    case SCHEMA_CHOICE:
    case SCHEMA_TEXTS:
    case SCHEMA_LISTEN:
    case SCHEMA_HOURS:
    case SCHEMA_DELAYS:
    case SCHEMA_ZONE:
    case SCHEMA_CALENDAR:
    case SCHEMA_RATE:
    case SCHEMA_OPTIONS:
        break;
    }
    return false;
}

static void number_format(const struct schema_item *item, int64_t number, char *out, size_t size)
{
    if (item->choices && number == item->base)
        snprintf(out, size, "%s", item->choices);
    else if (item->type == SCHEMA_DURATION)
        str_duration_format(number, out, size);
    else if (item->type == SCHEMA_SIZE)
        str_size_format(number, out, size);
    else
        snprintf(out, size, "%" PRId64, number);
}

/* NULL, or what is wrong with it. */
static char *read_number(const struct schema_item *item, const char *text, void *entry)
{
    int64_t number;
    if (!number_parse(item, text, &number)) {
        if (item->type == SCHEMA_DURATION)
            return mem_printf("\"%s\" is not a duration (" VALUE_DURATION_HINT ")", text);
        if (item->type == SCHEMA_SIZE)
            return mem_printf("\"%s\" is not a size (" VALUE_SIZE_HINT ")", text);
        return mem_printf("\"%s\" is not a whole number%s%s", text,
                          item->choices ? ", nor the word " : "",
                          item->choices ? item->choices : "");
    }
    bool is_word = item->choices && strcmp(text, item->choices) == 0;
    bool bounded = (item->min || item->max) && !is_word;
    if (bounded && (number < item->min || number > item->max)) {
        char limit[48];
        bool low = number < item->min;
        number_format(item, low ? item->min : item->max, limit, sizeof(limit));
        return mem_printf("%s is too %s (at %s %s)", text, low ? "small" : "large",
                          low ? "least" : "most", limit);
    }
    *FIELD(entry, item, int64_t) = number;
    return NULL;
}

static char *read_choice(const struct schema_item *item, const char *text, void *entry)
{
    const char *blank = strchr(text, ' ');
    size_t len = blank ? (size_t)(blank - text) : strlen(text);
    bool with_age;
    int index = choice_index(item->choices, text, len, &with_age);
    if (index < 0 || (!with_age && blank)) {
        AUTO_FREE char *list = choice_list(item->choices);
        AUTO_FREE char *hint = choice_hint(item->choices, text);
        return mem_printf("\"%s\" is none of %s%s", text, list, hint);
    }
    if (with_age) {
        int64_t age;
        if (!blank || !str_duration_parse(blank + strspn(blank, " "), &age))
            return mem_printf("\"%s\" wants an age (write it like \"%.*s 2d\")", text, (int)len,
                              text);
        *EXTRA(entry, item, int64_t) = age;
    }
    *FIELD(entry, item, int) = (int)item->base + index;
    return NULL;
}

static char *read_bool(const struct schema_item *item, const char *text, void *entry)
{
    if (str_bool_parse(text, FIELD(entry, item, bool)))
        return NULL;
    return mem_printf("\"%s\" is neither yes nor no", text);
}

static void set_text(char **field, char *text)
{
    free(*field);
    *field = text;
}

static char *read_name(const struct schema_item *item, const char *text, void *entry)
{
    if (!value_is_name(text))
        return mem_printf("\"%s\" is no name (" VALUE_NAME_HINT ")", text);
    set_text(FIELD(entry, item, char *), mem_strdup(text));
    return NULL;
}

static char *read_path(const struct schema_item *item, const char *file, const char *text,
                       void *entry)
{
    const char *why;
    char *path = path_absolute(file, text, &why);
    if (!path)
        return mem_printf("\"%s\" %s", text, why);
    set_text(FIELD(entry, item, char *), path);
    return NULL;
}

static char *read_listen(const struct schema_item *item, const char *text, void *entry)
{
    struct address address;
    const char *why;
    if (!str_equal(text, SCHEMA_NOWHERE) && !address_parse_loopback(text, &address, &why))
        return mem_printf("\"%s\" %s", text, why);
    set_text(FIELD(entry, item, char *), mem_strdup(text));
    return NULL;
}

/* A time zone, a calendar expression or a rate: kept as it is written. */
static char *read_time(const struct schema_item *item, const char *text, void *entry)
{
    struct err err;
    struct calendar calendar;
    struct zone *zone;
    int64_t n, ms;
    int result = 0;
    if (item->type == SCHEMA_ZONE && !str_equal(text, TIMING_SYSTEM)) {
        result = (zone = zone_open(text, &err)) ? 0 : -1;
        zone_free(&zone);
    } else if (item->type == SCHEMA_CALENDAR && !str_equal(text, TIMING_NONE)) {
        result = calendar_parse(text, &calendar, &err);
    } else if (item->type == SCHEMA_RATE) {
        result = timing_rate_parse(text, &n, &ms, &err);
    }
    if (result < 0)
        return mem_strdup(err.text);
    set_text(FIELD(entry, item, char *), mem_strdup(text));
    return NULL;
}

/* NULL, or what is wrong with the text. `file` is where it is written. */
static char *read_text(const struct schema_item *item, const char *file, const char *text,
                       void *entry)
{
    switch (item->type) {
    case SCHEMA_NAME:
        return read_name(item, text, entry);
    case SCHEMA_PATH:
        return read_path(item, file, text, entry);
    case SCHEMA_LISTEN:
        return read_listen(item, text, entry);
    case SCHEMA_ZONE:
    case SCHEMA_CALENDAR:
    case SCHEMA_RATE:
        return read_time(item, text, entry);
    case SCHEMA_BOOL:
        return read_bool(item, text, entry);
    case SCHEMA_INT:
    case SCHEMA_DURATION:
    case SCHEMA_SIZE:
        return read_number(item, text, entry);
    case SCHEMA_CHOICE:
        return read_choice(item, text, entry);
    case SCHEMA_TEXTS:
    case SCHEMA_HOURS:
    case SCHEMA_DELAYS:
    case SCHEMA_OPTIONS:
        break;
    }
    return mem_strdup("is no single value");
}

static bool is_empty(const struct tree *node)
{
    return node->kind == TREE_SCALAR && !node->quoted && node->text_len == 0;
}

/* One of a list. */
static int check_text(const struct schema_item *item, const char *text, struct err *err)
{
    struct timing_hours hours;
    int64_t delay_ms;
    if (item->type == SCHEMA_DELAYS)
        return timing_delay_parse(text, &delay_ms, err);
    return item->type == SCHEMA_HOURS ? timing_hours_parse(text, &hours, err) : 0;
}

static int read_texts(const struct schema_item *item, const struct tree *node, void *entry,
                      const char *owner, struct diags *diags)
{
    struct config_texts texts = {0};
    struct err err;
    const struct tree *const *nodes = node->kind == TREE_SCALAR
                                          ? (const struct tree *const *)&node
                                          : (const struct tree *const *)node->items;
    size_t n = node->kind == TREE_SCALAR ? !is_empty(node) : node->n;
    int result = 0;
    if (node->kind == TREE_MAP)
        return diags_error(diags, node->at,
                           "%s: \"%s\" must be a list, not a map (write [one, two])", owner,
                           item->key);
    for (size_t i = 0; i < n; i++) {
        if (nodes[i]->kind != TREE_SCALAR || is_empty(nodes[i]))
            result = diags_error(
                diags, nodes[i]->at, "%s: \"%s\" must be a list of texts%s", owner, item->key,
                is_empty(nodes[i]) ? "; this one is empty (a # begins a comment)" : "");
        else if (check_text(item, nodes[i]->text, &err) < 0)
            result = diags_error(diags, nodes[i]->at, "%s: \"%s\": %s", owner, item->key, err.text);
        else
            texts_add(&texts, nodes[i]->text);
    }
    if (item->type == SCHEMA_DELAYS && n > TIMING_REMIND)
        result = diags_error(diags, node->at, "%s: \"%s\" takes at most %d delays", owner,
                             item->key, TIMING_REMIND);
    if (result == 0 && n == 0 && schema_item_required(item) && is_empty(node))
        result = diags_error(diags, node->at, "%s: \"%s\" has no value (write [] for nothing)",
                             owner, item->key);
    struct config_texts *field = FIELD(entry, item, struct config_texts);
    texts_deinit(result < 0 ? &texts : field);
    if (result == 0)
        *field = texts;
    return result;
}

static int read_option(const struct tree *node, struct config_option *option, const char *owner,
                       struct diags *diags)
{
    *option = (struct config_option){
        .name = mem_strdup(node->key), .is_list = node->kind == TREE_LIST, .at = node->at};
    if (!value_is_name(node->key))
        return diags_error(diags, node->key_at, "%s: option \"%s\": " VALUE_NAME_HINT, owner,
                           node->key);
    if (node->kind == TREE_MAP)
        return diags_error(diags, node->at,
                           "%s: option \"%s\" must be a value or a list, not a map", owner,
                           node->key);
    if (node->kind == TREE_SCALAR) {
        texts_add(&option->values, node->text);
        return 0;
    }
    for (size_t i = 0; i < node->n; i++) {
        if (node->items[i]->kind != TREE_SCALAR)
            return diags_error(diags, node->items[i]->at,
                               "%s: option \"%s\" must be a list of texts", owner, node->key);
        texts_add(&option->values, node->items[i]->text);
    }
    return 0;
}

static int read_options(const struct schema_item *item, const struct tree *node, void *entry,
                        const char *owner, struct diags *diags)
{
    if (is_empty(node))
        return 0;
    if (node->kind != TREE_MAP)
        return diags_error(diags, node->at, "%s: \"%s\" must be a map (write name: value lines)",
                           owner, item->key);
    struct config_option *options = NEW_N(struct config_option, node->n + 1);
    int result = 0;
    for (size_t i = 0; i < node->n; i++)
        result |= read_option(node->items[i], &options[i], owner, diags);
    value_free(item, entry);
    *FIELD(entry, item, struct config_option *) = options;
    *EXTRA(entry, item, size_t) = node->n;
    return result;
}

int value_read(const struct schema_item *item, const struct tree *node, void *entry,
               const char *owner, struct diags *diags)
{
    if (is_list(item->type))
        return read_texts(item, node, entry, owner, diags);
    if (item->type == SCHEMA_OPTIONS)
        return read_options(item, node, entry, owner, diags);
    if (node->kind != TREE_SCALAR)
        return diags_error(diags, node->at, "%s: \"%s\" must be %s %s, not a %s", owner, item->key,
                           item->type == SCHEMA_LISTEN ? "an" : "a", schema_type_name(item->type),
                           node->kind == TREE_MAP ? "map" : "list");
    if (is_empty(node))
        return diags_error(diags, node->at,
                           "%s: \"%s\" has no value (leave it out for the default)", owner,
                           item->key);
    AUTO_FREE char *wrong = read_text(item, node->at.file, node->text, entry);
    if (wrong)
        return diags_error(diags, node->at, "%s: \"%s\": %s", owner, item->key, wrong);
    return 0;
}

static void split(const char *blanks, struct config_texts *texts)
{
    while (*blanks) {
        size_t len = strcspn(blanks, " ");
        AUTO_FREE char *text = mem_strndup(blanks, len);
        texts_add(texts, text);
        blanks += len + strspn(blanks + len, " ");
    }
}

void value_default(const struct schema_item *item, void *entry)
{
    if (!item->fallback || !*item->fallback)
        return;
    if (is_list(item->type)) {
        split(item->fallback, FIELD(entry, item, struct config_texts));
        return;
    }
    AUTO_FREE char *wrong = read_text(item, "", item->fallback, entry);
    if (wrong)
        log_panic("the schema's default of \"%s\": %s", item->key, wrong);
}

const struct config_option *value_options(const struct schema_item *item, const void *entry,
                                          size_t *n)
{
    *n = *CONST_EXTRA(entry, item, size_t);
    return *CONST_FIELD(entry, item, struct config_option *);
}

static bool options_equal(const struct schema_item *item, const void *a, const void *b)
{
    size_t n, m;
    const struct config_option *x = value_options(item, a, &n), *y = value_options(item, b, &m);
    if (n != m)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (!str_equal(x[i].name, y[i].name) || x[i].is_list != y[i].is_list ||
            !texts_equal(&x[i].values, &y[i].values))
            return false;
    }
    return true;
}

bool value_equal(const struct schema_item *item, const void *a, const void *b)
{
    switch (item->type) {
    case SCHEMA_NAME:
    case SCHEMA_PATH:
    case SCHEMA_LISTEN:
    case SCHEMA_ZONE:
    case SCHEMA_CALENDAR:
    case SCHEMA_RATE:
        return str_equal(*CONST_FIELD(a, item, char *), *CONST_FIELD(b, item, char *));
    case SCHEMA_BOOL:
        return *CONST_FIELD(a, item, bool) == *CONST_FIELD(b, item, bool);
    case SCHEMA_INT:
    case SCHEMA_DURATION:
    case SCHEMA_SIZE:
        return *CONST_FIELD(a, item, int64_t) == *CONST_FIELD(b, item, int64_t);
    case SCHEMA_CHOICE:
        return *CONST_FIELD(a, item, int) == *CONST_FIELD(b, item, int) &&
               (!item->extra_offset ||
                *CONST_EXTRA(a, item, int64_t) == *CONST_EXTRA(b, item, int64_t));
    case SCHEMA_TEXTS:
    case SCHEMA_HOURS:
    case SCHEMA_DELAYS:
        return texts_equal(CONST_FIELD(a, item, struct config_texts),
                           CONST_FIELD(b, item, struct config_texts));
    case SCHEMA_OPTIONS:
        return options_equal(item, a, b);
    }
    return false;
}

static void write_choice(const struct schema_item *item, const void *entry, struct buf *out)
{
    bool with_age;
    AUTO_FREE char *word =
        choice_word(item->choices, *CONST_FIELD(entry, item, int) - (int)item->base, &with_age);
    buf_puts(out, word);
    if (with_age) {
        char age[48];
        str_duration_format(*CONST_EXTRA(entry, item, int64_t), age, sizeof(age));
        buf_printf(out, " %s", age);
    }
}

void value_write(const struct schema_item *item, const void *entry, struct buf *out)
{
    char number[48];
    switch (item->type) {
    case SCHEMA_NAME:
    case SCHEMA_PATH:
    case SCHEMA_LISTEN:
    case SCHEMA_ZONE:
    case SCHEMA_CALENDAR:
    case SCHEMA_RATE:
        value_write_text(*CONST_FIELD(entry, item, char *), out);
        break;
    case SCHEMA_BOOL:
        buf_puts(out, *CONST_FIELD(entry, item, bool) ? "yes" : "no");
        break;
    case SCHEMA_INT:
    case SCHEMA_DURATION:
    case SCHEMA_SIZE:
        number_format(item, *CONST_FIELD(entry, item, int64_t), number, sizeof(number));
        buf_puts(out, number);
        break;
    case SCHEMA_CHOICE:
        write_choice(item, entry, out);
        break;
    case SCHEMA_TEXTS:
    case SCHEMA_HOURS:
    case SCHEMA_DELAYS:
        value_write_texts(CONST_FIELD(entry, item, struct config_texts), out);
        break;
    case SCHEMA_OPTIONS:
        break;
    }
}

struct config_option *config_options_copy(const struct config_option *options, size_t n)
{
    struct config_option *copy = NEW_N(struct config_option, n + 1);
    for (size_t i = 0; i < n; i++) {
        copy[i] = options[i];
        copy[i].name = mem_strdup(options[i].name);
        copy[i].secret = mem_strdup(options[i].secret);
        copy[i].values = (struct config_texts){0};
        for (size_t k = 0; k < options[i].values.n; k++)
            texts_add(&copy[i].values, options[i].values.items[k]);
    }
    return copy;
}

void config_options_free(struct config_option **options, size_t *n)
{
    for (size_t i = 0; i < *n; i++) {
        struct config_option *option = &(*options)[i];
        free(option->name);
        texts_deinit(&option->values);
        if (option->secret)
            explicit_bzero(option->secret, strlen(option->secret));
        free(option->secret);
    }
    free(*options);
    *options = NULL;
    *n = 0;
}

void value_free(const struct schema_item *item, void *entry)
{
    if (is_text(item->type))
        set_text(FIELD(entry, item, char *), NULL);
    else if (is_list(item->type))
        texts_deinit(FIELD(entry, item, struct config_texts));
    else if (item->type == SCHEMA_OPTIONS)
        config_options_free(FIELD(entry, item, struct config_option *), EXTRA(entry, item, size_t));
}
