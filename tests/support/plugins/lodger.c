/*
 * An exporter that listens as it may, and then does what exporters must not do: which deed, and
 * whether in init or later, its options say. It logs how it went: "done" or the error. Later is
 * when the daemon answers it with a page.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/plugin.h>

struct lodger {
    struct tocsin_instance *instance;
    const char *deed;
    struct sockaddr_in address;
    int listening, spare; /* the second is bound to nothing */
    pthread_t thread;
};

/* Each gives 0 when it could do it, else an errno. */

static int closed(int fd)
{
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int do_tcp(const struct lodger *lodger)
{
    (void)lodger;
    return closed(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int do_udp(const struct lodger *lodger)
{
    (void)lodger;
    return closed(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}

static int do_raw(const struct lodger *lodger)
{
    (void)lodger;
    return closed(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMPV6));
}

static int do_unix(const struct lodger *lodger)
{
    (void)lodger;
    return closed(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/* To itself, where somebody listens for sure. */
static int do_connect(const struct lodger *lodger)
{
    const struct sockaddr *address = (const struct sockaddr *)&lodger->address;
    return connect(lodger->spare, address, sizeof(lodger->address)) < 0 ? errno : 0;
}

static int do_fast_open(const struct lodger *lodger)
{
    const struct sockaddr *address = (const struct sockaddr *)&lodger->address;
    ssize_t n =
        sendto(lodger->spare, "x", 1, MSG_FASTOPEN, address, (socklen_t)sizeof(lodger->address));
    return n < 0 && errno != EINPROGRESS ? errno : 0;
}

/* Of the kernel's choice, which is another than the one that is allowed. */
static int do_bind(const struct lodger *lodger)
{
    struct sockaddr_in any = lodger->address;
    any.sin_port = 0;
    return bind(lodger->spare, (const struct sockaddr *)&any, sizeof(any)) < 0 ? errno : 0;
}

static int do_listen(const struct lodger *lodger)
{
    return listen(lodger->spare, 1) < 0 ? errno : 0;
}

static int do_accept(const struct lodger *lodger)
{
    int fd = accept4(lodger->listening, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0 && send(fd, "hello", 5, MSG_NOSIGNAL) != 5)
        return errno;
    return closed(fd);
}

static void *nothing(void *arg)
{
    return arg;
}

static int do_thread(const struct lodger *lodger)
{
    (void)lodger;
    pthread_t thread;
    int result = pthread_create(&thread, NULL, nothing, NULL);
    if (result == 0)
        pthread_join(thread, NULL);
    return result;
}

static int do_read(const struct lodger *lodger)
{
    (void)lodger;
    return closed(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static int do_fork(const struct lodger *lodger)
{
    (void)lodger;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    if (child > 0)
        waitpid(child, NULL, 0);
    return child < 0 ? errno : 0;
}

/* A program that is not there: past the sandbox it is looked for. */
static int do_exec(const struct lodger *lodger)
{
    (void)lodger;
    char *const argv[] = {NULL};
    execv("/nonexistent/program", argv);
    return errno == ENOENT ? 0 : errno;
}

static const struct {
    const char *name;
    int (*run)(const struct lodger *lodger);
} deeds[] = {
    {"tcp", do_tcp},       {"udp", do_udp},         {"raw", do_raw},
    {"unix", do_unix},     {"connect", do_connect}, {"fast-open", do_fast_open},
    {"bind", do_bind},     {"listen", do_listen},   {"accept", do_accept},
    {"thread", do_thread}, {"read", do_read},       {"fork", do_fork},
    {"exec", do_exec},
};

static void run_deed(const struct lodger *lodger)
{
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
        if (strcmp(deeds[i].name, lodger->deed) != 0)
            continue;
        int result = deeds[i].run(lodger);
        tocsin_log(lodger->instance, TOCSIN_NOTICE, "%s: %s", lodger->deed,
                   result ? strerror(result) : "done");
    }
}

static void *later(void *arg)
{
    const struct lodger *lodger = arg;
    char *page = tocsin_page("go"); /* waits until init is over, if need be */
    tocsin_log(lodger->instance, TOCSIN_NOTICE, "page: %s", page ? page : "none");
    free(page);
    page = tocsin_page("none");
    if (page)
        tocsin_log(lodger->instance, TOCSIN_ERROR, "a page that there is not: %s", page);
    free(page);
    run_deed(lodger);
    return NULL;
}

static int open_sockets(struct lodger *lodger)
{
    const char *listen_on = tocsin_option_text(lodger->instance, "listen");
    lodger->address = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)strtoul(strchr(listen_on, ':') + 1, NULL, 10)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    lodger->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    lodger->spare = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (lodger->listening < 0 || lodger->spare < 0 ||
        bind(lodger->listening, (const struct sockaddr *)&lodger->address,
             sizeof(lodger->address)) < 0 ||
        listen(lodger->listening, 4) < 0)
        return tocsin_fail(lodger->instance, NULL, 0, 0, "%s: %s", listen_on, strerror(errno));
    return 0;
}

static int lodger_init(struct tocsin_instance *instance, void **state)
{
    static struct lodger lodger;
    lodger = (struct lodger){.instance = instance, .deed = tocsin_option_text(instance, "deed")};
    *state = &lodger;
    if (open_sockets(&lodger) < 0)
        return -1;
    if (!tocsin_option_bool(instance, "late"))
        run_deed(&lodger);
    else if (pthread_create(&lodger.thread, NULL, later, &lodger) != 0)
        return tocsin_fail(instance, NULL, 0, 0, "there is no thread to be had");
    return 0;
}

static const struct tocsin_option options[] = {
    {.name = "listen", .type = TOCSIN_OPTION_LISTEN, .required = true, .help = "where to listen"},
    {.name = "deed", .type = TOCSIN_OPTION_TEXT, .fallback = "none", .help = "what to do"},
    {.name = "late", .type = TOCSIN_OPTION_BOOL, .fallback = "no", .help = "not in init"},
    {.name = NULL},
};

static const struct tocsin_exporter exporter = {.size = sizeof(struct tocsin_exporter),
                                                .init = lodger_init};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "lodger",
    .version = "1",        .summary = "does what exporters must not do",
    .licence = "ISC",      .options = options,
    .exporter = &exporter,
};
