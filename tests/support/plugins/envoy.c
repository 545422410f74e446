/*
 * A notifier with the powers of the network that does, in place of a delivery, the deed that its
 * option names, and logs how it went: "done" or the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/plugin.h>

/* Each gives 0 when it could do it, else an errno. */

static int closed(int fd)
{
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int do_read(const char *path)
{
    return closed(open(path, O_RDONLY | O_CLOEXEC));
}

static int do_write(const char *path)
{
    return closed(open(path, O_WRONLY | O_CLOEXEC));
}

static int do_unix(const char *path)
{
    (void)path;
    return closed(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/* Half of a pair, turned to somebody else. */
static int do_turned_pair(const char *path)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) < 0)
        return errno;
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    strncpy(to.sun_path, path, sizeof(to.sun_path) - 1);
    int result = connect(pair[0], (struct sockaddr *)&to, sizeof(to)) < 0 ? errno : 0;
    close(pair[0]);
    close(pair[1]);
    return result == ECONNREFUSED ? 0 : result; /* a file that nobody listens at: it got there */
}

static int do_pair(const char *path)
{
    (void)path;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
        return errno;
    close(pair[0]);
    close(pair[1]);
    return 0;
}

static int do_netlink(const char *path)
{
    (void)path;
    return closed(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
}

static int do_inet(const char *path)
{
    (void)path;
    int result = closed(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return result ? result : closed(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int do_bind(const char *path)
{
    (void)path;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ? errno : 0;
    close(fd);
    return result;
}

/* Without a bind: the kernel chooses a port. */
static int do_listen(const char *path)
{
    (void)path;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = listen(fd, 1) < 0 ? errno : 0;
    close(fd);
    return result;
}

static int do_resolve(const char *path)
{
    (void)path;
    struct addrinfo *found = NULL, wanted = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
    int result = getaddrinfo("localhost", "https", &wanted, &found);
    if (result == 0)
        freeaddrinfo(found);
    return result ? EHOSTUNREACH : 0;
}

static int do_exec(const char *path)
{
    (void)path;
    char *const argv[] = {NULL};
    execv("/nonexistent/program", argv);
    return errno == ENOENT ? 0 : errno;
}

static int do_fork(const char *path)
{
    (void)path;
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(const char *path);
} deeds[] = {
    {"read", do_read},
    {"write", do_write},
    {"unix", do_unix},
    {"pair", do_pair},
    {"turned-pair", do_turned_pair},
    {"inet", do_inet},
    {"netlink", do_netlink},
    {"bind", do_bind},
    {"resolve", do_resolve},
    {"listen", do_listen},
    {"exec", do_exec},
    {"fork", do_fork},
};

static int envoy_init(struct tocsin_instance *instance, void **state)
{
    *state = instance;
    return 0;
}

static enum tocsin_result envoy_notify(void *state, const struct tocsin_delivery *delivery,
                                       struct tocsin_outcome *outcome)
{
    (void)delivery;
    (void)outcome;
    struct tocsin_instance *instance = state;
    const char *path = tocsin_option_text(instance, "path");
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
        if (strcmp(deeds[i].name, tocsin_option_text(instance, "deed")) != 0)
            continue;
        /* Written with a '@' before it, so that the sandbox does not take it for an option's. */
        int result = deeds[i].run(path && *path == '@' ? path + 1 : path);
        tocsin_log(instance, TOCSIN_NOTICE, "%s: %s", deeds[i].name,
                   result ? strerror(result) : "done");
    }
    return TOCSIN_OK;
}

static const struct tocsin_option options[] = {
    {.name = "deed", .type = TOCSIN_OPTION_TEXT, .help = "what to do"},
    {.name = "path", .type = TOCSIN_OPTION_TEXT, .help = "of the file to do it with"},
    {.name = NULL},
};

static const struct tocsin_notifier notifier = {
    .size = sizeof(struct tocsin_notifier),
    .powers = TOCSIN_POWERS_NETWORK,
    .init = envoy_init,
    .notify = envoy_notify,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "envoy",
    .version = "1",        .summary = "does what a notifier with the network must not do",
    .licence = "ISC",      .options = options,
    .notifier = &notifier,
};
