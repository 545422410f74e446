/* A notifier with the powers of the session bus that logs what it was given, and what it could
 * reach. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tocsin/plugin.h>

static struct tocsin_instance *self;

static void *from_a_thread(void *arg)
{
    tocsin_action(arg, "open");
    return NULL;
}

static const char *outcome_of(int fd)
{
    if (fd < 0)
        return strerror(errno);
    close(fd);
    return "done";
}

static int courier_init(struct tocsin_instance *instance, void **state)
{
    (void)state;
    self = instance;
    return 0;
}

static enum tocsin_result courier_notify(void *state, const struct tocsin_delivery *delivery,
                                         struct tocsin_outcome *outcome)
{
    (void)state;
    tocsin_log(self, TOCSIN_NOTICE, "unix: %s", outcome_of(socket(AF_UNIX, SOCK_STREAM, 0)));
    tocsin_log(self, TOCSIN_NOTICE, "inet: %s", outcome_of(socket(AF_INET, SOCK_STREAM, 0)));
    tocsin_log(self, TOCSIN_NOTICE, "read: %s", outcome_of(open("/etc/passwd", O_RDONLY)));
    const struct tocsin_revision *first = tocsin_delivery_revision(delivery, 0);
    pthread_t thread;
    char id[64];
    strncpy(id, first->alert_id, sizeof(id) - 1);
    id[sizeof(id) - 1] = '\0';
    if (pthread_create(&thread, NULL, from_a_thread, id) == 0)
        pthread_join(thread, NULL);
    for (size_t i = 0; i < tocsin_delivery_count(delivery); i++) {
        const struct tocsin_revision *revision = tocsin_delivery_revision(delivery, i);
        tocsin_log(self, TOCSIN_NOTICE, "%zu %s %s=%s %s", i, revision->headline,
                   revision->field_names[0] ? revision->field_names[0] : "-",
                   revision->field_values[0] ? revision->field_values[0] : "-",
                   revision->labels[0] ? revision->labels[0] : "-");
    }
    tocsin_log(self, TOCSIN_NOTICE, "%zu of %zu", tocsin_delivery_count(delivery),
               tocsin_delivery_total(delivery));
    tocsin_outcome_token(outcome, 0, "42");
    if (tocsin_delivery_attempt(delivery) > 1) {
        tocsin_outcome_delay(outcome, 1500);
        return TOCSIN_LATER;
    }
    return TOCSIN_OK;
}

static const struct tocsin_notifier notifier = {
    .size = sizeof(struct tocsin_notifier),
    .powers = TOCSIN_POWERS_BUS,
    .interrupts = true,
    .init = courier_init,
    .notify = courier_notify,
};

TOCSIN_PLUGIN = {
    TOCSIN_PLUGIN_HEAD, .name = "courier",     .version = "1", .summary = "logs what it is given",
    .licence = "ISC",   .notifier = &notifier,
};
