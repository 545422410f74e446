/* What notifiers need of the machine beyond a desktop: the journal, certificates, secrets; see
 * doctor.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "ctl/doctor.h"

/* ---- the journal ---- */

void doctor_journal(struct doctor *doctor)
{
    static const char file[] = "/run/systemd/journal/socket";
    struct stat st;
    AUTO_FREE char *path = doctor_path(doctor, file);
    bool there = stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
    if (there)
        doctor_say(doctor, DOCTOR_OK, "its socket %s is there", file);
    else if (doctor_wants(doctor, TOCSIN_POWERS_JOURNAL)) {
        doctor_say(
            doctor, DOCTOR_FAULT,
            "there is no socket at %s: a notifier of the configuration writes to the journal, "
            "and cannot",
            file);
        doctor_mend(doctor, "sudo systemctl start systemd-journald.socket");
    } else {
        doctor_say(doctor, DOCTOR_NOTE,
                   "there is none here: the log of the daemon is on its standard error alone");
    }
}

/* ---- certificates ---- */

void doctor_certificates(struct doctor *doctor)
{
    static const char file[] = "/etc/ssl/certs/ca-certificates.crt";
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    AUTO_FREE char *text = doctor_read(doctor, file);
    size_t n = 0;
    for (const char *at = text; at && (at = strstr(at, begin)); at += strlen(begin))
        n++;
    if (n)
        doctor_say(doctor, DOCTOR_OK, "%zu authorities are in %s", n, file);
    else if (doctor_wants(doctor, TOCSIN_POWERS_NETWORK)) {
        doctor_say(
            doctor, DOCTOR_FAULT,
            "no authority is in %s: a notifier of the configuration uses the network, and no "
            "server that it calls by https can prove who it is",
            file);
        doctor_mend(doctor, "sudo apt install ca-certificates");
        doctor_mend(doctor, "sudo update-ca-certificates");
    } else {
        doctor_say(doctor, DOCTOR_NOTE,
                   "no authority is in %s: a notifier that uses the network would need it", file);
    }
}

/* ---- secrets ---- */

static bool look_at_secret(struct doctor *doctor, const char *plugin, const char *file)
{
    struct stat st;
    AUTO_FREE char *quoted = doctor_quote(file);
    if (stat(file, &st) < 0) {
        /* Whether the plugin can do without, the configuration's check says. */
        return true;
    }
    if (st.st_mode & 077) {
        doctor_say(doctor, DOCTOR_WARNING,
                   "%s: others can read or change the secret in %s (mode "
                   "%04o)",
                   plugin, file, st.st_mode & 07777u);
        doctor_mend(doctor, "chmod 600 %s", quoted);
        return false;
    }
    if (st.st_uid == geteuid() || st.st_uid == 0)
        return true;
    doctor_say(doctor, DOCTOR_WARNING, "%s: the secret in %s belongs to user %u, who can change it",
               plugin, file, (unsigned)st.st_uid);
    doctor_mend(doctor, "sudo chown %u %s", (unsigned)geteuid(), quoted);
    return false;
}

static bool look_at_plugin(struct doctor *doctor, const struct config_plugin *plugin, size_t *n)
{
    bool good = true;
    for (size_t i = 0; i < plugin->n_options; i++) {
        const struct config_option *option = &plugin->options[i];
        if (option->kind != CONFIG_OPTION_SECRET)
            continue;
        for (size_t v = 0; v < option->values.n; v++, (*n)++)
            good &= look_at_secret(doctor, plugin->name, option->values.items[v]);
    }
    return good;
}

void doctor_secrets(struct doctor *doctor)
{
    const struct config *config = doctor->config;
    size_t n = 0;
    bool good = true;
    for (size_t i = 0; config && i < config->n_notifiers; i++)
        good &= look_at_plugin(doctor, &config->notifiers[i].plugin, &n);
    for (size_t i = 0; config && i < config->n_detectors; i++)
        good &= look_at_plugin(doctor, &config->detectors[i], &n);
    if (!config)
        doctor_say(doctor, DOCTOR_NOTE, "not looked at, since the configuration cannot be read");
    else if (good && n)
        doctor_say(doctor, DOCTOR_OK, "%zu, each for your eyes only", n);
    else if (good)
        doctor_say(doctor, DOCTOR_OK, "the configuration has none");
}
