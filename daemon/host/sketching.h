/* The sketch of a document (base/sketch.h), made for what a detector has found something in. */
#ifndef TOCSIN_HOST_SKETCHING_H
#define TOCSIN_HOST_SKETCHING_H

#include <tocsin/plugin.h>

#include "base/sketch.h"

/* Shingles are of folded words, so that neither case nor accents nor punctuation matter. A mark is
 * a word with a digit in it, or one with a capital letter that does not begin a sentence. */
void sketch_document(const struct tocsin_document *document, struct sketch *sketch);

#endif
