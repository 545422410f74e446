/*
 * The keys of queries, and the look-up of a document's words among them.
 *
 * A key is chosen by a simple guess at how many documents hold it: a pair is rarer than a word, a
 * long word rarer than a short one, a beginning commoner than a whole word. Of an AND the cheapest
 * part is the key, of an OR every part is; under NOT the two change places. Keys are kept as
 * hashes: a collision costs one more candidate, never a match.
 */
#include "topics/index.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX_KEY_MAX 32 /* bytes of a beginning that are looked at */

/* Costs: the guess at the share of documents that hold a key, in no unit. */
#define COST_WORD     4096u /* of a word of one byte; halved by every further one */
#define COST_WORD_MIN 16u
#define COST_PREFIX   4u /* a beginning is as common as this many words */
#define COST_PAIR     8u /* a pair is as rare as its rarer word, divided by this */
#define COST_NEVER    UINT32_MAX

enum key_kind { KEY_WORD, KEY_PAIR, KEY_PREFIX };

struct key {
    enum key_kind kind;
    const struct query_word *first, *second; /* second: of a pair */
};

/* One query under one key. */
struct posting {
    uint64_t hash;
    uint32_t number;
};

struct index {
    uint64_t seed;
    struct posting *postings; /* sorted by hash, then number */
    size_t n, cap;
    uint32_t *slots; /* where the postings of a hash begin, by hash */
    uint32_t mask;
    uint64_t prefix_lengths; /* bit n: there are beginnings of n bytes */
    bool pairs;
    uint32_t *found; /* candidates of the document at hand */
    size_t n_found;
    uint32_t *seen; /* by number: the round in which it was found */
    uint32_t round;
    uint32_t n_numbers;
};

static uint32_t word_cost(const struct query_word *word)
{
    uint32_t shift = word->len > 9 ? 8 : word->len - 1;
    uint32_t cost = COST_WORD >> shift;
    return cost < COST_WORD_MIN ? COST_WORD_MIN : cost;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The cheapest key of a term, and its cost. */
static uint32_t term_key(const struct node *term, struct key *key)
{
    size_t whole = term->n_words - (term->prefix ? 1 : 0);
    uint32_t best = COST_NEVER;
    *key = (struct key){KEY_WORD, &term->words[0], NULL};
    for (size_t i = 0; i + 1 < whole; i++) {
        uint32_t cost =
            smaller(word_cost(&term->words[i]), word_cost(&term->words[i + 1])) / COST_PAIR;
        if (cost < best) {
            best = cost;
            *key = (struct key){KEY_PAIR, &term->words[i], &term->words[i + 1]};
        }
    }
    for (size_t i = 0; i < whole; i++)
        if (word_cost(&term->words[i]) < best) {
            best = word_cost(&term->words[i]);
            *key = (struct key){KEY_WORD, &term->words[i], NULL};
        }
    if (whole)
        return best;
    *key = (struct key){KEY_PREFIX, &term->words[0], NULL};
    return word_cost(&term->words[0]) * COST_PREFIX;
}

static uint32_t cost(const struct node *node, bool negated)
{
    struct key key;
    switch (node->kind) {
    case NODE_TERM:
        return negated ? COST_NEVER : term_key(node, &key);
    case NODE_NOT:
        return cost(node->children[0], !negated);
    case NODE_AND:
    case NODE_OR:
        break;
    }
    bool any = (node->kind == NODE_AND) != negated; /* one part's key is enough */
    uint32_t total = any ? COST_NEVER : 0;
    for (size_t i = 0; i < node->n; i++) {
        uint32_t part = cost(node->children[i], negated);
        if (any)
            total = smaller(total, part);
        else
            total = part >= COST_NEVER - total ? COST_NEVER : total + part;
    }
    return total;
}

typedef void use_key(void *arg, const struct key *key);

/* Calls `use` with every key under which the query is filed. */
static void choose_keys(const struct node *node, bool negated, use_key *use, void *arg)
{
    if (node->kind == NODE_TERM) {
        struct key key;
        term_key(node, &key);
        use(arg, &key);
        return;
    }
    if (node->kind == NODE_NOT) {
        choose_keys(node->children[0], !negated, use, arg);
        return;
    }
    const struct node *best = node->children[0];
    bool any = (node->kind == NODE_AND) != negated;
    for (size_t i = 0; i < node->n; i++) {
        if (!any)
            choose_keys(node->children[i], negated, use, arg);
        else if (cost(node->children[i], negated) < cost(best, negated))
            best = node->children[i];
    }
    if (any)
        choose_keys(best, negated, use, arg);
}

/* Beginnings live in another space of hashes than words. */
static uint64_t prefix_hash(uint64_t seed, const char *folded, size_t len)
{
    return ~word_hash(seed, folded, len);
}

static uint64_t key_hash(struct index *index, const struct key *key)
{
    uint64_t first = word_hash(index->seed, key->first->folded, key->first->len);
    switch (key->kind) {
    case KEY_WORD:
        return first;
    case KEY_PAIR:
        index->pairs = true;
        return word_pair_hash(first, word_hash(index->seed, key->second->folded, key->second->len));
    case KEY_PREFIX:
        break;
    }
    size_t len = key->first->len < PREFIX_KEY_MAX ? key->first->len : PREFIX_KEY_MAX;
    index->prefix_lengths |= UINT64_C(1) << len;
    return prefix_hash(index->seed, key->first->folded, len);
}

struct filing {
    struct index *index;
    uint32_t number;
};

static void file_key(void *arg, const struct key *key)
{
    struct filing *filing = arg;
    struct index *index = filing->index;
    index->postings =
        mem_grow(index->postings, &index->cap, index->n + 1, sizeof(*index->postings));
    index->postings[index->n++] =
        (struct posting){.hash = key_hash(index, key), .number = filing->number};
}

struct index *index_new(uint64_t seed)
{
    struct index *index = NEW(struct index);
    index->seed = seed;
    return index;
}

void index_free(struct index **index)
{
    struct index *gone = *index;
    if (!gone)
        return;
    free(gone->postings);
    free(gone->slots);
    free(gone->found);
    free(gone->seen);
    free(gone);
    *index = NULL;
}

void index_add(struct index *index, const struct node *query, uint32_t number)
{
    struct filing filing = {.index = index, .number = number};
    choose_keys(query, false, file_key, &filing);
    if (number >= index->n_numbers)
        index->n_numbers = number + 1;
}

static int compare_postings(const void *a, const void *b)
{
    const struct posting *x = a, *y = b;
    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void index_finish(struct index *index)
{
    if (index->n)
        qsort(index->postings, index->n, sizeof(*index->postings), compare_postings);
    size_t slots = 16;
    while (slots < index->n * 2)
        slots *= 2;
    index->mask = (uint32_t)(slots - 1);
    index->slots = mem_alloc(slots * sizeof(*index->slots));
    memset(index->slots, 0xFF, slots * sizeof(*index->slots)); /* WORDMAP_NONE */
    for (size_t i = 0; i < index->n; i++) {
        if (i && index->postings[i].hash == index->postings[i - 1].hash)
            continue;
        uint32_t at = (uint32_t)index->postings[i].hash & index->mask;
        while (index->slots[at] != WORDMAP_NONE)
            at = (at + 1) & index->mask;
        index->slots[at] = (uint32_t)i;
    }
    index->found = NEW_N(uint32_t, index->n_numbers + 1);
    index->seen = NEW_N(uint32_t, index->n_numbers + 1);
}

static void look_up(struct index *index, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & index->mask;
    while (index->slots[at] != WORDMAP_NONE && index->postings[index->slots[at]].hash != hash)
        at = (at + 1) & index->mask;
    if (index->slots[at] == WORDMAP_NONE)
        return;
    for (size_t i = index->slots[at]; i < index->n && index->postings[i].hash == hash; i++) {
        uint32_t number = index->postings[i].number;
        if (index->seen[number] == index->round)
            continue;
        index->seen[number] = index->round;
        index->found[index->n_found++] = number;
    }
}

static void look_up_map(struct index *index, const struct wordmap *map)
{
    for (uint32_t i = 0; i < map->n_distinct; i++) {
        const struct tocsin_word *word = &map->words[map->distinct[i]];
        look_up(index, map->hashes[map->distinct[i]]);
        for (uint32_t len = 1; index->prefix_lengths >> len && len <= word->folded_len; len++)
            if (index->prefix_lengths >> len & 1)
                look_up(index, prefix_hash(index->seed, word->folded, len));
    }
    for (uint32_t i = 1; index->pairs && i < map->n; i++)
        look_up(index, word_pair_hash(map->hashes[i - 1], map->hashes[i]));
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

const uint32_t *index_candidates(struct index *index, const struct view *view, size_t *n)
{
    index->n_found = 0;
    if (++index->round == 0) { /* after four milliards of documents */
        memset(index->seen, 0, index->n_numbers * sizeof(*index->seen));
        index->round = 1;
    }
    look_up_map(index, &view->text);
    look_up_map(index, &view->title);
    qsort(index->found, index->n_found, sizeof(*index->found), compare_numbers);
    *n = index->n_found;
    return index->found;
}

static void print_key(void *arg, const struct key *key)
{
    struct buf *out = arg;
    buf_printf(out, "%s%s", out->len ? ", " : "", key->first->folded);
    if (key->kind == KEY_PAIR)
        buf_printf(out, " %s", key->second->folded);
    else if (key->kind == KEY_PREFIX)
        buf_puts(out, "*");
}

void index_keys(const struct node *query, struct buf *out)
{
    choose_keys(query, false, print_key, out);
}
