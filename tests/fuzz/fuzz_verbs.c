/*
 * What tocsinctl, or who speaks as it does, may ask of the daemon: its verbs, with arguments of any
 * kind, of a whole daemon (whole.h). The input is text. A line is a verb, and those after it are
 * its arguments: NAME=TEXT, NAME=@FILE for a file of the daemon's directory, NAME:=JSON. The line
 * "pass DURATION" lets time pass. Every question gets one answer, a result or a refusal that says
 * why, in the order of asking.
 */
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "require.h"
#include "whole.h"

#define LINES_MOST   16
#define PASS_MOST_MS (INT64_C(40) * 86400000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int client = -1;
static struct buf heard;
static int n_asked, n_answered;

/* ---- what is said, and what comes back ---- */

static void connect_client(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    AUTO_FREE char *path = whole_place("control");
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    require(client >= 0 &&
            connect(client, (const struct sockaddr *)&address, sizeof(address)) == 0);
    n_asked = n_answered = 0;
}

static void check_line(const char *line, size_t len)
{
    json_t *said = json_loadb(line, len, 0, NULL);
    json_t *error = json_object_get(said, "error");
    require(json_object_size(said) == 2);
    if (!json_object_get(said, "event"))
        require(json_integer_value(json_object_get(said, "id")) == ++n_answered);
    if (error) {
        json_int_t code = json_integer_value(json_object_get(error, "code"));
        require(code >= EX__BASE && code <= EX__MAX);
        require(*json_string_value(json_object_get(error, "message")));
    } else {
        require(json_object_get(said, "event") || json_object_get(said, "result"));
    }
    json_decref(said);
}

static void hear_answers(void)
{
    ssize_t n;
    const char *newline;
    while ((n = recv(client, buf_reserve(&heard, 65536), 65536, MSG_DONTWAIT)) > 0)
        heard.len += (size_t)n;
    require(n < 0); /* it does not hang up */
    while (heard.len && (newline = memchr(heard.data, '\n', heard.len))) {
        size_t len = (size_t)(newline - heard.data);
        check_line(heard.data, len);
        buf_consume(&heard, len + 1);
    }
}

static bool is_answered(void)
{
    hear_answers();
    return n_answered == n_asked;
}

/* Takes args. */
static void ask(const char *verb, json_t *args)
{
    json_t *question = json_pack("{s:i, s:i, s:s, s:o}", "tocsin", CONTROL_VERSION, "id",
                                 n_asked + 1, "verb", verb, "args", args);
    AUTO_FREE char *line = json_dumps(question, JSON_COMPACT);
    require(line && send(client, line, strlen(line), MSG_NOSIGNAL) == (ssize_t)strlen(line) &&
            send(client, "\n", 1, MSG_NOSIGNAL) == 1);
    n_asked++;
    require(whole_wait(is_answered));
    json_decref(question);
}

/* ---- the input as questions ---- */

static bool is_argument(const char *rest)
{
    return rest && rest[strcspn(rest, "=\n")] == '=';
}

/* What is no JSON, or no text for it, is nothing that could be sent. */
static void add_argument(json_t *args, char *line)
{
    char *equals = strchr(line, '='), *value = equals + 1;
    bool is_json = equals > line && equals[-1] == ':';
    AUTO_FREE char *path = *value == '@' ? whole_place(value + 1) : NULL;
    equals[is_json ? -1 : 0] = '\0';
    json_object_set_new(args, line,
                        is_json ? json_loads(value, JSON_DECODE_ANY, NULL)
                                : json_string(path ? path : value));
}

static void pass(const char *duration)
{
    int64_t ms;
    if (str_duration_parse(duration, &ms) && ms <= PASS_MOST_MS)
        whole_pass(ms);
}

static void do_line(const char *line, char **rest)
{
    json_t *args = json_object();
    while (is_argument(*rest))
        add_argument(args, strsep(rest, "\n"));
    if (str_starts(line, "pass ")) {
        pass(line + strlen("pass "));
        json_decref(args);
    } else if (is_utf8(line, strlen(line))) {
        ask(line, args);
    } else {
        json_decref(args);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    log_set_level(LOG_LEVEL_ERROR);
    whole_start();
    connect_client();
    AUTO_FREE char *text = mem_strndup((const char *)data, size);
    char *rest = text, *line;
    for (int n = 0; n < LINES_MOST && (line = strsep(&rest, "\n")); n++)
        if (*line)
            do_line(line, &rest);
    fd_close(&client);
    buf_deinit(&heard);
    whole_stop();
    return 0;
}
