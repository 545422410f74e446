/* How words are written and what stands between them; what reading.c makes tokens of. */
#ifndef LEMANS_WRITING_H
#define LEMANS_WRITING_H

#include "reading.h"

/* The kinds of the characters [from, to) between two words, bits of enum gap. `quoted`: whether a
 * quotation is open, before and after. */
uint16_t gap_read(const char *text, size_t from, size_t to, bool *quoted);
/* TOKEN_CAPITAL, TOKEN_UPPER, TOKEN_NUMBER of the word [start, end). */
uint16_t token_writing(const char *text, uint32_t start, uint32_t end);

#endif
