/* Ids and keys; see identity.h. */
#include "alert/identity.h"

#include <stdlib.h>
#include <string.h>

#include <tocsin/text.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"

struct hash identity_alert(const char *detector, const char *topic, const char *subject)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, "alert");
    hasher_text(&hasher, detector);
    hasher_text(&hasher, topic);
    hasher_text(&hasher, subject);
    return hasher_final(&hasher);
}

static struct hash hash_of(const char *kind, const char *text)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, kind);
    hasher_text(&hasher, text);
    return hasher_final(&hasher);
}

struct hash identity_evidence(const char *quote)
{
    AUTO_FREE char *folded = tocsin_fold(quote, strlen(quote));
    return hash_of("evidence", *folded ? folded : quote);
}

struct hash identity_status(const char *status)
{
    return hash_of("status", status);
}

struct hash identity_trouble(const char *text, int64_t number)
{
    AUTO_FREE char *numbered = mem_printf("%lld %s", (long long)number, text);
    return hash_of("trouble", numbered);
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

static struct hash hash_set(struct hasher *hasher, struct hash *hashes, size_t n)
{
    if (n)
        qsort(hashes, n, sizeof(*hashes), compare_hashes);
    for (size_t i = 0; i < n; i++)
        hasher_hash(hasher, &hashes[i]);
    return hasher_final(hasher);
}

struct hash identity_revision(const struct hash *alert, struct hash *told, size_t n)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, "revision");
    hasher_hash(&hasher, alert);
    return hash_set(&hasher, told, n);
}

struct hash identity_delivery(const char *notifier, const struct hash *revisions, size_t n)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, "delivery");
    hasher_text(&hasher, notifier);
    AUTO_FREE struct hash *sorted = mem_copy(revisions, n * sizeof(*revisions));
    return hash_set(&hasher, sorted, n);
}

struct hash identity_followup(const char *notifier, const struct hash *revision, int64_t follow_up)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, "follow-up");
    hasher_text(&hasher, notifier);
    hasher_hash(&hasher, revision);
    hasher_part(&hasher, &follow_up, sizeof(follow_up));
    return hasher_final(&hasher);
}

struct hash identity_notice(const char *notifier, const struct hash *alert, const char *notice,
                            int64_t n, int64_t now_ms)
{
    struct hasher hasher;
    hasher_init(&hasher);
    hasher_text(&hasher, "notice");
    hasher_text(&hasher, notifier);
    hasher_hash(&hasher, alert);
    hasher_text(&hasher, notice);
    hasher_part(&hasher, &n, sizeof(n));
    hasher_part(&hasher, &now_ms, sizeof(now_ms));
    return hasher_final(&hasher);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends "name=value|value"; nothing when the finding has no such field. */
static void append_field(struct buf *key, const char *name, const struct detect_finding *finding)
{
    AUTO_FREE char **values = NEW_N(char *, finding->n_fields + 1);
    size_t n = 0;
    for (size_t i = 0; i < finding->n_fields; i++) {
        if (!str_equal(finding->fields[i].name, name))
            continue;
        const char *value = finding->fields[i].value;
        char *folded = tocsin_fold(value, strlen(value));
        if (*folded)
            values[n++] = folded;
        else
            free(folded);
    }
    if (n) {
        qsort(values, n, sizeof(*values), compare_texts);
        buf_printf(key, "%s%s=", key->len ? ";" : "", name);
    }
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || strcmp(values[i], values[i - 1]) != 0)
            buf_printf(key, "%s%s", i ? "|" : "", values[i]);
    }
    for (size_t i = 0; i < n; i++)
        free(values[i]);
}

char *identity_key(const struct config_texts *key_fields, const char *edition_field,
                   const struct hash *origin, const struct detect_finding *finding)
{
    struct buf key = {0};
    for (size_t i = 0; i < key_fields->n; i++) {
        if (!str_equal(key_fields->items[i], edition_field))
            append_field(&key, key_fields->items[i], finding);
    }
    if (!key.len) {
        char hex[HASH_HEX_SIZE];
        hash_hex(origin, HASH_BYTES, hex);
        buf_printf(&key, "origin=%s", hex);
    }
    return buf_take(&key);
}

char *identity_edition(const char *edition_field, const struct detect_finding *finding)
{
    for (size_t i = 0; edition_field && i < finding->n_fields; i++) {
        if (!str_equal(finding->fields[i].name, edition_field))
            continue;
        const char *value = finding->fields[i].value;
        return tocsin_fold(value, strlen(value));
    }
    return mem_strdup("");
}
