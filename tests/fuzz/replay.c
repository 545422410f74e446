/*
 * The plain main of every fuzz target: hands it each file of the directories in argv, one case of
 * TAP a file. Without arguments, the corpus in the tree that bears the target's name: fuzz_config
 * takes corpus/config. What a target finds wrong ends the program, and with it the list.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay_file(const char *path)
{
    AUTO_BUF struct buf bytes = {0};
    FILE *file = fopen(path, "re");
    if (!file)
        log_fatal("cannot open %s", path);
    size_t n;
    while ((n = fread(buf_reserve(&bytes, 4096), 1, 4096, file)) > 0)
        bytes.len += n;
    fclose(file);
    /* A block of just this size, so that a sanitizer sees a read behind its end. */
    AUTO_FREE uint8_t *exact = mem_copy(buf_text(&bytes), bytes.len);
    LLVMFuzzerTestOneInput(exact, bytes.len);
}

/* Returns the number of cases so far. */
static int replay_folder(const char *dir, int n)
{
    struct dirent **entries = NULL;
    int found = scandir(dir, &entries, is_visible, alphasort);
    if (found <= 0)
        log_fatal("no corpus in %s", dir);
    for (int i = 0; i < found; i++) {
        AUTO_FREE char *path = mem_printf("%s/%s", dir, entries[i]->d_name);
        replay_file(path);
        printf("ok %d - %s\n", ++n, entries[i]->d_name);
        fflush(stdout);
        free(entries[i]);
    }
    free(entries);
    return n;
}

int main(int argc, char **argv)
{
    int n = 0;
    for (int i = 1; i < argc; i++)
        n = replay_folder(argv[i], n);
    if (argc < 2) {
        const char *top = getenv("TOCSIN_SRCDIR"),
                   *name = strstr(program_invocation_short_name, "fuzz_");
        AUTO_FREE char *dir = mem_printf("%s/tests/fuzz/corpus/%s", top ? top : ".",
                                         name ? name + strlen("fuzz_") : "");
        n = replay_folder(dir, n);
    }
    printf("1..%d\n", n);
    return 0;
}
