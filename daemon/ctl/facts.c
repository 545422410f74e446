/* tocsinctl fact list: what is known of facts, each with its ladder. */
#include <stdio.h>

#include "base/str.h"
#include "ctl/ctl.h"

static void show_source(const struct ctl *ctl, const json_t *source)
{
    fputs("    ", stdout);
    ctl_print_date(source);
    fputs("  ", stdout);
    ctl_print_safe(ctl_text(source, "path"));
    putchar('\n');
    printf("      %s“", ctl_colour(ctl, CTL_DIM));
    ctl_print_safe(ctl_text(source, "quote"));
    printf("”%s\n", ctl_colour(ctl, CTL_PLAIN));
}

static void show_rung(const struct ctl *ctl, const json_t *rung)
{
    const json_t *sources = json_object_get(rung, "sources");
    printf("  %s", ctl_colour(ctl, CTL_BOLD));
    ctl_print_safe(ctl_text(rung, "status"));
    printf("%s, ", ctl_colour(ctl, CTL_PLAIN));
    ctl_print_count((int64_t)json_array_size(sources), "source");
    putchar('\n');
    for (size_t i = 0; i < json_array_size(sources); i++)
        show_source(ctl, json_array_get(sources, i));
}

static void show_facts(const struct ctl *ctl, const json_t *ladders)
{
    size_t i;
    json_t *ladder;
    json_array_foreach(ladders, i, ladder)
    {
        const json_t *rungs = json_object_get(ladder, "rungs");
        fputs(ctl_colour(ctl, CTL_BOLD), stdout);
        ctl_print_safe(ctl_text(ladder, "headline"));
        puts(ctl_colour(ctl, CTL_PLAIN));
        for (size_t r = 0; r < json_array_size(rungs); r++)
            show_rung(ctl, json_array_get(rungs, r));
    }
    if (!json_array_size(ladders))
        puts("no facts");
}

int ctl_fact_list(struct ctl *ctl)
{
    json_t *filter = json_pack("{s:s*, s:s*, s:{s:s*, s:s*}}", "status", ctl->kind, "edition",
                               ctl->year, "field", "driver", ctl->driver, "team", ctl->team);
    return ctl_ask_and_show(ctl, "fact list", filter, show_facts);
}
