/* Documents: which there are, one whole, and forgetting one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/url.h"
#include "config/path.h"
#include "ctl/ctl.h"

#define DOCUMENTS_MAX 1000 /* in one list */

/* The whole path with links followed, as far as it is still there. The caller frees it. */
static char *real_path(const char *path)
{
    char *real = realpath(path, NULL);
    if (real)
        return real;
    AUTO_FREE char *copy = mem_strdup(path);
    char *slash = strrchr(copy, '/');
    const char *name = slash ? slash + 1 : copy;
    if (slash)
        *slash = '\0';
    AUTO_FREE char *folder = realpath(!slash ? "." : *copy ? copy : "/", NULL);
    return folder ? mem_printf("%s/%s", folder, name) : mem_strdup(path);
}

/* As text, or if it is none as a URL. */
static json_t *path_json(const char *path)
{
    json_t *text = json_string(path);
    AUTO_FREE char *url = text ? NULL : url_of_file(path);
    return text ? text : json_string(url);
}

json_t *ctl_document_args(const char *given)
{
    /* The daemon knows a path as it was found below its folder: links may stand before that or not.
     */
    AUTO_FREE char *here = getcwd(NULL, 0), *below = mem_printf("%s/.", here ? here : "");
    const char *why;
    AUTO_FREE char *whole = path_absolute(below, given, &why), *real = real_path(given);
    int64_t number;
    if (str_int_parse(given, &number) || url_is_of_file(given) || !whole)
        return json_pack("{s:o}", "document", path_json(given));
    return json_pack("{s:o, s:o}", "document", path_json(whole), "real", path_json(real));
}

/* ---- files that never become one ---- */

static const char *kind_of_special(const struct stat *st)
{
    switch (st->st_mode & S_IFMT) {
    case S_IFIFO:
        return "FIFO";
    case S_IFSOCK:
        return "socket";
    case S_IFDIR:
        return "directory";
    default:
        return "device";
    }
}

static void explain_special(const char *path)
{
    struct stat itself, target;
    if (lstat(path, &itself) < 0 || S_ISREG(itself.st_mode))
        return;
    if (!S_ISLNK(itself.st_mode))
        ctl_complain("%s is a %s, and only regular files are read", path, kind_of_special(&itself));
    else if (stat(path, &target) < 0)
        ctl_complain("%s is a symbolic link that leads nowhere", path);
    else
        ctl_complain("%s is a symbolic link: those are followed with follow-symlinks: yes", path);
}

int ctl_ask_of_document(struct ctl *ctl, const char *verb, json_t *args,
                        void (*show)(const struct ctl *ctl, const json_t *result))
{
    int status = ctl_ask_and_show(ctl, verb, args, show);
    if (status == EX_DATAERR)
        explain_special(ctl->args[0]);
    return status;
}

/* ---- list ---- */

static void show_unread(const struct ctl *ctl, const json_t *list)
{
    static const char *const columns[] = {"source", "path", "status", "note"};
    if (json_array_size(list))
        ctl_print_table(ctl, list, columns, ARRAY_LEN(columns));
    else
        puts("every file could be read");
}

static json_t *row_of(const json_t *document)
{
    char date[16], seen[32];
    str_date_format((int32_t)ctl_int(document, "date"), date, sizeof(date));
    ctl_format_time(ctl_int(document, "seen_ms"), seen, sizeof(seen));
    bool forgotten = ctl_int(document, "forgotten_ms") != 0;
    return json_pack(
        "{s:O, s:O, s:O, s:O, s:O, s:s, s:s, s:s}", "document",
        json_object_get(document, "document"), "source", json_object_get(document, "source"),
        "state", json_object_get(document, "state"), "versions",
        json_object_get(document, "versions"), "path", json_object_get(document, "path"), "date",
        date, "last_seen", seen, "title", forgotten ? "(forgotten)" : ctl_text(document, "title"));
}

static void show_documents(const struct ctl *ctl, const json_t *list)
{
    static const char *const columns[] = {"document", "source",    "state", "versions",
                                          "date",     "last_seen", "path",  "title"};
    json_t *rows = json_array(), *document;
    size_t i;
    json_array_foreach(list, i, document)
    {
        json_array_append_new(rows, row_of(document));
    }
    if (json_array_size(rows))
        ctl_print_table(ctl, rows, columns, ARRAY_LEN(columns));
    else
        puts("no documents");
    json_decref(rows);
}

static void show_list(const struct ctl *ctl, const json_t *list)
{
    if (ctl->n_args && str_equal(ctl->args[0], "unread"))
        show_unread(ctl, list);
    else
        show_documents(ctl, list);
    if (json_array_size(list) >= DOCUMENTS_MAX)
        printf("(only the latest %d are listed)\n", DOCUMENTS_MAX);
}

int ctl_document_list(struct ctl *ctl)
{
    return ctl_ask_and_show(ctl, "document list",
                            json_pack("{s:s*, s:i}", "which", ctl->n_args ? ctl->args[0] : NULL,
                                      "limit", DOCUMENTS_MAX),
                            show_list);
}

/* ---- show ---- */

static void show_head(const struct ctl *ctl, const json_t *document)
{
    const json_t *unread = json_object_get(document, "unread");
    const char *file = ctl_text(document, "file");
    printf("%sdocument %lld%s  ", ctl_colour(ctl, CTL_BOLD),
           (long long)ctl_int(document, "document"), ctl_colour(ctl, CTL_PLAIN));
    ctl_print("%s", *file ? file : ctl_text(document, "path"));
    printf("\n  %s, folder ", ctl_text(document, "state"));
    ctl_print("%s", ctl_text(document, "source"));
    fputs(", known since ", stdout);
    ctl_print_time(ctl_int(document, "added_ms"));
    if (ctl_int(document, "removed_ms")) {
        fputs(", removed ", stdout);
        ctl_print_time(ctl_int(document, "removed_ms"));
    }
    putchar('\n');
    if (json_is_object(unread))
        ctl_print("  its file as it is now could not be read: %s%s%s\n", ctl_text(unread, "status"),
                  *ctl_text(unread, "note") ? ": " : "", ctl_text(unread, "note"));
}

static void show_version(const json_t *version)
{
    printf("    %lld  ", (long long)ctl_int(version, "version"));
    ctl_print_time(ctl_int(version, "seen_ms"));
    fputs("  ", stdout);
    ctl_print_date(version);
    printf(", %lld bytes, ", (long long)ctl_int(version, "size"));
    if (ctl_int(version, "forgotten_ms")) {
        fputs("forgotten ", stdout);
        ctl_print_time(ctl_int(version, "forgotten_ms"));
    } else {
        ctl_print("%s, %s: “%s”", ctl_text(version, "media_type"),
                  json_is_true(json_object_get(version, "archived")) ? "text in the archive"
                                                                     : "text not kept any more",
                  ctl_text(version, "title"));
    }
    putchar('\n');
}

static void show_versions(const json_t *document)
{
    const json_t *latest = json_object_get(document, "latest");
    long long n = (long long)ctl_int(document, "versions");
    size_t i;
    json_t *version;
    printf("  %lld version%s", n, n == 1 ? "" : "s");
    if ((size_t)n > json_array_size(latest))
        printf(", the latest %zu", json_array_size(latest));
    puts(":");
    json_array_foreach(latest, i, version)
    {
        show_version(version);
    }
}

static void show_findings(const struct ctl *ctl, const json_t *findings)
{
    size_t i;
    json_t *finding;
    puts(json_array_size(findings) ? "  found (version, alert):" : "  nothing was found in it");
    json_array_foreach(findings, i, finding)
    {
        ctl_print("    %lld  %.8s  %s  (%s: %s, %s)\n", (long long)ctl_int(finding, "version"),
                  ctl_text(finding, "alert"), ctl_text(finding, "summary"),
                  ctl_text(finding, "detector"), ctl_text(finding, "topic"),
                  ctl_text(finding, "state"));
        ctl_print_outcome(ctl, 6, finding);
    }
}

static void show_pending(const json_t *pending)
{
    size_t i;
    json_t *entry;
    json_array_foreach(pending, i, entry)
    {
        bool quarantined = ctl_int(entry, "quarantined_ms") != 0;
        ctl_print("  version %lld: detector %s %s", (long long)ctl_int(entry, "version"),
                  ctl_text(entry, "detector"),
                  quarantined ? "is not asked any more, quarantined" : "has not judged it yet");
        if (*ctl_text(entry, "reason"))
            ctl_print(": %s", ctl_text(entry, "reason"));
        putchar('\n');
    }
}

static void show_document(const struct ctl *ctl, const json_t *document)
{
    show_head(ctl, document);
    show_versions(document);
    show_findings(ctl, json_object_get(document, "findings"));
    show_pending(json_object_get(document, "pending"));
}

int ctl_document_show(struct ctl *ctl)
{
    return ctl_ask_of_document(ctl, "document show", ctl_document_args(ctl->args[0]),
                               show_document);
}

/* ---- forget ---- */

static void show_forgotten(const struct ctl *ctl, const json_t *result)
{
    static const char *const what[] = {"version", "text", "finding", "alert"};
    static const char *const keys[] = {"versions", "texts", "findings", "alerts"};
    (void)ctl;
    printf("forgot document %lld: ", (long long)ctl_int(result, "document"));
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        ctl_print_count(ctl_int(result, keys[i]), what[i]);
        fputs(", ", stdout);
    }
    long long cancelled = (long long)ctl_int(result, "cancelled");
    printf("%lld %s cancelled\n", cancelled, cancelled == 1 ? "delivery" : "deliveries");
}

int ctl_document_forget(struct ctl *ctl)
{
    return ctl_ask_of_document(ctl, "document forget", ctl_document_args(ctl->args[0]),
                               show_forgotten);
}
