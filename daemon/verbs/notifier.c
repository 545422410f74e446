/* Notifiers. */
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/str.h"
#include "verbs/verbs.h"

/* Each with the hosts that carry for it. */
static void add_hosts(json_t *notifiers, const json_t *hosts)
{
    size_t i, j;
    json_t *notifier, *host;
    json_array_foreach(notifiers, i, notifier)
    {
        AUTO_FREE char *name = mem_printf("notify-%s", text_arg(notifier, "notifier"));
        json_t *own = json_array();
        json_array_foreach(hosts, j, host)
        {
            if (str_equal(text_arg(host, "name"), name))
                json_array_append(own, host);
        }
        json_object_set_new(notifier, "hosts", own);
    }
}

struct listing {
    struct daemon *daemon;
    struct control_request *request;
};

static void listed(void *arg, json_t *notifiers, const char *error)
{
    struct listing *listing = arg;
    json_t *hosts = hosts_status(listing->daemon->hosts);
    add_hosts(notifiers, hosts);
    json_decref(hosts);
    answer_json(listing->request, notifiers, error);
    free(listing);
}

void verb_notifier_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    struct daemon *daemon = arg;
    struct listing *listing = NEW(struct listing);
    *listing = (struct listing){daemon, request};
    deliver_status(daemon->deliver, listed, listing);
}

void verb_notifier_test(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *name = text_arg(args, "name");
    if (!name || !daemon->config || !config_notifier_find(daemon->config, name))
        control_refuse(request, EX_DATAERR, "no notifier is named \"%s\"", name ? name : "");
    else
        deliver_test(daemon->deliver, name, answer_done, request);
}
