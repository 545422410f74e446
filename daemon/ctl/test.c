/* tocsinctl test: what would be found in these files, and why. No daemon, nothing is kept or told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "ctl/found.h"

enum { TEST_FOUND = 0, TEST_NOTHING = 1, TEST_ERROR = 2 };

/* Why nothing was found: every detector that can say so is asked. */
static void explain(struct found *found, const char *path)
{
    const struct config *config = found->offline->config;
    for (size_t i = 0; i < config->n_detectors && found->text; i++) {
        struct ipc_message request = {.type = IPC_EXPLAIN};
        request.explain = (struct ipc_explain){.job = 2,
                                               .plugin = (uint32_t)i,
                                               .topic = "",
                                               .source = "test",
                                               .path = path,
                                               .title = found->title,
                                               .media_type = found->media_type,
                                               .date = found->date,
                                               .text = found->text};
        if (offline_ask(found->offline, &request, found->text_fd, found_take, found) < 0)
            return;
    }
}

static void print_finding(const struct ctl *ctl, const json_t *finding)
{
    printf("  %s", ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(finding, "summary"));
    printf("%s  (", ctl_colour(ctl, CTL_PLAIN));
    ctl_print_safe(ctl_text(finding, "detector"));
    fputs(": ", stdout);
    ctl_print_safe(ctl_text(finding, "topic"));
    puts(")");
    ctl_print_quotes(ctl, 4, json_object_get(finding, "evidence"));
    ctl_print_fields(4, json_object_get(finding, "fields"));
}

static void print_text(const struct ctl *ctl, const struct found *found, const char *path)
{
    size_t n = json_array_size(found->findings);
    ctl_print_safe(path);
    putchar(':');
    if (found->problem || !n) {
        putchar(' ');
        ctl_print_safe(found->problem ? found->problem : "nothing found");
    }
    putchar('\n');
    if (found->note) {
        fputs("  ", stdout);
        ctl_print_safe(found->note);
        putchar('\n');
    }
    for (size_t i = 0; i < n; i++)
        print_finding(ctl, json_array_get(found->findings, i));
    size_t i;
    json_t *part;
    json_array_foreach(found->parts, i, part)
    {
        ctl_print_part(ctl, json_is_true(json_object_get(part, "topic")) ? 2 : 4, part);
    }
}

static json_t *result_json(const struct found *found, const char *path)
{
    char date[16];
    str_date_format((int32_t)found->date, date, sizeof(date));
    json_t *result = json_pack("{s:s, s:s, s:s, s:O, s:O}", "file", path, "title",
                               found->title ? found->title : "", "date", date, "findings",
                               found->findings, "explain", found->parts);
    if (result && found->problem)
        json_object_set_new(result, "problem", json_string(found->problem));
    if (result && found->note)
        json_object_set_new(result, "note", json_string(found->note));
    return result ? result : json_object();
}

static int test_file(const struct ctl *ctl, struct offline *offline, const char *path,
                     json_t *results)
{
    struct found found;
    int status = TEST_ERROR;
    if (found_read(&found, offline, path) == 0) {
        bool any = json_array_size(found.findings) > 0;
        if (!found.problem && !any)
            explain(&found, path);
        if (ctl->json)
            json_array_append_new(results, result_json(&found, path));
        else
            print_text(ctl, &found, path);
        status = found.problem ? TEST_ERROR : any ? TEST_FOUND : TEST_NOTHING;
    }
    found_deinit(&found);
    return status;
}

int ctl_test(struct ctl *ctl)
{
    /* Who writes a plugin looks here for what it says, too: a traceback, say. */
    log_set_level(LOG_LEVEL_NOTICE);
    struct offline offline;
    offline_init(&offline, ctl);
    int status = TEST_ERROR;
    if (found_config(&offline, ctl) == 0) {
        json_t *results = json_array();
        bool any = false, error = false;
        for (int i = 0; i < ctl->n_args; i++) {
            int one = test_file(ctl, &offline, ctl->args[i], results);
            any |= one == TEST_FOUND;
            error |= one == TEST_ERROR;
        }
        if (ctl->json)
            ctl_print_json(results);
        json_decref(results);
        status = error ? TEST_ERROR : any ? TEST_FOUND : TEST_NOTHING;
    }
    offline_deinit(&offline);
    return status;
}
