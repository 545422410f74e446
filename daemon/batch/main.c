/* tocsin-topics: reads the command line; see batch.h. */
#include <getopt.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/str.h"
#include "batch/batch.h"

#define JOBS_MAX 256

static const char usage[] =
    "usage: tocsinctl topic check [--lists FILE]... [--json] FILE...\n"
    "       tocsinctl topic tree [--lists FILE]... [--json] FILE...\n"
    "       tocsinctl topic test [--json] FILE|DIR...\n"
    "       tocsinctl topic match --topics FILE... [--lists FILE]... [--jobs N] [--stats]\n"
    "                 DIR|FILE...\n";

static const struct command {
    const char *name;
    int (*run)(const struct batch *batch);
} commands[] = {{"check", batch_check},
                {"tree", batch_tree},
                {"match", batch_match},
                {"test", batch_test},
                {"backtest", batch_backtest}};

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(commands); i++)
        if (str_equal(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static bool read_jobs(struct batch *batch, const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    batch->jobs = (int)n;
    return *text && !*end && n >= 1 && n <= JOBS_MAX;
}

static bool read_options(struct batch *batch, int argc, char **argv)
{
    static const struct option options[] = {{"topics", required_argument, NULL, 't'},
                                            {"lists", required_argument, NULL, 'l'},
                                            {"jobs", required_argument, NULL, 'j'},
                                            {"stats", no_argument, NULL, 's'},
                                            {"json", no_argument, NULL, 'o'},
                                            {"only", required_argument, NULL, 'y'},
                                            {NULL, 0, NULL, 0}};
    int c;
    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == 't')
            batch->topics[batch->n_topics++] = optarg;
        else if (c == 'l')
            batch->lists[batch->n_lists++] = optarg;
        else if (c == 'y')
            batch->only[batch->n_only++] = optarg;
        else if (c == 's')
            batch->stats = true;
        else if (c == 'o')
            batch->json = true;
        else if (c != 'j' || !read_jobs(batch, optarg))
            return false;
    }
    for (int i = optind; i < argc; i++)
        batch->paths[batch->n_paths++] = argv[i];
    return true;
}

/* `match` has topics and documents, `backtest` topics alone, the others have files of topics. */
static bool is_whole(const struct batch *batch, const struct command *command)
{
    bool has_topics = batch->n_topics > 0;
    if (command->run == batch_backtest)
        return has_topics && !batch->n_paths;
    return batch->n_paths > 0 && has_topics == (command->run == batch_match);
}

int main(int argc, char **argv)
{
    log_init("tocsinctl", LOG_LEVEL_WARNING);
    size_t room = (size_t)argc + 1;
    struct batch batch = {.jobs = 1,
                          .topics = NEW_N(const char *, room),
                          .lists = NEW_N(const char *, room),
                          .only = NEW_N(const char *, room),
                          .paths = NEW_N(const char *, room)};
    const struct command *command = argc > 1 ? find_command(argv[1]) : NULL;
    int status = EX_USAGE;
    if (command && read_options(&batch, argc - 1, argv + 1) && is_whole(&batch, command))
        status = command->run(&batch);
    else
        fputs(usage, stderr);
    if (fflush(stdout) != 0 || ferror(stdout))
        status = EX_IOERR;
    free(batch.topics);
    free(batch.lists);
    free(batch.only);
    free(batch.paths);
    return status;
}
