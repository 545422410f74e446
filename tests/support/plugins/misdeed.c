/*
 * A detector that does what plugins must not do, when, on which documents and what its options say,
 * and logs how it went: "done" or the error. Otherwise it finds the word "needle" wherever it
 * stands, so that a host can be seen to work.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tocsin/plugin.h>

#define MUCH          ((size_t)1024 * 1024 * 1024)
#define EATEN_AT_ONCE ((size_t)1024 * 1024)

struct misdeed {
    struct tocsin_instance *instance;
    const char *deed, *path;
    const char *only; /* a word that a document must hold for a deed in detect; NULL: any */
    bool in_detect;
};

static int constructor_errno = -1;

__attribute__((constructor)) static void look_around(void)
{
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    constructor_errno = fd < 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
}

/* Each gives 0 when it could do it, else an errno. */

static int closed(int fd)
{
    if (fd < 0)
        return errno;
    close(fd);
    return 0;
}

static int do_constructor(const char *path)
{
    (void)path;
    return constructor_errno;
}

static int do_read(const char *path)
{
    return closed(open(path, O_RDONLY | O_CLOEXEC));
}

static int do_write(const char *path)
{
    return closed(open(path, O_WRONLY | O_CLOEXEC));
}

static int do_create(const char *path)
{
    char name[4096];
    strncpy(name, path, sizeof(name) - 8);
    name[sizeof(name) - 8] = '\0';
    strcat(name, ".new");
    int result = closed(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    unlink(name);
    return result;
}

static int do_inet(const char *path)
{
    (void)path;
    return closed(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int do_unix(const char *path)
{
    (void)path;
    return closed(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
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

/* A program that is not there: past the sandbox it is looked for. */
static int do_exec(const char *path)
{
    (void)path;
    char *const argv[] = {NULL};
    execv("/nonexistent/program", argv);
    return errno == ENOENT ? 0 : errno;
}

static int do_kill_parent(const char *path)
{
    (void)path;
    return kill(getppid(), 0) < 0 ? errno : 0;
}

static int do_ptrace(const char *path)
{
    (void)path;
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0 ? errno : 0;
}

static int do_peek(const char *path)
{
    (void)path;
    char from = 'x', to;
    struct iovec local = {&to, 1}, remote = {&from, 1};
    return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) < 0 ? errno : 0;
}

static int do_memory(const char *path)
{
    (void)path;
    void *much = mmap(NULL, MUCH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (much == MAP_FAILED)
        return errno;
    munmap(much, MUCH);
    return 0;
}

static int do_code(const char *path)
{
    (void)path;
    void *page =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return errno;
    munmap(page, 4096);
    return 0;
}

/* What no_new_privs forbids needs a set-user-id program; that it is set is what can be seen. */
static int do_privileges(const char *path)
{
    (void)path;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? EPERM : 0;
}

static int do_core(const char *path)
{
    (void)path;
    struct rlimit limit;
    getrlimit(RLIMIT_CORE, &limit);
    return limit.rlim_max == 0 ? EPERM : 0;
}

static int do_crash(const char *path)
{
    (void)path;
    signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
    raise(SIGSEGV);
    return 0;
}

static int do_hang(const char *path)
{
    (void)path;
    while (pause() < 0)
        continue;
    return 0;
}

/* All that there is, then what comes of not looking at malloc's answer. */
static int do_eat(const char *path)
{
    (void)path;
    volatile char *more;
    do {
        more = malloc(EATEN_AT_ONCE);
        for (size_t i = 0; i < EATEN_AT_ONCE; i += 4096)
            more[i] = 1;
    } while (more);
    return 0;
}

static const struct {
    const char *name;
    int (*run)(const char *path);
} deeds[] = {
    {"constructor", do_constructor},
    {"read", do_read},
    {"write", do_write},
    {"create", do_create},
    {"inet", do_inet},
    {"unix", do_unix},
    {"fork", do_fork},
    {"exec", do_exec},
    {"kill-parent", do_kill_parent},
    {"ptrace", do_ptrace},
    {"peek", do_peek},
    {"memory", do_memory},
    {"code", do_code},
    {"privileges", do_privileges},
    {"core", do_core},
    {"crash", do_crash},
    {"hang", do_hang},
    {"eat", do_eat},
};

static void run_deed(const struct misdeed *misdeed)
{
    for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
        if (strcmp(deeds[i].name, misdeed->deed) != 0)
            continue;
        int result = deeds[i].run(misdeed->path);
        tocsin_log(misdeed->instance, TOCSIN_NOTICE, "%s: %s", misdeed->deed,
                   result ? strerror(result) : "done");
    }
}

/* Written with a '@' before it, so that the sandbox does not take it for a path to be read. */
static const char *path_of(const char *text)
{
    return text && *text == '@' ? text + 1 : text;
}

static int misdeed_init(struct tocsin_instance *instance, void **state)
{
    static struct misdeed misdeed;
    misdeed = (struct misdeed){.instance = instance,
                               .deed = tocsin_option_text(instance, "deed"),
                               .path = path_of(tocsin_option_text(instance, "path")),
                               .only = tocsin_option_text(instance, "only"),
                               .in_detect = tocsin_option_bool(instance, "late")};
    *state = &misdeed;
    if (strcmp(misdeed.deed, "fail") == 0)
        return tocsin_fail(instance, "names.txt", 3, 7, "the team \"%s\" is unknown", "Ferari");
    if (!misdeed.in_detect)
        run_deed(&misdeed);
    return 0;
}

static void spam(struct tocsin_instance *instance, struct tocsin_report *report)
{
    for (int i = 0; i < 5000; i++) {
        tocsin_log(instance, TOCSIN_INFO, "line %d", i);
        struct tocsin_finding *finding = tocsin_report_topic(report, "spam");
        tocsin_finding_evidence(finding, 0, 1);
    }
}

static void find_needles(const struct tocsin_document *document, struct tocsin_report *report)
{
    size_t n;
    const struct tocsin_word *words = tocsin_document_words(document, &n);
    for (size_t i = 0; i < n; i++) {
        if (words[i].folded_len != 6 || memcmp(words[i].folded, "needle", 6) != 0)
            continue;
        struct tocsin_finding *finding = tocsin_report_topic(report, "needle");
        tocsin_finding_summary(finding, "a needle in %s", tocsin_document_path(document));
        tocsin_finding_severity(finding, TOCSIN_HIGH);
        tocsin_finding_label(finding, "sharp");
        tocsin_finding_field(finding, "date", tocsin_document_date(document) > 0 ? "yes" : "no");
        tocsin_finding_evidence(finding, words[i].start, words[i].end);
    }
}

static bool is_meant(const struct misdeed *misdeed, const struct tocsin_document *document)
{
    size_t len;
    return !misdeed->only || strstr(tocsin_document_text(document, &len), misdeed->only);
}

static int misdeed_detect(void *state, const struct tocsin_document *document,
                          struct tocsin_report *report)
{
    const struct misdeed *misdeed = state;
    if (misdeed->in_detect && is_meant(misdeed, document))
        run_deed(misdeed);
    if (strcmp(misdeed->deed, "spam") == 0)
        spam(misdeed->instance, report);
    if (strcmp(misdeed->deed, "unproven") == 0)
        tocsin_finding_summary(tocsin_report_topic(report, "unproven"), "no evidence");
    if (strcmp(misdeed->deed, "refuse") == 0 && is_meant(misdeed, document)) {
        tocsin_log(misdeed->instance, TOCSIN_ERROR, "this document is beyond me");
        return -1;
    }
    find_needles(document, report);
    return 0;
}

static int misdeed_explain(void *state, const struct tocsin_document *document, const char *topic,
                           struct tocsin_explain *explain)
{
    (void)state;
    size_t len;
    bool there = strstr(tocsin_document_text(document, &len), "needle") != NULL;
    tocsin_explain_topic(explain, topic ? topic : "needle", there);
    tocsin_explain_part(explain, 1, there, "needle", "%zu bytes were searched", len);
    return 0;
}

static int misdeed_topics(void *state, struct tocsin_topics *topics)
{
    (void)state;
    static const char *const labels[] = {"sharp", NULL};
    tocsin_topics_add(topics, "needle", TOCSIN_HIGH, labels, "needle", NULL, 0);
    return 0;
}

static const struct tocsin_option options[] = {
    {.name = "deed", .type = TOCSIN_OPTION_TEXT, .fallback = "none", .help = "what to do"},
    {.name = "only",
     .type = TOCSIN_OPTION_TEXT,
     .help = "a deed in detect is done only where this stands"},
    {.name = "late", .type = TOCSIN_OPTION_BOOL, .fallback = "no", .help = "in detect, not init"},
    {.name = "path", .type = TOCSIN_OPTION_TEXT, .help = "of the file to misuse"},
    {.name = "allowed", .type = TOCSIN_OPTION_PATH, .help = "a file that may be read"},
    {.name = "level",
     .type = TOCSIN_OPTION_CHOICE,
     .fallback = "low",
     .choices = "low|high",
     .help = "for nothing"},
    {.name = NULL},
};

static const struct tocsin_detector detector = {
    .size = sizeof(struct tocsin_detector),
    .init = misdeed_init,
    .detect = misdeed_detect,
    .explain = misdeed_explain,
    .topics = misdeed_topics,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD,    .name = "misdeed",
    .version = "1",        .summary = "does what plugins must not do",
    .licence = "ISC",      .options = options,
    .detector = &detector,
};
