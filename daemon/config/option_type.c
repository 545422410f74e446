/* One function a type; see option_type.h. */
#include "config/option_type.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/address.h"
#include "base/str.h"
#include "config/choice.h"
#include "config/credential.h"
#include "config/unit.h"
#include "config/value.h"

static int resolve_text(const struct option_value *value, const char *text,
                        struct config_texts *out)
{
    (void)value;
    texts_add(out, text);
    return 0;
}

/* min and max hold unless both are 0. */
static int keep_number(const struct option_value *value, const char *text, int64_t number,
                       struct config_texts *out)
{
    int64_t min = json_integer_value(json_object_get(value->described, "min"));
    int64_t max = json_integer_value(json_object_get(value->described, "max"));
    bool bounded = min || max;
    if (bounded && (number < min || number > max))
        return diags_error(value->diags, value->at,
                           "%s: %s is out of range (%" PRId64 " to %" PRId64 ")", value->owner,
                           text, min, max);
    texts_add(out, text);
    return 0;
}

static int resolve_int(const struct option_value *value, const char *text, struct config_texts *out)
{
    int64_t number;
    if (!str_int_parse(text, &number))
        return diags_error(value->diags, value->at, "%s: \"%s\" is not a whole number",
                           value->owner, text);
    return keep_number(value, text, number, out);
}

static int resolve_duration(const struct option_value *value, const char *text,
                            struct config_texts *out)
{
    int64_t number;
    if (!str_duration_parse(text, &number))
        return diags_error(value->diags, value->at,
                           "%s: \"%s\" is not a duration (" VALUE_DURATION_HINT ")", value->owner,
                           text);
    return keep_number(value, text, number, out);
}

static int resolve_size(const struct option_value *value, const char *text,
                        struct config_texts *out)
{
    int64_t number;
    if (!str_size_parse(text, &number))
        return diags_error(value->diags, value->at,
                           "%s: \"%s\" is not a size (" VALUE_SIZE_HINT ")", value->owner, text);
    return keep_number(value, text, number, out);
}

static int resolve_bool(const struct option_value *value, const char *text,
                        struct config_texts *out)
{
    bool flag;
    if (!str_bool_parse(text, &flag))
        return diags_error(value->diags, value->at, "%s: \"%s\" is neither yes nor no",
                           value->owner, text);
    texts_add(out, text);
    return 0;
}

static int resolve_choice(const struct option_value *value, const char *text,
                          struct config_texts *out)
{
    const char *choices = json_string_value(json_object_get(value->described, "choices"));
    if (!choices)
        choices = "";
    if (choice_index(choices, text, strlen(text), NULL) >= 0) {
        texts_add(out, text);
        return 0;
    }
    AUTO_FREE char *list = choice_list(choices);
    AUTO_FREE char *hint = choice_hint(choices, text);
    return diags_error(value->diags, value->at, "%s: \"%s\" is none of %s%s", value->owner, text,
                       list, hint);
}

static int say_unreadable(const struct option_value *value, const char *path)
{
    int error = errno;
    const char *mend = error == ENOENT   ? " (make it, or correct the path; it is relative to the "
                                           "configuration file)"
                       : error == EACCES ? " (let tocsin's user read it)"
                                         : "";
    return diags_error(value->diags, value->at, "%s: cannot read %s: %s%s", value->owner, path,
                       strerror(error), mend);
}

/* Absolute and readable; NULL when it is not, and that is said. */
static char *readable_path(const struct option_value *value, const char *text)
{
    const char *why;
    AUTO_FREE char *path = path_absolute(value->file ? value->file : "", text, &why);
    if (!path) {
        diags_error(value->diags, value->at, "%s: \"%s\" %s", value->owner, text, why);
        return NULL;
    }
    if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) < 0) {
        say_unreadable(value, path);
        return NULL;
    }
    option_stamp(value->stamp, path);
    char *good = path;
    path = NULL;
    return good;
}

static int resolve_path(const struct option_value *value, const char *text,
                        struct config_texts *out)
{
    AUTO_FREE char *path = readable_path(value, text);
    if (!path)
        return -1;
    texts_add(out, path);
    return 0;
}

static int resolve_paths(const struct option_value *value, const char *text,
                         struct config_texts *out)
{
    if (!path_is_pattern(text))
        return resolve_path(value, text, out);
    struct config_texts found = path_expand(value->file ? value->file : "", text);
    if (!found.n && value->written)
        diags_warning(value->diags, value->at, "%s: \"%s\" matches no file", value->owner, text);
    int result = 0;
    for (size_t i = 0; i < found.n; i++)
        result |= resolve_path(value, found.items[i], out);
    texts_deinit(&found);
    return result;
}

static int resolve_secret(const struct option_value *value, const char *text,
                          struct config_texts *out)
{
    struct stat info;
    bool credential = credential_is_named(text);
    AUTO_FREE char *path = credential ? credential_path(value, text) : readable_path(value, text);
    if (!path)
        return -1;
    if (credential)
        option_stamp(value->stamp, path);
    else if (stat(path, &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH)))
        diags_warning(value->diags, value->at,
                      "%s: others can read the secret in %s (chmod 600 %s)", value->owner, path,
                      path);
    texts_add(out, path);
    return 0;
}

#define SECRET_MAX_BYTES 65536

/* The bytes of a file, NULL with errno; one more than the limit when it is larger. */
static char *read_secret(const char *path, size_t *len)
{
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *bytes = fd < 0 ? NULL : mem_alloc(SECRET_MAX_BYTES + 2);
    *len = 0;
    while (bytes && *len <= SECRET_MAX_BYTES) {
        ssize_t n = read(fd, bytes + *len, SECRET_MAX_BYTES + 1 - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            explicit_bzero(bytes, *len);
            mem_free_p(&bytes);
        }
        if (n <= 0)
            break;
        *len += (size_t)n;
    }
    if (bytes)
        bytes[*len] = '\0';
    return bytes;
}

char *option_secret(const struct option_value *value, const char *path)
{
    size_t len;
    char *secret = read_secret(path, &len);
    if (!secret) {
        say_unreadable(value, path);
        return NULL;
    }
    const char *fault = len > SECRET_MAX_BYTES  ? "is too long for a secret"
                        : strlen(secret) != len ? "is no text: it has a zero byte"
                                                : NULL;
    while (len && (secret[len - 1] == '\n' || secret[len - 1] == '\r'))
        secret[--len] = '\0';
    if (!fault && !len)
        fault = "is empty";
    if (!fault)
        return secret;
    diags_error(value->diags, value->at, "%s: %s %s", value->owner, path, fault);
    explicit_bzero(secret, len);
    free(secret);
    return NULL;
}

/* As it is, but for the home folder, for which a shell would have stood in. */
static int resolve_argument(const struct option_value *value, const char *text,
                            struct config_texts *out)
{
    const char *why;
    AUTO_FREE char *path =
        str_starts(text, "~/") ? path_absolute(value->file ? value->file : "", text, &why) : NULL;
    return resolve_text(value, path ? path : text, out);
}

/* The first is the program; what has no '/' is looked for in $PATH. */
static int resolve_command(const struct option_value *value, const char *text,
                           struct config_texts *out)
{
    const char *why = "is not found in $PATH";
    if (value->index > 0)
        return resolve_argument(value, text, out);
    AUTO_FREE char *program = strchr(text, '/') || *text == '~'
                                  ? path_absolute(value->file ? value->file : "", text, &why)
                                  : path_of_program(text);
    if (!program)
        return diags_error(value->diags, value->at, "%s: \"%s\" %s", value->owner, text, why);
    struct stat info;
    if (stat(program, &info) < 0 && errno == ENOENT && strchr(text, ' '))
        return diags_error(
            value->diags, value->at,
            "%s: there is no program %s (with arguments it is a list: [lamp, --red])", value->owner,
            program);
    if (stat(program, &info) < 0)
        return say_unreadable(value, program);
    if (!S_ISREG(info.st_mode) || faccessat(AT_FDCWD, program, X_OK, AT_EACCESS) < 0)
        return diags_error(value->diags, value->at,
                           "%s: %s is no program that can be started (chmod +x %s)", value->owner,
                           program, program);
    option_stamp(value->stamp, program);
    texts_add(out, program);
    return 0;
}

/* What an output may not be, if it is there; NULL: it is none of that. */
static const char *fault_of_output(const char *path)
{
    struct stat info;
    if (lstat(path, &info) < 0)
        return NULL; /* its folder says why */
    if (S_ISDIR(info.st_mode))
        return "is a folder; name a file in it";
    if (S_ISLNK(info.st_mode))
        return "is a symbolic link; name the file that it leads to";
    if (!S_ISREG(info.st_mode))
        return "is no regular file; name another";
    if (faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) < 0 && errno != EROFS)
        return "cannot be read and written (let tocsin's user do so)";
    return NULL;
}

/* What helps where no file can be made. */
static char *mend_for_output(const char *folder, int error)
{
    if (error == ENOENT)
        return mem_strdup("make the folder");
    if (error != EROFS || !unit_is_this())
        return mem_strdup("let tocsin's user write there");
    return mem_printf(
        "write \"ReadWritePaths=%s\" under [Service] in `%s tocsin`, then `%s tocsin`", folder,
        unit_edit(), unit_restart());
}

/* The file may be missing; its folder may not. */
static int resolve_output(const struct option_value *value, const char *text,
                          struct config_texts *out)
{
    const char *why;
    AUTO_FREE char *path = path_absolute(value->file ? value->file : "", text, &why);
    if (!path)
        return diags_error(value->diags, value->at, "%s: \"%s\" %s", value->owner, text, why);
    char *slash = strrchr(path, '/');
    AUTO_FREE char *folder = mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
    const char *fault = fault_of_output(path);
    if (fault)
        return diags_error(value->diags, value->at, "%s: %s %s", value->owner, path, fault);
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) < 0) {
        int error = errno;
        AUTO_FREE char *mend = mend_for_output(folder, error);
        return diags_error(value->diags, value->at, "%s: no file can be made in %s: %s (%s)",
                           value->owner, folder, strerror(error), mend);
    }
    texts_add(out, path);
    return 0;
}

static int resolve_listen(const struct option_value *value, const char *text,
                          struct config_texts *out)
{
    struct address address;
    const char *why;
    if (!address_parse_loopback(text, &address, &why))
        return diags_error(value->diags, value->at, "%s: \"%s\" %s", value->owner, text, why);
    texts_add(out, text);
    return 0;
}

static const struct option_type types[] = {
    {"text", false, CONFIG_OPTION_PLAIN, resolve_text},
    {"int", false, CONFIG_OPTION_PLAIN, resolve_int},
    {"bool", false, CONFIG_OPTION_PLAIN, resolve_bool},
    {"duration", false, CONFIG_OPTION_PLAIN, resolve_duration},
    {"size", false, CONFIG_OPTION_PLAIN, resolve_size},
    {"choice", false, CONFIG_OPTION_PLAIN, resolve_choice},
    {"path", false, CONFIG_OPTION_PATH, resolve_path},
    {"texts", true, CONFIG_OPTION_PLAIN, resolve_text},
    {"paths", true, CONFIG_OPTION_PATH, resolve_paths},
    {"secret", false, CONFIG_OPTION_SECRET, resolve_secret},
    {"command", true, CONFIG_OPTION_COMMAND, resolve_command},
    {"output", false, CONFIG_OPTION_OUTPUT, resolve_output},
    {"listen", false, CONFIG_OPTION_LISTEN, resolve_listen},
};

const struct option_type *option_type_find(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LEN(types); i++) {
        if (strcmp(types[i].name, name) == 0)
            return &types[i];
    }
    return NULL;
}
