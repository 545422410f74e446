/* Regular expressions, by Hyperscan. */
#include "topics/regex.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HAVE_HYPERSCAN
#include <hs.h>

#include "base/library.h"

/* Without HS_FLAG_UCP, which knows no \b: \w, \d and \b are of ASCII. */
#define FLAGS (HS_FLAG_UTF8 | HS_FLAG_MULTILINE)

struct regex_set {
    hs_database_t *database;
    hs_scratch_t *scratch;
};

LIBRARY_NOTE(HYPERSCAN_FILE, "regex");
#define FUNCTIONS(F)                                                                               \
    F(hs_compile_multi)                                                                            \
    F(hs_free_compile_error)                                                                       \
    F(hs_free_database)                                                                            \
    F(hs_serialize_database)                                                                       \
    F(hs_deserialize_database) F(hs_alloc_scratch) F(hs_free_scratch) F(hs_scan)
static struct {
    FUNCTIONS(LIBRARY_MEMBER)
} lib;

static int open_library(struct err *err)
{
    static const char *const functions[] = {FUNCTIONS(LIBRARY_NAME)};
    return library_open(HYPERSCAN_FILE, functions, ARRAY_LEN(functions), &lib, err);
}

static void free_database(hs_database_t *database)
{
    if (database)
        lib.hs_free_database(database);
}

static unsigned flags_of(bool any_case)
{
    return FLAGS | (any_case ? HS_FLAG_CASELESS : 0);
}

static hs_database_t *compile(const struct regex_source *sources, size_t n, unsigned more,
                              char *what, size_t size)
{
    struct err err;
    if (open_library(&err) < 0) {
        snprintf(what, size, "%s", err.text);
        return NULL;
    }
    const char **texts = NEW_N(const char *, n);
    unsigned *flags = NEW_N(unsigned, n), *numbers = NEW_N(unsigned, n);
    for (size_t i = 0; i < n; i++) {
        texts[i] = sources[i].source;
        flags[i] = flags_of(sources[i].any_case) | more;
        numbers[i] = (unsigned)i;
    }
    hs_database_t *database = NULL;
    hs_compile_error_t *error = NULL;
    if (lib.hs_compile_multi(texts, flags, numbers, (unsigned)n, HS_MODE_BLOCK, NULL, &database,
                             &error) != HS_SUCCESS) {
        database = NULL;
        snprintf(what, size, "this regular expression is refused: %s",
                 error ? error->message : "out of memory");
        lib.hs_free_compile_error(error);
    }
    free(texts);
    free(flags);
    free(numbers);
    return database;
}

static struct regex_set *set_new(hs_database_t *database)
{
    struct regex_set *set = NEW(struct regex_set);
    set->database = database;
    if (lib.hs_alloc_scratch(database, &set->scratch) != HS_SUCCESS)
        regex_set_free(&set);
    return set;
}

void regex_set_free(struct regex_set **set)
{
    if (!*set)
        return;
    lib.hs_free_scratch((*set)->scratch);
    free_database((*set)->database);
    free(*set);
    *set = NULL;
}

struct finding {
    void (*found)(void *arg, uint32_t number);
    void *arg;
};

static int on_match(unsigned number, unsigned long long from, unsigned long long to, unsigned flags,
                    void *arg)
{
    (void)from, (void)to, (void)flags;
    struct finding *finding = arg;
    finding->found(finding->arg, number);
    return 0;
}

void regex_set_scan(struct regex_set *set, const char *text, size_t len,
                    void (*found)(void *arg, uint32_t number), void *arg)
{
    struct finding finding = {.found = found, .arg = arg};
    lib.hs_scan(set->database, text, (unsigned)len, 0, set->scratch, on_match, &finding);
}

/* What broken builds of this library miss: words far behind each other, in any case. */
static void count(void *arg, uint32_t number)
{
    *(unsigned *)arg |= 1u << number;
}

static bool library_works(void)
{
    static int works = -1;
    if (works >= 0)
        return works;
    static const struct regex_source known[] = {{"harbou?r.{0,40}bridge", true},
                                                {"\\bentr(y|ies)\\b", false},
                                                {"[0-9]{2}h of Le Mans", true}};
    static const char text[] = "x y z Harbour and its new old BRIDGE, over and over and over and "
                               "over; the entry to the 24h of Le Mans";
    char what[8];
    unsigned found = 0;
    hs_database_t *database =
        compile(known, ARRAY_LEN(known), HS_FLAG_SINGLEMATCH, what, sizeof(what));
    struct regex_set *set = database ? set_new(database) : NULL;
    if (set)
        regex_set_scan(set, text, sizeof(text) - 1, count, &found);
    regex_set_free(&set);
    works = found == (1u << ARRAY_LEN(known)) - 1;
    return works;
}

int regex_check(const char *source, bool any_case, char *what, size_t size)
{
    struct regex_source one = {source, any_case};
    struct err err;
    if (open_library(&err) < 0) {
        snprintf(what, size, "%s", err.text);
        return -1;
    }
    snprintf(what, size, "the library for regular expressions does not work on this processor");
    if (!library_works())
        return -1;
    snprintf(what, size, "this regular expression is longer than %d bytes", REGEX_MAX_BYTES);
    if (strlen(source) > REGEX_MAX_BYTES)
        return -1;
    hs_database_t *database = compile(&one, 1, HS_FLAG_SINGLEMATCH, what, size);
    free_database(database);
    return database ? 0 : -1;
}

int regex_set_build(const struct regex_source *sources, size_t n, struct buf *out, char *what,
                    size_t size)
{
    hs_database_t *database = compile(sources, n, HS_FLAG_SINGLEMATCH, what, size);
    char *bytes = NULL;
    size_t len = 0;
    if (!database || lib.hs_serialize_database(database, &bytes, &len) != HS_SUCCESS) {
        free_database(database);
        return -1;
    }
    buf_append(out, bytes, len);
    free(bytes);
    free_database(database);
    return 0;
}

struct regex_set *regex_set_open(const char *bytes, size_t len)
{
    hs_database_t *database = NULL;
    if (open_library(NULL) < 0 || lib.hs_deserialize_database(bytes, len, &database) != HS_SUCCESS)
        return NULL;
    return set_new(database);
}

struct placing {
    bool (*use)(void *arg, size_t start, size_t end);
    void *arg;
};

static int on_place(unsigned number, unsigned long long from, unsigned long long to, unsigned flags,
                    void *arg)
{
    (void)number, (void)flags;
    struct placing *placing = arg;
    return placing->use(placing->arg, (size_t)from, (size_t)to) ? 0 : 1;
}

bool regex_places(const char *source, bool any_case, const char *text, size_t len,
                  bool (*use)(void *arg, size_t start, size_t end), void *arg)
{
    struct regex_source one = {source, any_case};
    char what[128];
    hs_database_t *database = compile(&one, 1, HS_FLAG_SOM_LEFTMOST, what, sizeof(what));
    struct regex_set *set = database ? set_new(database) : NULL;
    if (!set)
        return false;
    struct placing placing = {.use = use, .arg = arg};
    lib.hs_scan(set->database, text, (unsigned)len, 0, set->scratch, on_place, &placing);
    regex_set_free(&set);
    return true;
}

#else

int regex_check(const char *source, bool any_case, char *what, size_t size)
{
    (void)source, (void)any_case;
    snprintf(what, size, "this build of tocsin has no regular expressions");
    return -1;
}

int regex_set_build(const struct regex_source *sources, size_t n, struct buf *out, char *what,
                    size_t size)
{
    (void)n, (void)out;
    return regex_check(sources->source, sources->any_case, what, size);
}

struct regex_set *regex_set_open(const char *bytes, size_t len)
{
    (void)bytes, (void)len;
    return NULL;
}

void regex_set_free(struct regex_set **set)
{
    *set = NULL;
}

void regex_set_scan(struct regex_set *set, const char *text, size_t len,
                    void (*found)(void *arg, uint32_t number), void *arg)
{
    (void)set, (void)text, (void)len, (void)found, (void)arg;
}

bool regex_places(const char *source, bool any_case, const char *text, size_t len,
                  bool (*use)(void *arg, size_t start, size_t end), void *arg)
{
    (void)source, (void)any_case, (void)text, (void)len, (void)use, (void)arg;
    return false;
}

#endif
