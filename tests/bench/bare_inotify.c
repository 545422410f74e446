/*
 * The least that could work, as a rival for tests/bench/daemon.py: one inotify loop that reads
 * every file whose writer closed it, looks for a word, and prints its name. It keeps nothing,
 * survives nothing and tells once only by luck.
 *
 * usage: bare_inotify DIR WORD
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

static void look(int dir, const char *name, const char *word)
{
    char text[65536];
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text));
    if (fd >= 0)
        close(fd);
    if (n > 0 && memmem(text, (size_t)n, word, strlen(word))) {
        puts(name);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 64;
    int dir = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int notify = inotify_init1(IN_CLOEXEC);
    if (dir < 0 || notify < 0 || inotify_add_watch(notify, argv[1], IN_CLOSE_WRITE) < 0) {
        perror(argv[1]);
        return 71;
    }
    puts("ready");
    fflush(stdout);
    _Alignas(struct inotify_event) char events[16384];
    for (ssize_t n; (n = read(notify, events, sizeof(events))) > 0;) {
        for (char *at = events; at < events + n;) {
            const struct inotify_event *event = (const struct inotify_event *)(void *)at;
            if (event->len)
                look(dir, event->name, argv[2]);
            at += sizeof(*event) + event->len;
        }
    }
    return 0;
}
