/*
 * The daemon's command line; the places that it leaves to defaults are config/'s.
 */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "tocsind.h"

enum {
    OPT_HELP = 256,
    OPT_VERSION,
    OPT_CONFIG,
    OPT_STATE,
    OPT_RUNTIME,
    OPT_HOST,
    OPT_PLUGINS,
    OPT_SYSTEM,
    OPT_GROUP,
    OPT_ONCE,
    OPT_RESTORE,
    OPT_VERBOSE
};

static const struct option long_options[] = {
    {"help", no_argument, NULL, OPT_HELP},
    {"version", no_argument, NULL, OPT_VERSION},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"state", required_argument, NULL, OPT_STATE},
    {"runtime", required_argument, NULL, OPT_RUNTIME},
    {"host", required_argument, NULL, OPT_HOST},
    {"plugins", required_argument, NULL, OPT_PLUGINS},
    {"system", no_argument, NULL, OPT_SYSTEM},
    {"group", required_argument, NULL, OPT_GROUP},
    {"once", no_argument, NULL, OPT_ONCE},
    {"restore", required_argument, NULL, OPT_RESTORE},
    {"verbose", no_argument, NULL, OPT_VERBOSE},
    {NULL, 0, NULL, 0},
};

static const char help[] =
    "usage: tocsind [OPTION...]\n"
    "\n"
    "Watches folders, finds what you care about in what arrives, tells you once.\n"
    "\n"
    "  --config FILE     the configuration (default: ~/.config/tocsin/tocsin.yaml)\n"
    "  --state DIR       where the store is kept (default: ~/.local/state/tocsin)\n"
    "  --runtime DIR     of the control socket (default: $XDG_RUNTIME_DIR/tocsin)\n"
    "  --system          the defaults of a system service: /etc, /var/lib, /run\n"
    "  --group NAME      a group whose members may speak to the daemon, too\n"
    "  --once            handle what is there, sum up, exit\n"
    "  --restore FILE    put a back-up in the place of the store, exit\n"
    "  --host PROGRAM    tocsin-host, the process that plugins run in\n"
    "  --plugins DIRS    where plugins are looked for, in order, separated by ':'\n"
    "  -v, --verbose     say more\n"
    "  -h, --help\n"
    "  --version\n"
    "\n"
    "exit status:\n"
    "  0   told to end, or done (--once)\n"
    "  64  wrong usage\n"
    "  66  there is no such back-up (--restore)\n"
    "  71  no memory, or another resource that the system refused\n"
    "  73  a directory, the store or the socket cannot be made\n"
    "  74  the store cannot be read or written\n"
    "  75  another daemon, or a host of one, uses the state directory\n"
    "  77  root could not become the user whose state it is (--restore)\n"
    "  78  the configuration is bad, a newer tocsin has written the store, or the\n"
    "      back-up cannot be used\n"
    "\n"
    "example: tocsind --config try.yaml --state /tmp/try --runtime /tmp/try --once\n"
    "\n"
    "See tocsind(8), tocsin.yaml(5), tocsinctl(1).\n";

static void set(char **to, const char *value)
{
    free(*to);
    *to = mem_strdup(value);
}

/* -1 to go on, else the exit status. */
static int read_command_line(struct options *options, int argc, char **argv)
{
    int option;
    while ((option = getopt_long(argc, argv, "hv", long_options, NULL)) != -1) {
        switch (option) {
        case 'h':
        case OPT_HELP:
            fputs(help, stdout);
            return EX_OK;
        case OPT_VERSION:
            puts("tocsind " PACKAGE_VERSION);
            return EX_OK;
        case OPT_CONFIG:
            set(&options->config_file, optarg);
            break;
        case OPT_STATE:
            set(&options->state_dir, optarg);
            break;
        case OPT_RUNTIME:
            set(&options->runtime_dir, optarg);
            break;
        case OPT_HOST:
            set(&options->host_program, optarg);
            break;
        case OPT_PLUGINS:
            set(&options->plugin_dirs, optarg);
            break;
        case OPT_SYSTEM:
            options->system = true;
            break;
        case OPT_GROUP:
            set(&options->group, optarg);
            break;
        case OPT_ONCE:
            options->once = true;
            break;
        case OPT_RESTORE:
            set(&options->restore, optarg);
            break;
        case 'v':
        case OPT_VERBOSE:
            log_set_level(LOG_LEVEL_DEBUG);
            break;
        default:
            return EX_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "tocsind: unexpected \"%s\"; see tocsind --help\n", argv[optind]);
        return EX_USAGE;
    }
    return -1;
}

static void fill_defaults(struct options *options)
{
    if (!options->config_file)
        options->config_file = config_default_file(options->system);
    if (!options->state_dir)
        options->state_dir = config_default_state_dir(options->system);
    if (!options->runtime_dir)
        options->runtime_dir = config_default_runtime_dir(options->system);
    if (!options->host_program)
        options->host_program = mem_strdup(HOSTDIR "/tocsin-host");
    if (!options->plugin_dirs)
        options->plugin_dirs = mem_strdup(PLUGINDIR);
}

/* A group that systemd made up for the service (DynamicUser=) has a name only where NSS knows
 * systemd's; then this process has that group, and the user's name, which is the same, in $USER. */
static bool is_own_nameless_group(const char *name)
{
    return str_equal(getenv("USER"), name) && !getgrgid(getegid());
}

static int find_group(struct options *options)
{
    if (!options->group)
        return 0;
    const struct group *group = getgrnam(options->group);
    if (group)
        options->gid = group->gr_gid;
    else if (is_own_nameless_group(options->group))
        options->gid = getegid();
    else {
        log_error("--group: there is no group \"%s\" (make it: groupadd --system %s)",
                  options->group, options->group);
        return -1;
    }
    return 0;
}

static int make_parents(const char *path, struct err *err)
{
    AUTO_FREE char *copy = mem_strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0700) < 0 && errno != EEXIST)
            return err_errno(err, "%s", copy);
        *slash = '/';
    }
    return 0;
}

/* Makes a directory of ours, and those above it, private, or open to the group. */
static int make_dir(const char *path, const char *group, gid_t gid, struct err *err)
{
    mode_t mode = group ? 0750 : 0700;
    if (make_parents(path, err) < 0)
        return -1;
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return err_errno(err, "%s", path);
    struct stat st;
    if (stat(path, &st) < 0)
        return err_errno(err, "%s", path);
    if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid())
        return err_set(err, "%s is no directory of this user", path);
    if (group && st.st_gid != gid && chown(path, (uid_t)-1, gid) < 0)
        return err_errno(err, "%s: giving it to the group \"%s\"", path, group);
    if ((st.st_mode & 0777) != mode && chmod(path, mode) < 0)
        return err_errno(err, "%s: chmod %04o", path, (unsigned)mode);
    return 0;
}

void options_deinit(struct options *options)
{
    free(options->config_file);
    free(options->state_dir);
    free(options->runtime_dir);
    free(options->host_program);
    free(options->plugin_dirs);
    free(options->group);
    free(options->restore);
}

int options_read(struct options *options, int argc, char **argv)
{
    int status = read_command_line(options, argc, argv);
    if (status >= 0)
        return status;
    fill_defaults(options);
    return find_group(options) < 0 ? EX_CONFIG : -1;
}

int options_make_state(const struct options *options, struct err *err)
{
    return make_dir(options->state_dir, NULL, 0, err);
}

int options_make_dirs(const struct options *options, struct err *err)
{
    if (make_dir(options->state_dir, NULL, 0, err) < 0)
        return -1;
    return make_dir(options->runtime_dir, options->group, options->gid, err);
}
