/*
 * An intrusive, circular, doubly linked list: the element holds a struct list, the owner another as
 * its head. list_init makes an empty head or an element that is in no list.
 */
#ifndef TOCSIN_BASE_LIST_H
#define TOCSIN_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* may_alias: without it gcc 12.2 takes a head inside another struct for unchanged by a removal, and
 * a loop over list_pop takes out one and the same element for ever (seen in store.c at -O2). */
struct list {
    struct list *prev, *next;
} __attribute__((may_alias));

#define LIST_ITEM(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))
#define list_each(link, head)                                                                      \
    for (struct list *link = (head)->next; link != (head); link = link->next)
/* The element at hand may be removed. */
#define list_each_safe(link, head)                                                                 \
    for (struct list *link = (head)->next, *link##_next = link->next; link != (head);              \
         link = link##_next, link##_next = link->next)

static inline void list_init(struct list *list)
{
    list->prev = list->next = list;
}

static inline bool list_empty(const struct list *head)
{
    return head->next == head;
}

static inline void list_insert(struct list *before, struct list *link)
{
    link->prev = before->prev;
    link->next = before;
    before->prev->next = link;
    before->prev = link;
}

static inline void list_append(struct list *head, struct list *link)
{
    list_insert(head, link);
}

/* Harmless on an element that is in no list, if it was initialised. */
static inline void list_remove(struct list *link)
{
    link->prev->next = link->next;
    link->next->prev = link->prev;
    list_init(link);
}

/* The first element, taken out; NULL when empty. */
#ifdef __clang_analyzer__
/* Without the body: from it clang's analyzer concludes that what was popped and freed before is
 * still the head's next. */
struct list *list_pop(struct list *head);
#else
static inline struct list *list_pop(struct list *head)
{
    if (list_empty(head))
        return NULL;
    struct list *first = head->next;
    list_remove(first);
    return first;
}
#endif

#endif
