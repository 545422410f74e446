/* The index of the topics of a batch: keyed by the documents at hand, and in large pages. */
#include <sys/mman.h>
#include <sys/stat.h>

#include "batch/batch.h"
#include "topics/frequency.h"
#include "topics/load.h"

#define LARGE_PAGE (2u << 20)
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif
#define LEARN_FROM 250    /* documents */
#define FEW_BYTES  100000 /* of topics: so few are cheap under any keys */

static bool are_few(const char *const *topics)
{
    struct stat st;
    off_t bytes = 0;
    for (; *topics; topics++)
        bytes += stat(*topics, &st) == 0 ? st.st_size : 0;
    return bytes < FEW_BYTES;
}

/* Some of the documents, evenly taken, say how common words are: topics are filed by that. */
static struct frequency_counts *learn(const struct paths *paths)
{
    struct frequency_counts *counts = frequency_counts_new();
    struct reading reading = {.title = NULL};
    struct buf why = {0};
    size_t step = paths->n / LEARN_FROM + 1;
    for (size_t i = 0; i < paths->n; i += step)
        if (reading_read(&reading, paths->items[i], reading_today(), &why))
            frequency_counts_learn(counts, reading.document.words, reading.document.n_words);
    reading_deinit(&reading);
    buf_deinit(&why);
    return counts;
}

/* The index is read here and there, each time on another page: of large ones, which are made here
 * if the kernel can, the processor knows all. */
static void make_pages_large(struct buf *bytes)
{
    size_t skip = (LARGE_PAGE - (uintptr_t)bytes->data % LARGE_PAGE) % LARGE_PAGE;
    if (bytes->len >= skip + LARGE_PAGE)
        madvise(bytes->data + skip, (bytes->len - skip) / LARGE_PAGE * LARGE_PAGE, MADV_COLLAPSE);
}

int batch_index(const struct batch *batch, const struct paths *paths, struct buf *bytes,
                struct image *image)
{
    struct diags diags = {0};
    struct err err;
    struct frequency_counts *counts = are_few(batch->topics) ? NULL : learn(paths);
    size_t len = 0;
    frequency_use(counts ? frequency_counts_bytes(counts, &len) : NULL, len);
    int result = load_index(batch->topics, batch->lists, NULL, bytes, &diags) == LOAD_BASE
                     ? image_open(image, bytes->data, bytes->len, &err)
                     : -1;
    make_pages_large(bytes);
    frequency_use(NULL, 0);
    frequency_counts_free(&counts);
    say_diags(&diags);
    diags_deinit(&diags);
    return result;
}
