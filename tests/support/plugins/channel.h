/* See channel.c. */
#ifndef TOCSIN_TESTS_CHANNEL_H
#define TOCSIN_TESTS_CHANNEL_H

/* 0: done; an errno; -1: there is no such deed. */
int channel_do(const char *name);

#endif
