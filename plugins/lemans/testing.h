/* For the tests of the steps: the lists of the tree, read once, and a text on its way through. */
#ifndef LEMANS_TESTING_H
#define LEMANS_TESTING_H

#include <stddef.h>
#include <stdint.h>

#include "story.h"

struct testing;

/* The lists of conf/lemans; the program ends when they cannot be read. */
int testing_setup(void **state);
int testing_teardown(void **state);

/* A story on a text of the test, read by the steps before facts, or by all of them. */
struct testing *testing_open(void **state, const char *text, size_t len, int32_t date);
struct testing *testing_read(void **state, const char *text, int32_t date);
struct story *testing_story(struct testing *testing);
void testing_close(struct testing **testing);

/* The facts, one a line, sorted: "confirmed Ann Bell, Bo Dee #7 LMP2 2031". The caller frees it. */
char *testing_facts(const struct story *story);

#endif
