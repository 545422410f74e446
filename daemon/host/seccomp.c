/*
 * The filters of both stages, as tables; see seccomp.h. A filter can only be narrowed: stage 2 adds
 * to stage 1, and the strictest answer of the two holds. Both reach every thread (TSYNC), because
 * `init` may have started some.
 */
#include "host/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define REFUSE  SCMP_ACT_ERRNO(EPERM)
#define UNKNOWN SCMP_ACT_ERRNO(ENOSYS) /* the C library then takes the older call */
#define KILL    SCMP_ACT_KILL_PROCESS
#define ALLOW   SCMP_ACT_ALLOW
/* Rules that look at one argument; others have none. */
#define IF(arg, value)           true, SCMP_CMP(arg, SCMP_CMP_EQ, (value), 0)
#define IF_NOT(arg, value)       true, SCMP_CMP(arg, SCMP_CMP_NE, (value), 0)
#define IF_BITS(arg, mask, bits) true, SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, (mask), (bits))

#define SOCKET_TYPES 0xf /* the bits of socket(2)'s type that are no flags */

struct rule {
    uint32_t action;
    int call;
    bool conditional;
    struct scmp_arg_cmp condition;
};
/* The type of a socket, without its flags. */
#define SOCKET_TYPE 0xF

/* ---- stage 1, every kind ---- */

/* Looking into other processes, changing the machine. */
static const int prying[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(process_madvise),
    SCMP_SYS(process_mrelease),
    SCMP_SYS(kcmp),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(acct),
    SCMP_SYS(quotactl),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    SCMP_SYS(iopl),
    SCMP_SYS(ioperm),
    SCMP_SYS(syslog),
    SCMP_SYS(vhangup),
    SCMP_SYS(lookup_dcookie),
    SCMP_SYS(open_by_handle_at),
};

/* Another view of files and other ways around a filter. */
static const int escaping[] = {
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(fsopen),
    SCMP_SYS(fsmount),
    SCMP_SYS(fsconfig),
    SCMP_SYS(fspick),
    SCMP_SYS(move_mount),
    SCMP_SYS(open_tree),
    SCMP_SYS(mount_setattr),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(io_uring_enter),
    SCMP_SYS(io_uring_register),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(name_to_handle_at),
};

/* Ways to signal that `add_signals` does not see; a program may need them for its own. */
static const int signalling[] = {
    SCMP_SYS(pidfd_open),      SCMP_SYS(pidfd_send_signal), SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo),
};

/* Of another process of the same user, a limit may be set that ends it (RLIMIT_CPU) or leaves it
 * without descriptors, and Landlock does not see to it. What is 0 is the caller itself. */
static const struct rule meddling_rules[] = {
    {REFUSE, SCMP_SYS(prlimit64), IF_NOT(0, 0)},
    {REFUSE, SCMP_SYS(setpriority), IF_NOT(0, PRIO_PROCESS)},
    {REFUSE, SCMP_SYS(setpriority), IF_NOT(1, 0)},
    {REFUSE, SCMP_SYS(ioprio_set), IF_NOT(0, IOPRIO_WHO_PROCESS)},
    {REFUSE, SCMP_SYS(ioprio_set), IF_NOT(1, 0)},
    {REFUSE, SCMP_SYS(migrate_pages), IF_NOT(0, 0)},
    {REFUSE, SCMP_SYS(move_pages), IF_NOT(0, 0)},
};

/* Changing files by name, and handing out a terminal's input. */
static const int writing[] = {
    SCMP_SYS(creat),        SCMP_SYS(openat2),      SCMP_SYS(truncate),  SCMP_SYS(rename),
    SCMP_SYS(renameat),     SCMP_SYS(renameat2),    SCMP_SYS(mkdir),     SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),        SCMP_SYS(link),         SCMP_SYS(linkat),    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),    SCMP_SYS(unlink),       SCMP_SYS(unlinkat),  SCMP_SYS(mknod),
    SCMP_SYS(mknodat),      SCMP_SYS(chmod),        SCMP_SYS(fchmod),    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),        SCMP_SYS(fchown),       SCMP_SYS(lchown),    SCMP_SYS(fchownat),
    SCMP_SYS(utime),        SCMP_SYS(utimes),       SCMP_SYS(utimensat), SCMP_SYS(futimesat),
    SCMP_SYS(setxattr),     SCMP_SYS(lsetxattr),    SCMP_SYS(fsetxattr), SCMP_SYS(removexattr),
    SCMP_SYS(lremovexattr), SCMP_SYS(fremovexattr),
};

static const struct rule writing_rules[] = {
    {REFUSE, SCMP_SYS(open), IF_BITS(1, O_WRONLY, O_WRONLY)},
    {REFUSE, SCMP_SYS(open), IF_BITS(1, O_RDWR, O_RDWR)},
    {REFUSE, SCMP_SYS(open), IF_BITS(1, O_CREAT, O_CREAT)},
    {REFUSE, SCMP_SYS(openat), IF_BITS(2, O_WRONLY, O_WRONLY)},
    {REFUSE, SCMP_SYS(openat), IF_BITS(2, O_RDWR, O_RDWR)},
    {REFUSE, SCMP_SYS(openat), IF_BITS(2, O_CREAT, O_CREAT)},
    {REFUSE, SCMP_SYS(open), IF_BITS(1, O_TRUNC, O_TRUNC)},
    {REFUSE, SCMP_SYS(openat), IF_BITS(2, O_TRUNC, O_TRUNC)},
    {REFUSE, SCMP_SYS(ioctl), IF_BITS(1, UINT32_MAX, TIOCSTI)},
};

static const struct rule forking_rules[] = {
    {REFUSE, SCMP_SYS(execve), false, {0}},
    {REFUSE, SCMP_SYS(execveat), false, {0}},
    {REFUSE, SCMP_SYS(fork), false, {0}},
    {REFUSE, SCMP_SYS(vfork), false, {0}},
    {UNKNOWN, SCMP_SYS(clone3), false, {0}}, /* its flags are out of a filter's sight */
    {REFUSE, SCMP_SYS(clone), IF_BITS(0, CLONE_THREAD, 0)},
};

/* ---- stage 2: all that is left ---- */

static const int always[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(readv),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(pwrite64),
    SCMP_SYS(writev),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(fstat),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(memfd_create),
    SCMP_SYS(ftruncate),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(times),
    SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getcpu),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(rseq),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(membarrier),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

static const struct rule always_rules[] = {
    {ALLOW, SCMP_SYS(mmap), IF_BITS(2, PROT_EXEC, 0)},
    {ALLOW, SCMP_SYS(mprotect), IF_BITS(2, PROT_EXEC, 0)},
    /* fstat of the C library. With a path it would tell that a file exists, and no more. */
    {ALLOW, SCMP_SYS(newfstatat), IF(3, AT_EMPTY_PATH)},
    {ALLOW, SCMP_SYS(prlimit64), IF(2, 0)},         /* reading */
    {ALLOW, SCMP_SYS(prlimit64), IF(1, RLIMIT_AS)}, /* lower, and back: share.c */
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_GETFD)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_SETFD)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_GETFL)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_DUPFD_CLOEXEC)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_ADD_SEALS)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_GET_SEALS)},
};

/* Threads, and what an event loop among them waits with. */
static const int threading[] = {
    SCMP_SYS(sched_getparam), SCMP_SYS(sched_getscheduler), SCMP_SYS(sched_getattr),
    SCMP_SYS(sched_setattr),  SCMP_SYS(epoll_create1),      SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),     SCMP_SYS(epoll_pwait),        SCMP_SYS(eventfd2),
    SCMP_SYS(pipe2),          SCMP_SYS(timerfd_create),     SCMP_SYS(timerfd_settime),
    SCMP_SYS(select),         SCMP_SYS(pselect6),           SCMP_SYS(dup),
};

static const struct rule threading_rules[] = {
    {UNKNOWN, SCMP_SYS(clone3), false, {0}},
    {ALLOW, SCMP_SYS(clone), IF_BITS(0, CLONE_THREAD, CLONE_THREAD)},
    {ALLOW, SCMP_SYS(prctl), IF(0, PR_SET_NAME)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_SETFL)},
    {ALLOW, SCMP_SYS(fcntl), IF(1, F_DUPFD)},
};

/* On sockets whose family `socket` allowed. A pair of datagrams could be turned to another peer. */
static const int talking[] = {
    SCMP_SYS(connect),    SCMP_SYS(getsockname), SCMP_SYS(getpeername), SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt), SCMP_SYS(sendto),      SCMP_SYS(recvfrom),    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),   SCMP_SYS(shutdown),
};

static const struct rule talking_rules[] = {
    {ALLOW, SCMP_SYS(socketpair), IF_BITS(1, SOCKET_TYPE, SOCK_STREAM)},
    {ALLOW, SCMP_SYS(ioctl), IF(1, FIONREAD)},
};

/* On a socket that listens, and on what it accepts. */
static const int accepting[] = {
    SCMP_SYS(accept),      SCMP_SYS(accept4),    SCMP_SYS(recvfrom),   SCMP_SYS(sendto),
    SCMP_SYS(shutdown),    SCMP_SYS(setsockopt), SCMP_SYS(getsockopt), SCMP_SYS(getsockname),
    SCMP_SYS(getpeername), SCMP_SYS(epoll_ctl),  SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
};

/* A socket that listens can be made, and none that speaks first. */
static const struct rule listening_rules[] = {
    {REFUSE, SCMP_SYS(connect), false, {0}},
    {REFUSE, SCMP_SYS(sendto), IF_BITS(3, MSG_FASTOPEN, MSG_FASTOPEN)},
    {REFUSE, SCMP_SYS(sendmsg), IF_BITS(2, MSG_FASTOPEN, MSG_FASTOPEN)},
};

/* Name resolution reads files, loads modules and asks the kernel for addresses. Landlock says which
 * files. It makes do without the sockets of nscd, systemd-resolved and Avahi: no filter could tell
 * them from that of the session bus, by which anything can be started. */
static const int resolving[] = {
    SCMP_SYS(open),       SCMP_SYS(openat),   SCMP_SYS(newfstatat), SCMP_SYS(stat),
    SCMP_SYS(lstat),      SCMP_SYS(statx),    SCMP_SYS(access),     SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),     SCMP_SYS(bind),     SCMP_SYS(mmap),       SCMP_SYS(mprotect),
};

/* To files that it was handed: room on the disk is set aside, and nothing in them is changed. */
static const int syncing[] = {SCMP_SYS(fdatasync), SCMP_SYS(flock)};

static const struct rule syncing_rules[] = {
    {ALLOW, SCMP_SYS(fallocate), IF(1, FALLOC_FL_KEEP_SIZE)},
};

/* ---- making a filter of them ---- */

struct filter {
    scmp_filter_ctx context;
    int fault; /* the first negative errno */
};

static void add_rule(struct filter *filter, const struct rule *rule)
{
    int result = seccomp_rule_add_array(filter->context, rule->action, rule->call,
                                        rule->conditional ? 1 : 0, &rule->condition);
    /* A call that this architecture never had needs no rule. */
    if (result < 0 && result != -EDOM && !filter->fault)
        filter->fault = result;
}

static void add_rules(struct filter *filter, const struct rule *rules, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_rule(filter, &rules[i]);
}
#define ADD_RULES(filter, rules) add_rules((filter), (rules), ARRAY_LEN(rules))

static void add_calls(struct filter *filter, uint32_t action, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add_rule(filter, &(struct rule){.action = action, .call = calls[i]});
}
#define ADD_CALLS(filter, action, calls) add_calls((filter), (action), (calls), ARRAY_LEN(calls))

/* Signals to others: every target but this process. */
static void add_signals(struct filter *filter)
{
    scmp_datum_t self = (scmp_datum_t)getpid();
    static const int calls[] = {SCMP_SYS(kill), SCMP_SYS(tgkill)};
    for (size_t i = 0; i < ARRAY_LEN(calls); i++)
        add_rule(filter, &(struct rule){KILL, calls[i], IF_NOT(0, self)});
}

/* All but TCP. */
static void refuse_speaking(struct filter *filter)
{
    for (int family = 0; family < AF_MAX; family++)
        if (family != AF_INET && family != AF_INET6)
            add_rule(filter, &(struct rule){REFUSE, SCMP_SYS(socket), IF(0, (scmp_datum_t)family)});
    for (scmp_datum_t type = 0; type <= SOCKET_TYPES; type++)
        if (type != SOCK_STREAM)
            add_rule(filter,
                     &(struct rule){REFUSE, SCMP_SYS(socket), IF_BITS(1, SOCKET_TYPES, type)});
    ADD_RULES(filter, listening_rules);
}

static void refuse_families(struct filter *filter, const struct sandbox_powers *powers)
{
    if (powers->listens) {
        refuse_speaking(filter);
        return;
    }
    if (!powers->unix_sockets && !powers->inet_sockets) {
        add_rule(filter, &(struct rule){.action = REFUSE, .call = SCMP_SYS(socket)});
        add_rule(filter, &(struct rule){.action = REFUSE, .call = SCMP_SYS(connect)});
    } else if (!powers->inet_sockets) {
        add_rule(filter, &(struct rule){REFUSE, SCMP_SYS(socket), IF_NOT(0, AF_UNIX)});
    } else {
        for (int family = 0; family < AF_MAX; family++)
            if (family != AF_INET && family != AF_INET6 && family != AF_NETLINK)
                add_rule(filter,
                         &(struct rule){REFUSE, SCMP_SYS(socket), IF(0, (scmp_datum_t)family)});
    }
    add_rule(filter, &(struct rule){.action = REFUSE, .call = SCMP_SYS(listen)});
}

/* The kernel tells a resolver which addresses this machine has. */
static void allow_addresses(struct filter *filter)
{
    int result = seccomp_rule_add(filter->context, ALLOW, SCMP_SYS(socket), 2,
                                  SCMP_A0(SCMP_CMP_EQ, AF_NETLINK, 0),
                                  SCMP_A2(SCMP_CMP_EQ, NETLINK_ROUTE, 0));
    if (result < 0 && !filter->fault)
        filter->fault = result;
}

static void allow_families(struct filter *filter, const struct sandbox_powers *powers)
{
    if (powers->inet_sockets) {
        add_rule(filter, &(struct rule){ALLOW, SCMP_SYS(socket), IF(0, AF_INET)});
        add_rule(filter, &(struct rule){ALLOW, SCMP_SYS(socket), IF(0, AF_INET6)});
        allow_addresses(filter);
    } else if (powers->unix_sockets) {
        add_rule(filter, &(struct rule){ALLOW, SCMP_SYS(socket), IF(0, AF_UNIX)});
    }
}

static int filter_begin(struct filter *filter, uint32_t otherwise, struct err *err)
{
    *filter = (struct filter){.context = seccomp_init(otherwise)};
    if (!filter->context)
        return err_set(err, "libseccomp gives no filter");
    /* no_new_privs is a layer of its own. */
    int result = seccomp_attr_set(filter->context, SCMP_FLTATR_CTL_NNP, 0);
    if (result == 0)
        result = seccomp_attr_set(filter->context, SCMP_FLTATR_CTL_TSYNC, 1);
    if (result == 0)
        result = seccomp_attr_set(filter->context, SCMP_FLTATR_ACT_BADARCH, KILL);
    if (result == 0) /* a tree, not a list: some of these lists are long */
        result = seccomp_attr_set(filter->context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    filter->fault = result;
    return 0;
}

static int filter_end(struct filter *filter, struct err *err)
{
    int result = filter->fault ? filter->fault : seccomp_load(filter->context);
    seccomp_release(filter->context);
    if (result == 0)
        return 0;
    errno = -result;
    return err_errno(err, filter->fault ? "a rule of the filter" : "loading the filter");
}

int seccomp_enter(const struct sandbox_powers *powers, struct err *err)
{
    struct filter filter;
    if (filter_begin(&filter, ALLOW, err) < 0)
        return -1;
    ADD_CALLS(&filter, KILL, prying);
    ADD_CALLS(&filter, KILL, escaping);
    ADD_CALLS(&filter, KILL, signalling);
    add_signals(&filter);
    ADD_RULES(&filter, meddling_rules);
    ADD_CALLS(&filter, REFUSE, writing);
    ADD_RULES(&filter, writing_rules);
    ADD_RULES(&filter, forking_rules);
    refuse_families(&filter, powers);
    return filter_end(&filter, err);
}

int seccomp_shut(const struct sandbox_powers *powers, struct err *err)
{
    struct filter filter;
    if (filter_begin(&filter, REFUSE, err) < 0)
        return -1;
    ADD_CALLS(&filter, ALLOW, always);
    ADD_RULES(&filter, always_rules);
    /* To itself: abort. Stage 1 has seen to the others. */
    add_rule(&filter, &(struct rule){.action = ALLOW, .call = SCMP_SYS(tgkill)});
    /* Those of an exporter are there when `init` is over, and so is what they wait with. */
    if (powers->threads && !powers->listens) {
        ADD_CALLS(&filter, ALLOW, threading);
        ADD_RULES(&filter, threading_rules);
    }
    if (powers->unix_sockets || powers->inet_sockets) {
        ADD_CALLS(&filter, ALLOW, talking);
        ADD_RULES(&filter, talking_rules);
        allow_families(&filter, powers);
    }
    if (powers->listens)
        ADD_CALLS(&filter, ALLOW, accepting);
    if (powers->resolves)
        ADD_CALLS(&filter, ALLOW, resolving);
    if (powers->syncs_files) {
        ADD_CALLS(&filter, ALLOW, syncing);
        ADD_RULES(&filter, syncing_rules);
    }
    return filter_end(&filter, err);
}

int seccomp_program(const struct sandbox_powers *powers, struct err *err)
{
    struct filter filter;
    if (filter_begin(&filter, ALLOW, err) < 0)
        return -1;
    ADD_CALLS(&filter, REFUSE, prying);
    ADD_RULES(&filter, meddling_rules);
    add_rule(&filter, &(struct rule){REFUSE, SCMP_SYS(ioctl), IF_BITS(1, UINT32_MAX, TIOCSTI)});
    if (powers->only_reads) {
        ADD_CALLS(&filter, REFUSE, escaping);
        add_rule(&filter, &(struct rule){.action = REFUSE, .call = SCMP_SYS(socket)});
    }
    return filter_end(&filter, err);
}
