/* See test_fixture.h. */
#include "config/test_fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

struct fixture *fixture_new(void)
{
    struct fixture *fixture = NEW(struct fixture);
    const char *tmp = getenv("TMPDIR");
    AUTO_FREE char *pattern = mem_printf("%s/tocsin-config-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(pattern))
        log_fatal("cannot make a directory under %s", tmp ? tmp : "/tmp");
    fixture->dir = realpath(pattern, NULL);
    fixture_mkdir(fixture, "news");
    return fixture;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

static void forget(struct fixture *fixture)
{
    config_unref(&fixture->config);
    diags_deinit(&fixture->diags);
    free(fixture->messages);
    fixture->messages = NULL;
}

void fixture_free(struct fixture **fixture)
{
    forget(*fixture);
    nftw((*fixture)->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free((*fixture)->dir);
    free((*fixture)->watched);
    free(*fixture);
    *fixture = NULL;
}

char *fixture_path(const struct fixture *fixture, const char *name)
{
    return mem_printf("%s/%s", fixture->dir, name);
}

void fixture_write(const struct fixture *fixture, const char *name, const char *text)
{
    AUTO_FREE char *path = fixture_path(fixture, name);
    FILE *file = fopen(path, "we");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        log_fatal("cannot write %s", path);
}

void fixture_mkdir(const struct fixture *fixture, const char *name)
{
    AUTO_FREE char *path = fixture_path(fixture, name);
    if (mkdir(path, 0755) < 0)
        log_fatal("cannot make %s", path);
}

const char *fixture_messages(struct fixture *fixture)
{
    AUTO_BUF struct buf printed = {0};
    struct buf out = {0};
    diags_print(&fixture->diags, &printed);
    const char *at = buf_text(&printed), *found;
    while ((found = strstr(at, fixture->dir))) {
        buf_append(&out, at, (size_t)(found - at));
        buf_putc(&out, '@');
        at = found + strlen(fixture->dir);
    }
    buf_puts(&out, at);
    free(fixture->messages);
    fixture->messages = buf_take(&out);
    return fixture->messages;
}

int fixture_load(struct fixture *fixture, const char *name)
{
    forget(fixture);
    AUTO_FREE char *path = fixture_path(fixture, name);
    const struct config_texts watched = {&fixture->watched, fixture->watched ? 1 : 0};
    int result = config_load(path, &watched, &fixture->config, &fixture->diags);
    fixture_messages(fixture);
    return result;
}

int fixture_load_text(struct fixture *fixture, const char *text)
{
    fixture_write(fixture, "tocsin.yaml", text);
    return fixture_load(fixture, "tocsin.yaml");
}
