/*
 * What a popup says: pure functions from a delivery to texts. Knows no bus and no GLib.
 */
#ifndef TOCSIN_DESKTOP_POPUP_H
#define TOCSIN_DESKTOP_POPUP_H

#include <stdbool.h>

#include <tocsin/plugin.h>

struct popup {
    char *summary; /* plain text: the specification allows no markup here */
    char *body;    /* with <b> and escaped &<> if `markup`, else plain */
};

/* One alert: its headline; below, the quote with the match marked, then what else is known. */
void popup_make(const struct tocsin_revision *revision, bool markup, struct popup *popup);
/* Several alerts at once, after a storm: how many, and the first headlines. */
void popup_make_summary(const char *summary, const struct tocsin_revision *const *revisions,
                        size_t n, bool markup, struct popup *popup);
void popup_deinit(struct popup *popup);

#endif
