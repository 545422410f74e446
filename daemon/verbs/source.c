/* The watched folders. */
#include <sysexits.h>

#include "store/views.h"
#include "verbs/verbs.h"

static json_t *source_json(const struct source *source)
{
    const struct source_counts *counts = source_counts(source);
    return json_pack(
        "{s:s, s:o, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "name",
        source_name(source), "path", store_bytes_json(source_folder(source)->path), "state",
        source_state_name(source_state(source)), "why", source_why(source), "watches",
        (json_int_t)counts->watches, "waiting", (json_int_t)counts->waiting, "events",
        (json_int_t)counts->events, "opened", (json_int_t)counts->opened, "scans",
        (json_int_t)counts->scans, "overflows", (json_int_t)counts->overflows, "too_large",
        (json_int_t)counts->skipped_large, "special", (json_int_t)counts->skipped_special,
        "vanished", (json_int_t)counts->vanished, "unreadable", (json_int_t)counts->unreadable);
}

json_t *sources_json(const struct daemon *daemon)
{
    json_t *list = json_array();
    list_each (link, &daemon->sources)
        json_array_append_new(list, source_json(LIST_ITEM(link, struct watched, link)->source));
    return list;
}

void verb_source_list(void *arg, struct control_request *request, const json_t *args)
{
    (void)args;
    control_answer(request, sources_json(arg));
}

void verb_source_rescan(void *arg, struct control_request *request, const json_t *args)
{
    struct daemon *daemon = arg;
    const char *name = text_arg(args, "name");
    struct source *one = name ? flow_source_find(daemon, name) : NULL;
    if (name && !one) {
        control_refuse(request, EX_DATAERR, "no folder is named \"%s\" (tocsinctl source list)",
                       name);
        return;
    }
    int n = 0;
    list_each (link, &daemon->sources) {
        struct source *source = LIST_ITEM(link, struct watched, link)->source;
        if (one && source != one)
            continue;
        source_rescan(source);
        n++;
    }
    control_answer(request, json_pack("{s:i}", "rescanning", n));
}
