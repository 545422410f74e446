/* Troubles from nothing but what was said of them; see troubles.h. */
#include "troubles.h"

#include <stdio.h>
#include <string.h>

#include "asks.h"
#include "base/map.h"
#include "base/mem.h"

struct trouble {
    struct map *told; /* texts, since it was over */
    size_t n_news;    /* ever */
};

struct troubles {
    struct map *troubles;  /* by subject */
    char *topic, *subject; /* awaited, NULL: none */
    int64_t within_ms, last_ms;
    size_t n_missed;
    bool is_missed, is_guess;
};

struct troubles *troubles_new(void)
{
    struct troubles *troubles = NEW(struct troubles);
    troubles->troubles = map_new();
    return troubles;
}

static void trouble_free(void *trouble)
{
    map_free(&((struct trouble *)trouble)->told, NULL);
    free(trouble);
}

void troubles_free(struct troubles **troubles)
{
    map_free(&(*troubles)->troubles, trouble_free);
    free((*troubles)->topic);
    free((*troubles)->subject);
    free(*troubles);
    *troubles = NULL;
}

static struct trouble *trouble_of(struct troubles *troubles, const char *subject)
{
    struct trouble *trouble = map_get_text(troubles->troubles, subject);
    if (trouble)
        return trouble;
    trouble = NEW(struct trouble);
    trouble->told = map_new();
    map_set_text(troubles->troubles, subject, trouble);
    return trouble;
}

static size_t n_findings(struct script *script, const char *subject, char alert[HASH_HEX_SIZE])
{
    json_t *shown = ask_trouble(script, subject);
    size_t n = json_array_size(json_object_get(shown, "findings"));
    snprintf(alert, HASH_HEX_SIZE, "%s", ask_text(shown, "id"));
    json_decref(shown);
    return n;
}

int troubles_said(struct troubles *troubles, struct script *script, const char *subject,
                  const char *text, char alert[HASH_HEX_SIZE])
{
    struct trouble *trouble = trouble_of(troubles, subject);
    bool is_news = !map_set_text(trouble->told, text, trouble);
    trouble->n_news += is_news;
    size_t n = n_findings(script, subject, alert);
    if (n != trouble->n_news)
        return script_fail(script, "%s was news %zu times, and was to be %zu times", subject, n,
                           trouble->n_news);
    if (!is_news)
        *alert = '\0';
    return 0;
}

int troubles_over(struct troubles *troubles, struct script *script, const char *subject,
                  char alert[HASH_HEX_SIZE])
{
    struct trouble *trouble = trouble_of(troubles, subject);
    json_t *shown = ask_trouble(script, subject);
    bool is_closed = strcmp(ask_text(shown, "state"), "closed") == 0;
    snprintf(alert, HASH_HEX_SIZE, "%s", ask_text(shown, "id"));
    int result = !shown || is_closed ? 0 : script_fail(script, "%s is not closed", subject);
    json_decref(shown);
    map_free(&trouble->told, NULL);
    trouble->told = map_new();
    return result;
}

/* ---- what is awaited ---- */

static void begin(struct troubles *troubles, struct script *script)
{
    troubles->last_ms = loop_now_ms(world_loop(script->world));
    troubles->is_missed = troubles->is_guess = false;
}

void troubles_await(struct troubles *troubles, struct script *script, const char *topic,
                    int64_t within_ms)
{
    troubles->topic = mem_strdup(topic);
    troubles->subject = mem_printf("silent:topic %s", topic);
    troubles->within_ms = within_ms;
    begin(troubles, script);
}

void troubles_found(struct troubles *troubles, struct script *script, const char *topic)
{
    if (troubles->topic && strcmp(topic, troubles->topic) == 0)
        begin(troubles, script);
}

void troubles_clock_set(struct troubles *troubles)
{
    troubles->is_guess = true;
}

int troubles_awaited(struct troubles *troubles, struct script *script)
{
    char alert[HASH_HEX_SIZE];
    if (!troubles->topic)
        return 0;
    int64_t waited_ms = loop_now_ms(world_loop(script->world)) - troubles->last_ms;
    size_t n = n_findings(script, troubles->subject, alert);
    if (troubles->is_guess) {
        troubles->is_missed = troubles->is_missed || n > troubles->n_missed;
        troubles->n_missed = n;
        return 0;
    }
    if (!troubles->is_missed && waited_ms >= troubles->within_ms) {
        troubles->is_missed = true;
        troubles->n_missed++;
    }
    if (n == troubles->n_missed)
        return 0;
    return script_fail(script, "nothing of %s for %lld s was told of %zu times, not %zu",
                       troubles->topic, (long long)waited_ms / 1000, n, troubles->n_missed);
}
