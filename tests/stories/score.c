/*
 * How well stories are known: every document of set.jsonl, in its order, joins the likeliest of the
 * earlier ones that is alike, or begins a story, as in the daemon; a table by kind, the figures of
 * both halves, and a floor under them. Stories with an even number are the half by which the bounds
 * in base/sketch.c were chosen; those with an odd one were not looked at for that.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "host/sketching.h"
#include "lib/objects.h"

/* Raised when the score rises. */
#define FLOOR_PRECISION 0.9
#define FLOOR_RECALL    0.75 /* without rewrites, which have no phrase in common with anything */

enum verdict { RIGHT, MISSED, WRONG, N_VERDICTS };

struct kind {
    const char *name;
    size_t n[N_VERDICTS];
};
static struct kind kinds[] = {{"original", {0}},   {"wire", {0}},    {"update", {0}},
                              {"paraphrase", {0}}, {"rewrite", {0}}, {"look-alike", {0}}};

struct half {
    size_t joined, right, to_join, rewrites;
};

struct text {
    const json_t *object;
    const char *story;
    struct sketch sketch;
};

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void read_text(struct text *text, const json_t *object)
{
    const char *body = member(object, "text");
    struct tocsin_document document = {.text = body, .len = strlen(body), .title = ""};
    *text = (struct text){.object = object, .story = member(object, "story")};
    sketch_document(&document, &text->sketch);
    tocsin_host_document_deinit(&document);
}

/* The likeliest of the earlier ones; NULL: none is alike. */
static const struct text *find(const struct text *texts, size_t n)
{
    const struct text *own = &texts[n], *best = NULL;
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double resemblance = sketch_resemblance(&own->sketch.shingles, &texts[i].sketch.shingles);
        if (resemblance <= most || !sketch_alike(&own->sketch, &texts[i].sketch))
            continue;
        best = &texts[i];
        most = resemblance;
    }
    return best;
}

static bool is_first(const struct text *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(texts[i].story, texts[n].story) == 0)
            return false;
    }
    return true;
}

static void judge(const struct text *texts, size_t n, struct half *halves)
{
    const struct text *own = &texts[n], *joined = find(texts, n);
    const char *like = member(own->object, "like"), *kind = member(own->object, "kind");
    struct half *half = &halves[strtol((*like ? like : own->story) + 1, NULL, 10) % 2];
    enum verdict verdict = RIGHT;
    bool first = is_first(texts, n);
    if (joined)
        verdict = strcmp(joined->story, own->story) == 0 ? RIGHT : WRONG;
    else if (!first)
        verdict = MISSED;
    half->joined += joined != NULL;
    half->right += joined && verdict == RIGHT;
    half->to_join += !first;
    half->rewrites += !first && strcmp(kind, "rewrite") == 0;
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].name, kind) == 0)
            kinds[i].n[verdict]++;
    }
    if (verdict == WRONG)
        printf("# %s is taken for %s\n", member(own->object, "id"), member(joined->object, "id"));
}

static bool report(const char *name, const struct half *half, int number)
{
    double precision = half->joined ? (double)half->right / (double)half->joined : 0;
    double recall = (double)half->right / (double)half->to_join;
    double known = (double)half->right / (double)(half->to_join - half->rewrites);
    bool ok = precision >= FLOOR_PRECISION && known >= FLOOR_RECALL;
    printf("# %s: precision %.3f, recall %.3f, without rewrites %.3f\n", name, precision, recall,
           known);
    printf("%sok %d - %s\n", ok ? "" : "not ", number, name);
    return ok;
}

static json_t *read_set(void)
{
    const char *srcdir = getenv("TOCSIN_SRCDIR");
    AUTO_FREE char *path = mem_printf("%s/tests/stories/set.jsonl", srcdir ? srcdir : ".");
    FILE *file = fopen(path, "re");
    json_t *set = json_array(), *object;
    while (file && (object = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)))
        json_array_append_new(set, object);
    if (file)
        fclose(file);
    if (!json_array_size(set))
        printf("Bail out! There is nothing in %s\n", path);
    return set;
}

int main(void)
{
    json_t *set = read_set(), *object;
    size_t n = json_array_size(set), i;
    struct text *texts = NEW_N(struct text, n + 1);
    struct half halves[2] = {{0}};
    printf("1..2\n");
    json_array_foreach(set, i, object)
    {
        read_text(&texts[i], object);
        judge(texts, i, halves);
    }
    printf("# %-12s %6s %6s %6s\n", "kind", "right", "missed", "wrong");
    for (i = 0; i < ARRAY_LEN(kinds); i++)
        printf("# %-12s %6zu %6zu %6zu\n", kinds[i].name, kinds[i].n[RIGHT], kinds[i].n[MISSED],
               kinds[i].n[WRONG]);
    bool ok = n > 0 && report("the half that was looked at", &halves[0], 1);
    ok = n > 0 && report("the half that was not", &halves[1], 2) && ok;
    free(texts);
    json_decref(set);
    return ok ? 0 : 1;
}
