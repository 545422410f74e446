/* How a process ended, in words; see death.h. Signals have names that say what to look for. */
#include "hosts/death.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "base/mem.h"

static const struct {
    int signum;
    const char *words;
} signals[] = {
    {SIGSEGV, "crashed: segmentation fault"},
    {SIGBUS, "crashed: bus error (a file that it had mapped shrank, or a wrong address)"},
    {SIGFPE, "crashed: arithmetic fault (a division by zero, perhaps)"},
    {SIGILL, "crashed: illegal instruction"},
    {SIGABRT, "crashed: abort (an assertion or a check of its own failed)"},
    {SIGTRAP, "crashed: trap"},
    {SIGSYS, "crashed: bad system call: the sandbox forbade it"},
    {SIGKILL, "was killed from outside, perhaps because memory ran out"},
    {SIGTERM, "was terminated from outside"},
    {SIGXCPU, "was ended: its processor time was used up"},
    {SIGXFSZ, "was ended: it wrote more than it may"},
    {SIGPIPE, "ended: broken pipe"},
};

static char *signal_in_words(int signum)
{
    for (size_t i = 0; i < ARRAY_LEN(signals); i++)
        if (signals[i].signum == signum)
            return mem_strdup(signals[i].words);
    const char *name = sigabbrev_np(signum);
    return name ? mem_printf("was ended by signal SIG%s", name)
                : mem_printf("was ended by signal %d", signum);
}

char *death_in_words(int status)
{
    if (WIFSIGNALED(status))
        return signal_in_words(WTERMSIG(status));
    if (WEXITSTATUS(status) == 0)
        return mem_strdup("ended by itself");
    return mem_printf("ended by itself with exit status %d", WEXITSTATUS(status));
}
