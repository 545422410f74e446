/*
 * A query as the engine runs it: numbers, without pointers, so that it can be stored and shared.
 *
 * A node is CODE_HEAD, CODE_SIZE, its arguments, and its children one after the other:
 *
 *     TERM      ids of words...            WINDOW    distance, ids of words...
 *     NEAR      n - 1 gaps, children       OF        how many, children
 *     LIST      number of the list         REGEX     number of the expression
 *     DATE      flags, low, high           WORDS     low, high
 *     LANG      two letters                the rest  children
 */
#ifndef TOCSIN_TOPICS_CODE_H
#define TOCSIN_TOPICS_CODE_H

#include "topics/query.h"

#define CODE_HEAD 0 /* kind, field, first, number of words or children */
#define CODE_SIZE 1 /* of the whole node, in numbers */
#define CODE_ARGS 2

#define CODE_ORDERED      0x80000000u /* of a gap */
#define CODE_LOW_IS_DAYS  1u
#define CODE_HIGH_IS_DAYS 2u

/* Ids of words. A class stands for every word that a wildcard, slips, a stem or exact writing let
 * in; in documents, ids carry flags above the number (image.h). */
#define ID_NONE  0u
#define ID_CLASS (1u << 27)
#define ID_MASK  ((1u << 28) - 1)

static inline uint32_t code_head(enum node_kind kind, enum query_field field, bool first, size_t n)
{
    return (uint32_t)kind | (uint32_t)field << 8 | (uint32_t)first << 12 | (uint32_t)n << 16;
}
static inline enum node_kind code_kind(const uint32_t *code)
{
    return (enum node_kind)(code[CODE_HEAD] & 0xFF);
}
static inline enum query_field code_field(const uint32_t *code)
{
    return (enum query_field)(code[CODE_HEAD] >> 8 & 0xF);
}
static inline bool code_first(const uint32_t *code)
{
    return code[CODE_HEAD] >> 12 & 1;
}
static inline uint32_t code_n(const uint32_t *code)
{
    return code[CODE_HEAD] >> 16;
}
static inline const uint32_t *code_next(const uint32_t *code)
{
    return code + code[CODE_SIZE];
}
/* The first child of a node that has any. */
static inline const uint32_t *code_children(const uint32_t *code)
{
    enum node_kind kind = code_kind(code);
    size_t args = kind == NODE_OF ? 1 : kind == NODE_NEAR ? code_n(code) - 1 : 0;
    return code + CODE_ARGS + args;
}

struct code {
    uint32_t *numbers;
    size_t n, cap;
};

/* Who knows the numbers of words, lists and expressions. UINT32_MAX: unknown. */
struct code_names {
    uint32_t (*word)(void *arg, const struct query_word *word, const char *language);
    uint32_t (*list)(void *arg, const char *name);
    uint32_t (*regex)(void *arg, const char *source, bool any_case);
    void *arg;
};

/* Appends the code of a query. `places`, if not NULL, gets where the code of each node begins, in
 * the order of the tree (a node before its children). NULL, or the node whose name is unknown. */
const struct node *code_compile(struct code *code, const struct node *query,
                                const struct code_names *names, struct code *places);
void code_put(struct code *code, uint32_t number);

#endif
