/*
 * tocsinctl topic backtest: what topics would have rung for; and topic backfill, which has the
 * daemon ring for it. For a backtest the daemon hands over its archive part by part; tocsin-topics,
 * which this program starts, holds the topics against it. So neither the daemon's loop nor its
 * hosts have anything to do with it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/str.h"
#include "config/path.h"
#include "ctl/ctl.h"

#define SINCE_DEFAULT_MS (INT64_C(90) * 86400000)

/* ---- which topics ---- */

static bool is_file(const char *name)
{
    return str_ends(name, ".yaml") || str_ends(name, ".jsonl") || str_ends(name, ".tsv");
}

static void add_once(struct config_texts *argv, const char *file)
{
    for (size_t i = 0; i < argv->n; i++)
        if (str_equal(argv->items[i], file))
            return;
    texts_add(argv, "--topics");
    texts_add(argv, file);
}

/* The files of topics in force; only those that hold the topic of that name, unless it is NULL.
 * False: none does. */
static bool add_in_force(struct config_texts *argv, const json_t *topics, const char *name)
{
    size_t i;
    json_t *topic;
    bool found = false;
    json_array_foreach(topics, i, topic)
    {
        if (name && !str_equal(name, ctl_text(topic, "name")))
            continue;
        if (!*ctl_text(topic, "file")) /* a detector of another kind has it */
            continue;
        found = true;
        add_once(argv, ctl_text(topic, "file"));
    }
    if (found && name) {
        texts_add(argv, "--only");
        texts_add(argv, name);
    }
    return found;
}

static int add_topics(struct ctl *ctl, struct config_texts *argv)
{
    bool all_files = ctl->n_args > 0;
    for (int i = 0; i < ctl->n_args; i++)
        all_files &= is_file(ctl->args[i]);
    int status = EX_OK;
    json_t *topics = all_files ? NULL : ctl_ask(ctl, "topic list", NULL, &status);
    if (!all_files && !topics)
        return status;
    for (int i = 0; i < ctl->n_args && status == EX_OK; i++) {
        if (is_file(ctl->args[i])) {
            add_once(argv, ctl->args[i]);
        } else if (!add_in_force(argv, topics, ctl->args[i])) {
            ctl_complain("there is no topic \"%s\"", ctl->args[i]);
            status = EX_DATAERR;
        }
    }
    if (!ctl->n_args && !add_in_force(argv, topics, NULL)) {
        ctl_complain("there are no topics");
        status = EX_DATAERR;
    }
    json_decref(topics);
    return status;
}

/* ---- the archive ---- */

static void say_progress(int64_t n, int64_t of)
{
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r%lld of %lld versions%s", (long long)n, (long long)of,
                n >= of ? "\n" : "");
}

static bool write_versions(FILE *to, const json_t *versions, int64_t *last)
{
    size_t i;
    json_t *version;
    json_array_foreach(versions, i, version)
    {
        *last = ctl_int(version, "version");
        if (json_dumpf(version, to, JSON_COMPACT) < 0 || putc('\n', to) == EOF)
            return false;
    }
    return true;
}

/* All parts, one after the other. */
static int hand_over(struct ctl *ctl, int64_t since_ms, FILE *to)
{
    int64_t last = 0, n = 0, of = 0;
    size_t got = 1;
    while (got) {
        int status;
        json_t *part = ctl_ask(
            ctl, "document texts",
            json_pack("{s:I, s:I}", "after", (json_int_t)last, "since_ms", (json_int_t)since_ms),
            &status);
        if (!part)
            return status;
        const json_t *versions = json_object_get(part, "versions");
        of = n ? of : ctl_int(part, "of");
        got = json_array_size(versions);
        n += (int64_t)got;
        bool written = write_versions(to, versions, &last);
        json_decref(part);
        if (!written)
            return EX_IOERR; /* the other end says why */
        if (got)
            say_progress(n, of);
    }
    return EX_OK;
}

/* ---- the program ---- */

static pid_t start(const char *program, const struct config_texts *argv, FILE **to)
{
    int ends[2];
    if (pipe(ends) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[0], STDIN_FILENO);
        close(ends[0]);
        close(ends[1]);
        execv(program, (char *const *)(uintptr_t)argv->items);
        ctl_complain("%s cannot be started: %s", program, strerror(errno));
        _exit(EX_UNAVAILABLE);
    }
    close(ends[0]);
    *to = fdopen(ends[1], "w");
    return *to ? child : -1;
}

/* When it could not be written to, it has said why, and its status counts. */
static int finish(pid_t child, FILE *to, int status)
{
    int ended = 0;
    bool is_cut_short = status != EX_OK && status != EX_IOERR;
    if (is_cut_short)
        kill(child, SIGTERM); /* nothing is to be said of a part of the archive */
    fclose(to);
    if (waitpid(child, &ended, 0) < 0)
        return EX_OSERR;
    if (is_cut_short)
        return status;
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : EX_SOFTWARE;
}

static int run(struct ctl *ctl, const struct config_texts *argv, int64_t since_ms)
{
    AUTO_FREE char *program = ctl_topics_program(ctl);
    FILE *to = NULL;
    signal(SIGPIPE, SIG_IGN);
    pid_t child = start(program, argv, &to);
    if (child < 0) {
        ctl_complain("%s cannot be started: %s", program, strerror(errno));
        return EX_OSERR;
    }
    return finish(child, to, hand_over(ctl, since_ms, to));
}

/* --since, or what *since_ms is. */
static bool read_since(const struct ctl *ctl, int64_t *since_ms)
{
    if (!ctl->since || ctl_moment_parse(ctl->since, since_ms))
        return true;
    ctl_complain("\"%s\" is no time: write how long ago (90d), or a day (2026-06-13)", ctl->since);
    return false;
}

int ctl_topic_backtest(struct ctl *ctl)
{
    int64_t since_ms = ctl_now_ms() - SINCE_DEFAULT_MS;
    if (!ctl_args_are_utf8(ctl) || !read_since(ctl, &since_ms))
        return EX_USAGE;
    struct config_texts argv = {0};
    texts_add(&argv, "tocsinctl");
    texts_add(&argv, "backtest");
    if (ctl->json)
        texts_add(&argv, "--json");
    if (ctl->lists) {
        texts_add(&argv, "--lists");
        texts_add(&argv, ctl->lists);
    }
    int status = add_topics(ctl, &argv);
    if (status == EX_OK)
        status = run(ctl, &argv, since_ms);
    texts_deinit(&argv);
    return status;
}

static void show_backfill(const struct ctl *ctl, const json_t *result)
{
    printf("looking for %s in ", ctl->args[0]);
    ctl_print_count(ctl_int(result, "versions"), "version");
    putchar('\n');
}

int ctl_topic_backfill(struct ctl *ctl)
{
    int64_t since_ms = 0;
    if (!ctl_args_are_utf8(ctl) || !read_since(ctl, &since_ms))
        return EX_USAGE;
    return ctl_ask_and_show(
        ctl, "topic backfill",
        json_pack("{s:s, s:I}", "topic", ctl->args[0], "since_ms", (json_int_t)since_ms),
        show_backfill);
}
