/* Commands that need no daemon: the configuration and topic files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "ctl/offline.h"

/* ---- configuration ---- */

#define DAEMON_CHECKS_MS 60000 /* it starts each plugin that is new */

static const char *const counted[] = {"folder", "detector", "notifier", "route"};

/* `result` has the file, and how many there are of each. */
static void show_good(const struct ctl *ctl, const json_t *result)
{
    if (ctl->json) {
        ctl_print_json(result);
        return;
    }
    ctl_print("%s is good: ", ctl_text(result, "file"));
    for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
        AUTO_FREE char *name = mem_printf("%ss", counted[i]);
        fputs(i ? ", " : "", stdout);
        ctl_print_count(ctl_int(result, name), counted[i]);
    }
    putchar('\n');
}

/* A daemon that runs with this file sees what its unit lets it see, and has what its unit hands it.
 * False: there is none, or it is busy. */
static bool daemon_checks(const struct ctl *ctl, const char *file, int *status)
{
    struct ctl patient = *ctl;
    patient.patience_ms = DAEMON_CHECKS_MS;
    AUTO_FREE char *why = NULL;
    json_t *answer =
        ctl_try(&patient, "config check", json_pack("{s:s}", "file", file), status, &why);
    if (!answer)
        return false;
    bool good = json_is_true(json_object_get(answer, "good"));
    ctl_print_lines(stderr, ctl_text(answer, "text"));
    json_t *result = json_pack("{s:s}", "file", file);
    for (size_t i = 0; i < ARRAY_LEN(counted); i++) {
        AUTO_FREE char *name = mem_printf("%ss", counted[i]);
        json_object_set(result, name, json_object_get(answer, name));
    }
    if (good)
        show_good(ctl, result);
    *status = good ? EX_OK : EX_CONFIG;
    json_decref(result);
    json_decref(answer);
    return true;
}

static int check_here(const struct ctl *ctl)
{
    struct offline offline;
    offline_init(&offline, ctl);
    int status = offline_config(&offline, ctl, true);
    if (status == EX_OK) {
        const struct config *config = offline.config;
        json_t *result =
            json_pack("{s:s, s:i, s:i, s:i, s:i}", "file", config->file, "folders",
                      (int)config->n_folders, "detectors", (int)config->n_detectors, "notifiers",
                      (int)config->n_notifiers, "routes", (int)config->n_routes);
        show_good(ctl, result);
        json_decref(result);
    }
    offline_deinit(&offline);
    return status;
}

int ctl_config_check(struct ctl *ctl)
{
    int status;
    AUTO_FREE char *file = ctl->config ? mem_strdup(ctl->config) : config_default_file(ctl->system);
    return daemon_checks(ctl, file, &status) ? status : check_here(ctl);
}

int ctl_config_show(struct ctl *ctl)
{
    struct offline offline;
    offline_init(&offline, ctl);
    int status = offline_config(&offline, ctl, false);
    if (status == EX_OK) {
        AUTO_BUF struct buf text = {0};
        config_print(offline.config, &text);
        if (ctl->json) {
            json_t *value =
                json_pack("{s:s, s:s}", "file", offline.config->file, "yaml", buf_text(&text));
            ctl_print_json(value);
            json_decref(value);
        } else {
            fputs(buf_text(&text), stdout);
        }
    }
    offline_deinit(&offline);
    return status;
}

/* A YAML scalar that is read as written. */
static void print_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++)
        fputs(*text == '\'' ? "''" : (char[]){*text, '\0'}, out);
    fputc('\'', out);
}

/* The machine's service has no desktop. */
static void write_first_config(FILE *out, const char *dir, const char *topics, bool system)
{
    fputs("# tocsin's configuration; tocsin.yaml(5) explains every option.\n"
          "# After a change: tocsinctl config check && tocsinctl reload\n"
          "folders:\n"
          "  documents:\n"
          "    path: ",
          out);
    print_quoted(out, dir);
    fputs("\n"
          "    # What is there already is taken as known; use `all` to hear of it, too.\n"
          "    first-start: baseline\n"
          "detectors:\n"
          "  topics:\n"
          "    options:\n"
          "      files: ",
          out);
    print_quoted(out, topics);
    fprintf(out, "\nnotifiers:\n  %s:\n", system ? "journal" : "desktop");
}

static const char first_topics[] = "# What you care about; tocsin-query(7) explains the language.\n"
                                   "# Try it on a document: tocsinctl test FILE\n"
                                   "topics:\n"
                                   "  example:\n"
                                   "    query: >\n"
                                   "      \"annual report\" OR (budget AND (vote OR decision))\n"
                                   "    severity: normal\n";

/* A person's is private; the machine's is read by the user of the service. */
static mode_t mode_of(const struct ctl *ctl, mode_t rights)
{
    return ctl->system ? rights : rights & 0700;
}

/* Makes a file that is not there yet. */
static FILE *make_file(const struct ctl *ctl, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (!out)
        ctl_complain("%s: %s%s", path, strerror(errno),
                     errno == EEXIST ? "; it is left as it is" : "");
    else if (fchmod(fd, mode_of(ctl, 0644)) < 0)
        ctl_complain("%s: %s", path, strerror(errno));
    return out;
}

static int make_parents(const struct ctl *ctl, const char *path)
{
    AUTO_FREE char *copy = mem_strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(copy, 0700) == 0;
        if ((!made && errno != EEXIST) || (made && chmod(copy, mode_of(ctl, 0755)) < 0)) {
            ctl_complain("%s: %s", copy, strerror(errno));
            return -1;
        }
        *slash = '/';
    }
    return 0;
}

int ctl_config_init(struct ctl *ctl)
{
    char dir[PATH_MAX];
    struct stat st;
    bool there = realpath(ctl->args[0], dir) && stat(dir, &st) == 0;
    if (!there || !S_ISDIR(st.st_mode)) {
        ctl_complain("%s: no folder that can be watched (%s)", ctl->args[0],
                     strerror(there ? ENOTDIR : errno));
        return EX_NOINPUT;
    }
    AUTO_FREE char *file = ctl->config ? mem_strdup(ctl->config) : config_default_file(ctl->system);
    AUTO_FREE char *folder = mem_strdup(file);
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    AUTO_FREE char *topics = mem_printf("%s/topics.d/first.yaml", slash ? folder : ".");
    if (make_parents(ctl, file) < 0 || make_parents(ctl, topics) < 0)
        return EX_CANTCREAT;
    FILE *out = make_file(ctl, file);
    if (!out)
        return EX_CANTCREAT;
    write_first_config(out, dir, "topics.d/*.yaml", ctl->system);
    bool bad = fclose(out) != 0;
    out = access(topics, F_OK) == 0 ? NULL : make_file(ctl, topics);
    if (out) {
        fputs(first_topics, out);
        bad |= fclose(out) != 0;
    }
    if (bad) {
        ctl_complain("%s: %s", file, strerror(errno));
        return EX_IOERR;
    }
    if (ctl->json) {
        json_t *result = json_pack("{s:s, s:s}", "config", file, "topics", topics);
        ctl_print_json(result);
        json_decref(result);
    } else {
        ctl_print(
            "wrote %s and %s\nnext: write your topics there, then `systemctl %sstart tocsin`\n",
            file, topics, ctl->system ? "" : "--user ");
    }
    return EX_OK;
}
