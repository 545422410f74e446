/* What notifiers of files and of the journal do in tests; see culprit.h. */
#include "culprit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <tocsin/output.h>

#include "deeds.h"

#define LARGE ((size_t)1024 * 1024) /* more than a packet */

struct culprit {
    struct tocsin_instance *instance;
    const char *deed, *path;
};

/* ---- what its powers are for ---- */

static int write_a_line(int fd)
{
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 || fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 5) < 0 ||
        write(fd, "line\n", 5) != 5 || fdatasync(fd) < 0 || ftruncate(fd, 5) < 0)
        return errno;
    return 0;
}

/* Making holes in it is not among them. */
static int punch(int fd)
{
    return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096) < 0 ? errno : 0;
}

static int with_output(struct tocsin_instance *instance, int (*use)(int fd))
{
    int fd = tocsin_output_open(instance, "out");
    if (fd < 0)
        return errno;
    int result = use(fd);
    close(fd);
    return result;
}

static int tell(struct tocsin_instance *instance, size_t len)
{
    char *value = malloc(len + 1);
    if (!value)
        return ENOMEM;
    memset(value, 'x', len);
    value[len] = '\0';
    const struct tocsin_journal_field fields[] = {
        {"MESSAGE", "a culprit"}, {"SYSLOG_IDENTIFIER", "tocsin-culprit"}, {"TOCSIN_VALUE", value}};
    int result = tocsin_journal_tell(instance, fields, 3) < 0 ? errno : 0;
    free(value);
    return result;
}

static int do_own(const struct culprit *culprit)
{
    if (strcmp(culprit->deed, "own") == 0)
        return with_output(culprit->instance, write_a_line);
    if (strcmp(culprit->deed, "punch") == 0)
        return with_output(culprit->instance, punch);
    if (strcmp(culprit->deed, "tell") == 0)
        return tell(culprit->instance, 1);
    if (strcmp(culprit->deed, "tell-large") == 0)
        return tell(culprit->instance, LARGE);
    return deed_do(culprit->deed, culprit->path);
}

/* ---- the plugin ---- */

int culprit_init(struct tocsin_instance *instance, void **state)
{
    static struct culprit culprit;
    culprit = (struct culprit){.instance = instance,
                               .deed = tocsin_option_text(instance, "deed"),
                               .path = deed_path(tocsin_option_text(instance, "path"))};
    *state = &culprit;
    return 0;
}

enum tocsin_result culprit_notify(void *state, const struct tocsin_delivery *delivery,
                                  struct tocsin_outcome *outcome)
{
    (void)delivery, (void)outcome;
    const struct culprit *culprit = state;
    int result = do_own(culprit);
    tocsin_log(culprit->instance, TOCSIN_NOTICE, "%s: %s", culprit->deed,
               result ? strerror(result) : "done");
    return TOCSIN_OK;
}

const struct tocsin_option culprit_options[] = {
    {.name = "deed", .type = TOCSIN_OPTION_TEXT, .required = true, .help = "what to do"},
    {.name = "path", .type = TOCSIN_OPTION_TEXT, .help = "of the file to misuse"},
    {.name = "out", .type = TOCSIN_OPTION_OUTPUT, .help = "a file to append to"},
    {.name = NULL},
};
