/*
 * How texts are found that may tell the same story: each is filed under the smallest shingles of
 * its sketch, its bands, and asked for by as many. Those that stand under most of them are compared
 * first.
 */
#ifndef TOCSIN_BASE_FILING_H
#define TOCSIN_BASE_FILING_H

#include <stddef.h>
#include <stdint.h>

/* Of two texts that are alike enough, one in three shingles is common: that none of the twelve
 * smallest is, happens once in a hundred times. */
#define FILING_BANDS        12
#define FILING_ASKED        16
#define FILING_BAND_MOST    32 /* texts under one of them that are looked at, the latest */
#define FILING_COMPARE_MOST 16

/* What was found under all of the bands; rows are numbers from 1. */
struct filing {
    int64_t rows[FILING_ASKED * FILING_BAND_MOST];
    size_t n;
};

/* At most FILING_BAND_MOST for each of FILING_ASKED bands; then only filing_likeliest. */
void filing_take(struct filing *filing, int64_t row);
/* The row that was taken most often, once; 0: none is left. */
int64_t filing_likeliest(struct filing *filing);

#endif
