/* The table of checks, what they share, and how their findings are shown; see doctor.h. */
#include "ctl/doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/str.h"

#define PATIENCE_MS    5000 /* for a daemon that may hang */
#define CHECK_MS       60000 /* in which it checks a configuration: it starts each plugin that is new */
#define READ_MAX       (4 << 20) /* of a file of the system */
#define RESULT_COLUMNS 9
#define CHECK_COLUMNS  15
#define WIDTH_MIN      50
#define WIDTH_DEFAULT  80
#define WIDTH_MAX      110

static const struct {
    const char *name;
    void (*run)(struct doctor *doctor);
} checks[] = {
    {"daemon", doctor_daemon},
    {"unit", doctor_unit},
    {"configuration", doctor_configuration},
    {"plugins", doctor_plugins},
    {"folders", doctor_folders},
    {"inotify", doctor_inotify},
    {"state", doctor_state},
    {"runtime", doctor_runtime},
    {"temp", doctor_temp},
    {"kernel", doctor_kernel},
    {"limits", doctor_limits},
    {"sandbox", doctor_sandbox},
    {"notifiers", doctor_notifiers},
    {"desktop", doctor_desktop},
    {"journal", doctor_journal},
    {"certificates", doctor_certificates},
    {"secrets", doctor_secrets},
    {"clock", doctor_clock},
};

static const struct {
    const char *name, *plural;
    enum ctl_colour colour;
} results[] = {
    [DOCTOR_OK] = {"ok", "ok", CTL_GREEN},
    [DOCTOR_NOTE] = {"note", "notes", CTL_BOLD},
    [DOCTOR_WARNING] = {"warning", "warnings", CTL_YELLOW},
    [DOCTOR_FAULT] = {"fault", "faults", CTL_RED},
};

/* ---- findings ---- */

/* A name that is no UTF-8 is shown as far as it can be. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    if (json)
        return json;
    AUTO_FREE char *ascii = mem_strdup(text);
    for (char *c = ascii; *c; c++) {
        if ((unsigned char)*c >= 0x80)
            *c = '?';
    }
    return json_string(ascii);
}

void doctor_say(struct doctor *doctor, enum doctor_result result, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *raw = mem_vprintf(fmt, va);
    va_end(va);
    json_t *text = text_json(raw);
    json_array_append_new(doctor->findings,
                          json_pack("{s:s, s:s, s:o, s:n}", "check", doctor->check, "result",
                                    results[result].name, "text", text, "mend"));
}

void doctor_mend(struct doctor *doctor, const char *fmt, ...)
{
    va_list va;
    va_start(va, fmt);
    AUTO_FREE char *more = mem_vprintf(fmt, va);
    va_end(va);
    json_t *last = json_array_get(doctor->findings, json_array_size(doctor->findings) - 1);
    const char *before = ctl_text(last, "mend");
    AUTO_FREE char *all = mem_printf("%s%s%s", before, *before ? "\n" : "", more);
    json_object_set_new(last, "mend", text_json(all));
}

/* ---- what the checks share ---- */

static int real_landlock(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? -errno : (int)version;
}

const struct doctor_system doctor_real_system = {
    .root = "", .landlock = real_landlock, .file_system = statfs, .clock = adjtimex};

char *doctor_path(const struct doctor *doctor, const char *path)
{
    return mem_printf("%s%s", doctor->system->root, path);
}

char *doctor_read(const struct doctor *doctor, const char *path)
{
    AUTO_FREE char *file = doctor_path(doctor, path);
    AUTO_FD int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct buf text = {0};
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && text.len < READ_MAX) {
        n = read(fd, buf_reserve(&text, 4096), 4096);
        text.len += n > 0 ? (size_t)n : 0;
    }
    if (n < 0) {
        buf_deinit(&text);
        return NULL;
    }
    if (text.len && text.data[text.len - 1] == '\n')
        text.len--;
    char *whole = mem_strndup(buf_text(&text), text.len);
    buf_deinit(&text);
    return whole;
}

int64_t doctor_number(const struct doctor *doctor, const char *path)
{
    int64_t number;
    AUTO_FREE char *text = doctor_read(doctor, path);
    return text && str_int_parse(text, &number) ? number : -1;
}

char *doctor_quote(const char *text)
{
    if (!strpbrk(text, " \t\n'\"\\$`!*?[]{}()<>|&;#~"))
        return mem_strdup(text);
    struct buf out = {0};
    buf_putc(&out, '\'');
    for (; *text; text++)
        buf_puts(&out, *text == '\'' ? "'\\''" : (char[]){*text, '\0'});
    buf_putc(&out, '\'');
    return buf_take(&out);
}

bool doctor_wants(const struct doctor *doctor, enum tocsin_powers powers)
{
    for (size_t i = 0; doctor->config && i < doctor->config->n_notifiers; i++) {
        if (doctor->config->notifiers[i].plugin.powers == powers)
            return true;
    }
    return false;
}

const char *doctor_manager(const struct doctor *doctor)
{
    return doctor->ctl->system ? "" : "--user ";
}

/* ---- showing ---- */

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return WIDTH_DEFAULT;
    size_t width = size.ws_col;
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static enum doctor_result result_of(const json_t *finding)
{
    enum doctor_result result = DOCTOR_FAULT;
    while (result > DOCTOR_OK && !str_equal(ctl_text(finding, "result"), results[result].name))
        result--;
    return result;
}

static void show_mend(const struct ctl *ctl, const char *mend)
{
    for (size_t len; *mend; mend += len + (mend[len] == '\n')) {
        len = strcspn(mend, "\n");
        AUTO_FREE char *line = mem_strndup(mend, len);
        printf("%*s%s", RESULT_COLUMNS + CHECK_COLUMNS + 4, "", ctl_colour(ctl, CTL_DIM));
        ctl_print("%s", line);
        puts(ctl_colour(ctl, CTL_PLAIN));
    }
}

static void show_finding(const struct ctl *ctl, const json_t *finding, const char *check,
                         size_t width)
{
    enum doctor_result result = result_of(finding);
    printf("%s%-*s%s%-*s", ctl_colour(ctl, results[result].colour), RESULT_COLUMNS,
           results[result].name, ctl_colour(ctl, CTL_PLAIN), CHECK_COLUMNS, check);
    ctl_print_wrapped(stdout, RESULT_COLUMNS + CHECK_COLUMNS, width, ctl_text(finding, "text"));
    show_mend(ctl, ctl_text(finding, "mend"));
}

/* "18 checks: 1 fault, 2 warnings, 1 note" */
static void show_sum(const size_t *counts)
{
    printf("%zu checks: ", ARRAY_LEN(checks));
    bool any = false;
    for (enum doctor_result result = DOCTOR_FAULT; result > DOCTOR_OK; result--) {
        if (counts[result])
            printf("%s%zu %s", any ? ", " : "", counts[result],
                   counts[result] == 1 ? results[result].name : results[result].plural);
        any |= counts[result] != 0;
    }
    puts(any ? "" : "all is well");
}

static void show(const struct doctor *doctor, const size_t *counts)
{
    size_t i, width = terminal_width();
    const json_t *finding;
    const char *before = "";
    json_array_foreach(doctor->findings, i, finding)
    {
        const char *check = ctl_text(finding, "check");
        show_finding(doctor->ctl, finding, str_equal(check, before) ? "" : check, width);
        before = check;
    }
    putchar('\n');
    show_sum(counts);
}

/* ---- the whole ---- */

/* A daemon that runs with the file sees what its unit lets it see, and has what its unit hands it.
 */
static void have_checked(struct doctor *doctor)
{
    struct ctl patient = *doctor->ctl;
    patient.patience_ms = CHECK_MS;
    int status;
    AUTO_FREE char *why = NULL; /* then the file is looked at from here */
    if (doctor->status)
        doctor->checked = ctl_try(&patient, "config check",
                                  json_pack("{s:s}", "file", doctor->config_file), &status, &why);
}

/* Before any host is started here: the end of one would interrupt the question. */
static void ask_daemon(struct doctor *doctor)
{
    struct ctl *ctl = doctor->ctl;
    ctl->patience_ms = PATIENCE_MS;
    doctor->status = ctl_try(ctl, "status", NULL, &doctor->status_fault, &doctor->absent);
    const char *config = ctl_text(doctor->status, "config");
    const char *state = ctl_text(doctor->status, "state_dir");
    doctor->config_file = ctl->config ? mem_strdup(ctl->config)
                          : *config   ? mem_strdup(config)
                                      : config_default_file(ctl->system);
    doctor->state_dir = *state       ? mem_strdup(state)
                        : ctl->state ? mem_strdup(ctl->state)
                                     : config_default_state_dir(ctl->system);
    doctor->runtime_dir = config_default_runtime_dir(ctl->system);
    have_checked(doctor);
}

static void read_configuration(struct doctor *doctor)
{
    struct ctl ctl = *doctor->ctl;
    ctl.config = doctor->config_file;
    offline_try(&doctor->offline, &ctl, true);
    doctor->config = doctor->offline.config;
    doctor->diags = &doctor->offline.diags;
}

static void doctor_deinit(struct doctor *doctor)
{
    offline_deinit(&doctor->offline);
    json_decref(doctor->status);
    json_decref(doctor->checked);
    json_decref(doctor->findings);
    free(doctor->absent);
    free(doctor->config_file);
    free(doctor->state_dir);
    free(doctor->runtime_dir);
}

int ctl_doctor(struct ctl *ctl)
{
    struct doctor doctor = {.ctl = ctl, .system = &doctor_real_system, .findings = json_array()};
    /* What hosts and probes would say is said by the checks, each in its place. */
    log_set_level(LOG_LEVEL_ERROR);
    offline_init(&doctor.offline, ctl);
    ask_daemon(&doctor);
    read_configuration(&doctor);
    for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
        doctor.check = checks[i].name;
        checks[i].run(&doctor);
    }
    size_t i, counts[ARRAY_LEN(results)] = {0};
    const json_t *finding;
    json_array_foreach(doctor.findings, i, finding) counts[result_of(finding)]++;
    if (ctl->json)
        ctl_print_json(doctor.findings);
    else
        show(&doctor, counts);
    doctor_deinit(&doctor);
    return counts[DOCTOR_FAULT] ? EX_CONFIG : EX_OK;
}
